from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys.admin.base import Button, Step, person
from surveys.admin.handing_over import HandOverPages
from surveys.admin.importing import ImportPages
from surveys.admin.inviting import REVOKE, InvitedFilter, InvitePages, invited_in_words
from surveys.models import Body, Membership, User

GROUPS = {
    "manager": _("管理者（すべての操作）"),
    "reviewer": _("審査担当（閲覧、受理、差戻し）"),
    "viewer": _("閲覧"),
}


class GroupsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, group: Any) -> str:
        return str(GROUPS.get(group.name, group.name))


class PersonForm(UserChangeForm):
    groups = GroupsField(Group.objects.order_by("name"), required=False, label=_("総務省での権限"))


class BodyField(forms.ModelChoiceField):
    """A body by its code: typed, or chosen from the list that the browser offers while typing."""

    widget = forms.TextInput
    default_error_messages = {"invalid_choice": _("この団体コードの団体はありません。6桁で書いてください。")}

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"list": "bodies", "size": 10, "autocomplete": "off"}
        super().__init__(
            Body.objects.all(),
            to_field_name="code",
            label=_("団体コード"),
            widget=forms.TextInput(attributes),
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        """The code of the body that a membership holds by its key."""
        if isinstance(value, int):
            return Body.objects.values_list("code", flat=True).get(pk=value)
        return super().prepare_value(value)


class MembershipForm(forms.ModelForm):
    body = BodyField()

    class Meta:
        model = Membership
        fields = ["body", "role", "limited"]


class MembershipForms(forms.BaseInlineFormSet):
    """The roles of a person. Django holds them against each other, but not against those that came meanwhile."""

    def clean(self) -> None:
        super().clean()
        User.objects.select_for_update().get(pk=self.instance.pk)  # of two saves at once the second sees the first
        shown = [form.instance.pk for form in self.initial_forms]
        others = set(self.instance.memberships.exclude(pk__in=shown).values_list("body", "role"))
        for form in self.forms:
            chosen = form.cleaned_data if form.is_valid() and form not in self.deleted_forms else {}
            if "body" in chosen and (chosen["body"].pk, chosen["role"]) in others:
                form.add_error("role", _("この団体でのこの役割は、すでにあります。画面を開き直してください。"))


class MembershipInline(admin.TabularInline):
    model = Membership
    template = "admin/surveys/user/memberships.html"
    form = MembershipForm
    formset = MembershipForms
    extra = 1

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user", "body").order_by("body__code")


def _is(active: bool) -> Any:
    def why_not(user: User) -> str:
        if user.is_active == active:
            return ""
        return _g("すでに無効です。") if active else _g("すでに有効です。")

    return why_not


STEPS = (
    Step(
        "deactivate",
        _("サインインを止める"),
        lambda user, by, reason: user.set_active(False, by=by),
        _is(True),
        (_("この人はサインインできなくなります。履歴と役割は残り、いつでも元に戻せます。"),),
        only_if_possible=True,
    ),
    Step(
        "activate",
        _("サインインを戻す"),
        lambda user, by, reason: user.set_active(True, by=by),
        _is(False),
        asks=False,
        only_if_possible=True,
    ),
    Step(
        "take_factors",
        _("2段階の確認を外す"),
        lambda user, by, reason: user.take_factors(by=by, reason=reason),
        lambda user: "" if user.factors() else _g("2段階の確認は登録されていません。"),
        (
            _(
                "端末をなくして、サインインできない人のために使います。本人からの依頼であることを、電話などで確かめてください。"
            ),
            _("登録を外し、すべての場所でサインアウトします。次のサインインのあと、本人が登録し直します。"),
        ),
        reason=_("理由（どのように本人と確かめたか）"),
        only_if_possible=True,
    ),
    Step(
        "end_sessions",
        _("すべての場所でサインアウトさせる"),
        lambda user, by, reason: user.end_sessions(by=by),
        lambda user: "" if user.usersession_set.exists() else _g("サインインしている場所はありません。"),
        (_("この人は、いまの画面の続きにサインインが要るようになります。保存した回答は残ります。"),),
        only_if_possible=True,
    ),
    REVOKE,
)


@admin.register(User)
class UserAdmin(ImportPages, InvitePages, HandOverPages, DjangoUserAdmin):
    """The people. Nobody is deleted, since the history names them: signing in is stopped instead."""

    form = PersonForm
    add_form = AdminUserCreationForm
    steps = STEPS
    ordering = ["sign_in_id"]
    list_display = ["sign_in_id", "name", "division", "bodies", "is_staff", "is_active", "last_login"]
    list_filter = [InvitedFilter, "is_active", "is_staff", "memberships__role"]
    search_fields = ["sign_in_id", "name", "memberships__body__code", "memberships__body__name"]
    search_help_text = _("サインインID、氏名、団体コード、団体名で探します。")
    inlines = [MembershipInline]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["sign_in_id", "password", "invited", "name", "division", "email"]}),
        (_("権限"), {"fields": ["is_staff", "groups", "is_superuser"]}),
    ]
    add_fieldsets = [(None, {"fields": ["sign_in_id", "name", "usable_password", "password1", "password2"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("memberships__body")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The history names people by their id; who is no superuser makes none."""
        fixed = ["sign_in_id", "invited"] if obj else []
        return fixed if request.user.is_superuser else [*fixed, "is_superuser"]

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.inlines if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("団体での役割"))
    def bodies(self, user: User) -> str:
        return "、".join(f"{membership.body}（{membership.in_words}）" for membership in user.memberships.all())

    @admin.display(description=_("招待"))
    def invited(self, user: User) -> str:
        return invited_in_words(user)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        stored = User.objects.get(pk=obj.pk) if change else None
        form.before = (stored.facts(), stored.places()) if stored else (None, frozenset())
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.record_change(*form.before, by=request.user)

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        page = super().user_change_password(request, id, form_url)
        if isinstance(page, HttpResponseRedirect) and page.url != request.get_full_path():  # sent on: it is stored
            User.objects.get(pk=id).record_password(by=person(request))
        return page

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may_add = self.has_add_permission(request)
        found = [Button(_g("利用者を取り込む"), reverse("admin:surveys_user_import"))] if may_add else []
        return super().changelist_view(request, {"buttons": found, **(extra_context or {})})

    def buttons(self, request: HttpRequest, thing: User) -> list[Button]:
        if not self.has_act_permission(request):
            return []
        invite = Button(_g("招待・パスワードの再設定"), f"{reverse('admin:surveys_user_invite')}?people={thing.pk}")
        hand_over = Button(_g("後任に引き継ぐ"), self.url_of(thing, "hand_over"))
        return [invite, hand_over, *super().buttons(request, thing)]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if context.get("original"):
            context["bodies"] = Body.objects.only("code", "name", "prefecture", "kind")
        return super().render_change_form(request, context, *args, **kwargs)
