"""What was sent to remind bodies: how far a sending is, and the mails that a person has to decide about."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys.admin import work
from surveys.admin.base import Button, ReadOnlyAdmin, Step, numbered
from surveys.admin.responses import RoundFilter
from surveys.models import Mailing, MailingItem, Survey
from surveys.models.mail_items import ItemState
from surveys.models.reminders import in_days
from surveys.templatetags.surveys import chip

SECONDS = 5  # after which the page of a sending that is under way comes again by itself
SLOW = timedelta(minutes=2)  # by then somebody has begun


@admin.register(Mailing)
class MailingAdmin(ReadOnlyAdmin):
    list_display = ["at", "survey", "rule", "by", "total", "sent", "open_ones", "attention"]
    list_display_links = ["at"]
    list_filter = [RoundFilter]
    change_list_template = "admin/surveys/mailing/change_list.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return Mailing.objects.with_counts().order_by("-id")

    @admin.display(description=_("送る日"))
    def rule(self, mailing: Mailing) -> str:
        return _g("手で送信") if mailing.days is None else in_days(mailing.days)

    @admin.display(description=_("宛先"))
    def total(self, mailing: Any) -> int:
        return int(mailing.total)

    @admin.display(description=_("送信済"))
    def sent(self, mailing: Any) -> int:
        return int(mailing.sent)

    @admin.display(description=_("送信待ち"))
    def open_ones(self, mailing: Mailing) -> int:
        return mailing.left

    @admin.display(description=_("手当てが要る"))
    def attention(self, mailing: Any) -> int:
        return int(mailing.failed + mailing.unknown)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        buttons = [
            Button(_("催促の決まり"), work.url("surveys_reminderrule")),
            Button(_("メールごとの記録"), work.url("surveys_mailingitem")),
        ]
        return super().changelist_view(request, {"buttons": buttons, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """How far it is. While it is under way the page comes again by itself, without scripts, unless told not to."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        mailing = numbered(self.get_queryset(request), object_id)
        if mailing is None:
            raise Http404
        if not self.has_view_permission(request, mailing):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), **_page(mailing), "opts": self.opts}
        context["still"] = "still" in request.GET
        page = TemplateResponse(request, "admin/surveys/mailing/change_form.html", context)
        if mailing.left and not context["still"]:
            page.headers["Refresh"] = str(SECONDS)
        return page


def _page(mailing: Any) -> dict[str, Any]:
    states = [(state, getattr(mailing, state.value)) for state in ItemState]
    return {
        "title": str(mailing),
        "original": mailing,
        "done": mailing.total - mailing.left,
        "is_slow": mailing.left and mailing.at + SLOW < timezone.now(),
        "states": [
            (state, count, work.url("surveys_mailingitem", mailing__id__exact=mailing.pk, state=state.value))
            for state, count in states
            if count
        ],
    }


class ItemStateFilter(admin.SimpleListFilter):
    title = _("状態")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(ItemState.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(state=self.value()) if self.value() else queryset


class ItemRoundFilter(RoundFilter):
    lookup = "mailing__survey__year"


STEPS = (
    Step(
        "again",
        _("もう一度送る"),
        lambda item, by, reason: item.again(by=by),
        lambda item: item.why_not_decide() or item.why_not_send_again(),
        (
            _("送信状況不明のメールは、届いているかもしれません。もう一度送ると、2通届くことがあります。"),
            _("迷うときは、送る前に、メールサーバーの記録か相手の団体に確かめてください。"),
        ),
    ),
    Step(
        "settle",
        _("確認済にする"),
        lambda item, by, reason: item.settle(by=by),
        lambda item: item.why_not_decide(),
        (_("届いたことを確かめたか、ほかの方法で伝えたメールです。このメールは、もう送りません。"),),
    ),
)


@admin.register(MailingItem)
class MailingItemAdmin(ReadOnlyAdmin):
    """Each mail with its fate; a person decides about those that were refused or may have arrived."""

    list_display = ["body", "address", "mailing", "state_chip", "reason", "sent_at"]
    list_display_links = ["body"]
    list_filter = [ItemRoundFilter, ItemStateFilter]
    search_fields = ["response__body__code", "response__name", "address"]
    search_help_text = _("団体コード、団体名、宛先で探します。")
    fields = readonly_fields = (
        *("response", "mailing", "address", "state", "reason", "due"),
        *("queued_at", "claimed_at", "sent_at", "refusals"),
    )
    steps = STEPS

    def get_queryset(self, request: HttpRequest) -> Any:
        found = super().get_queryset(request).select_related("mailing__survey", "response__survey", "response__body")
        return found.defer("mailing__survey__document", "response__survey__document")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return lookup == "mailing__id__exact" or super().lookup_allowed(lookup, value, request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Not in the menu: the page of the mailings leads here."""
        return False

    @admin.display(description=_("団体"), ordering="response__body__code")
    def body(self, item: MailingItem) -> str:
        return f"{item.response.body.code} {item.response.full_name}"

    @admin.display(description=_("状態"), ordering="state")
    def state_chip(self, item: MailingItem) -> str:
        return chip(f"mail_{item.state}")


@work.source
def mails(request: HttpRequest) -> Iterator[work.Line]:
    """Mails that a person has to decide about."""
    if not request.user.has_perm("surveys.view_mailingitem"):
        return
    titles = {
        ItemState.UNKNOWN: _g("届いたか分からない催促メール"),
        ItemState.FAILED: _g("送れなかった催促メール"),
    }
    counts = {state.value: Count("mailings__items", filter=Q(mailings__items__state=state)) for state in titles}
    for survey in Survey.objects.only("year").annotate(**counts):
        for state, title in titles.items():
            place = work.url("surveys_mailingitem", round=survey.year, state=state.value)
            yield work.Line(title, str(survey), getattr(survey, state.value), place)
