"""The history of a response: the page with its filters, and the same as CSV."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from surveys import history as found_history
from surveys.body_page import body_page, person
from surveys.dossier import Dossier
from surveys.taking import taken_of

PER_PAGE = 50


@login_required
@require_safe
def history(request: HttpRequest, year: int, code: str) -> HttpResponse:
    dossier = Dossier.find(person(request), year, code)
    wanted = found_history.Wanted.of(request.GET)
    page = Paginator(found_history.events(dossier, wanted), PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "entries": found_history.entries(dossier, page.object_list, wanted),
        "found": page,
        "wanted": wanted,
        "people": found_history.people(dossier),
        "query": query.urlencode(),
    }
    return body_page(request, "history", dossier, context)


@login_required
@require_safe
def history_file(request: HttpRequest, year: int, code: str) -> HttpResponse:
    dossier = Dossier.find(person(request), year, code)
    wanted = found_history.Wanted.of(request.GET)
    entries = found_history.entries(dossier, found_history.events(dossier, wanted), wanted)
    taken_of(request, dossier, "history.csv")
    mark = "synthetic-" if dossier.response.synthetic else ""
    name = f"{mark}history-{year}-{dossier.body.code}.csv"
    headers = {"Content-Disposition": str(content_disposition_header(True, name))}
    return HttpResponse(found_history.to_csv(entries), "text/csv; charset=utf-8", headers=headers)
