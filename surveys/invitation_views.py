"""What somebody who was invited sees: the code, the invitation, and their account.

The link of a mail leads on at once to an address without the token, which goes neither into the history of the browser
nor to other pages; the session keeps only its SHA-256. Opening a page accepts nothing.
"""

from typing import Any

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from surveys import account_link_views, tokens
from surveys.account_form import AccountForm
from surveys.account_link_views import KEPT
from surveys.body_page import person
from surveys.models import AccountLink, Invitation, NotAllowed
from surveys.models.coded import OPEN


@require_safe
@cache_control(private=True, no_store=True)
def link(request: HttpRequest, token: str) -> HttpResponse:
    return _keep(request, token)


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_store=True)
def invitation(request: HttpRequest) -> HttpResponse:
    """The invitation whose code was given, or the field for the code."""
    if request.method == "POST":
        return _keep(request, request.POST.get("code", ""))
    if KEPT not in request.session:
        return _code_page(request)
    found = Invitation.with_digest(request.session[KEPT])
    if found is None and (of_account := AccountLink.with_digest(request.session[KEPT])):
        return account_link_views.page(request, of_account)
    if found is None:
        del request.session[KEPT]
        return _code_page(request, is_unknown=True, status=404)
    return _page(request, found)


@require_POST
@cache_control(private=True, no_store=True)
def accept(request: HttpRequest) -> HttpResponse:
    """Accept with the account somebody is signed in with, or with a new one."""
    found = Invitation.with_digest(request.session.get(KEPT, ""))
    if found is None:
        return redirect("invitation")
    if request.user.is_authenticated and found.accepted_by_id == request.user.pk:
        return redirect("home")  # a second click
    form = None if request.user.is_authenticated else AccountForm(request.POST)
    if form and not form.is_valid():
        return _page(request, found, form, status=400)
    try:
        user = found.register(**form.account) if form else person(request)
        if not form:
            found.accept(by=user)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return _page(request, found, form, status=409)
    request.session.pop(KEPT)
    messages.success(request, _("登録が済みました。担当の項目に答えられます。"))
    return perform_login(request, user, redirect_url=reverse("home")) if form else redirect("home")


def _keep(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the code that was given, for the page; not from who tries one after the other."""
    refused: HttpResponse | None = ratelimit.consume_or_429(request, action="invitation", limit_get=True)
    if refused is None:
        request.session[KEPT] = tokens.digest(code)
    return refused or redirect("invitation")


def _code_page(request: HttpRequest, *, is_unknown: bool = False, status: int = 200) -> HttpResponse:
    return render(request, "invitation/code.html", {"is_unknown": is_unknown}, status=status)


def _page(request: HttpRequest, found: Invitation, form: AccountForm | None = None, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"invitation": found}
    if found.state != OPEN:
        return render(request, "invitation/closed.html", context, status=410)
    sections = [section for section in found.response.survey.questionnaire.sections if section.id in found.tasks]
    context["listed"] = [(section, found.task(section.id)) for section in sections]
    context["form"] = form or AccountForm(initial={"name": found.name, "division": found.division})
    return render(request, "invitation/open.html", context, status=status)
