from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import CommandError, CommandParser

from aggregation import open_data, report
from aggregation.export.package import ARCHIVE
from aggregation.models import Run
from surveys.management.base import Command as BaseCommand


class Command(BaseCommand):
    help = (
        "Write the open data of a run of a round (default: the latest run): tables, answers of single bodies as far as "
        "they may be public today, and what describes them as a data package, each file and all of them as a ZIP."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("--out", type=Path, help="a folder; default: data-YEAR in this folder")
        parser.add_argument("--run", type=int)

    def handle(self, *, year: int, out: Path | None, run: int | None, **options: Any) -> None:
        runs = Run.objects.filter(survey=self.survey(year)).select_related("survey").order_by("-id")
        found = runs.first() if run is None else runs.filter(pk=run).first()
        if found is None:
            missing = f"run of {year}" if run is None else f"run {run} of {year}"
            raise CommandError(f"There is no {missing}; run: manage.py recompute {year}")
        prefix, started = report.prefix(found), perf_counter()
        folder = out or Path(f"{prefix}data-{year}")
        files = dict(open_data.files(found))
        files[f"{prefix}{ARCHIVE}"] = open_data.zipped(found, files)
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            self.write(folder / name, data)
        self.stdout.write(f"{found} written to {folder}: {len(files)} files, made in {perf_counter() - started:.1f} s")
