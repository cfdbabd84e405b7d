"""Making the reports of all bodies of a run: in pieces, by several processes, from where it was left.

Each body's PDF and workbook are kept as a file of their own until all are there; a file is written under another name
and then renamed, so that what has its name is whole. The files of one version of the code never mix with another's.
Processes are spawned, since Typst hangs in forked ones.
"""

import hashlib
import multiprocessing
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from time import monotonic

import django
from django.conf import settings

from aggregation import archive, dataset, downloads, report
from aggregation.body_reports import BodyReports
from aggregation.comparison import Own
from aggregation.export import COMPARISON_FORMATS
from aggregation.groups import kind_and_band
from aggregation.models import Run
from surveys.one_at_a_time import one_at_a_time
from surveys.paper import render

MAKER = 20_200_412  # the lock of who makes them
KINDS = ("pdf", "xlsx")  # of files
APP, PAPER = Path(__file__).parent, render.FOLDER
AT_ONCE = 10  # bodies that a process makes before it is heard of


class Paused(Exception):
    """The time is up; the rest is made next time."""


def make(job: int, *, seconds: float | None = None, processes: int | None = None) -> bool:
    """Make what is missing, in at most so many seconds and a few more; whether all is done. Waits for who is at it.

    What goes wrong is noted in the job and raised.
    """
    with one_at_a_time(MAKER):
        found = BodyReports.objects.select_related("run__survey").get(pk=job)
        if found.is_there:
            return True
        try:
            _make(found, seconds, settings.REPORT_PROCESSES if processes is None else processes)
        except Paused:
            return False
        except Exception as error:
            found.fail(str(error) or type(error).__name__)
            raise
    return True


def _make(job: BodyReports, seconds: float | None, processes: int) -> None:
    folder = folder_of(job.run)
    folder.mkdir(parents=True, exist_ok=True)
    codes = sorted(job.run.numbers)
    missing = [code for code in codes if not _piece(folder, code).exists()]
    done, until = len(codes) - len(missing), None if seconds is None else monotonic() + seconds
    job.move(done)
    for made in _made(job.run, missing, processes):
        done += made
        job.move(done)
        if until is not None and monotonic() > until and done < len(codes):
            raise Paused
    path = folder.with_suffix(".zip")
    part = path.with_suffix(".part")
    with part.open("wb") as out:
        archive.join(out, (_piece(folder, code).read_bytes() for code in codes))
    part.replace(path)
    job.finish(path.relative_to(settings.FILES_FOLDER).as_posix())
    for pieces in folder.parent.glob(f"{job.run}-*/"):  # also what an older version of the code has left
        shutil.rmtree(pieces)


def _made(run: Run, codes: Sequence[str], processes: int) -> Iterator[int]:
    """Make these; yields how many are done each time."""
    chunks = [(run.pk, chunk) for chunk in _in_chunks(_in_order(run, codes))]
    if processes < 2 or len(chunks) < 2:
        yield from map(make_some, chunks)
        return
    with multiprocessing.get_context("spawn").Pool(min(processes, len(chunks)), django.setup) as pool:
        yield from pool.imap_unordered(make_some, chunks)


def _in_order(run: Run, codes: Iterable[str]) -> list[str]:
    """Bodies that are held against the same numbers one after the other: Typst remembers their tables."""
    group = {body.code: kind_and_band(body.kind, body.population) or body.kind for body in dataset.register(run.survey)}
    return sorted(codes, key=lambda code: (group.get(code, ""), code))


def _in_chunks(codes: Sequence[str]) -> list[Sequence[str]]:
    return [codes[at : at + AT_ONCE] for at in range(0, len(codes), AT_ONCE)]


@report.collector_paused()
def make_some(what: tuple[int, Sequence[str]]) -> int:
    """Make the files of some bodies of a run; how many. Ends early if whoever has asked is gone."""
    run, codes = what
    maker = Maker.of(run)
    parent = multiprocessing.parent_process()
    for own in dataset.counted(maker.run.survey, {code: maker.run.numbers[code] for code in codes}):
        if parent is not None and not parent.is_alive():
            break
        maker.make(own)
    return len(codes)


class Maker:
    """Makes the files of the bodies of a run; what they share is read once."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.folder = folder_of(run)
        self.comparer = report.Comparer(run)

    @classmethod
    @cache
    def of(cls, run: int) -> "Maker":
        return cls(Run.objects.select_related("survey").get(pk=run))

    def make(self, own: Own) -> None:
        file = downloads.of_body(self.run, self.run.survey, self.comparer.compare(own))
        members = {
            report.comparison_file_name(file.comparison, suffix): COMPARISON_FORMATS[suffix](file) for suffix in KINDS
        }
        path = _piece(self.folder, own.code)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(archive.pack(members))
        part.replace(path)


def folder_of(run: Run) -> Path:
    """Where the files of a run's bodies are kept, by the code that makes them."""
    return Path(settings.FILES_FOLDER) / "body-reports" / f"{run}-{code_version()}"


def _piece(folder: Path, code: str) -> Path:
    return folder / f"{code}.zip"


@cache
def code_version() -> str:
    """A name of the code that makes the files: a digest of it and of that which makes the numbers."""
    digest = hashlib.sha256(report.code_version().encode())
    for path in sorted((*APP.rglob("*.py"), *APP.rglob("*.typ"), *PAPER.glob("*.*"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
