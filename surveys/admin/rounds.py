from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys.admin.base import Button, Step, person
from surveys.admin.definition import lost_tables
from surveys.admin.disclosing import DisclosurePage
from surveys.models import Body, Survey
from surveys.models.dates import Dates

State = Survey.State
CHANGEABLE = (*Dates._fields, "allows_nothing")


def _must_be(state: str) -> Callable[[Survey], str]:
    return lambda survey: "" if survey.state == state else survey.is_now()


def _opens(survey: Survey) -> list[str]:
    """What opening this round freezes and makes."""
    questionnaire = survey.questionnaire
    words = {
        "sections": len(questionnaire.sections),
        "questions": sum(len(section.questions) for section in questionnaire.sections),
        "checksum": survey.checksum,
        "bodies": Body.objects.on(survey.reference_date).count(),
        "day": survey.reference_date,
    }
    return [
        _g("固定される調査票：%(sections)d項目 %(questions)d問") % words,
        _g("調査票の検査値：%(checksum)s") % words,
        _g("回答を求める団体：%(bodies)d団体（%(day)sに名簿にある団体）") % words,
        *(_g("集計に足りないもの：%(table)s") % {"table": table} for table in lost_tables(survey, questionnaire)),
    ]


def _closes(survey: Survey) -> list[str]:
    left = survey.responses.filter(state__in=["draft", "returned"]).count()
    extended = survey.responses.filter(state__in=["draft", "returned"], extended_until__gt=timezone.now()).count()
    return [
        _g("まだ提出していない団体：%(left)d団体") % {"left": left},
        _g("そのうち、延長した期限が来ていない団体：%(extended)d団体") % {"extended": extended},
    ]


def _why_not_open(survey: Survey) -> str:
    if survey.state == State.DRAFT and not survey.deadline:
        return _g("提出期限が決まっていません。先に、この調査のページで提出期限を入れて保存してください。")
    return _must_be(State.DRAFT)(survey)


def _next_is_there(survey: Survey) -> str:
    there = Survey.objects.filter(year=survey.year + 1).exists()
    return _g("翌年度の調査は、もうあります。") if there else ""


STEPS = (
    Step(
        "open",
        _("受付を始める"),
        lambda survey, by, reason: survey.open(by=by),
        _why_not_open,
        (
            _("調査票が固定されます。あとから変えられるのは文言だけで、問や選択肢は変えられません。"),
            _("名簿にある団体ごとに回答のページができ、回答できるようになります。"),
        ),
        _opens,
    ),
    Step(
        "close",
        _("受付を終える"),
        lambda survey, by, reason: survey.close(by=by),
        _must_be(State.OPEN),
        (
            _("団体は、回答を変えることも提出することもできなくなります。受付を再び始めることはできません。"),
            _("提出された回答は、受理と集計の対象として残ります。"),
        ),
        _closes,
    ),
    Step(
        "next",
        _("この調査から翌年度の調査を作る"),
        lambda survey, by, reason: survey.make_next(by=by),
        _next_is_there,
        (
            _("この調査票を写して、翌年度の準備中の調査を作ります。この調査は変わりません。"),
            _(
                "「令和２年度」「令和２年４月１日」のような年度の言葉は、1年進めます。違う書き方の年は、そのまま残ります。"
            ),
            _("作った調査の「調査票の変更と見本」で、進めた言葉を全て確かめられます。"),
        ),
        only_if_possible=True,
    ),
)


@admin.register(Survey)
class SurveyAdmin(DisclosurePage):
    """A round: only its dates are fields to change; everything else moves by steps."""

    list_display = ["__str__", "state", "reference_date", *Dates._fields, "opened_at", "closed_at"]
    list_filter = ["state"]
    fields = ["year", "state", "reference_date", *CHANGEABLE, "opened_at", "closed_at", "checksum"]
    steps = STEPS
    # Buttons that other apps put on the page of a round.
    more_buttons: ClassVar[list[Callable[[HttpRequest, Survey], list[Button]]]] = []

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("document")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for name in self.fields if name not in CHANGEABLE or obj.closed_at]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Survey, form: Any, change: bool) -> None:
        obj.set_dates(obj.dates, by=person(request))
        obj.allow_nothing(obj.allows_nothing, by=person(request))

    def buttons(self, request: HttpRequest, thing: Survey) -> list[Button]:
        more = [button for make in self.more_buttons for button in make(request, thing)]
        own = [*self.definition_buttons(thing), self.disclosure_button(thing)]
        return [*super().buttons(request, thing), *own, *more]
