"""Downloads: the tables of published runs for everybody, a body's comparison for those who may see its answers."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.cache import cache as store
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header, quote_etag
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from aggregation import downloads, report
from aggregation.addresses import Edition
from aggregation.export import COMPARISON_FORMATS, FORMATS, MACHINE, MEDIA_TYPES, PDF, TABLE_FORMATS, Report
from aggregation.models import Run
from aggregation.text_models import ReportText
from aggregation.views import published_run
from surveys.dossier import Dossier
from surveys.models import User
from surveys.taking import taken_of

KEPT = 3600  # seconds that a file of all tables is kept for the next who asks: a workbook takes some seconds


def etag(request: HttpRequest, edition: Edition, suffix: str, table: str = "tables") -> str | None:
    """A file changes when another run is published, with what may be public, and with the code that writes it."""
    run = Run.objects.published_of(*edition)
    return quote_etag(_digest(run, table, suffix)) if run else None


def _digest(run: Run, table: str, suffix: str) -> str:
    written = ReportText.objects.blocks(run.survey) if suffix == PDF else ()
    return hashlib.sha256(repr((*state(run), table, suffix, written)).encode()).hexdigest()[:32]


def state(run: Run) -> tuple[object, ...]:
    """What everything that is made from a run depends on: the run, what may be public today, the words, the code."""
    open_now = sorted(report.disclosed(run).questions)
    return (run.pk, run.created_at, run.published_at, run.survey.checksum, open_now, report.code_version(), _writers())


@cache
def _writers() -> str:
    """A name of the code that writes files, as `report.code_version` is one of what makes the numbers."""
    digest, folder = hashlib.sha256(), Path(__file__).parent
    for path in sorted([*folder.rglob("*"), *(folder.parent / "surveys" / "paper").iterdir()]):
        if path.suffix in (".py", ".toml", ".typ"):
            digest.update(path.read_bytes())
    return digest.hexdigest()


@require_safe
@cache_control(public=True, no_cache=True)
@condition(etag)
def tables(request: HttpRequest, edition: Edition, suffix: str) -> HttpResponse:
    """All tables of an edition; as PDF the whole report."""
    if suffix not in (*FORMATS, PDF):
        raise Http404
    return _all(published_run(edition), suffix)


def machine_etag(request: HttpRequest, edition: Edition) -> str | None:
    return etag(request, edition, MACHINE)


@require_safe
@cache_control(public=True, no_cache=True)
@condition(machine_etag)
def machine(request: HttpRequest, edition: Edition) -> HttpResponse:
    """All tables of an edition as a workbook for machines."""
    return _all(published_run(edition), MACHINE)


def _all(run: Run, format: str) -> HttpResponse:
    write = TABLE_FORMATS[format]
    data = kept(run, "tables", format, lambda: write(downloads.public(run)))
    return attached(data, MEDIA_TYPES[format], report.tables_file_name(run, format))


def kept(run: Run, what: str, format: str, make: Callable[[], bytes]) -> bytes:
    """A file of a run, made once for many who ask."""
    return cast(bytes, store.get_or_set(_digest(run, what, format), make, KEPT))


@require_safe
@cache_control(public=True, no_cache=True)
@condition(etag)
def table(request: HttpRequest, edition: Edition, table: str, suffix: str) -> HttpResponse:
    """One table of an edition."""
    run = published_run(edition)
    found = report.public_one(run, table)
    if found is None:
        raise Http404
    data = _writer(suffix)(downloads.tables(run, [found]))
    return attached(data, MEDIA_TYPES[suffix], report.file_name(run, suffix, table))


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def comparison(request: HttpRequest, year: int, code: str, suffix: str) -> HttpResponse:
    """The comparison of a body, beside the same run as on its page."""
    dossier = Dossier.find(cast(User, request.user), year, code)
    only = dossier.questionnaire.sections_for(dossier.kind)
    found = downloads.for_body(Run.objects.published_until(year), dossier.response, only)
    if suffix not in COMPARISON_FORMATS:
        raise Http404
    taken_of(request, dossier, f"comparison.{suffix}")
    name = report.comparison_file_name(found.comparison, suffix)
    return attached(COMPARISON_FORMATS[suffix](found), MEDIA_TYPES[suffix], name)


def _writer(suffix: str) -> Callable[[Report], bytes]:
    if suffix not in FORMATS:
        raise Http404
    return FORMATS[suffix]


def attached(data: bytes, media_type: str, name: str) -> HttpResponse:
    """A file under its name."""
    disposition = content_disposition_header(True, name) or ""
    return HttpResponse(data, media_type, headers={"Content-Disposition": disposition})
