"""Open data: its page, its files and all of them as a package."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from aggregation import downloads, open_data, report
from aggregation.addresses import Edition
from aggregation.download_views import attached, etag, kept
from aggregation.export import MEDIA_TYPES, package
from aggregation.export.facts import citation
from aggregation.views import published_run


@require_safe
def page(request: HttpRequest, edition: Edition) -> HttpResponse:
    """What data there is, in which files, for which use, and how to ask the API."""
    run = published_run(edition)
    context = {"run": run, "edition": edition, "page": "data", "example": open_data.example(run)}
    context |= {"citation": citation(downloads.facts(run)), "licences": package.licences()}
    context["files"] = [(name, package.TITLES[name]) for name in package.FILES if name in package.TITLES]
    return render(request, "aggregation/data.html", context)


def file_etag(request: HttpRequest, edition: Edition, file: str) -> str | None:
    return etag(request, edition, file, "data")


@require_safe
@cache_control(public=True, no_cache=True)
@condition(file_etag)
def one(request: HttpRequest, edition: Edition, file: str) -> HttpResponse:
    """One file of the open data."""
    run = published_run(edition)
    name, _, suffix = file.rpartition(".")
    data = kept(run, "data", file, lambda: open_data.one(run, file))
    return attached(data, MEDIA_TYPES[suffix], open_data.file_name(run, name, suffix))


def archive_etag(request: HttpRequest, edition: Edition) -> str | None:
    return file_etag(request, edition, package.ARCHIVE)


@require_safe
@cache_control(public=True, no_cache=True)
@condition(archive_etag)
def archive(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The whole package as a ZIP."""
    run = published_run(edition)
    data = kept(run, "data", package.ARCHIVE, lambda: open_data.archive(run))
    return attached(data, "application/zip", report.file_name(run, "zip", "data"))
