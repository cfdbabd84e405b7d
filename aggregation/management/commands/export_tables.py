from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import CommandError, CommandParser

from aggregation import dataset, downloads, report
from aggregation.export import COMPARISON_FORMATS, TABLE_FORMATS
from aggregation.models import Run
from surveys.management.base import Command as BaseCommand
from surveys.models import Survey
from surveys.taking import taken


class Command(BaseCommand):
    help = "Write all tables of a run of a round, or a body's comparison with it, to a file (default: the latest run)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("--format", choices=sorted(TABLE_FORMATS), required=True)
        parser.add_argument("--out", type=Path, help="default: tables-YEAR.FORMAT in this folder")
        parser.add_argument("--run", type=int)
        parser.add_argument("--body", metavar="CODE", help="the comparison of this body instead of the tables")

    def handle(self, *, year: int, format: str, out: Path | None, run: int | None, **options: Any) -> None:
        survey = self.survey(year)
        runs = Run.objects.filter(survey=survey).select_related("survey").order_by("-id")
        found = runs.first() if run is None else runs.filter(pk=run).first()
        if options["body"] and (found or run is None):
            self._comparison(survey, options["body"], found, format, out)
            return
        if found is None:
            missing = f"run of {year}" if run is None else f"run {run} of {year}"
            raise CommandError(f"There is no {missing}; run: manage.py recompute {year}")
        path = out or Path(report.tables_file_name(found, format))
        started = perf_counter()
        data = TABLE_FORMATS[format](downloads.national(found))
        seconds = perf_counter() - started
        taken(found.subject, f"tables.{format}", by=None)
        self.write(path, data)
        self.stdout.write(f"{found} written to {path}, made in {seconds:.1f} s")

    def _comparison(self, survey: Survey, code: str, run: Run | None, format: str, out: Path | None) -> None:
        """Before the first run of a round a body is held against the published run before it, as on its page."""
        if format not in COMPARISON_FORMATS:
            names = ", ".join(COMPARISON_FORMATS)
            raise CommandError(f"A body's comparison has no format {format}; choose one of {names}.")
        response = dataset.response_of(survey, code)
        if response is None:
            raise CommandError(f"There is no body {code} in the round of {survey.year}.")
        found = downloads.for_body(run or Run.objects.published_until(survey.year), response)
        path = out or Path(report.comparison_file_name(found.comparison, format))
        taken(response.subject, f"comparison.{format}", by=None)
        self.write(path, COMPARISON_FORMATS[format](found))
        self.stdout.write(f"{response.full_name} written to {path}")
