from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from surveys import answers_file
from surveys.management.base import Command as BaseCommand
from surveys.taking import taken


class Command(BaseCommand):
    help = "Write the answers of a round as CSV in the long form, drafts included; what does not apply is left out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("file", type=Path)
        parser.add_argument("--states", type=Path, help="also write which kind of empty each question of each body is")

    def handle(self, *, year: int, file: Path, states: Path | None, **options: Any) -> None:
        survey = self.survey(year)
        bodies = survey.drafts()
        taken(survey.subject, "answers.csv", by=None)
        self.write(file, answers_file.write(survey.questionnaire, bodies))
        if states:
            given = ((code, kind, answers) for code, kind, _, answers in bodies)
            self.write(states, answers_file.write_states(survey.questionnaire, given))
        self.stdout.write(f"{sum(bool(body.answers) for body in bodies)} of {len(bodies)} bodies written to {file}")
