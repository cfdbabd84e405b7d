"""Which responses wait for somebody, and what is counted in them."""

from typing import Any

import pytest
from django.utils import timezone

from surveys.attention import ATTENTION, with_open_ends
from surveys.models import Body, Query, Response, Submission, Survey, User
from surveys.models.rounds import RoundState
from tests.factories import answer, make_member, make_ministry, open_round
from tests.surveys.settling import CALM, TENFOLD


@pytest.fixture
def survey(city: Body, other_city: Body, nagano: Body) -> Survey:
    earlier = open_round(2020, "doubts")
    answer(earlier, city, CALM, submit=True)
    Survey.objects.filter(pk=earlier.pk).update(state=RoundState.CLOSED, closed_at=timezone.now())
    return open_round(2021, "doubts")


@pytest.fixture
def response(survey: Survey, city: Body) -> Response:
    """Submitted with a reason for what is doubtful."""
    return answer(survey, city, TENFOLD, submit=True)


@pytest.fixture
def reviewer(db: None) -> User:
    return make_ministry("reviewer", "shinsa")


def found(name: str) -> set[str]:
    waiting = Response.objects.filter(ATTENTION[name].condition(), survey__year=2021)
    return set(waiting.values_list("body__code", flat=True))


def annotated(response: Response) -> Any:
    return with_open_ends(Response.objects.filter(pk=response.pk)).get()


def test_queries(response: Response, reviewer: User, officer: User) -> None:
    query = Query.ask(response, "chief", "任命の日をお知らせください。", by=reviewer)
    assert (found("queries_open"), found("queries_answered")) == ({"202037"}, set())
    query.answer("4月1日です。", by=officer)
    assert (found("queries_open"), found("queries_answered")) == (set(), {"202037"})
    Query.ask(response, "staff", "数え方をお知らせください。", by=reviewer)
    assert (annotated(response).open_count, annotated(response).answered_count) == (1, 1)
    query.close(by=reviewer)
    assert (annotated(response).open_count, annotated(response).answered_count) == (1, 0)


def test_reasons_until_somebody_has_read_them_or_the_response_goes_back(response: Response, reviewer: User) -> None:
    assert found("reasons_unread") == {"202037"} and annotated(response).has_unread
    assert response.submission
    response.submission.read_reasons(by=reviewer)
    assert found("reasons_unread") == set() and not annotated(response).has_unread
    Submission.objects.update(reasons_read_by=None, reasons_read_at=None)
    response.send_back("直してください。", by=reviewer)
    assert found("reasons_unread") == set()


def test_an_endorsement_is_waited_for_only_where_there_is_a_coordinator(response: Response, nagano: Body) -> None:
    assert found("not_endorsed") == set()
    coordinator = make_member(nagano, "coordinator")
    answer(response.survey, nagano, CALM, submit=True)
    assert found("not_endorsed") == {"202037"} and annotated(response).waits_for_prefecture
    assert response.submission
    response.submission.endorse(by=coordinator)
    assert found("not_endorsed") == set() and annotated(response).is_endorsed


def test_comments_and_remarks_are_counted_but_for_what_was_taken_back(
    response: Response, reviewer: User, officer: User
) -> None:
    response.comment("chief", "remark", "ご確認ください。", by=reviewer)
    response.comment("chief", "body", "中の話です。", by=officer)
    said = [response.comment("chief", "ministry", text, by=officer) for text in ("確認中です。", "確認しました。")]
    said[0].withdraw(by=officer)
    assert (annotated(response).remark_count, annotated(response).comment_count) == (1, 1)
