"""都道府県・団体から見る: one number of a table by prefecture, kind of body and size."""

from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from aggregation import downloads, report
from aggregation.addresses import Edition
from aggregation.explore import BREAKDOWNS, Explored, Wanted
from aggregation.explore import explore as found_in
from aggregation.export import FORMATS, MEDIA_TYPES
from aggregation.models import Run
from aggregation.table_list import by_chapter
from aggregation.views import published_run
from surveys.progress_views import STEPS


class Chosen(NamedTuple):
    """The table that is asked for, and what is asked of it; nothing if it has no number that may be public."""

    table: str
    found: Explored | None


@require_safe
def explore(request: HttpRequest, edition: Edition) -> HttpResponse:
    """What is chosen in two plain forms: first a table, then what of it."""
    run = published_run(edition)
    chosen, found = _chosen(request, run)
    order = request.GET.get("order", "")
    context = {
        "run": run,
        "edition": edition,
        "page": "explore",
        "chapters": by_chapter(run.survey.questionnaire, report.heads(run)),
        "chosen": chosen,
        "found": found,
        "lines": found.ordered(order) if found else (),
        "order": order,
        "breakdowns": BREAKDOWNS,
        "steps": STEPS,
        "is_open": report.disclosed(run).individual(chosen),
    }
    return render(request, "aggregation/explore.html", context)


@require_safe
def explore_file(request: HttpRequest, edition: Edition) -> HttpResponse:
    """What the page shows, as CSV."""
    run = published_run(edition)
    chosen, found = _chosen(request, run)
    if found is None:
        raise Http404
    data = FORMATS["csv"](downloads.tables(run, [found.only]))
    name = report.file_name(run, "csv", f"{chosen}-{found.chosen.breakdown}")
    disposition = content_disposition_header(True, name) or ""
    return HttpResponse(data, MEDIA_TYPES["csv"], headers={"Content-Disposition": disposition})


def _chosen(request: HttpRequest, run: Run) -> Chosen:
    """The table that is asked for or, where none is, the first that more than the whole country is known of."""
    wanted = Wanted(*(request.GET.get(name, "") for name in Wanted._fields))
    asked = request.GET.get("table", "")
    first = None
    for id in [asked] if asked else [head["id"] for head in report.heads(run)]:
        table = report.public_one(run, id)
        if table is None:
            break
        found = Chosen(id, found_in(table, wanted))
        if asked or (found.found and len(found.found.breakdowns) > 1):
            return found
        first = first or found
    if first is None:
        raise Http404
    return first
