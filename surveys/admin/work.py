"""The work list: what waits for the ministry now, each line with the list it counts."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from surveys.admin.inviting import INVITED
from surveys.attention import late, queries_answered, reasons_unread, without_approver
from surveys.models import Response, Survey, User
from surveys.standing import STANDING, State

Source = Callable[[HttpRequest], "Iterable[Line]"]


@dataclass(frozen=True)
class Line:
    """Something that waits: how many, in which round, and where they are listed."""

    title: str
    round: str
    count: int
    url: str


@dataclass(frozen=True)
class Figure:
    """How many responses of a round are in a state, and their list."""

    state: str
    count: int
    url: str


@dataclass(frozen=True)
class Figures:
    """A round with its responses by state."""

    survey: Survey
    total: int
    states: list[Figure]


sources: list[Source] = []


def source(function: Source) -> Source:
    """Lets a function add lines; other apps bring theirs."""
    sources.append(function)
    return function


def lines(request: HttpRequest) -> list[Line]:
    """Everything that waits, in the order of the sources."""
    return [line for found in sources for line in found(request) if line.count]


def url(model: str, **query: Any) -> str:
    """The list of a model, filtered."""
    return f"{reverse(f'admin:{model}_changelist')}?{urlencode(query)}"


@source
def responses(request: HttpRequest) -> Iterator[Line]:
    """Reviews to do, bodies to remind, bodies that nobody can submit for."""
    if not request.user.has_perm("surveys.view_response"):
        return
    waiting: dict[str, tuple[str, dict[str, str]]] = {
        "submitted": (_("審査を待つ回答"), {"state": State.SUBMITTED}),
        "queries_answered": (_("照会に回答があった回答"), {"attention": "queries_answered"}),
        "reasons_unread": (_("確かめの理由を読んでいない回答"), {"attention": "reasons_unread"}),
        "late": (_("期限を過ぎて提出されていない回答"), {"attention": "late"}),
        "returned": (_("差し戻して、まだ再提出されていない回答"), {"state": State.RETURNED}),
        "no_approver": (_("決裁者が登録されていない団体"), {"attention": "no_approver"}),
    }
    counts = _by_round(
        submitted=Q(state=State.SUBMITTED),
        queries_answered=queries_answered(),
        reasons_unread=reasons_unread(),
        late=late(),
        returned=Q(state=State.RETURNED),
        no_approver=without_approver(),
    )
    for survey in Survey.objects.only("year", "state"):
        for name, (title, query) in waiting.items():
            count = counts.get(survey.pk, {}).get(name, 0)
            yield Line(title, str(survey), count, url("surveys_response", round=survey.year, **query))


@source
def rounds(request: HttpRequest) -> Iterator[Line]:
    """Rounds that are not open yet."""
    if request.user.has_perm("surveys.view_survey"):
        for survey in Survey.objects.filter(state=Survey.State.DRAFT).only("year"):
            page = reverse("admin:surveys_survey_change", args=[survey.pk])
            yield Line(_("受付を始めていない調査"), str(survey), 1, page)


@source
def people(request: HttpRequest) -> Iterator[Line]:
    """People who cannot sign in yet, and those who were asked to and have not."""
    if request.user.has_perm("surveys.view_user"):
        counts = User.objects.aggregate(
            **{name: Count("pk", filter=condition()) for name, condition in INVITED.items()}
        )
        yield Line(_("まだ招待していない利用者"), "", counts["no"], url("surveys_user", invited="no"))
        text = _("招待したが、一度もサインインしていない利用者")
        yield Line(text, "", counts["waiting"], url("surveys_user", invited="waiting"))


def figures(request: HttpRequest) -> list[Figures]:
    """The rounds that bodies answer or have answered, with their responses by state."""
    if not request.user.has_perm("surveys.view_response"):
        return []
    counts = _by_round(**{str(state): condition for state, condition in STANDING.items()})
    return [
        Figures(
            survey,
            sum(counts.get(survey.pk, {}).values()),
            [
                Figure(
                    str(state), counts[survey.pk][str(state)], url("surveys_response", round=survey.year, state=state)
                )
                for state in STANDING
            ],
        )
        for survey in Survey.objects.exclude(state=Survey.State.DRAFT).defer("document")
    ]


def _by_round(**conditions: Q) -> dict[int, dict[str, int]]:
    """How many responses of each round meet each condition, in one query."""
    counted = {name: Count("pk", filter=condition) for name, condition in conditions.items()}
    rows = Response.objects.order_by().values("survey_id").annotate(**counted)
    return {row.pop("survey_id"): row for row in rows}
