import shutil
from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from aggregation import making
from aggregation.models import BodyReports, Run
from surveys.management.base import Command as BaseCommand
from surveys.models import NotAllowed


class Command(BaseCommand):
    help = (
        "Make the reports (PDF and XLSX) of all bodies that a run counts (default: the latest) as one ZIP file. Ended "
        "in the middle and run again, it goes on with what is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("--run", type=int)
        parser.add_argument("--out", type=Path, metavar="FILE.zip", help="copy the finished file to this place")
        parser.add_argument("--processes", type=int, default=settings.REPORT_PROCESSES, help="how many work at once")

    def handle(self, *, year: int, run: int | None, out: Path | None, processes: int, **options: Any) -> None:
        runs = Run.objects.filter(survey=self.survey(year)).select_related("survey").order_by("-id")
        found = runs.first() if run is None else runs.filter(pk=run).first()
        if found is None:
            missing = f"run of {year}" if run is None else f"run {run} of {year}"
            raise CommandError(f"There is no {missing}; run: manage.py recompute {year}")
        started = perf_counter()
        job = self._done(found, processes)
        seconds = perf_counter() - started
        if out is not None:
            job.taken(by=None)
            self.copy(job.path, out)
        self.stdout.write(f"{found}: {job.done}/{job.total} body reports, {seconds:.1f} s, {out or job.path}")

    def _done(self, run: Run, processes: int) -> BodyReports:
        job = BodyReports.objects.filter(run=run).first()
        if job is None or not job.is_there:
            try:
                job, _ = BodyReports.start(run, by=None)
            except NotAllowed as refusal:
                raise CommandError(str(refusal)) from None
            making.make(job.pk, processes=processes)
            job.refresh_from_db()
        return job

    def copy(self, path: Path, out: Path) -> None:
        """Copy a file whole or not at all."""
        try:
            part = out.with_name(out.name + ".part")
            shutil.copyfile(path, part)
            part.replace(out)
        except OSError as error:
            raise CommandError(f"{out}: cannot be written: {error.strerror}") from None
