"""What the views of 分担 share: for whom they are, and what follows an invitation."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from surveys.body_page import body_page, person
from surveys.dossier import Dossier
from surveys.models import Invitation


def led(request: HttpRequest, year: int, code: str) -> Dossier:
    """The response, for those who answer for the whole body."""
    dossier = Dossier.find(person(request), year, code)
    if not dossier.leads:
        raise Http404
    return dossier


def slip_or_mail(request: HttpRequest, dossier: Dossier, invitation: Invitation) -> HttpResponse:
    """The slip to print; or, where a mail went out, the page of the team."""
    place = (dossier.survey.year, dossier.body.code)
    if invitation.email:
        if invitation.outcome is None or not invitation.outcome.failed:
            messages.success(request, _("%(name)sさんに招待のメールを送りました。") % {"name": invitation.name})
            return redirect("team", *place)
        messages.error(request, _("メールを送れませんでした。代わりに、この招待状を印刷して渡してください。"))
    sections = [section for section in dossier.questionnaire.sections if section.id in invitation.tasks]
    context = {
        "invitation": invitation,
        "listed": [(section, invitation.task(section.id)) for section in sections],
        "address": request.build_absolute_uri(reverse("invitation")),
    }
    return body_page(request, "slip", dossier, context)
