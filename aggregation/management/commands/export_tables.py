from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from aggregation import report
from aggregation.export import FORMATS
from aggregation.models import Run
from surveys.management.base import Command as BaseCommand


class Command(BaseCommand):
    help = "Write all tables of a run of a round to a file (default: the latest run)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("--format", choices=sorted(FORMATS), required=True)
        parser.add_argument("--out", type=Path, help="default: tables-YEAR.FORMAT in this folder")
        parser.add_argument("--run", type=int)

    def handle(self, *, year: int, format: str, out: Path | None, run: int | None, **options: Any) -> None:
        runs = Run.objects.filter(survey=self.survey(year)).select_related("survey").order_by("-id")
        found = runs.first() if run is None else runs.filter(pk=run).first()
        if found is None:
            missing = f"run of {year}" if run is None else f"run {run} of {year}"
            raise CommandError(f"There is no {missing}; run: manage.py recompute {year}")
        path = out or Path(report.file_name(found, format))
        self.write(path, FORMATS[format](report.long_form(found)))
        self.stdout.write(f"{found} written to {path}")
