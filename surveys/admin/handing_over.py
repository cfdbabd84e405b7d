"""後任に引き継ぐ: a person's place in every body goes to another person, in one step."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys.admin.base import DeskAdmin, person
from surveys.models import Delegation, NotAllowed, Survey, User
from surveys.questionnaire import Section


class SuccessorForm(forms.Form):
    """Somebody who is registered, or somebody new: one or the other."""

    to = forms.CharField(
        required=False,
        max_length=60,
        label=_("登録のある人のサインインID"),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    name = User._meta.get_field("name").formfield(required=False, label=_("新しい人の氏名"))
    division = User._meta.get_field("division").formfield(label=_("新しい人の所属"))
    email = User._meta.get_field("email").formfield(label=_("新しい人のメールアドレス"))
    stop = forms.BooleanField(required=False, initial=True, label=_("前任者のサインインを止める"))

    def clean_to(self) -> User | None:
        id = self.cleaned_data["to"].strip().lower()
        found = User.objects.filter(sign_in_id=id).first()
        if id and not found:
            raise forms.ValidationError(_("このサインインIDの人は、登録されていません。"))
        return found

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.has_error("to") and bool(found.get("to")) == bool(found.get("name")):
            self.add_error("to", _g("登録のある人のサインインIDか、新しい人の氏名の、どちらか一方を書いてください。"))
        return found


class HandOverPages(DeskAdmin):
    """The page that puts a successor in a person's place, for those who may change people."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.hand_over_view)
        return [path("<path:object_id>/hand-over/", view, name="surveys_user_hand_over"), *super().get_urls()]

    def hand_over_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask on GET, hand over on POST."""
        old = self.get_object(request, unquote(object_id))
        if old is None:
            raise Http404
        if not self.has_act_permission(request):
            raise PermissionDenied
        form = SuccessorForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self._hand_over_page(request, old, form)
        try:
            to = _hand_over(old, form.cleaned_data, person(request))
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
            return self._hand_over_page(request, old, form)
        words = {"old": old.name, "new": to.name}
        messages.success(request, _g("%(old)sさんの役割と項目を、%(new)sさんに引き継ぎました。") % words)
        return redirect(self.url_of(to))

    def _hand_over_page(self, request: HttpRequest, old: User, form: SuccessorForm) -> HttpResponse:
        memberships = old.memberships.select_related("body").order_by("body__code", "role")
        context = {"title": _g("後任に引き継ぐ"), "opts": self.opts, "old": old, "form": form, "back": self.url_of(old)}
        context |= {"memberships": memberships, "held": list(_held(old))}
        site = self.admin_site.each_context(request)
        return TemplateResponse(request, "admin/surveys/user/hand_over.html", {**site, **context})


def _held(old: User) -> Iterator[tuple[Delegation, Survey, Section]]:
    """The sections in a person's hands, the latest round first; each round's definition is read once."""
    found = list(Delegation.objects.with_answers().filter(member__user=old).order_by("-response__survey__year", "pk"))
    surveys = Survey.objects.in_bulk({each.response.survey_id for each in found})
    for each in found:
        survey = surveys[each.response.survey_id]
        yield each, survey, survey.questionnaire.section_by_id[each.section]


@transaction.atomic
def _hand_over(old: User, found: dict[str, Any], by: User) -> User:
    """Hand over to the person found, or to a new one whose id is made from the code of the body. Raises NotAllowed."""
    body = old.hold_places()[0].body
    new = {name: found[name] for name in ("name", "division", "email")}
    to = found["to"] or User.objects.create_numbered(body, by=by, **new)
    old.hand_over_everywhere(to, stop=found["stop"], by=by)
    return to
