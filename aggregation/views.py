"""The public pages of published runs. What is not published is not found."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aggregation import pages, report
from aggregation.addresses import Edition
from aggregation.models import Run


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The rounds that have a published run."""
    return render(request, "aggregation/index.html", {"runs": Run.objects.published_rounds()})


@require_safe
def contents(request: HttpRequest, edition: Edition) -> HttpResponse:
    """All tables of an edition, by chapter of the report."""
    run = published_run(edition)
    chapters = pages.contents(run.survey.questionnaire, report.heads(run))
    context = {"run": run, "edition": edition, "chapters": chapters}
    context["baseline_year"] = report.baseline_year(edition.year)
    return render(request, "aggregation/contents.html", context)


@require_safe
def table(request: HttpRequest, edition: Edition, table: str) -> HttpResponse:
    """One table: counts, bases and shares beside the published ones, and how it was counted."""
    run = published_run(edition)
    found = report.public_one(run, table)
    if found is None:
        raise Http404
    page = pages.TablePage(found, report.baseline_of(run))
    context = {"run": run, "edition": edition, "table": found, "page": page}
    context["baseline_year"] = report.baseline_year(edition.year)
    return render(request, "aggregation/table.html", context)


def published_run(edition: Edition) -> Run:
    """The run of an edition, or of the latest one of a year."""
    run = Run.objects.published_of(*edition)
    if run is None:
        raise Http404
    return run
