from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from surveys.admin.base import DeskAdmin, PrefectureFilter
from surveys.attention import APPROVERS
from surveys.models import Body, Membership


class ApproverFilter(admin.SimpleListFilter):
    title = _("決裁者")
    parameter_name = "approver"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("登録されていない")), ("yes", _("登録されている"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Body]) -> QuerySet[Body]:
        registered = Exists(APPROVERS.filter(body=OuterRef("pk")))
        return queryset.filter(registered if self.value() == "yes" else ~registered) if self.value() else queryset


class PeopleInline(admin.TabularInline):
    """The people of a body, to read: roles are given on the page of a person."""

    model = Membership
    template = "admin/surveys/body/people.html"
    fields = ["user", "role"]
    readonly_fields = ["user", "role"]
    extra = 0
    can_delete = False
    verbose_name_plural = _("この団体の利用者")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user", "body").order_by("user__sign_in_id")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Body)
class BodyAdmin(DeskAdmin):
    list_display = ["code", "prefecture", "name", "name_kana", "kind", "population"]
    list_filter = ["kind", ApproverFilter, PrefectureFilter]
    search_fields = ["code", "name", "name_kana"]
    search_help_text = _("団体コード、団体名、かなで探します。")
    inlines = [PeopleInline]
    fieldsets = [
        (None, {"fields": ["code", "name", "name_kana", "kind", "prefecture_code", "prefecture"]}),
        (_("人口"), {"fields": ["population", "population_source", "population_date"]}),
        (_("設置と廃止"), {"fields": ["valid_from", "valid_to"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A code is never changed: everything is joined by it."""
        return ["code"] if obj else []

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.inlines if obj else []

    def save_model(self, request: HttpRequest, obj: Body, form: Any, change: bool) -> None:
        before = Body.objects.get(pk=obj.pk).facts() if change else None
        super().save_model(request, obj, form, change)
        obj.record_change(before, obj.facts(), by=request.user)

    def delete_model(self, request: HttpRequest, obj: Body) -> None:
        facts = obj.facts()
        super().delete_model(request, obj)
        obj.record_change(facts, None, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Body]) -> None:
        for body in queryset:
            self.delete_model(request, body)
