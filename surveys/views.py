"""The pages of a body and the glossary. Each starts at `Response.objects.for_user`: not yours is not found."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from surveys import notes, pages
from surveys.body_page import body_page, next_place, person
from surveys.dossier import Dossier
from surveys.models import Membership, NotAllowed, Response, SectionAnswers, Survey
from surveys.needed import needed
from surveys.rules import INCONSISTENT, MISSING


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where a person's work is: the one response, a list of them by round, the municipalities of a coordinator, or the
    ministry's admin."""
    if not request.user.is_authenticated:
        return redirect("report-index")
    if person(request).is_staff:
        return redirect("admin:index")
    latest = Survey.objects.exclude(state=Survey.State.DRAFT).values_list("year", flat=True).first()
    if latest and person(request).memberships.filter(role=Membership.Role.COORDINATOR).exists():
        return redirect("prefecture", latest)
    found = Response.objects.for_user(person(request)).order_by("-survey__year", "body__code")
    started = Exists(SectionAnswers.objects.filter(response=OuterRef("pk")))
    responses = list(found.exclude(survey__state=Survey.State.DRAFT).annotate(is_started=started))
    if len(responses) == 1:
        return redirect("response", responses[0].survey.year, responses[0].body.code)
    memberships = person(request).memberships
    context = {
        "rounds": pages.by_round(responses),
        "waits": memberships.filter(limited=True).exists(),
        "oversees": memberships.filter(role=Membership.Role.COORDINATOR).exists(),
    }
    return render(request, "surveys/home.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def guide(request: HttpRequest) -> HttpResponse:
    """How to use the site; a post puts it away from the home of a body."""
    if request.method != "POST":
        return render(request, "surveys/guide.html")
    person(request).close_guide()
    return redirect(next_place(request, "home"))


@login_required
@require_safe
def response(request: HttpRequest, year: int, code: str) -> HttpResponse:
    dossier = Dossier.find(person(request), year, code)
    chapters = pages.by_chapter(dossier.questionnaire, dossier.progress)
    context = {"chapters": chapters, "next": notes.next_step(dossier), "steps": notes.steps(dossier)}
    return body_page(request, "response", dossier, context)


@login_required
@require_safe
def review(request: HttpRequest, year: int, code: str) -> HttpResponse:
    return _review_page(request, Dossier.find(person(request), year, code))


def _review_page(request: HttpRequest, dossier: Dossier, status: int = 200) -> HttpResponse:
    missing, wrong = (pages.todos(dossier.progress, dossier.kind, kind) for kind in (MISSING, INCONSISTENT))
    places = sum(todo.places for todo in (*missing, *wrong))
    context = {
        "missing": missing,
        "wrong": wrong,
        "places": places,
        "confirms": pages.confirms(dossier.questionnaire, dossier.kind, dossier.doubted),
        "needed": needed(places, dossier.total.unsettled),
        "changed": notes.changed(dossier),
        "confirmed": notes.confirmed(dossier),
    }
    return body_page(request, "review", dossier, context, status)


@login_required
@require_POST
def submit(request: HttpRequest, year: int, code: str) -> HttpResponse:
    dossier = Dossier.find(person(request), year, code)
    try:
        dossier.response.submit(by=dossier.user, reviewed=request.POST.get("reviewed"))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return _review_page(request, dossier, status=409 if dossier.is_approver else 403)
    return redirect("receipt", year, code)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """What taking a submission back means, and doing it."""
    dossier = Dossier.find(person(request), year, code)
    if request.method != "POST":
        return _withdraw_page(request, dossier)
    try:
        dossier.response.withdraw(request.POST.get("receipt", ""), by=dossier.user)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return _withdraw_page(request, dossier, status=409 if dossier.is_approver else 403)
    messages.success(request, _("提出を取り下げました。直してから、もう一度提出します。"))
    return redirect("response", year, code)


def _withdraw_page(request: HttpRequest, dossier: Dossier, status: int = 200) -> HttpResponse:
    return body_page(request, "withdraw", dossier, {"submission": dossier.last_submission()}, status)


@login_required
@require_safe
def receipt(request: HttpRequest, year: int, code: str) -> HttpResponse:
    dossier = Dossier.find(person(request), year, code)
    return body_page(
        request, "receipt", dossier, {"submission": dossier.last_submission(), "steps": notes.steps(dossier)}
    )


@login_required
@require_safe
def answers(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Every answer as it stands, to read or print."""
    dossier = Dossier.find(person(request), year, code)
    sections = [(entry, dossier.in_words(entry.section)) for entry in dossier.progress if entry.asked]
    return body_page(request, "answers", dossier, {"sections": sections, "now": timezone.now()})


@require_safe
def glossary(request: HttpRequest, year: int) -> HttpResponse:
    """The terms of a round, for everybody once it has opened."""
    survey = get_object_or_404(Survey.objects.exclude(state=Survey.State.DRAFT), year=year)
    return render(request, "surveys/glossary.html", {"survey": survey, "questionnaire": survey.questionnaire})
