import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from surveys.admin.base import Button, PrefectureFilter, ReadOnlyAdmin, Step, StepForm, numbered, person
from surveys.admin.queue import queue
from surveys.admin.reminding import remind
from surveys.admin.sheet import Sheet
from surveys.attention import ATTENTION, with_open_ends
from surveys.dossier import Dossier
from surveys.event_words import in_words
from surveys.models import Response, Survey
from surveys.models.corrections import may_correct, why_not_correct
from surveys.pages import NOT_STARTED, NOTHING
from surveys.standing import CHOSEN, LABELS, STARTED
from surveys.templatetags.surveys import chip, moment, short_moment

State = Response.State
SHOWN_EVENTS = 30
LONGEST_FIRST = ("submission__submitted_at", "pk")
REVIEWED = ("queries_open", "queries_answered", "reasons_unread", "not_endorsed")
REVIEW_COLUMNS = [
    *("code", "body_name", "state_chip", "submitted"),
    *("queries", "reasons", "endorsed", "comments"),
]


class RoundFilter(admin.SimpleListFilter):
    title = _("調査")
    parameter_name = "round"
    lookup = "survey__year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(survey.year), str(survey)) for survey in Survey.objects.only("year")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = self.value()
        return queryset.filter(**{self.lookup: found}) if found and found.isdigit() else queryset


class StateFilter(admin.SimpleListFilter):
    """The states as the chips say them: a draft in which nothing is answered has not been started."""

    title = _("状態")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, LABELS[name]) for name in CHOSEN]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Response]) -> QuerySet[Response]:
        found = CHOSEN.get(self.value() or "")
        return queryset.filter(found) if found else queryset


class AttentionFilter(admin.SimpleListFilter):
    """What waits for somebody (`surveys.attention`)."""

    title = _("手当てが要る団体")
    parameter_name = "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, found.label) for name, found in ATTENTION.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Response]) -> QuerySet[Response]:
        found = ATTENTION.get(self.value() or "")
        return queryset.filter(found.condition()) if found else queryset


class BodyPrefectureFilter(PrefectureFilter):
    lookup = "body__prefecture_code"


def _is_review(request: HttpRequest) -> bool:
    return request.GET.get("state") == State.SUBMITTED or request.GET.get("attention") in REVIEWED


def _must_be(*states: str) -> Callable[[Response], str]:
    return lambda response: "" if response.state in states else response.is_now()


class ExtensionForm(StepForm):
    until = forms.DateTimeField(
        label=_("延長した期限"), widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    )

    @property
    def given(self) -> tuple[datetime, str]:
        return self.cleaned_data["until"], self.cleaned_data["reason"]


def _why_not_extend(response: Response) -> str:
    if not response.survey.is_open:
        return response.survey.is_now()
    return _must_be(*Response.EDITABLE)(response)


def _receipt(response: Response) -> str:
    """The submission a person has before them: nobody accepts another one."""
    return response.submission.receipt if response.submission else ""


def _left(response: Any) -> list[str]:
    """What is still open in a response, on the page that asks about many."""
    found = []
    if response.open_count:
        text = ngettext("照会の回答待ち %(count)s件", "照会の回答待ち %(count)s件", response.open_count)
        found.append(text % {"count": response.open_count})
    if response.answered_count:
        text = ngettext("照会に回答あり %(count)s件", "照会に回答あり %(count)s件", response.answered_count)
        found.append(text % {"count": response.answered_count})
    if response.has_unread:
        found.append(_g("確かめの理由を読んでいません。"))
    if response.waits_for_prefecture:
        found.append(_g("県の確認がまだです（なくても受理できます）。"))
    return found or [_g("残っていることはありません。")]


def _shown(response: Any) -> list[str]:
    """What stands at the questions when a body gets its response back."""
    said = [
        (_g("指摘"), comment.question, comment.text)
        for comment in response.comments.all()
        if comment.is_remark and not comment.withdrawn_at
    ]
    for query in response.queries.all():
        if query.is_open:
            asked = [message for message in query.messages.all() if not message.is_answer][-1]
            said.append((_g("照会"), query.question, asked.text))
    question_by_id = response.survey.questionnaire.question_by_id
    return [f"{what}　{question_by_id[id].title}{_g('：')}{Truncator(text).chars(80)}" for what, id, text in said]


def _no_unread(response: Any) -> str:
    return "" if response.has_unread else _g("読んでいない理由はありません。")


def _read(response: Response, by: Any, reason: str) -> None:
    assert response.submission  # only a submission has reasons to read
    response.submission.read_reasons(by=by)


STEPS = (
    Step(
        "extend",
        _("期限を延ばす"),
        lambda response, by, given: response.extend(*given, by=by),
        _why_not_extend,
        (
            _("この団体だけ、延長した期限まで、回答を始めることも変えることも提出することもできます。"),
            _("団体の画面には、延長した期限と理由が示されます。"),
        ),
        reason=_("延長の理由（団体の画面にこのまま示されます）"),
        form=ExtensionForm,
        only_if_possible=True,
    ),
    Step(
        "accept",
        _("受理する"),
        lambda response, by, reason: response.accept(by=by, receipt=_receipt(response)),
        _must_be(State.SUBMITTED),
        (_("提出された回答を受理します。あとから差し戻すこともできます。"),),
        _left,
        asks=False,
        asks_many=True,
        seen=_receipt,
    ),
    Step(
        "read_reasons",
        _("理由を確かめた"),
        _read,
        _no_unread,
        (_("確かめたいところの理由を読んだことを、記録します。"),),
        asks=False,
        asks_many=True,
        only_if_possible=True,
        seen=_receipt,
    ),
    Step(
        "send_back",
        _("差し戻す"),
        lambda response, by, reason: response.send_back(reason, by=by, receipt=_receipt(response)),
        _must_be(*Response.COUNTED),
        (
            _("団体は回答を直して、もう一度提出できるようになります。"),
            _("もう一度提出されるまで、この団体の回答は集計に数えません。これまでの提出は残ります。"),
            _("下の指摘と照会は、団体の画面の、その問のところに示されます。"),
        ),
        _shown,
        reason=_("差戻しの理由（団体の画面にこのまま示されます）"),
        seen=_receipt,
    ),
)


class ReviewList(ChangeList):
    """Django marks the columns of the default order, and would take that of all other lists."""

    def _get_default_ordering(self) -> list[str]:
        return list(LONGEST_FIRST)


@admin.register(Response)
class ResponseAdmin(ReadOnlyAdmin):
    list_display = ["code", "body_name", "kind", "survey", "state_chip", "submitted_at", "receipt"]
    list_display_links = ["code", "body_name"]
    list_filter = [RoundFilter, StateFilter, AttentionFilter, "kind", BodyPrefectureFilter]
    list_select_related = ["survey", "body", "submission"]
    search_fields = ["body__code", "name", "body__name", "body__name_kana"]
    search_help_text = _("団体コード、団体名、かなで探します。")
    ordering = ["-survey__year", "body__code"]
    steps = STEPS
    actions = [remind]

    def get_queryset(self, request: HttpRequest) -> Any:
        found = with_open_ends(super().get_queryset(request).annotate(is_started=STARTED))
        return found.defer("survey__document", "submission__document")

    def get_list_display(self, request: HttpRequest) -> Any:
        """Where responses wait for review or for somebody, also what is still open in them."""
        return REVIEW_COLUMNS if _is_review(request) else self.list_display

    def get_ordering(self, request: HttpRequest) -> Any:
        """The review queue begins with the response that has waited longest."""
        return LONGEST_FIRST if _is_review(request) else self.ordering

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ReviewList if _is_review(request) else ChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = _g("審査待ちの回答（提出の古い順）") if request.GET.get("state") == State.SUBMITTED else None
        more = {"title": title} if title else {}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def ask(self, request: HttpRequest, step: Step, things: Sequence[Any], form: StepForm) -> HttpResponse:
        prefetch_related_objects(things, "comments", "queries__messages")
        return super().ask(request, step, things, form)

    @admin.display(description=_("照会"), ordering="open_count")
    def queries(self, response: Any) -> str:
        counts = ((_g("回答待ち%(count)s"), response.open_count), (_g("回答あり%(count)s"), response.answered_count))
        found = [(words % {"count": count},) for words, count in counts if count]
        return format_html_join(" ", "<span>{}</span>", found)

    @admin.display(description=_("確かめの理由"))
    def reasons(self, response: Any) -> str:
        return chip("unread") if response.has_unread else ""

    @admin.display(description=_("県の確認"))
    def endorsed(self, response: Any) -> str:
        if response.is_endorsed:
            return chip("endorsed")
        return chip("to_endorse") if response.waits_for_prefecture else ""

    @admin.display(description=_("コメント"), ordering="comment_count")
    def comments(self, response: Any) -> str:
        return str(response.comment_count or "")

    @admin.display(description=_("団体コード"), ordering="body__code")
    def code(self, response: Response) -> str:
        return response.body.code

    @admin.display(description=_("団体"), ordering="body__name_kana")
    def body_name(self, response: Response) -> str:
        return response.full_name

    @admin.display(description=_("状態"), ordering="state")
    def state_chip(self, response: Any) -> str:
        if response.nothing_reason:
            return chip(NOTHING)
        not_started = response.state == State.DRAFT and not response.is_started
        return chip(NOT_STARTED if not_started else response.state)

    @admin.display(description=_("最後の提出"), ordering="submission__submitted_at")
    def submitted_at(self, response: Response) -> str:
        return moment(response.submission.submitted_at) if response.submission else ""

    @admin.display(description=_("最後の提出"), ordering="submission__submitted_at")
    def submitted(self, response: Response) -> str:
        return short_moment(response.submission.submitted_at) if response.submission else ""

    @admin.display(description=_("受付番号"))
    def receipt(self, response: Response) -> str:
        return response.submission.receipt if response.submission else ""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The answers in words beside what is missing or inconsistent, the submissions, and the history."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        marks = ("submission__endorsed_by", "submission__reasons_read_by")
        found = self.get_queryset(request).select_related("survey", "body", *marks)
        response = numbered(found, object_id)
        if response is None:
            raise Http404
        if not self.has_view_permission(request, response):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), **self._page(request, response)}
        return TemplateResponse(request, "admin/surveys/response/change_form.html", context)

    def buttons(self, request: HttpRequest, thing: Response) -> list[Button]:
        found = super().buttons(request, thing)
        if may_correct(person(request)):
            url = reverse("corrections", args=[thing.survey.year, thing.body.code])
            found.append(Button(_("訂正を入力する"), url, why_not=why_not_correct(thing)))
        return found

    def _page(self, request: HttpRequest, response: Response) -> dict[str, Any]:
        dossier = Dossier(response, person(request))
        return {
            "title": f"{response.full_name}　{response.survey}",
            "opts": self.opts,
            "original": response,
            "dossier": dossier,
            "sheet": Sheet(dossier),
            "queue": queue(response),
            "page_name": secrets.token_urlsafe(12),
            "buttons": self.buttons(request, response),
            "corrections": response.corrections.select_related("asked_by", "ended_by"),
            "submissions": response.submissions.select_related("submitted_by", "correction")
            .defer("document")
            .order_by("-number"),
            "events": in_words(self.history(response)[:SHOWN_EVENTS]),
        }
