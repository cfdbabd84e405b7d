from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from surveys.management.base import Command as BaseCommand
from surveys.models import Survey
from surveys.models.rounds import RoundNotOpen
from surveys.questionnaire import DefinitionError, read_folder

QUESTIONNAIRES = Path(__file__).parents[2] / "questionnaires"


class Command(BaseCommand):
    help = (
        "Make a survey round from its questionnaire folder (default: the shipped folder of that year). "
        "Idempotent while the round is a draft."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("folder", nargs="?", type=Path)

    def handle(self, *, year: int, folder: Path | None, **options: Any) -> None:
        source = folder or QUESTIONNAIRES / str(year)
        try:
            survey, done = Survey.load(year, read_folder(source, year))
        except DefinitionError as error:
            raise self.refuse(source.name, error.faults) from None
        except RoundNotOpen as error:
            raise CommandError(str(error)) from None
        found = survey.questionnaire
        questions = len(found.question_by_id)
        self.stdout.write(f"round {year} {done}: {len(found.sections)} sections, {questions} questions, {survey.state}")
