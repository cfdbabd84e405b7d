"""Mergers, splits and new names: listed, and registered after a page that says what will happen."""

import re
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys.admin.base import CONFIRMED, ReadOnlyAdmin, person
from surveys.models import Body, NotAllowed, RegisterChange
from surveys.models.proposals import ChangeKind, Proposal

EXPLAINED = (
    (ChangeKind.MERGER, _("新設合併：前の団体を廃止して、新しい団体を置きます")),
    (ChangeKind.ABSORPTION, _("編入合併：前の団体を廃止して、続く団体に入れます")),
    (ChangeKind.SPLIT, _("分割：一つの団体を、二つ以上に分けます")),
    (ChangeKind.RENAME, _("名称の変更：団体コードは変わりません")),
    (ChangeKind.KIND, _("種別の変更：中核市への移行など、団体コードが変わらないもの")),
    (ChangeKind.CODE, _("団体コードの変更：町が市になるなど、新しいコードになるもの")),
)
KINDS = [(value, label) for value, label in Body.Kind.choices if value != Body.Kind.PREFECTURE]


class CodesField(forms.CharField):
    """Bodies by their codes, in any usual separation."""

    widget = forms.TextInput

    def clean(self, value: Any) -> tuple[Body, ...]:
        codes = list(dict.fromkeys(filter(None, re.split(r"[\s,、，]+", super().clean(value)))))
        found = {body.code: body for body in Body.objects.filter(code__in=codes)}
        if missing := [code for code in codes if code not in found]:
            text = _g(
                "%(codes)sは名簿にありません。新しい団体は、先に名簿に追加してください（設置日は空のままにします）。"
            )
            raise ValidationError(text % {"codes": "、".join(missing)})
        return tuple(found[code] for code in codes)


def _needed(text: Any) -> dict[str, Any]:
    return {"error_messages": {"required": text}}


class ChangeForm(forms.Form):
    day = forms.DateField(
        label=_("施行日"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        **_needed(_("変わる日を入れてください。")),
    )
    kind = forms.ChoiceField(
        label=_("変更の種類"), choices=EXPLAINED, widget=forms.RadioSelect, **_needed(_("変更の種類を選んでください。"))
    )
    before = CodesField(
        label=_("前の団体（団体コード）"),
        help_text=_("二つ以上あるときは、空白で区切ります。例：202037 202045"),
        **_needed(_("前の団体のコードを入れてください。")),
    )
    after = CodesField(
        label=_("後の団体（団体コード）"),
        required=False,
        help_text=_("合併、分割、団体コードの変更のときに書きます。同じコードで続く団体は、前と後の両方に書きます。"),
    )
    name = forms.CharField(
        label=_("新しい名称"), max_length=40, required=False, help_text=_("名称の変更のときに書きます。")
    )
    name_kana = forms.CharField(
        label=_("新しい名称（かな）"), max_length=80, required=False, help_text=_("名称の変更のときに書きます。")
    )
    body_kind = forms.ChoiceField(
        label=_("新しい種別"),
        choices=[("", _("選んでください")), *KINDS],
        required=False,
        help_text=_("種別の変更のときに選びます。"),
    )
    source = forms.CharField(
        label=_("根拠"),
        max_length=200,
        help_text=_("告示の番号など。例：令和3年総務省告示第100号"),
        **_needed(_("根拠を書いてください。")),
    )

    proposal: Proposal | None = None

    def clean(self) -> dict[str, Any]:
        """All that stands against it, at once."""
        found = dict(self.cleaned_data)
        if not self.errors:
            self.proposal = Proposal(**found)
            for fault in self.proposal.faults():
                self.add_error(None, fault)
        return found


@admin.register(RegisterChange)
class RegisterChangeAdmin(ReadOnlyAdmin):
    list_display = ["date", "kind", "bodies", "source"]
    list_filter = ["kind"]
    search_fields = ["parts__body__code", "parts__name", "source"]
    search_help_text = _("団体コード、前の団体名、根拠で探します。")
    date_hierarchy = "date"
    fields = ("date", "kind", "source")
    change_form_template = "admin/surveys/registerchange/change_form.html"
    says: ClassVar = (
        _("登録したあとに取り消すことはできません。日付と団体をよく確かめてください。"),
        _("受付を始めた調査は変わりません。準備中の調査は、基準日に名簿にある団体に回答を求めます。"),
        _("前の団体の利用者と回答は、後の団体には移りません。後の団体の利用者を登録してください。"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[RegisterChange]:
        return super().get_queryset(request).prefetch_related("parts__body")

    @admin.display(description=_("団体"))
    def bodies(self, change: RegisterChange) -> str:
        return change.in_words

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("surveys.add_registerchange")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form, then what would happen, then the change."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ChangeForm(request.POST if request.method == "POST" else None, label_suffix="")
        proposal = form.proposal if form.is_valid() else None
        if proposal and CONFIRMED in request.POST:
            try:
                change = RegisterChange.make(proposal, by=person(request))
            except NotAllowed as refusal:  # somebody else was faster
                form.add_error(None, str(refusal))
            else:
                self.message_user(request, _g("団体の変更を登録しました。"))
                return redirect(self.url_of(change))
        return self._ask(request, form, None if form.errors or "back" in request.POST else proposal)

    def _ask(self, request: HttpRequest, form: ChangeForm, proposal: Proposal | None) -> HttpResponse:
        context = {"title": _g("団体の変更を登録する"), "form": form, "opts": self.opts, "proposal": proposal}
        context |= {"says": self.says, **self.admin_site.each_context(request)}
        status = 400 if form.errors else 200
        return TemplateResponse(request, "admin/surveys/registerchange/add.html", context, status=status)
