import time
from typing import Any

from django.core.management.base import CommandError, CommandParser

from aggregation import kept_figures
from aggregation.models import Run
from surveys.management.base import Command as BaseCommand


class Command(BaseCommand):
    help = "Draw all charts of the published report of a year in both languages, so that no page has to wait for them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)

    def handle(self, *, year: int, **options: Any) -> None:
        run = Run.objects.published_of(year)
        if run is None:
            raise CommandError(f"No run of {year} is published; run: manage.py publish_run")
        before = run.figures.count()
        started = time.perf_counter()
        count = kept_figures.draw_all(run)
        seconds = time.perf_counter() - started
        self.stdout.write(f"figures of {run}: {count} ({before} kept before), {seconds:.2f} s")
