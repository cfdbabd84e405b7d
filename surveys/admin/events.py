import json
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from surveys import csv_file
from surveys.admin.base import Button, ReadOnlyAdmin
from surveys.event_words import KINDS, kind_in_words
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


HEADER = ("id", "at", "actor", "kind", "subject", "before", "after", "reason", "previous", "hash")
CHUNK = 2000  # events read from the database at a time


def _lines(found: QuerySet[Event]) -> Iterator[bytes]:
    """The history as CSV with everything the hashes are made of, line by line: there can be some 100,000."""
    yield csv_file.write(HEADER, [], bom=True)
    for event in found.iterator(chunk_size=CHUNK):
        before, after = (json.dumps(side, ensure_ascii=False) for side in (event.before, event.after))
        actor = event.actor.sign_in_id if event.actor else ""
        texts = (actor, event.kind, event.subject, before, after, event.reason)
        cells = (str(event.pk), event.at.isoformat(), *map(csv_file.neutralise, texts), event.previous, event.hash)
        yield csv_file.line(cells)


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
    change_list_template = "admin/surveys/event/change_list.html"
    fields = readonly_fields = ("at", "actor", "what", "subject", "reason", "was", "now", "chained", "digest")

    def get_urls(self) -> list[URLPattern]:
        return [
            path("file/", self.admin_site.admin_view(self.file), name="surveys_event_file"),
            *super().get_urls(),
        ]

    def file(self, request: HttpRequest) -> HttpResponseBase:
        """What the list shows, filtered as it is there."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            found = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:  # as the list itself answers to a filter that it does not have
            return redirect(f"{reverse('admin:surveys_event_changelist')}?{ERROR_FLAG}=1")
        headers = {"Content-Disposition": 'attachment; filename="history.csv"'}
        return StreamingHttpResponse(_lines(found), content_type="text/csv; charset=utf-8", headers=headers)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        place = f"{reverse('admin:surveys_event_file')}?{request.GET.urlencode()}"
        download = [Button(_("表示している履歴をCSVで受け取る"), place)]
        return super().changelist_view(request, {"buttons": download, **(extra_context or {})})

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
