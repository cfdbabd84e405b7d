from typing import Any

from django.core.management.base import CommandParser

from aggregation import report
from surveys.management.base import Command as BaseCommand


class Command(BaseCommand):
    help = "Compute all tables of a round as a new run; the latest run stays if nothing has changed since."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)

    def handle(self, *, year: int, **options: Any) -> None:
        survey = self.survey(year)
        computed = report.compute(survey)
        for misfit in report.misfits(survey):
            self.stderr.write(f"warning: {misfit}")
        run, share = computed.run, computed.reading / computed.seconds
        state = "new" if computed.new else "nothing has changed since"
        self.stdout.write(
            f"{run} (id {run.pk}, {state}): {run.responses} responses, "
            f"{computed.seconds:.2f} s, of which {share:.0%} reading answers"
        )
