"""都道府県・団体から見る: one number of a table by prefecture, kind of body and size."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from aggregation import downloads, pages, report
from aggregation.addresses import Edition
from aggregation.explore import BREAKDOWNS, Explored, Wanted
from aggregation.explore import explore as found_in
from aggregation.export import FORMATS, MEDIA_TYPES
from aggregation.models import Run
from aggregation.views import published_run
from surveys.progress_views import STEPS


@require_safe
def explore(request: HttpRequest, edition: Edition) -> HttpResponse:
    """What is chosen in two plain forms: first a table, then what of it."""
    run = published_run(edition)
    heads = report.heads(run)
    id = request.GET.get("table") or next((head["id"] for head in heads), "")
    found = _found(request, run, id)
    order = request.GET.get("order", "")
    context = {
        "run": run,
        "edition": edition,
        "page": "explore",
        "chapters": pages.contents(run.survey.questionnaire, heads),
        "chosen": id,
        "found": found,
        "lines": found.ordered(order) if found else (),
        "order": order,
        "breakdowns": BREAKDOWNS,
        "steps": STEPS,
        "is_open": report.disclosed(run).individual(id),
    }
    return render(request, "aggregation/explore.html", context)


@require_safe
def explore_file(request: HttpRequest, edition: Edition) -> HttpResponse:
    """What the page shows, as CSV."""
    run = published_run(edition)
    id = request.GET.get("table", "")
    found = _found(request, run, id)
    if found is None:
        raise Http404
    data = FORMATS["csv"](downloads.tables(run, [found.only]))
    name = report.file_name(run, "csv", f"{id}-{found.chosen.breakdown}")
    disposition = content_disposition_header(True, name) or ""
    return HttpResponse(data, MEDIA_TYPES["csv"], headers={"Content-Disposition": disposition})


def _found(request: HttpRequest, run: Run, id: str) -> Explored | None:
    table = report.public_one(run, id)
    if table is None:
        raise Http404
    return found_in(table, Wanted(*(request.GET.get(name, "") for name in Wanted._fields)))
