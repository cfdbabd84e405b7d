from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from surveys import answers_file, bulk
from surveys.csv_file import FileFaults
from surveys.management.base import Command as BaseCommand


class Command(BaseCommand):
    help = "Take answers from a CSV file in the long form: all or nothing, by the rules of the form."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("file", type=Path)
        parser.add_argument("--submit", action="store_true", help="submit the responses that are complete")

    def handle(self, *, year: int, file: Path, submit: bool, **options: Any) -> None:
        survey = self.survey(year)
        try:
            found = answers_file.read(self.file(file), survey.questionnaire, survey.kinds())
            taken = bulk.take(survey, found, submit=submit)
        except FileFaults as error:
            raise self.refuse(file.name, error.faults) from None
        for code in taken.incomplete:
            self.stdout.write(f"body {code}: stored, not complete yet, so not submitted")
        for code in taken.doubtful:
            self.stdout.write(f"body {code}: stored, a reason is needed for what is doubtful, so not submitted")
        self.stdout.write(
            f"{len(taken.changed)} bodies changed, {len(taken.unchanged)} the same, {len(taken.submitted)} submitted"
        )
