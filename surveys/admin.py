from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from surveys.models import Body, Event, Membership, NotAllowed, Response, Survey, User
from surveys.models.rounds import RoundNotOpen


class ReadOnlyAdmin(admin.ModelAdmin):
    """A list to read: changes go through the models' own methods, as actions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Who may run the actions: those who may change the model."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def each(self, request: HttpRequest, queryset: QuerySet[Any], act: Callable[[Any], None]) -> None:
        """Do something to each thing chosen; what is not allowed is said and the rest goes on."""
        done = 0
        for thing in queryset:
            try:
                act(thing)
            except (NotAllowed, RoundNotOpen) as refusal:
                messages.error(request, f"{thing}: {refusal}")
            else:
                done += 1
        if done:
            messages.success(
                request, ngettext("%(done)d件を変えました。", "%(done)d件を変えました。", done) % {"done": done}
            )


@admin.register(Body)
class BodyAdmin(admin.ModelAdmin):
    list_display = ["code", "prefecture", "name", "name_kana", "kind", "population"]
    list_filter = ["kind", "prefecture"]
    search_fields = ["code", "name", "name_kana"]


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 1
    autocomplete_fields = ["body"]


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    add_form = AdminUserCreationForm
    ordering = ["sign_in_id"]
    list_display = ["sign_in_id", "name", "division", "is_staff", "is_active"]
    search_fields = ["sign_in_id", "name"]
    inlines = [MembershipInline]
    fieldsets = [
        (None, {"fields": ["sign_in_id", "password", "name", "division", "email"]}),
        (_("権限"), {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
    ]
    add_fieldsets = [(None, {"fields": ["sign_in_id", "name", "usable_password", "password1", "password2"]})]


@admin.register(Survey)
class SurveyAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "state", "reference_date", "opened_at", "closed_at"]
    exclude = ["document"]
    actions = ["open_rounds", "close_rounds"]

    @admin.action(description=_("受付を始める（調査票はここで固定されます）"), permissions=["act"])
    def open_rounds(self, request: HttpRequest, queryset: QuerySet[Survey]) -> None:
        self.each(request, queryset, lambda survey: survey.open(by=request.user))

    @admin.action(description=_("受付を終える"), permissions=["act"])
    def close_rounds(self, request: HttpRequest, queryset: QuerySet[Survey]) -> None:
        self.each(request, queryset, lambda survey: survey.close(by=request.user))


class ReasonForm(ActionForm):
    reason = forms.CharField(label=_("差戻しの理由（団体に示されます）"), required=False)


@admin.register(Response)
class ResponseAdmin(ReadOnlyAdmin):
    list_display = ["body", "survey", "state", "synthetic"]
    list_filter = ["survey", "state", "body__kind"]
    list_select_related = ["survey", "body"]
    search_fields = ["body__code", "body__name", "body__name_kana"]
    action_form = ReasonForm
    actions = ["accept", "send_back"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Response]:
        return super().get_queryset(request).defer("survey__document")

    @admin.action(description=_("受理する"), permissions=["act"])
    def accept(self, request: HttpRequest, queryset: QuerySet[Response]) -> None:
        self.each(request, queryset, lambda response: response.accept(by=request.user))

    @admin.action(description=_("差し戻す（理由を書いてください）"), permissions=["act"])
    def send_back(self, request: HttpRequest, queryset: QuerySet[Response]) -> None:
        reason = request.POST.get("reason", "")
        self.each(request, queryset, lambda response: response.send_back(reason, by=request.user))


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor", "kind", "subject", "reason"]
    list_filter = ["kind"]
    list_select_related = ["actor"]
    search_fields = ["subject"]
    show_full_result_count = False
