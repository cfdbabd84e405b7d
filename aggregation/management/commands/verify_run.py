from typing import Any

from django.core.management.base import CommandError, CommandParser

from aggregation.models import Run
from aggregation.verify import verify
from surveys.management.base import Command as BaseCommand


class Command(BaseCommand):
    help = "Recompute a run from the answers that it counted, and say whether every cell is the same."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=int, metavar="ID")

    def handle(self, *, run: int, **options: Any) -> None:
        found = Run.objects.select_related("survey").filter(pk=run).first()
        if found is None:
            raise CommandError(f"There is no run {run}.")
        result = verify(found)
        for line in result.moved:
            self.stdout.write(f"moved since: {line}")
        if result.identical:
            self.stdout.write(f"{found}: identical ({result.cells:,} cells, {found.responses:,} responses)")
            return
        lines = [*result.faults, *map(str, result.differing)]
        count = f"{len(result.differing):,} of {result.cells:,} cells differ, {len(result.faults)} faults"
        raise CommandError("\n".join([*lines, f"{found}: {count}"]))
