"""The pages of a body and the glossary. Each starts at `Response.objects.for_user`: not yours is not found."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from surveys import blocks, notes, pages
from surveys.dossier import Dossier
from surveys.forms import SectionForm
from surveys.models import NotAllowed, Response, SectionAnswers, Survey, User
from surveys.models.responses import Saved
from surveys.questionnaire import Section
from surveys.rules import INCONSISTENT, MISSING

SAVE_AND_NEXT = "next"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where a person's work is: the one response, a list of them by round, or the ministry's admin."""
    if not request.user.is_authenticated:
        return redirect("report-index")
    if _user(request).is_staff:
        return redirect("admin:index")
    found = Response.objects.for_user(_user(request)).order_by("-survey__year", "body__code")
    started = Exists(SectionAnswers.objects.filter(response=OuterRef("pk")))
    responses = list(found.exclude(survey__state=Survey.State.DRAFT).annotate(is_started=started))
    if len(responses) == 1:
        return redirect("response", responses[0].survey.year, responses[0].body.code)
    return render(request, "surveys/home.html", {"rounds": pages.by_round(responses)})


@login_required
@require_safe
def response(request: HttpRequest, year: int, code: str) -> HttpResponse:
    dossier = Dossier.find(_user(request), year, code)
    chapters = pages.by_chapter(dossier.questionnaire, dossier.progress)
    context = {"chapters": chapters, "next": notes.next_step(dossier), "steps": notes.steps(dossier)}
    return _page(request, "response", dossier, context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, year: int, code: str, section_id: str) -> HttpResponse:
    dossier = Dossier.find(_user(request), year, code)
    spec = dossier.section(section_id)
    data = request.POST if request.method == "POST" else None
    form = _form(dossier, spec, data)
    if data is None:
        return _section_page(request, dossier, form)
    form.full_clean()
    try:
        saved = _save(dossier, form)
    except NotAllowed as refusal:
        form.refused()
        messages.error(request, str(refusal))
        return _section_page(request, dossier, form, status=409 if dossier.roles else 403)
    dossier.reload()
    form.again(dossier.section_answers(section_id), saved)
    notes.tell(request, form, saved)
    if form.conflicts or form.faulty:
        return _section_page(request, dossier, form, status=409 if form.conflicts else 200)
    return redirect(*_after(request, dossier, form))


def _form(dossier: Dossier, spec: Section, data: QueryDict | None) -> SectionForm:
    stored, terms = dossier.section_answers(spec.id), dossier.questionnaire.term_by_id
    return SectionForm(spec, dossier.kind, stored, data, person=dossier.user.name, terms=terms)


def _save(dossier: Dossier, form: SectionForm) -> Saved:
    """Save what was changed, unless a conflict of an earlier save is still to be decided."""
    if undecided := form.undecided():
        return Saved(form.stored.version, conflicts=undecided)
    return dossier.response.save_section(form.section.id, form.changes, seen=form.seen, by=dossier.user)


def _after(request: HttpRequest, dossier: Dossier, form: SectionForm) -> tuple[Any, ...]:
    """Where to go after a save: the same page with what applies now, or the next section, or the review."""
    place = (dossier.survey.year, dossier.body.code)
    if request.POST.get("then") != SAVE_AND_NEXT:
        return "section", *place, form.section.id
    following = pages.neighbours(dossier.progress, form.section)[1]
    return ("section", *place, following.id) if following else ("review", *place)


def _section_page(request: HttpRequest, dossier: Dossier, form: SectionForm, status: int = 200) -> HttpResponse:
    before, after = pages.neighbours(dossier.progress, form.section)
    context = {
        "form": form,
        "section": form.section,
        "chapter": next(found for found in dossier.questionnaire.chapters if found.number == form.section.chapter),
        "progress": dossier.progress_of(form.section),
        "chapters": pages.by_chapter(dossier.questionnaire, dossier.progress),
        "before": before,
        "after": after,
        "reference": pages.reference(form.section, form.asked),
        "mends": blocks.mends(form),
    }
    if form.is_bound or dossier.may_edit:
        return _page(request, "section", dossier, context, status)
    context["answered"] = pages.in_words(form.section, dossier.kind, dossier.answers, blocks.language())
    return _page(request, "section_read", dossier, context, status)


@login_required
@require_safe
def review(request: HttpRequest, year: int, code: str) -> HttpResponse:
    return _review_page(request, Dossier.find(_user(request), year, code))


def _review_page(request: HttpRequest, dossier: Dossier, status: int = 200) -> HttpResponse:
    missing, wrong = (pages.todos(dossier.progress, dossier.kind, kind) for kind in (MISSING, INCONSISTENT))
    places = sum(todo.places for todo in (*missing, *wrong))
    context = {"missing": missing, "wrong": wrong, "places": places, "changed": notes.changed(dossier)}
    return _page(request, "review", dossier, context, status)


@login_required
@require_POST
def submit(request: HttpRequest, year: int, code: str) -> HttpResponse:
    dossier = Dossier.find(_user(request), year, code)
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
    dossier = Dossier.find(_user(request), year, code)
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
    return _page(request, "withdraw", dossier, {"submission": dossier.last_submission()}, status)


@login_required
@require_safe
def receipt(request: HttpRequest, year: int, code: str) -> HttpResponse:
    dossier = Dossier.find(_user(request), year, code)
    return _page(request, "receipt", dossier, {"submission": dossier.last_submission(), "steps": notes.steps(dossier)})


@login_required
@require_safe
def answers(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Every answer as it stands, to read or print."""
    dossier = Dossier.find(_user(request), year, code)
    sections = [
        (entry, pages.in_words(entry.section, dossier.kind, dossier.answers, blocks.language()))
        for entry in dossier.progress
        if entry.asked
    ]
    return _page(request, "answers", dossier, {"sections": sections, "now": timezone.now()})


@require_safe
def glossary(request: HttpRequest, year: int) -> HttpResponse:
    """The terms of a round, for everybody once it has opened."""
    survey = get_object_or_404(Survey.objects.exclude(state=Survey.State.DRAFT), year=year)
    return render(request, "surveys/glossary.html", {"survey": survey, "questionnaire": survey.questionnaire})


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _page(
    request: HttpRequest, name: str, dossier: Dossier, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    return render(request, f"surveys/{name}.html", {"dossier": dossier, "page": name, **context}, status=status)
