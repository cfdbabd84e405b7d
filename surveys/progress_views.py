"""進み具合: how a round stands, for the ministry, and for a coordinator within the prefecture."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from surveys import progress_files, tally
from surveys.body_list import BodyFilter, detailed, rows
from surveys.body_page import person
from surveys.live import signed_in
from surveys.models import Survey
from surveys.overview import Overview, overseen
from surveys.standing import LABELS
from surveys.taking import taken_by

PER_PAGE = 100
STEPS = (_("25％未満"), _("25％～"), _("50％～"), _("75％～"), _("全団体"))  # of the map's colours


@login_required
@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """The newest round in which this person oversees anybody."""
    rounds = overseen(person(request)).exclude(survey__state=Survey.State.DRAFT).order_by("-survey__year")
    year = rounds.values_list("survey__year", flat=True).first()
    return redirect("progress", year) if year else redirect("home")


@signed_in
@require_safe
@cache_control(private=True, no_store=True)
def progress(request: HttpRequest, year: int) -> HttpResponse:
    """Counted anew for each request, also when the page that stays open asks again."""
    found = Overview.find(person(request), year)
    by_code = request.GET.get("order") == "code"
    context = {
        **_frame(found),
        "by_code": by_code,
        "stays": request.GET.get("refresh") == "off",
        "prefectures": found.prefectures if by_code else tally.lowest_first(found.prefectures),
        "rows": [] if found.of_all else rows(found, detailed(found.responses.order_by("body__code"))),
    }
    return render(request, "surveys/progress.html", context)


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def bodies(request: HttpRequest, year: int) -> HttpResponse:
    """The list behind a number."""
    found = Overview.find(person(request), year)
    wanted = BodyFilter(found, request.GET)
    page = Paginator(detailed(wanted.responses), PER_PAGE).get_page(request.GET.get("page"))
    context = {**_frame(found), "form": wanted, "listed": page, "rows": rows(found, page)}
    return render(request, "surveys/progress_bodies.html", context)


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def bodies_file(request: HttpRequest, year: int) -> HttpResponse:
    found = Overview.find(person(request), year)
    listed = rows(found, detailed(BodyFilter(found, request.GET).responses))
    return _attached(request, progress_files.bodies(listed), found, "bodies")


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def prefectures_file(request: HttpRequest, year: int) -> HttpResponse:
    found = Overview.find(person(request), year)
    return _attached(request, progress_files.prefectures(found.prefectures), found, "prefectures")


def _frame(found: Overview) -> dict[str, Any]:
    """What the pages share."""
    return {
        "overview": found,
        "survey": found.survey,
        "synthetic": found.total.synthetic,
        "labels": LABELS,
        "steps": STEPS,
        "now": timezone.now(),
    }


def _attached(request: HttpRequest, data: bytes, found: Overview, name: str) -> HttpResponse:
    prefix = "synthetic-" if found.total.synthetic else ""
    file = f"{prefix}progress-{found.survey.year}-{name}.csv"
    taken_by(request, found.survey.subject, file)
    disposition = content_disposition_header(True, file) or ""
    return HttpResponse(data, "text/csv; charset=utf-8", headers={"Content-Disposition": disposition})
