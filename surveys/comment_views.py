"""Comments on a question: what colleagues, successors and the ministry are told beside the answer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from surveys import blocks, pages
from surveys.body_page import body_page, person
from surveys.comment_form import CommentForm
from surveys.dossier import Dossier
from surveys.models import NotAllowed
from surveys.questionnaire import Question


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: HttpRequest, year: int, code: str, section_id: str, id: str) -> HttpResponse:
    """What is said about a question, and saying something."""
    dossier = Dossier.find(person(request), year, code)
    question = dossier.question(section_id, id)
    if request.method != "POST":
        return _comments_page(request, dossier, question, CommentForm())
    form = CommentForm(request.POST, is_remark=dossier.may_remark)
    if not form.is_valid():
        return _comments_page(request, dossier, question, form, status=400)
    try:
        dossier.response.comment(question.id, **form.cleaned_data, by=dossier.user)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return _comments_page(request, dossier, question, form, status=409 if dossier.roles else 403)
    messages.success(request, _("コメントを書きました。"))
    return redirect("comments", year, code, section_id, id)


def _comments_page(
    request: HttpRequest, dossier: Dossier, question: Question, form: CommentForm, status: int = 200
) -> HttpResponse:
    found = dossier.response.comments.for_user(dossier.user).filter(question=question.id)
    context = {**_about(dossier, question), "form": form, "found": found, "earlier": dossier.earlier_comments(question)}
    return body_page(request, "comments", dossier, context, status)


def _about(dossier: Dossier, question: Question) -> dict[str, Any]:
    """The question with its number and, if it is asked now, its answer in words."""
    section = dossier.questionnaire.section_of[question.id]
    answered = pages.in_words(section, dossier.kind, dossier.answers, blocks.language())
    return {
        "question": question,
        "section": section,
        "number": pages.numbers(section, dossier.kind)[question.id],
        "answered": [item for item in answered if item.question == question],
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, year: int, code: str, section_id: str, id: str, comment: int) -> HttpResponse:
    """What taking a comment back means, and doing it; only for who wrote it."""
    dossier = Dossier.find(person(request), year, code)
    question = dossier.question(section_id, id)
    found = get_object_or_404(dossier.response.comments.filter(question=question.id, by=dossier.user), pk=comment)
    if request.method == "POST":
        found.withdraw(by=dossier.user)
        messages.success(request, _("コメントを取り消しました。"))
        return redirect("comments", year, code, section_id, id)
    return body_page(request, "comment_withdraw", dossier, {**_about(dossier, question), "comment": found})
