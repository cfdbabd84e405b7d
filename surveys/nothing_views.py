"""「今回は回答することがない」: what it means, saying it, and taking it back."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from surveys.body_page import body_page, person
from surveys.dossier import Dossier
from surveys.models import NotAllowed


class NothingForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        help_text=gettext_lazy("総務省と都道府県の担当者が読みます。"),
        widget=forms.Textarea({"rows": 4}),
        max_length=1000,
        error_messages={"required": gettext_lazy("回答することがない理由を書いてください。総務省が読みます。")},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def nothing(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Not found where the round does not let bodies say so, and by who sees only some sections."""
    dossier = Dossier.find(person(request), year, code)
    if dossier.is_limited or not (dossier.survey.allows_nothing or dossier.response.nothing_reason):
        raise Http404
    form = NothingForm(request.POST if request.method == "POST" and "take_back" not in request.POST else None)
    if request.method != "POST":
        return body_page(request, "nothing", dossier, {"form": form})
    try:
        if "take_back" in request.POST:
            dossier.response.take_back_nothing(by=dossier.user)
            messages.success(request, _("届出を取り消しました。回答を始められます。"))
        elif not form.is_valid():
            return body_page(request, "nothing", dossier, {"form": form}, 400)
        else:
            dossier.response.say_nothing(form.cleaned_data["reason"], by=dossier.user)
            messages.success(request, _("届け出ました。この調査の催促は届かなくなります。"))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return body_page(request, "nothing", dossier, {"form": form}, 409 if dossier.is_approver else 403)
    return redirect("response", year, code)
