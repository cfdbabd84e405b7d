from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from surveys.admin.base import Button, PrefectureFilter, ReadOnlyAdmin, Step, StepForm, person
from surveys.admin.reminding import remind
from surveys.admin.sheet import Sheet
from surveys.attention import ATTENTION
from surveys.dossier import Dossier
from surveys.event_words import in_words
from surveys.models import Response, Survey
from surveys.models.corrections import may_correct, why_not_correct
from surveys.pages import NOT_STARTED, NOTHING
from surveys.standing import CHOSEN, LABELS, STARTED
from surveys.templatetags.surveys import chip, moment

State = Response.State
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
        return [(name, LABELS[name]) for name in CHOSEN]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Response]) -> QuerySet[Response]:
        found = CHOSEN.get(self.value() or "")
        return queryset.filter(found) if found else queryset


class AttentionFilter(admin.SimpleListFilter):
    title = _("手当てが要る団体")
    parameter_name = "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, found.label) for name, found in ATTENTION.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Response]) -> QuerySet[Response]:
        found = ATTENTION.get(self.value() or "")
        return queryset.filter(found.condition()) if found else queryset


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
    list_filter = [RoundFilter, StateFilter, AttentionFilter, "kind", BodyPrefectureFilter]
    list_select_related = ["survey", "body", "submission"]
    search_fields = ["body__code", "name", "body__name", "body__name_kana"]
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
        return response.full_name

    @admin.display(description=_("種別"))
    def kind(self, response: Response) -> str:
        return response.get_kind_display()

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
            "buttons": self.buttons(request, response),
            "corrections": response.corrections.select_related("asked_by", "ended_by"),
            "submissions": response.submissions.select_related("submitted_by", "correction")
            .defer("document")
            .order_by("-number"),
            "events": in_words(self.history(response)[:SHOWN_EVENTS]),
        }
