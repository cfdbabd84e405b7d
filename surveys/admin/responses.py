from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.admin.base import PrefectureFilter, ReadOnlyAdmin, Step, StepForm, person
from surveys.admin.register import APPROVERS
from surveys.admin.reminding import remind
from surveys.admin.sheet import Sheet
from surveys.admin.words import in_words
from surveys.dossier import Dossier
from surveys.models import Response, SectionAnswers, Survey
from surveys.models.rounds import RoundState
from surveys.pages import NOT_STARTED, NOTHING
from surveys.templatetags.surveys import chip, moment

State = Response.State
STARTED = Exists(SectionAnswers.objects.filter(response=OuterRef("pk")))
SHOWN_EVENTS = 30


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
        return [(NOT_STARTED, _("未着手")), *State.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Response]) -> QuerySet[Response]:
        wanted = self.value()
        if wanted in (NOT_STARTED, State.DRAFT):
            return queryset.filter(STARTED if wanted == State.DRAFT else ~STARTED, state=State.DRAFT)
        return queryset.filter(state=wanted) if wanted else queryset


def late() -> Q:
    """Not submitted although the deadline, or the extension, of an open round has passed."""
    extended = Q(extended_until__lt=timezone.now())
    asked = Q(extended_until__isnull=True, survey__deadline__lt=timezone.now())
    return Q(extended | asked, survey__state=RoundState.OPEN, state__in=Response.EDITABLE, nothing_reason="")


def extended() -> Q:
    """Not submitted, and given more time."""
    return Q(survey__state=RoundState.OPEN, extended_until__isnull=False, state__in=Response.EDITABLE)


def without_approver() -> Q:
    """Nobody can submit for this body."""
    return Q(~Exists(APPROVERS.filter(body=OuterRef("body"))), survey__state=RoundState.OPEN)


def nothing() -> Q:
    """An approver has said that there is nothing to answer."""
    return ~Q(nothing_reason="")


ATTENTION = {"late": late, "extended": extended, "no_approver": without_approver, "nothing": nothing}


class AttentionFilter(admin.SimpleListFilter):
    title = _("手当てが要る団体")
    parameter_name = "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("late", _("期限を過ぎて未提出")),
            ("extended", _("期限を延ばした")),
            ("no_approver", _("決裁者が登録されていない")),
            ("nothing", _("今回は回答することがないと届け出た")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Response]) -> QuerySet[Response]:
        found = ATTENTION.get(self.value() or "")
        return queryset.filter(found()) if found else queryset


class BodyPrefectureFilter(PrefectureFilter):
    lookup = "body__prefecture_code"


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
        lambda response, by, reason: response.accept(by=by),
        _must_be(State.SUBMITTED),
        (_("提出された回答を受理します。あとから差し戻すこともできます。"),),
        asks=False,
    ),
    Step(
        "send_back",
        _("差し戻す"),
        lambda response, by, reason: response.send_back(reason, by=by),
        _must_be(*Response.COUNTED),
        (
            _("団体は回答を直して、もう一度提出できるようになります。"),
            _("もう一度提出されるまで、この団体の回答は集計に数えません。これまでの提出は残ります。"),
        ),
        reason=_("差戻しの理由（団体の画面にこのまま示されます）"),
    ),
)


@admin.register(Response)
class ResponseAdmin(ReadOnlyAdmin):
    list_display = ["code", "body_name", "kind", "survey", "state_chip", "submitted_at", "receipt"]
    list_display_links = ["code", "body_name"]
    list_filter = [RoundFilter, StateFilter, AttentionFilter, "body__kind", BodyPrefectureFilter]
    list_select_related = ["survey", "body", "submission"]
    search_fields = ["body__code", "body__name", "body__name_kana"]
    search_help_text = _("団体コード、団体名、かなで探します。")
    ordering = ["-survey__year", "body__code"]
    steps = STEPS
    actions = [remind]

    def get_queryset(self, request: HttpRequest) -> Any:
        found = super().get_queryset(request).annotate(is_started=STARTED)
        return found.defer("survey__document", "submission__document")

    @admin.display(description=_("団体コード"), ordering="body__code")
    def code(self, response: Response) -> str:
        return response.body.code

    @admin.display(description=_("団体"), ordering="body__name_kana")
    def body_name(self, response: Response) -> str:
        return response.body.full_name

    @admin.display(description=_("種別"))
    def kind(self, response: Response) -> str:
        return response.body.get_kind_display()

    @admin.display(description=_("状態"), ordering="state")
    def state_chip(self, response: Any) -> str:
        if response.nothing_reason:
            return chip(NOTHING)
        not_started = response.state == State.DRAFT and not response.is_started
        return chip(NOT_STARTED if not_started else response.state)

    @admin.display(description=_("最後の提出"), ordering="submission__submitted_at")
    def submitted_at(self, response: Response) -> str:
        return moment(response.submission.submitted_at) if response.submission else ""

    @admin.display(description=_("受付番号"))
    def receipt(self, response: Response) -> str:
        return response.submission.receipt if response.submission else ""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The answers in words beside what is missing or inconsistent, the submissions, and the history."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        response = self.get_queryset(request).select_related("survey", "body").filter(pk=unquote(object_id)).first()
        if response is None:
            raise Http404
        if not self.has_view_permission(request, response):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), **self._page(request, response)}
        return TemplateResponse(request, "admin/surveys/response/change_form.html", context)

    def _page(self, request: HttpRequest, response: Response) -> dict[str, Any]:
        dossier = Dossier(response, person(request))
        return {
            "title": f"{response.body.full_name}　{response.survey}",
            "opts": self.opts,
            "original": response,
            "dossier": dossier,
            "sheet": Sheet(dossier),
            "buttons": self.buttons(request, response),
            "submissions": response.submissions.select_related("submitted_by").defer("document").order_by("-number"),
            "events": in_words(self.history(response)[:SHOWN_EVENTS]),
        }
