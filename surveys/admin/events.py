import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from surveys.admin.base import ReadOnlyAdmin
from surveys.admin.words import KINDS, kind_in_words
from surveys.models import Event


class KindFilter(admin.SimpleListFilter):
    title = _("種類")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(KINDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


def _pretty(value: Any) -> str:
    text = "" if value is None else json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    return format_html('<pre class="data">{}</pre>', text) if text else ""


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """The one history, to read."""

    list_display = ["at", "actor", "what", "subject", "reason"]
    list_filter = [KindFilter]
    list_select_related = ["actor"]
    search_fields = ["subject"]
    search_help_text = _("対象で探します（例：response 2021-202037、user ueda.tanto、body 202037）。")
    date_hierarchy = "at"
    ordering = ["-id"]
    show_full_result_count = False
    fields = readonly_fields = ("at", "actor", "what", "subject", "reason", "was", "now", "chained", "digest")

    @admin.display(description=_("種類"))
    def what(self, event: Event) -> Any:
        return kind_in_words(event.kind)

    @admin.display(description=_("前"))
    def was(self, event: Event) -> str:
        return _pretty(event.before)

    @admin.display(description=_("後"))
    def now(self, event: Event) -> str:
        return _pretty(event.after)

    @admin.display(description=_("ひとつ前の履歴の検査値"))
    def chained(self, event: Event) -> str:
        return event.previous

    @admin.display(description=_("検査値（SHA-256）"))
    def digest(self, event: Event) -> str:
        return event.hash

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        page = super().render_change_form(request, context, *args, **kwargs)
        context["title"] = f"{kind_in_words(context['original'].kind)}　{context['original'].subject}"
        return page
