from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys.admin.base import Button, DeskAdmin, PrefectureFilter, person
from surveys.admin.register_upload import RegisterUpload, confirmed
from surveys.attention import APPROVERS
from surveys.models import Body, Membership, Population
from surveys.models.loading import load
from surveys.models.populations import outdated


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

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.load_view)
        return [path("load/", view, name="surveys_body_load"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        found = []
        if self.has_add_permission(request):
            found = [Button(_g("名簿のファイルを読み込む"), reverse("admin:surveys_body_load"))]
        return super().changelist_view(request, {"buttons": found, **(extra_context or {})})

    def load_view(self, request: HttpRequest) -> HttpResponse:
        """A register file up, what it would change, and the change."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        if "proposal" in request.POST:
            return self._take_in(request)
        upload = RegisterUpload.of(request) if request.method == "POST" else None
        return self._load_page(request, {"upload": upload}, 400 if upload and upload.faults else 200)

    def _take_in(self, request: HttpRequest) -> HttpResponse:
        """Store what the preview showed."""
        try:
            found = load(*confirmed(request), by=person(request))
        except BadSignature:
            text = _g("確かめてから1日がたったか、内容が途中で変わりました。ファイルをもう一度読み込んでください。")
            return self._load_page(request, {"lapsed": text}, 400)
        words = {"added": len(found.added), "changed": len(found.changed)}
        self.message_user(request, _g("名簿を読み込みました（追加%(added)d団体、変更%(changed)d団体）。") % words)
        return redirect("admin:surveys_body_changelist")

    def _load_page(self, request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
        context |= {"title": _g("名簿のファイルを読み込む"), "opts": self.opts}
        context |= self.admin_site.each_context(request)
        return TemplateResponse(request, "admin/surveys/body/load.html", context, status=status)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if body := context.get("original"):
            context["parts"] = body.parts.select_related("change", "body").order_by("-change__date", "-pk")
            context["populations"] = body.populations.all()
        return super().render_change_form(request, context, *args, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.inlines if obj else []

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Body, form: Any, change: bool) -> None:
        """A population of a later day leaves the one before in the register."""
        before = Body.objects.select_for_update().get(pk=obj.pk) if change else None
        super().save_model(request, obj, form, change)
        if before:
            Population.objects.keep(outdated(before, obj.population_date))
        obj.record_change(before.facts() if before else None, obj.facts(), by=request.user)

    def delete_model(self, request: HttpRequest, obj: Body) -> None:
        facts = obj.facts()
        super().delete_model(request, obj)
        obj.record_change(facts, None, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Body]) -> None:
        for body in queryset:
            self.delete_model(request, body)
