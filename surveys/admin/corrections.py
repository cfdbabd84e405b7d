"""The desk's list of corrections, and the steps that decide one that was asked for."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys.admin import work
from surveys.admin.base import ReadOnlyAdmin, Step
from surveys.admin.responses import RoundFilter
from surveys.correction_page import Shown
from surveys.models import Correction, Survey
from surveys.models.corrections import CorrectionState, why_not_correct
from surveys.templatetags.surveys import chip, moment


def _why_not_decide(correction: Correction) -> str:
    return "" if correction.state == CorrectionState.ASKED else correction.is_now()


STEPS = (
    Step(
        "make",
        _("訂正する"),
        lambda correction, by, given: correction.make(by=by),
        lambda correction: _why_not_decide(correction) or why_not_correct(correction.response),
        (
            _("申し出のとおりに回答を訂正し、新しい受付番号の提出にします。前の回答は残ります。"),
            _("公表済みの表は変わりません。計算し直して、訂正した人とは別の人が次の版を公表します。"),
        ),
        lambda correction: [_g("訂正の理由：%(reason)s") % {"reason": correction.reason}],
    ),
    Step(
        "decline",
        _("訂正しない"),
        lambda correction, by, reason: correction.decline(reason, by=by),
        _why_not_decide,
        (_("回答は変わりません。理由は団体に示されます。"),),
        lambda correction: [_g("訂正の理由：%(reason)s") % {"reason": correction.reason}],
        reason=_("訂正しない理由（団体の画面にこのまま示されます）"),
    ),
)


class CorrectionRoundFilter(RoundFilter):
    lookup = "response__survey__year"


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    list_display = ["body_name", "survey", "state_chip", "asked_at", "asker", "decider", "receipt"]
    list_filter = ["state", CorrectionRoundFilter]
    list_select_related = ["response__survey", "response__body", "asked_by", "ended_by", "submission"]
    search_fields = ["response__body__code", "response__body__name"]
    fields = readonly_fields = (
        *("state", "reason", "asked_by", "at", "based_on_receipt"),
        *("ended_by", "ended_at", "decline_reason", "receipt"),
    )
    steps = STEPS

    def get_queryset(self, request: HttpRequest) -> Any:
        found = super().get_queryset(request).select_related("response__survey", "response__body", "based_on")
        return found.defer("response__survey__document")

    @admin.display(description=_("状態"), ordering="state")
    def state_chip(self, correction: Correction) -> str:
        return chip(f"correction_{correction.state}")

    @admin.display(description=_("団体"), ordering="response__body__name_kana")
    def body_name(self, correction: Correction) -> str:
        return correction.response.body.full_name

    @admin.display(description=_("調査"), ordering="response__survey__year")
    def survey(self, correction: Correction) -> str:
        return str(correction.response.survey)

    @admin.display(description=_("日時"), ordering="at")
    def asked_at(self, correction: Correction) -> str:
        return moment(correction.at)

    @admin.display(description=_("申し出た人"))
    def asker(self, correction: Correction) -> str:
        return correction.asked_by.name if correction.asked_by else ""

    @admin.display(description=_("決めた人"))
    def decider(self, correction: Correction) -> str:
        return correction.ended_by.name if correction.ended_by else ""

    @admin.display(description=_("訂正後の受付番号"))
    def receipt(self, correction: Correction) -> str:
        return correction.submission.receipt if correction.submission else ""

    @admin.display(description=_("前の受付番号"))
    def based_on_receipt(self, correction: Correction) -> str:
        return correction.based_on.receipt

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        context["item"] = Shown.of(context["original"])
        return super().render_change_form(request, context, *args, **kwargs)


@work.source
def corrections(request: HttpRequest) -> Iterator[work.Line]:
    """Corrections that bodies ask for."""
    if request.user.has_perm("surveys.view_correction"):
        asked = Count("responses__corrections", filter=Q(responses__corrections__state=CorrectionState.ASKED))
        for survey in Survey.objects.only("year").annotate(asked=asked):
            query = {"round": survey.year, "state__exact": CorrectionState.ASKED.value}
            yield work.Line(_g("訂正の申し出"), str(survey), survey.asked, work.url("surveys_correction", **query))
