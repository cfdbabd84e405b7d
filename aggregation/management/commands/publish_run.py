from typing import Any

from django.core.management.base import CommandError, CommandParser

from aggregation.models import Run
from surveys.management.base import Command as BaseCommand
from surveys.models import NotAllowed


class Command(BaseCommand):
    help = "Publish a run: bodies, coordinators and the public see it from now on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=int, help="the id that recompute prints")

    def handle(self, *, run: int, **options: Any) -> None:
        found = Run.objects.select_related("survey").filter(pk=run).first()
        if found is None:
            raise CommandError(f"There is no run {run}; recompute prints the id of the run it makes.")
        try:
            found.publish(by=None)
        except NotAllowed as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{found} of {found.survey.year} is published as {found.edition_name}")
