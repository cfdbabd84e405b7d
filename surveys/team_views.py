"""分担: who answers which section; handing sections out and back, and inviting."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from surveys import pages, team
from surveys.body_page import body_page
from surveys.dossier import Dossier
from surveys.models import Delegation, Invitation, NotAllowed
from surveys.team_forms import GiveForm
from surveys.team_page import led, slip_or_mail


@login_required
@require_safe
def overview(request: HttpRequest, year: int, code: str) -> HttpResponse:
    dossier = led(request, year, code)
    return _page(request, dossier, GiveForm(dossier))


@login_required
@require_POST
@cache_control(private=True, no_store=True)
def give(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Give sections to somebody of the body, or invite somebody for them."""
    dossier = led(request, year, code)
    form = GiveForm(dossier, request.POST)
    if not form.is_valid():
        return _page(request, dossier, form, status=400)
    found = form.cleaned_data
    try:
        if found["to"]:
            Delegation.give(dossier.response, found["section"], found["to"], form.task, by=dossier.user)
        else:
            values = (dossier.response, form.guest, found["section"], form.task)
            return slip_or_mail(request, dossier, Invitation.invite(*values, key=found["key"], by=dossier.user))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return _page(request, dossier, form, status=409)
    count = len(found["section"])
    text = ngettext("%(name)sさんに%(count)s項目を渡しました。", "%(name)sさんに%(count)s項目を渡しました。", count)
    messages.success(request, text % {"name": found["to"].name, "count": count})
    return redirect("team", year, code)


@login_required
@require_POST
def take_back(request: HttpRequest, year: int, code: str) -> HttpResponse:
    dossier = led(request, year, code)
    try:
        count = Delegation.take_back(dossier.response, request.POST.getlist("section"), by=dossier.user)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return _page(request, dossier, GiveForm(dossier), status=409)
    text = ngettext("%(count)s項目の担当を外しました。", "%(count)s項目の担当を外しました。", count)
    messages.success(request, text % {"count": count})
    return redirect("team", year, code)


@login_required
@require_POST
def revoke(request: HttpRequest, year: int, code: str, invitation: int) -> HttpResponse:
    dossier = led(request, year, code)
    found = get_object_or_404(dossier.response.invitations, pk=invitation)
    try:
        found.revoke(by=dossier.user)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return _page(request, dossier, GiveForm(dossier), status=409)
    messages.success(request, _("%(name)sさんへの招待を取り消しました。") % {"name": found.name})
    return redirect("team", year, code)


def _page(request: HttpRequest, dossier: Dossier, form: GiveForm, status: int = 200) -> HttpResponse:
    invited = team.invited(dossier)
    context: dict[str, Any] = {
        "form": form,
        "chapters": pages.by_chapter(dossier.questionnaire, dossier.progress),
        "people": team.people(dossier),
        "invited": invited,
        "pending": {id: each.invitation for each in invited if not each.is_expired for id in each.invitation.tasks},
    }
    return body_page(request, "team", dossier, context, status)
