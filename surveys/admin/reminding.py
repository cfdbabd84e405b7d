"""Reminding chosen bodies by hand: from the list of responses to a page with the mail and the exact recipients."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys.admin.base import CONFIRMED, DeskAdmin, person
from surveys.models import Mailing, NotAllowed, Response
from surveys.models.mailings import new_key
from surveys.models.reminded import letter, recipients, why_not_remind, without_address
from surveys.reminder_text import BY_HAND, Wording


class WordingForm(forms.ModelForm):
    """The texts of one sending, and the name of the page, by which a second click is known."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40)

    class Meta:
        model = Mailing
        fields = [*Wording._fields, "key"]

    def validate_unique(self) -> None:
        """A key that is known is a second click."""

    @property
    def wording(self) -> Wording:
        return Wording(*(self.cleaned_data[name] for name in Wording._fields))


@admin.action(description=_("催促メールを送る"), permissions=["act"])
def remind(desk: DeskAdmin, request: HttpRequest, queryset: QuerySet[Response]) -> HttpResponse:
    """Ask first, with the mail as it will be; then send in the background."""
    chosen = list(queryset.select_related("survey", "body"))
    is_new = "key" not in request.POST
    form = WordingForm(None if is_new else request.POST, initial={**BY_HAND._asdict(), "key": new_key()})
    if not is_new and form.is_valid() and CONFIRMED in request.POST:
        try:
            mailing = Mailing.start(chosen, form.wording, by=person(request), key=form.cleaned_data["key"])
            return redirect(reverse("admin:surveys_mailing_change", args=[mailing.pk]))
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
    context = {**desk.admin_site.each_context(request), "opts": desk.opts, "title": _("催促メールを送る")}
    context |= {"form": form, "chosen": chosen, **_preview(chosen, BY_HAND if is_new else _wording(form))}
    return TemplateResponse(request, "admin/surveys/response/remind.html", context)


def _wording(form: WordingForm) -> Wording | None:
    return form.wording if form.is_valid() else None


def _preview(chosen: Sequence[Response], wording: Wording | None) -> dict[str, Any]:
    """Who gets the mail, who does not and why, and the mail to the first."""
    refused = [(response, why_not_remind(response)) for response in chosen]
    asked = [response for response, reason in refused if not reason]
    to = recipients(asked)
    silent = [(response, _g("メールアドレスが登録されていません。")) for response in without_address(asked, to)]
    return {
        "to": to,
        "bodies": len({each.response.pk for each in to}),
        "refused": [entry for entry in refused if entry[1]] + silent,
        "letter": letter(to[0], wording) if to and wording else None,
    }
