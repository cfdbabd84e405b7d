"""The forms of 分担: whom a section goes to, and who takes somebody's place."""

import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys.dossier import Dossier
from surveys.models import Guest, Membership, Task, User


class PersonField(forms.ModelChoiceField):
    """Somebody of the body."""

    def label_from_instance(self, user: Any) -> str:
        return f"{user.name}（{user.division}）" if user.division else str(user.name)


class ReceiverForm(forms.Form):
    """Somebody of the body, or a colleague who has no account yet: one or the other."""

    key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    to = PersonField(
        User.objects.none(),
        required=False,
        label=_("登録のある人"),
        empty_label=_("選んでください"),
        error_messages={"invalid_choice": _("渡す相手は、この団体の人から選んでください。")},
    )
    name = forms.CharField(max_length=80, required=False, label=_("氏名"))
    division = forms.CharField(max_length=80, required=False, label=_("所属"))
    email = forms.EmailField(
        required=False,
        label=_("メールアドレス"),
        help_text=_("書くとメールで招待します。書かないと、印刷して渡す招待状を作ります。"),
    )

    def __init__(self, dossier: Dossier, data: Any = None, *, without: User | None = None) -> None:
        super().__init__(data, initial={"key": secrets.token_urlsafe(12)})
        members = Membership.objects.filter(body=dossier.body).exclude(role=Membership.Role.COORDINATOR)
        people = User.objects.filter(memberships__in=members, is_active=True).distinct().order_by("sign_in_id")
        to = self.fields["to"]
        assert isinstance(to, forms.ModelChoiceField)
        to.queryset = people.exclude(pk=without.pk) if without else people
        if not settings.SENDS_MAIL:
            del self.fields["email"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.has_error("to") and not self.has_error("name"):
            if found.get("to") and found.get("name"):
                self.add_error("to", _g("登録のある人と、新しい人の、どちらか一方にしてください。"))
            elif not found.get("to") and not found.get("name"):
                self.add_error("to", _g("相手を選ぶか、新しい人の氏名を書いてください。"))
        return found

    @property
    def guest(self) -> Guest:
        found = self.cleaned_data
        return Guest(found["name"], found["division"], found.get("email", ""))


class GiveForm(ReceiverForm):
    """Sections to give away, with a date and a note."""

    section = forms.MultipleChoiceField(
        label=_("項目"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("渡す項目を、表で1つ以上選んでください。")),
    )
    due = forms.DateField(
        required=False,
        label=_("庁内の期限"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("日付を、2021-05-21のように書いてください。")},
    )
    note = forms.CharField(
        required=False, max_length=1000, label=_("申し送り"), widget=forms.Textarea(attrs={"rows": 3, "class": "text"})
    )
    field_order = ("section", "to", "name", "division", "email", "due", "note")

    def __init__(self, dossier: Dossier, data: Any = None) -> None:
        super().__init__(dossier, data)
        section = self.fields["section"]
        assert isinstance(section, forms.MultipleChoiceField)
        section.choices = [(entry.section.id, entry.section.number) for entry in dossier.progress]

    @property
    def chosen(self) -> list[str]:
        """The sections ticked, also before the form is checked."""
        return list(self["section"].value() or [])

    @property
    def task(self) -> Task:
        return Task(self.cleaned_data["due"], self.cleaned_data["note"])
