"""The public pages of published runs. What is not published is not found."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import override
from django.views.decorators.http import require_safe

from aggregation import items, report, report_page
from aggregation.addresses import Edition
from aggregation.figures.palette import FILLS
from aggregation.kept_figures import LANGUAGES
from aggregation.models import Run
from aggregation.tables import Table


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The rounds that have a published run."""
    return render(request, "aggregation/index.html", {"runs": Run.objects.published_rounds()})


@require_safe
def contents(request: HttpRequest, edition: Edition) -> HttpResponse:
    """All tables of an edition, by chapter of the report, under its key figures."""
    run = published_run(edition)
    chapters = report_page.contents(run)
    context = {"run": run, "edition": edition, "chapters": chapters, "key_figures": report_page.key(run)}
    context["count"] = sum(len(chapter.tables) for chapter in chapters)
    return render(request, "aggregation/contents.html", context)


@require_safe
def item(request: HttpRequest, edition: Edition, item: str) -> HttpResponse:
    """All figures under a heading of the report, and how they were counted."""
    run = published_run(edition)
    place = items.place(report_page.contents(run), item)
    if place is None:
        raise Http404
    tables = report.public_some(run, [head.id for head in place.item.tables])
    return render(request, "aggregation/item.html", _context(run, edition, place, tables))


@require_safe
def table(request: HttpRequest, edition: Edition, table: str) -> HttpResponse:
    """One figure at its own address."""
    run = published_run(edition)
    place = items.place_of(report_page.contents(run), table)
    if place is None:
        raise Http404
    tables = report.public_some(run, [table])
    return render(request, "aggregation/table.html", _context(run, edition, place, tables) | {"table": tables[0]})


def _context(run: Run, edition: Edition, place: items.Place, tables: list[Table]) -> dict[str, object]:
    figures = report_page.figures(run, tables)
    return {
        "run": run,
        "edition": edition,
        "place": place,
        "figures": figures,
        "how": report_page.how(run, figures),
        "fills": FILLS,
        "baseline_year": report.baseline_year(edition.year),
    }


@require_safe
def figure_file(request: HttpRequest, edition: Edition, table: str) -> HttpResponse:
    """The charts of a figure as one SVG, in the language of the page or of ?lang."""
    run = published_run(edition)
    found = report.public_one(run, table)
    asked = request.GET.get("lang")
    with override(asked if asked in LANGUAGES else report_page.language()):
        svg = report_page.figure_file(run, found) if found else None
    if svg is None:
        raise Http404
    name = content_disposition_header(False, report.file_name(run, "svg", table)) or ""
    return HttpResponse(svg, content_type="image/svg+xml; charset=utf-8", headers={"Content-Disposition": name})


def published_run(edition: Edition) -> Run:
    """The run of an edition, or of the latest one of a year."""
    run = Run.objects.published_of(*edition)
    if run is None:
        raise Http404
    return run
