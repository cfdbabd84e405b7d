"""照会: who asks, answers and closes, that nothing is lost or doubled, and what the database refuses."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from surveys.models import Body, Event, NotAllowed, Query, QueryMessage, Response, Survey, User
from surveys.models.comments import TEXT_LIMIT
from tests.conftest import member_too
from tests.factories import make_delegate, make_ministry

OPEN, ANSWERED, CLOSED = Query.State
ASKED, SAID = "任命の日をお知らせください。", "4月1日です。"


@pytest.fixture
def reviewer(db: None) -> User:
    return make_ministry("reviewer", "shinsa", name="審査 一郎")


def state(query: Query) -> str:
    return Query.objects.get(pk=query.pk).state


def kinds() -> list[str]:
    return list(Event.objects.filter(kind__startswith="query.").order_by("id").values_list("kind", flat=True))


def test_a_query_is_asked_answered_asked_again_and_closed(response: Response, reviewer: User, officer: User) -> None:
    query = Query.ask(response, "cio", f" {ASKED}\r\n", by=reviewer)
    assert (state(query), query.side, str(query)) == (OPEN, "ministry", "令和2年度 長野県上田市 cio 総務省")
    query.answer(SAID, by=officer)
    assert state(query) == ANSWERED
    assert Query.ask(response, "cio", "辞令の写しはありますか。", by=reviewer) == query
    assert state(query) == OPEN
    query.close(by=reviewer)
    found = Query.objects.get()
    assert (found.state, found.closed_by) == (CLOSED, reviewer) and found.closed_at and found.answered_at
    said = [(message.text, message.is_answer, message.name) for message in found.messages.all()]
    assert said == [
        (ASKED, False, "審査 一郎"),
        (SAID, True, "小林 直樹"),
        ("辞令の写しはありますか。", False, "審査 一郎"),
    ]
    assert str(found.messages.all()[1]).endswith("総務省 小林 直樹")
    assert kinds() == ["query.asked", "query.answered", "query.asked", "query.closed"]
    assert Query.ask(response, "cio", ASKED, by=reviewer, page="b") != query, "after the end the next is a new one"


def test_an_answer_may_be_added_to_and_a_query_closed_without_one(
    response: Response, reviewer: User, officer: User, approver: User
) -> None:
    query = Query.ask(response, "cio", ASKED, by=reviewer)
    query.answer(SAID, by=officer)
    query.answer("写しもあります。", by=approver)
    assert state(query) == ANSWERED and query.messages.count() == 3
    other = Query.ask(response, "staff", ASKED, by=reviewer)
    other.close(by=reviewer)
    with pytest.raises(NotAllowed, match="もう終わっています"):
        other.answer(SAID, by=officer)


def test_the_history_tells_of_the_query_and_never_its_words(response: Response, reviewer: User, officer: User) -> None:
    query = Query.ask(response, "cio", ASKED, by=reviewer)
    query.answer(SAID, by=officer)
    asked, answered = Event.objects.filter(kind__startswith="query.").order_by("id")
    assert {asked.subject, answered.subject} == {"response 2020-202037 people"}
    assert (asked.actor, answered.actor) == (reviewer, officer)
    about = {"query": query.pk, "question": "cio", "side": "ministry"}
    assert (asked.after, answered.after) == ({**about, "state": OPEN}, {**about, "state": ANSWERED})


def test_a_double_click_says_and_closes_once(response: Response, reviewer: User, officer: User) -> None:
    query = Query.ask(response, "cio", ASKED, by=reviewer, page="a", seen=0)
    assert Query.ask(response, "cio", f"{ASKED} ", by=reviewer, page="a", seen=0) == query
    for _ in range(2):
        query.answer(SAID, by=officer, page="b", seen=1)
    for _ in range(2):
        query.close(by=reviewer, seen=2)
    assert QueryMessage.objects.count() == 2
    assert kinds() == ["query.asked", "query.answered", "query.closed"]


def test_nobody_writes_past_what_they_have_not_read(
    response: Response, reviewer: User, officer: User, approver: User
) -> None:
    colleague = make_ministry("manager")
    query = Query.ask(response, "cio", ASKED, by=reviewer, page="a", seen=0)
    with pytest.raises(NotAllowed, match="ほかの人が書き込みました"):
        Query.ask(response, "cio", "同じことを聞きます。", by=colleague, page="b", seen=0)
    query.answer(SAID, by=officer, page="c", seen=1)
    with pytest.raises(NotAllowed, match="ほかの人が書き込みました"):
        query.answer("4月2日です。", by=approver, page="d", seen=1)
    with pytest.raises(NotAllowed, match="ほかの人が書き込みました"):
        query.close(by=reviewer, seen=1)
    assert QueryMessage.objects.count() == 2 and state(query) == ANSWERED


ASKING = {"reviewer": "ministry", "prefecture": "prefecture"}


@pytest.mark.parametrize(
    "person", [*ASKING, "ministry", "elsewhere", "neighbour", "officer", "approver", "delegate", "nobody"]
)
def test_only_reviewers_and_the_coordinator_of_the_prefecture_ask(
    person: str, response: Response, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(person)
    if person in ASKING:
        assert Query.ask(response, "cio", ASKED, by=user).side == ASKING[person]
    else:
        with pytest.raises(NotAllowed, match="照会できるのは"):
            Query.ask(response, "cio", ASKED, by=user)


def test_a_coordinator_asks_no_prefecture_and_not_the_own_body(
    response: Response, prefecture: User, survey: Survey, nagano: Body, city: Body
) -> None:
    assert survey.responses.get(body=nagano).side_of(prefecture) == ""
    member_too(prefecture, city, "editor")
    assert response.side_of(prefecture) == ""


def test_ministry_and_prefecture_ask_apart_and_close_only_their_own(
    response: Response, reviewer: User, prefecture: User, officer: User, elsewhere: User
) -> None:
    theirs, ours = (Query.ask(response, "cio", ASKED, by=user) for user in (prefecture, reviewer))
    assert theirs != ours
    for query, person in ((theirs, reviewer), (ours, prefecture), (ours, officer), (theirs, elsewhere)):
        with pytest.raises(NotAllowed, match="照会した側だけ"):
            query.close(by=person)


def test_only_who_holds_the_section_answers(
    response: Response, reviewer: User, approver: User, delegate: User, neighbour: User, prefecture: User
) -> None:
    query = Query.ask(response, "cio", ASKED, by=reviewer)
    other = make_delegate(response, "systems", by=approver)
    for person in (other, neighbour, prefecture, reviewer):
        with pytest.raises(NotAllowed, match="照会に答えられるのは"):
            query.answer(SAID, by=person)
    query.answer(SAID, by=delegate)
    assert state(query) == ANSWERED


def test_asking_and_answering_go_on_after_the_round(
    response: Response, survey: Survey, reviewer: User, officer: User
) -> None:
    survey.close()
    query = Query.ask(response, "cio", ASKED, by=reviewer)
    query.answer(SAID, by=officer)
    assert state(query) == ANSWERED


IMPOSSIBLE: dict[str, dict[str, Any]] = {
    "an unknown side": {"side": "public"},
    "an unknown state": {"state": "lost"},
    "no question": {"question": ""},
    "answered without an answer": {"state": ANSWERED},
    "closed by nobody": {"state": CLOSED},
    "closed and still open": {"closed_at": timezone.now()},
    "a second one of the same side": {"question": "cio"},
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_the_database_refuses_an_impossible_query(name: str, response: Response) -> None:
    Query.objects.create(response=response, question="cio", side="ministry")
    values: dict[str, Any] = {"response": response, "question": "staff", "side": "ministry", **IMPOSSIBLE[name]}
    with pytest.raises(IntegrityError), transaction.atomic():
        Query.objects.create(**values)


SILENT: dict[str, dict[str, Any]] = {
    "no text": {"text": ""},
    "too long a text": {"text": "あ" * (TEXT_LIMIT + 1)},
    "the same key": {"key": "first"},
}


@pytest.mark.parametrize("name", SILENT)
def test_the_database_refuses_an_impossible_message(name: str, response: Response, officer: User) -> None:
    query = Query.objects.create(response=response, question="cio", side="ministry")
    values = {"by": officer, "name": "小林", "text": "あ" * TEXT_LIMIT}
    query.messages.create(**values, key="first")
    with pytest.raises(IntegrityError), transaction.atomic():
        query.messages.create(**{**values, "key": "second", **SILENT[name]})
