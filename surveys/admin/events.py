import json
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from surveys import csv_file
from surveys.admin.base import Button, ReadOnlyAdmin
from surveys.event_words import KINDS, kind_in_words, reason_in_words
from surveys.models import Event, User
from surveys.models.details import opened
from surveys.taking import taken_by


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
NUMBERED = {"to", "user"}  # facts that hold the number of an account
PEOPLE = ("user ", "membership ")  # how the subjects of events about people begin
CHUNK = 2000  # events read from the database at a time


def _readable(sides: Iterable[Any]) -> list[Any]:
    """Facts with the names that belong to them: those that are sealed, and whom a number of an account means."""
    found = opened(sides)
    numbers = {side[name] for side in found if isinstance(side, dict) for name in NUMBERED & side.keys()}
    people = User.objects.in_bulk({number for number in numbers if isinstance(number, int)})
    return [
        {name: str(people.get(value, value)) if name in NUMBERED else value for name, value in side.items()}
        if isinstance(side, dict) and NUMBERED & side.keys()
        else side
        for side in found
    ]


def _rows(found: QuerySet[Event]) -> Iterator[bytes]:
    """The history as CSV to be read, with the names of people, line by line: there can be some 100,000."""
    yield csv_file.write(HEADER, [], bom=True)
    for events in _batched(found.iterator(chunk_size=CHUNK)):
        sides = iter(_readable(side for event in events for side in (event.before, event.after)))
        for event, before, after in zip(events, sides, sides, strict=False):
            actor = event.actor.sign_in_id if event.actor else ""
            facts = (json.dumps(side, ensure_ascii=False) for side in (before, after))
            texts = (actor, event.kind, event.subject, *facts, event.reason)
            yield csv_file.line(
                (str(event.pk), event.at.isoformat(), *map(csv_file.neutralise, texts), event.previous, event.hash)
            )


def _batched(found: Iterator[Event]) -> Iterator[list[Event]]:
    while batch := list(islice(found, CHUNK)):
        yield batch


def _sealed_lines(found: QuerySet[Event]) -> Iterator[bytes]:
    """The history as it was hashed, an entry a line (JSON Lines): whoever has it can check the chain without us, and
    learns no name from it."""
    for event in found.iterator(chunk_size=CHUNK):
        names = ("id", "actor_id", "kind", "subject", "before", "after", "reason")
        kept = {name: getattr(event, name) for name in names}
        entry = {**kept, "at": event.at.isoformat(), "previous": event.previous, "hash": event.hash}
        yield json.dumps(entry, ensure_ascii=False).encode() + b"\n"


FORMS = {"csv": (_rows, "text/csv; charset=utf-8"), "jsonl": (_sealed_lines, "application/jsonl; charset=utf-8")}


def _named(events: Iterable[Event]) -> None:
    """Put beside each event about a person who that is, for a list to show."""
    found = list(events)
    numbers = {event.pk: event.subject.split(" ")[-1] for event in found if event.subject.startswith(PEOPLE)}
    people = User.objects.in_bulk({int(number) for number in numbers.values() if number.isdigit()})
    for event in found:
        number = numbers.get(event.pk, "")
        event.person = people.get(int(number)) if number.isdigit() else None  # type: ignore[attr-defined]  # put there by _named


class Calendar:
    """The list as Django's date hierarchy asks it for its periods: all from the first event of the history to the last.

    To leave out those in which nothing of the list stands, each event of a long history would be looked at.
    """

    model, date_hierarchy = Event, "at"

    def __init__(self, shown: ChangeList) -> None:
        self.params, self.get_query_string, self.queryset = shown.params, shown.get_query_string, self

    @cached_property
    def ends(self) -> dict[str, datetime | None]:
        moments = Event.objects.order_by("at").values_list("at", flat=True)
        return {"first": moments.first(), "last": moments.last()}

    def aggregate(self, **wanted: Any) -> dict[str, datetime | None]:
        return self.ends

    def datetimes(self, field: str, kind: str) -> list[date]:
        if not self.ends["last"]:
            return []  # nothing has happened yet
        first, last = (timezone.localdate(at) for at in self.ends.values())
        year, month = (int(self.params.get(f"at__{part}", getattr(first, part))) for part in ("year", "month"))
        if kind == "year":
            return [date(each, 1, 1) for each in range(first.year, last.year + 1)]
        if kind == "month":
            months = [date(year, each, 1) for each in range(1, 13)]
            return [each for each in months if first.replace(day=1) <= each <= last]
        days = [date(year, month, each + 1) for each in range(monthrange(year, month)[1])]
        return [each for each in days if first <= each <= last]


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """The one history, to read."""

    list_display = ["at", "actor", "what", "about", "why"]
    list_filter = [KindFilter]
    list_select_related = ["actor"]
    search_fields = ["subject"]
    search_help_text = _("対象かサインインIDで探します（例：response 2021-202037、body 202037、ueda.tanto）。")
    date_hierarchy = "at"
    ordering = ["-id"]
    show_full_result_count = False
    change_list_template = "admin/surveys/event/change_list.html"
    fields = readonly_fields = ("at", "actor", "what", "about", "why", "was", "now", "chained", "digest")

    def get_urls(self) -> list[URLPattern]:
        return [
            path("file.<slug:suffix>", self.admin_site.admin_view(self.file), name="surveys_event_file"),
            *super().get_urls(),
        ]

    @method_decorator(require_safe)
    def file(self, request: HttpRequest, suffix: str) -> HttpResponseBase:
        """What the list shows, filtered as it is there."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if suffix not in FORMS:
            raise Http404
        try:
            found = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:  # as the list itself answers to a filter that it does not have
            return redirect(f"{reverse('admin:surveys_event_changelist')}?{ERROR_FLAG}=1")
        taken_by(request, "history", f"history.{suffix}")
        lines, media_type = FORMS[suffix]
        headers = {"Content-Disposition": f'attachment; filename="history.{suffix}"'}
        return StreamingHttpResponse(lines(found), content_type=media_type, headers=headers)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        query = request.GET.urlencode()
        labels = {"csv": _("表示している履歴をCSVで受け取る"), "jsonl": _("検査用に、氏名なしで受け取る（JSON Lines）")}
        buttons = [
            Button(label, f"{reverse('admin:surveys_event_file', args=[suffix])}?{query}")
            for suffix, label in labels.items()
        ]
        last, checked = Event.objects.last(), Event.objects.filter(kind="audit.verified").last()
        context = {"buttons": buttons, "last": last, "checked": checked}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found: Any = super().get_changelist_instance(request)
        _named(found.result_list)
        found.calendar = Calendar(found)
        return found

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        """Also what a person did and what was done to them, by sign-in id."""
        user = User.objects.filter(sign_in_id=search_term.strip().removeprefix("user ").lower()).first()
        if user is None:
            return super().get_search_results(request, queryset, search_term)
        roles = Q(subject__startswith="membership ", subject__endswith=f" {user.pk}")
        return queryset.filter(Q(actor=user) | Q(subject=user.subject) | roles), False

    @admin.display(description=_("種類"))
    def what(self, event: Event) -> Any:
        return kind_in_words(event.kind)

    @admin.display(description=_("対象"))
    def about(self, event: Event) -> str:
        """The thing, and of a person the name."""
        if not hasattr(event, "person"):
            _named([event])
        person = event.person  # type: ignore[attr-defined]  # put there by _named
        return f"{event.subject}（{person.name}）" if person else event.subject

    @admin.display(description=_("理由"))
    def why(self, event: Event) -> Any:
        return reason_in_words(event)

    @admin.display(description=_("前"))
    def was(self, event: Event) -> str:
        return _pretty(_readable([event.before])[0])

    @admin.display(description=_("後"))
    def now(self, event: Event) -> str:
        return _pretty(_readable([event.after])[0])

    @admin.display(description=_("ひとつ前の履歴の検査値"))
    def chained(self, event: Event) -> str:
        return event.previous

    @admin.display(description=_("検査値（SHA-256）"))
    def digest(self, event: Event) -> str:
        return event.hash

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        page = super().render_change_form(request, context, *args, **kwargs)
        event = context["original"]
        context["title"] = f"{kind_in_words(event.kind)}　{self.about(event)}"
        return page
