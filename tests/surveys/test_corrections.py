"""訂正: who asks, who makes it, what it changes, and what is refused."""

import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from surveys.models import Body, Correction, Event, NotAllowed, Response, Submission, User
from surveys.models.corrections import may_correct, why_not_correct
from surveys.models.events import Entry
from tests.conftest import member_too
from tests.factories import COMPLETE, answer, make_body, make_delegate, make_member, make_ministry, open_round
from tests.surveys.settling import KEY, TENFOLD
from tests.surveys.test_doubts import CALM

pytestmark = pytest.mark.django_db
NO_CIO = {"cio": {"value": "no"}}
FEWER = {"staff": {"cells": {"own": 1, "outside": 1, "resident": 0}}}
REASON = "前年度の値を入れていました。"


@pytest.fixture
def response() -> Response:
    """Submitted in a round that has closed."""
    body = make_body()
    found = answer(open_round(), body, COMPLETE, submit=True)
    found.survey.close()
    return found


@pytest.fixture
def officer(response: Response) -> User:
    return make_member(response.body, "editor", "officer")


@pytest.fixture
def reviewer() -> User:
    return make_ministry("reviewer", "reviewer")


def ask(response: Response, by: User, answers: Any = FEWER, reason: str = REASON, number: int = 1) -> Correction:
    return Correction.ask(response, answers, reason, seen=f"R2-202037-{number:02}", by=by)


def events(kind: str = "correction.") -> list[Event]:
    return list(Event.objects.filter(kind__startswith=kind).order_by("id"))


def current(response: Response) -> Response:
    return Response.objects.select_related("submission").get(pk=response.pk)


def counted(response: Response) -> dict[str, Any]:
    submission = current(response).submission
    assert submission
    found: dict[str, Any] = json.loads(submission.document)
    return found


def test_what_was_asked_for_is_made_and_both_answers_are_kept(
    response: Response, officer: User, reviewer: User
) -> None:
    response.accept(by=reviewer)
    asked = ask(response, officer)
    assert counted(response) == COMPLETE, "asking changes no answer"
    assert (asked.before, asked.changes) == ({"staff": COMPLETE["staff"]}, FEWER)
    submission = asked.make(by=reviewer)
    now = current(response)
    assert (now.state, now.submission, submission.receipt) == ("accepted", submission, "R2-202037-02")
    assert counted(response) == {**COMPLETE, **FEWER} == now.applicable_answers()
    assert submission.is_correction and not now.submissions.get(number=1).is_correction
    assert json.loads(now.submissions.get(number=1).document) == COMPLETE
    assert now.section("people").marks["staff"]["name"] == reviewer.name
    assert (asked.state, asked.ended_by, asked.submission, asked.based_on.number) == ("made", reviewer, submission, 1)
    saved, made = events("answers.saved")[-1], events()[-1]
    assert (saved.reason, saved.before, saved.after) == ("correction", {"staff": COMPLETE["staff"]}, FEWER)
    assert (made.actor, made.reason, made.before) == (reviewer, REASON, {"receipt": "R2-202037-01"})
    assert made.after == {"correction": asked.pk, "receipt": "R2-202037-02"} and made.subject == response.subject


def test_the_ministry_enters_one_at_once(response: Response, reviewer: User) -> None:
    made = Correction.enter(response, FEWER, REASON, seen="R2-202037-01", by=reviewer)
    assert (made.state, made.asked_by, made.ended_by) == ("made", None, reviewer)
    again = Correction.enter(response, FEWER, REASON, seen="R2-202037-01", by=reviewer)
    assert again == made and Submission.objects.count() == 2, "a second click changes nothing"
    assert [event.kind for event in events()] == ["correction.made"]


def test_a_gate_is_corrected_together_with_what_it_opens_and_closes(
    response: Response, officer: User, reviewer: User
) -> None:
    closing = ask(response, officer, NO_CIO)
    assert closing.changes == {**NO_CIO, "post": {}} and closing.before["post"] == COMPLETE["post"]
    closing.make(by=reviewer)
    assert "post" not in counted(response) == current(response).applicable_answers()
    opening = {"cio": COMPLETE["cio"]}
    with pytest.raises(NotAllowed, match="新しく答える問もいっしょに"):
        ask(response, officer, opening, number=2)
    both = ask(response, officer, {**opening, "post": {"value": "head"}}, number=2)
    both.make(by=reviewer)
    assert counted(response) == COMPLETE


def test_the_same_click_is_the_same_correction(response: Response, officer: User) -> None:
    first = ask(response, officer)
    assert ask(response, officer) == first and Correction.objects.count() == 1 == len(events())
    first.withdraw(by=officer)
    assert ask(response, officer) != first, "what was taken back can be asked for again"


def test_who_may_ask(response: Response, officer: User, reviewer: User) -> None:
    approver = make_member(response.body, "approver")
    assert ask(response, approver).asked_by == approver
    delegate = make_delegate(response, by=officer)
    neighbour = make_member(make_body("202011", "長野市"))
    coordinator = make_member(make_body("200000", "長野県", "prefecture"), "coordinator")
    member_too(coordinator, response.body, "coordinator")
    for user in (delegate, neighbour, coordinator, reviewer):
        with pytest.raises(NotAllowed, match="取りまとめ担当者と決裁者だけ"):
            ask(response, user)
    asked = Correction.objects.get()
    for user in (delegate, neighbour, coordinator, reviewer):
        with pytest.raises(NotAllowed, match="取りまとめ担当者と決裁者だけ"):
            asked.withdraw(by=user)


def test_who_may_make_one(response: Response, officer: User) -> None:
    asked = ask(response, officer)
    for user in (make_ministry("viewer"), officer):
        assert not may_correct(user)
        with pytest.raises(NotAllowed, match="審査の担当者だけ"):
            asked.make(by=user)
        with pytest.raises(NotAllowed, match="審査の担当者だけ"):
            asked.decline("違います。", by=user)
        with pytest.raises(NotAllowed, match="審査の担当者だけ"):
            Correction.enter(response, FEWER, REASON, seen="R2-202037-01", by=user)
    assert may_correct(make_ministry("manager"))


def test_one_that_is_decided_is_not_decided_again(response: Response, officer: User, reviewer: User) -> None:
    declined, taken_back = ask(response, officer), ask(response, officer, NO_CIO)
    with pytest.raises(NotAllowed, match="理由を書いて"):
        declined.decline(" ", by=reviewer)
    declined.decline("台帳と合いません。", by=reviewer)
    assert (declined.state, declined.decline_reason) == ("declined", "台帳と合いません。")
    assert (events()[-1].kind, events()[-1].reason) == ("correction.declined", "台帳と合いません。")
    taken_back.withdraw(by=officer)
    taken_back.withdraw(by=officer)
    assert [event.kind for event in events()].count("correction.withdrawn") == 1
    for each in (declined, taken_back):
        with pytest.raises(NotAllowed, match="この訂正は今"):
            each.make(by=reviewer)
        with pytest.raises(NotAllowed, match="この訂正は今"):
            each.decline("違います。", by=reviewer)
    with pytest.raises(NotAllowed, match="この訂正は今「訂正しない」です"):
        declined.withdraw(by=officer)
    assert counted(response) == COMPLETE


def test_while_the_body_can_change_it_itself_there_is_no_correction(reviewer: User) -> None:
    body = make_body()
    response = answer(open_round(), body, COMPLETE)
    officer = make_member(response.body)
    assert "提出した回答だけ" in why_not_correct(response)
    with pytest.raises(NotAllowed, match="提出した回答だけ"):
        ask(response, officer)
    response = answer(response.survey, response.body, COMPLETE, submit=True)
    with pytest.raises(NotAllowed, match="取り下げるか差し戻して"):
        ask(response, officer)
    response.accept(by=reviewer)
    assert ask(current(response), officer).state == "asked", "accepted answers are out of the body's hands"


def test_what_was_sent_back_meanwhile_is_not_corrected(response: Response, officer: User, reviewer: User) -> None:
    asked = ask(response, officer)
    response.send_back("直してください。", by=reviewer)
    with pytest.raises(NotAllowed, match="提出した回答だけ"):
        asked.make(by=reviewer)


def test_what_somebody_did_not_see_is_not_overwritten(response: Response, officer: User, reviewer: User) -> None:
    first, second, other = ask(response, officer), ask(response, officer, reason="数え直しました。"), None
    other = ask(response, officer, {"measures": {"values": ["counter"]}})
    first.make(by=reviewer)
    with pytest.raises(NotAllowed, match="画面を開いたあとに"):
        ask(response, officer, NO_CIO)
    with pytest.raises(NotAllowed, match="同じ問の回答が変わりました"):
        second.make(by=reviewer)
    other.make(by=reviewer)
    assert counted(response) == {**COMPLETE, **FEWER, "measures": {"values": ["counter"]}}
    assert other.based_on.number == 2, "another question of the same response was corrected between"


@pytest.mark.parametrize(
    ("answers", "reason", "words"),
    [
        (FEWER, "  ", "理由を書いて"),
        ({"staff": COMPLETE["staff"]}, REASON, "違うところがありません"),
        ({"staff": {}}, REASON, "足りないか合わない"),
        ({"staff": {"cells": {"own": 1, "outside": 1, "resident": 9}}}, REASON, "足りないか合わない"),
    ],
)
def test_what_is_no_correction(response: Response, officer: User, answers: Any, reason: str, words: str) -> None:
    with pytest.raises(NotAllowed, match=words):
        ask(response, officer, answers, reason)
    assert not Correction.objects.exists()


def test_the_reason_of_a_correction_settles_new_doubts(city: Body, reviewer: User) -> None:
    """Ten times the outside staff of the round before: nobody is asked a second time why."""
    answer(open_round(2020, "doubts"), city, CALM, submit=True)
    response = answer(open_round(2021, "doubts"), city, CALM, submit=True)
    response.survey.close()
    tenfold = {"staff": TENFOLD["staff"]}
    made = Correction.enter(response, tenfold, REASON, seen="R3-202037-01", by=reviewer)
    assert made.submission
    assert [(each.doubt.key, each.reason and each.reason.text) for each in made.submission.doubted] == [(KEY, REASON)]
    Response.objects.update(synthetic=True)
    calm = Correction.enter(response, {"staff": CALM["staff"]}, REASON, seen="R3-202037-02", by=reviewer)
    assert calm.submission
    again = Correction.enter(response, tenfold, REASON, seen=calm.submission.receipt, by=reviewer)
    assert again.submission and again.submission.doubted == [], "made-up answers are made question by question"


def test_the_database_refuses_impossible_corrections(response: Response, officer: User, reviewer: User) -> None:
    asked = ask(response, officer)
    changes: list[dict[str, Any]] = [
        {"state": "lost"},
        {"state": "made"},
        {"reason": ""},
        {"changes": {}},
        {"asked_by": None},
        {"ended_by": reviewer},
        {"submission": response.submission},
        {"decline_reason": "x"},
        {"state": "withdrawn"},
        {"state": "declined", "ended_by": reviewer, "ended_at": asked.at},
    ]
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            Correction.objects.filter(pk=asked.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.create(
            response=response,
            based_on=asked.based_on,
            before={},
            changes=FEWER,
            reason="x",
            asked_by=officer,
            key=asked.key,
        )
    assert isinstance(asked._entry(), Entry) and str(asked).endswith(f"訂正{asked.pk}")
