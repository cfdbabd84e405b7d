"""What a coordinator sees of the municipalities of the prefecture: state, progress, queries, endorsement."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys import csv_file, pages
from surveys.attention import with_open_ends
from surveys.models import Body, Membership, Response, SectionAnswers, Survey, User
from surveys.pages import NOT_STARTED, Total
from surveys.templatetags.surveys import CHIPS

State = Response.State
STATES = (State.SUBMITTED, State.RETURNED, State.DRAFT, NOT_STARTED, State.ACCEPTED)
OPEN, ANSWERED, TO_ENDORSE = "queries_open", "queries_answered", "to_endorse"


class Municipality(NamedTuple):
    """A response with how far it is, and when anything in it was last moved or answered."""

    response: Response
    total: Total
    is_started: bool
    moved_at: datetime | None

    @property
    def state(self) -> str:
        is_waiting = self.response.state == State.DRAFT and not self.is_started
        return NOT_STARTED if is_waiting else str(self.response.state)

    @property
    def receipt(self) -> str:
        """The receipt of the submission that can be endorsed; none if there is none, or if it is endorsed."""
        found = self.response
        if found.state != State.SUBMITTED or found.submission is None or found.submission.endorsed_at:
            return ""
        return found.submission.receipt

    @property
    def endorsed_at(self) -> datetime | None:
        found = self.response
        return found.submission.endorsed_at if found.submission and found.state in Response.COUNTED else None

    @property
    def flags(self) -> set[str]:
        """What the list can be cut down to: the state, and what waits for somebody."""
        open_count, answered_count = (getattr(self.response, name) for name in ("open_count", "answered_count"))
        found = {OPEN: open_count, ANSWERED: answered_count, TO_ENDORSE: self.receipt}
        return {self.state, *(name for name, waits in found.items() if waits)}


def prefectures_of(user: User) -> list[Body]:
    """The prefectures that a person coordinates."""
    return list(Body.objects.filter(memberships__user=user, memberships__role=Membership.Role.COORDINATOR).distinct())


def overseen(user: User, survey: Survey) -> QuerySet[Response]:
    """The responses of the municipalities that a person coordinates, but for those they answer for themselves."""
    codes = [body.prefecture_code for body in prefectures_of(user)]
    own = user.memberships.exclude(role=Membership.Role.COORDINATOR).values("body_id")
    found = Response.objects.for_user(user).filter(survey=survey, body__prefecture_code__in=codes)
    return found.exclude(kind=Body.Kind.PREFECTURE).exclude(body_id__in=own).order_by("body__code")


def own_responses(user: User, survey: Survey) -> QuerySet[Response]:
    """The responses that a coordinator also answers."""
    own = user.memberships.exclude(role=Membership.Role.COORDINATOR).values("body_id")
    return Response.objects.for_user(user).filter(survey=survey, body_id__in=own)


def municipalities(user: User, survey: Survey) -> list[Municipality]:
    """All municipalities of a round that a person coordinates, in the order of their codes."""
    responses = with_open_ends(overseen(user, survey).select_related("submission", "body")).defer(
        "survey__document", "submission__document"
    )
    found = list(responses)
    sections: dict[int, list[SectionAnswers]] = defaultdict(list)
    for section in SectionAnswers.objects.filter(response__in=[each.pk for each in found]):
        sections[section.response_id].append(section)
    return [_municipality(survey, each, sections[each.pk]) for each in found]


def _municipality(survey: Survey, response: Response, sections: Sequence[SectionAnswers]) -> Municipality:
    answers = {id: answer for section in sections for id, answer in section.answers.items()}
    total = pages.total(pages.all_progress(survey.questionnaire, response.kind, answers))
    moments = [datetime.fromisoformat(mark["at"]) for section in sections for mark in section.marks.values()]
    if response.submission:
        moments.append(response.submission.submitted_at)
    return Municipality(response, total, bool(sections), max(moments, default=None))


class Filter(NamedTuple):
    """One way to cut the list down, with how many bodies are left."""

    value: str
    label: str
    bodies: int


def filters(found: Sequence[Municipality]) -> list[Filter]:
    labels = {state: str(CHIPS[state].label) for state in STATES}
    labels |= {OPEN: _("照会・回答待ち"), ANSWERED: _("照会・回答あり"), TO_ENDORSE: _("県の確認がまだ")}
    return [Filter(value, label, sum(value in each.flags for each in found)) for value, label in labels.items()]


def as_csv(survey: Survey, found: Iterable[Municipality]) -> bytes:
    """The list as a file, one municipality a line, in UTF-8 with BOM."""
    header = [_("調査年度"), _("団体コード"), _("団体"), _("状態"), _("回答した問"), _("うかがう問"), _("提出期限")]
    header += [_("最後の動き"), _("照会・回答待ち"), _("照会・回答あり"), _("県の確認"), _("受付番号")]
    rows = [_line(survey, each) for each in found]
    return csv_file.write(header, rows, bom=True)


def _line(survey: Survey, each: Municipality) -> list[str]:
    response = each.response
    days = [_day(moment) for moment in (response.due, each.moved_at, each.endorsed_at)]
    receipt = response.submission.receipt if response.submission else ""
    counts = [str(getattr(response, name)) for name in ("open_count", "answered_count")]
    head = [str(survey.year), response.body.code, csv_file.neutralise(response.name), str(CHIPS[each.state].label)]
    return [*head, str(each.total.answered), str(each.total.asked), *days[:2], *counts, days[2], receipt]


def _day(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
