"""Putting one person in another's place: somebody of the body, or a successor who is invited."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from surveys.body_page import body_page
from surveys.dossier import Dossier
from surveys.models import Invitation, NotAllowed, User
from surveys.team_forms import ReceiverForm
from surveys.team_page import led, slip_or_mail


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_store=True)
def replace(request: HttpRequest, year: int, code: str, user: int) -> HttpResponse:
    """What it means to put somebody in a person's place, and doing it."""
    dossier = led(request, year, code)
    old = get_object_or_404(User, pk=user)
    if not old.standing_in(dossier.body):
        return _second_click(request, dossier)
    form = ReceiverForm(dossier, request.POST if request.method == "POST" else None, without=old)
    if not form.is_valid():
        return _replace_page(request, dossier, form, old, status=400 if form.is_bound else 200)
    try:
        return _replaced(request, dossier, form, old)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return _replace_page(request, dossier, form, old, status=409)


def _replaced(request: HttpRequest, dossier: Dossier, form: ReceiverForm, old: User) -> HttpResponse:
    to, key = form.cleaned_data["to"], form.cleaned_data["key"]
    if to is None:
        found = Invitation.invite_successor(dossier.response, old, form.guest, key=key, by=dossier.user)
        return slip_or_mail(request, dossier, found)
    old.hand_over(dossier.body, to, by=dossier.user)
    words = {"old": old.name, "new": to.name}
    messages.success(request, _("%(old)sさんの役割と項目を、%(new)sさんに引き継ぎました。") % words)
    if old == dossier.user:
        return redirect("home")
    return redirect("team", dossier.survey.year, dossier.body.code)


def _second_click(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """The invitation that the first click made, if there was one: the person to be replaced is gone already."""
    found = get_object_or_404(dossier.response.invitations, key=request.POST.get("key", ""), by=dossier.user)
    try:
        return slip_or_mail(request, dossier, found.again(by=dossier.user))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("team", dossier.survey.year, dossier.body.code)


def _replace_page(request: HttpRequest, dossier: Dossier, form: ReceiverForm, old: User, status: int) -> HttpResponse:
    try:
        memberships, why_not = old.may_be_replaced(dossier.body, by=dossier.user), ""
    except NotAllowed as refusal:
        memberships, why_not = old.standing_in(dossier.body), str(refusal)
    held = [entry for entry in dossier.progress if dossier.held_by(entry.section, old)]
    context = {"form": form, "old": old, "memberships": memberships, "held": held, "why_not": why_not}
    return body_page(request, "replace", dossier, context, status)
