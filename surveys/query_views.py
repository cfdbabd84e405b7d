"""照会 at a question: what ministry and prefecture ask, what the body answers there, and being done with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from surveys import pages
from surveys.blocks import language
from surveys.body_page import body_page, next_place, person
from surveys.dossier import Dossier
from surveys.models import NotAllowed, Query
from surveys.questionnaire import Question
from surveys.said_form import SaidForm
from surveys.threads import Thread

ASKING = 0  # the form that asks, among those that answer a query


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def queries(request: HttpRequest, year: int, code: str, section_id: str, id: str) -> HttpResponse:
    """What is asked about a question, and asking."""
    dossier = Dossier.find(person(request), year, code)
    question = dossier.question(section_id, id)
    if request.method != "POST":
        return _page(request, dossier, question)

    def ask(**said: Any) -> None:
        Query.ask(dossier.response, question.id, by=dossier.user, **said)

    return _take(request, dossier, question, ASKING, ask, _("照会しました。団体にはメールでも知らせます。"))


@login_required
@require_POST
def answer(request: HttpRequest, year: int, code: str, section_id: str, id: str, query: int) -> HttpResponse:
    """Answer a query for the body."""
    dossier = Dossier.find(person(request), year, code)
    question = dossier.question(section_id, id)
    found = _find(dossier, question, query)

    def say(**said: Any) -> None:
        found.answer(by=dossier.user, **said)

    return _take(request, dossier, question, found.pk, say, _("照会に答えました。"))


@login_required
@require_POST
def close(request: HttpRequest, year: int, code: str, section_id: str, id: str, query: int) -> HttpResponse:
    """Be done with a query."""
    dossier = Dossier.find(person(request), year, code)
    question = dossier.question(section_id, id)
    seen = request.POST.get("seen", "")
    try:
        _find(dossier, question, query).close(by=dossier.user, seen=int(seen) if seen.isdecimal() else None)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return _page(request, dossier, question, status=409 if dossier.asks_as else 403)
    messages.success(request, _("照会を終えました。"))
    return redirect(next_place(request, _url(dossier, question)))


def _find(dossier: Dossier, question: Question, query: int) -> Query:
    """A query about the question; not found if it is about another one."""
    for thread in dossier.queries.get(question.id, ()):
        if thread.query.pk == query:
            return thread.query
    raise Http404


def _take(
    request: HttpRequest, dossier: Dossier, question: Question, at: int, say: Callable[..., None], done: str
) -> HttpResponse:
    """Take what a form says, or show it again with what is wrong."""
    form = SaidForm(request.POST)
    if not form.is_valid():
        return _page(request, dossier, question, {at: form}, status=400)
    try:
        say(**form.cleaned_data)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return _page(request, dossier, question, {at: form}, status=409 if dossier.roles or dossier.asks_as else 403)
    messages.success(request, done)
    return redirect(next_place(request, _url(dossier, question)))


def _url(dossier: Dossier, question: Question) -> str:
    section = dossier.questionnaire.section_of[question.id]
    return reverse("queries", args=(dossier.survey.year, dossier.body.code, section.id, question.id))


def _page(
    request: HttpRequest, dossier: Dossier, question: Question, bound: dict[int, SaidForm] | None = None, **more: Any
) -> HttpResponse:
    """The page of the queries at a question, with the forms that were sent as they were typed."""
    dossier.__dict__.pop("queries", None)  # what was said meanwhile is shown too
    section, found = dossier.questionnaire.section_of[question.id], dossier.queries.get(question.id, [])
    answered = pages.in_words(section, dossier.kind, dossier.answers, language())
    forms = bound or {}
    context = {
        "question": question,
        "section": section,
        "number": pages.numbers(section, dossier.kind)[question.id],
        "answered": [item for item in answered if item.question == question],
        "found": [(thread, forms.get(thread.query.pk, SaidForm())) for thread in found],
        "own": _own(dossier, found),
        "form": forms.get(ASKING, SaidForm()),
    }
    return body_page(request, "queries", dossier, context, **more)


def _own(dossier: Dossier, found: list[Thread]) -> Thread | None:
    """The query of this person's side that is not closed."""
    return next((each for each in found if each.query.side == dossier.asks_as and not each.query.is_closed), None)
