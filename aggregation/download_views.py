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
from aggregation.export import COMPARISON_FORMATS, FORMATS, MACHINE, MEDIA_TYPES, TABLE_FORMATS, Report
from aggregation.models import Run
from aggregation.views import published_run
from surveys.dossier import Dossier
from surveys.models import User

KEPT = 3600  # seconds that a file of all tables is kept for the next who asks: a workbook takes some seconds


def etag(request: HttpRequest, edition: Edition, suffix: str, table: str = "tables") -> str | None:
    """A file changes when another run is published, with what may be public, and with the code that writes it."""
    run = Run.objects.published_of(*edition)
    return quote_etag(_digest(run, table, suffix)) if run else None


def _digest(run: Run, table: str, suffix: str) -> str:
    facts = (run.pk, run.created_at, run.published_at, report.code_version(), _writers(), table, suffix)
    return hashlib.sha256(repr((*facts, sorted(report.disclosed(run).questions))).encode()).hexdigest()[:32]


@cache
def _writers() -> str:
    """A name of the code that writes files, as `report.code_version` is one of what makes the numbers."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in [folder / "chart_rules.py", *sorted((folder / "export").glob("*.py"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


@require_safe
@cache_control(public=True, no_cache=True)
@condition(etag)
def tables(request: HttpRequest, edition: Edition, suffix: str) -> HttpResponse:
    """All tables of an edition."""
    _writer(suffix)
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
    data = store.get_or_set(_digest(run, "tables", format), lambda: write(downloads.public(run)), KEPT)
    return _attached(cast(bytes, data), format, report.tables_file_name(run, format))


@require_safe
@cache_control(public=True, no_cache=True)
@condition(etag)
def table(request: HttpRequest, edition: Edition, table: str, suffix: str) -> HttpResponse:
    """One table of an edition."""
    run = published_run(edition)
    found = report.public_one(run, table)
    if found is None:
        raise Http404
    return _attached(_writer(suffix)(downloads.tables(run, [found])), suffix, report.file_name(run, suffix, table))


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
    return _attached(COMPARISON_FORMATS[suffix](found), suffix, report.comparison_file_name(found.comparison, suffix))


def _writer(suffix: str) -> Callable[[Report], bytes]:
    if suffix not in FORMATS:
        raise Http404
    return FORMATS[suffix]


def _attached(data: bytes, suffix: str, name: str) -> HttpResponse:
    disposition = content_disposition_header(True, name) or ""
    return HttpResponse(data, MEDIA_TYPES[suffix], headers={"Content-Disposition": disposition})
