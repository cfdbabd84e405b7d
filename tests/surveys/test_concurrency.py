"""Two people at the same moment, each on a connection of their own: no save is lost, none is half, no receipt twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from aggregation import report
from aggregation.models import Run
from surveys.models import (
    Comment,
    Correction,
    Delegation,
    Event,
    Guest,
    Invitation,
    NotAllowed,
    Query,
    Response,
    Submission,
    Task,
    User,
)
from surveys.models.sections import Given
from tests.factories import COMPLETE, PASSWORD, answer, make_body, make_delegate, make_member, make_ministry, open_round

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*tasks: Callable[[], Any]) -> list[Any]:
    """Run the tasks in threads that start together; a NotAllowed is a result too."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return task()
        except NotAllowed as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


@pytest.fixture
def response() -> Response:
    make_body()
    return Response.objects.get(survey=open_round())


def save(response: Response, user: User, question: str, times: int) -> Callable[[], list[int]]:
    """A task that saves one question again and again, each time against the version its own last save gave."""

    def task() -> list[int]:
        versions = [0]
        for number in range(1, times + 1):
            change = {
                question: {"cells": {"own": number}}
                if question == "staff"
                else {"value": "yes" if number % 2 else "no"}
            }
            saved = response.save_section("people", change, seen={question: versions[-1]}, by=user)
            assert not saved.conflicts
            versions.append(saved.version)
        return versions[1:]

    return task


def test_saves_of_two_people_are_all_there(response: Response) -> None:
    first, second = make_member(response.body), make_member(response.body)
    found = at_once(save(response, first, "staff", 15), save(response, second, "cio", 15))
    assert sorted(found[0] + found[1]) == list(range(1, 31))
    assert response.answers() == {"staff": {"cells": {"own": 15}}, "cio": {"value": "yes"}}
    saved = Event.objects.filter(kind="answers.saved")
    assert saved.count() == 30 and saved.filter(actor=first).count() == 15
    hashes = list(Event.objects.values_list("previous", "hash"))
    assert [previous for previous, _ in hashes[1:]] == [hash for _, hash in hashes[:-1]]


def test_two_clicks_on_submit_make_one_submission(response: Response) -> None:
    approver = make_member(response.body, "approver")
    answer(response.survey, response.body, COMPLETE)

    def submit() -> str:
        return Response.objects.get(pk=response.pk).submit(by=approver).receipt

    found = at_once(submit, submit)
    assert sorted(str(result) for result in found) == ["R2-202037-01", "提出済みのため、変更できません。"]
    assert Submission.objects.count() == 1


def test_nothing_is_saved_once_it_is_submitted(response: Response) -> None:
    approver = make_member(response.body, "approver")
    answer(response.survey, response.body, COMPLETE)
    change = {"measures": {"values": ["counter"]}}
    submission, saved = at_once(
        lambda: Response.objects.get(pk=response.pk).submit(by=approver),
        lambda: response.save_section("services", change, seen=dict.fromkeys(change, 1), by=approver),
    )
    assert ("counter" in submission.document) != isinstance(saved, NotAllowed)


def test_two_at_once_accept_an_invitation_and_one_has_an_account(response: Response) -> None:
    made = Invitation.invite(
        response, Guest("柳沢 由紀"), ["people"], Task(), key="page", by=make_member(response.body)
    )

    def accept(sign_in_id: str) -> Callable[[], str]:
        def task() -> str:
            found = Invitation.objects.get(pk=made.pk)
            return found.register(sign_in_id, PASSWORD, name="柳沢 由紀", division="").sign_in_id

        return task

    results = [str(result) for result in at_once(accept("one"), accept("two"))]
    assert "この招待は、もう使えません。" in results
    (name,) = {*results} & {"one", "two"}
    assert User.objects.get(name="柳沢 由紀").sign_in_id == name
    assert response.delegations.get().person.sign_in_id == name


def test_a_section_given_to_two_at_once_has_one_holder(response: Response) -> None:
    leader, first, second = (make_member(response.body) for _ in range(3))
    at_once(*(lambda to=to: Delegation.give(response, ["people"], to, Task(), by=leader) for to in (first, second)))
    assert response.delegations.get().person in (first, second)
    assert Event.objects.filter(kind="delegation.given").count() == 2


def test_two_approvers_who_replace_each_other_leave_one(response: Response) -> None:
    first, second = (make_member(response.body, "approver") for _ in range(2))
    body = response.body
    at_once(lambda: first.hand_over(body, second, by=second), lambda: second.hand_over(body, first, by=first))
    assert [bool(user.places()) for user in (first, second)].count(True) == 1


def test_a_save_and_a_replacement_at_once(response: Response) -> None:
    leader, heir = make_member(response.body), make_member(response.body)
    delegate = make_delegate(response, "people", by=leader)
    saved, _ = at_once(
        lambda: response.save_section("people", {"cio": {"value": "no"}}, seen={}, by=delegate),
        lambda: delegate.hand_over(response.body, heir, by=leader),
    )
    assert bool(response.answers()) != isinstance(saved, NotAllowed)
    assert response.delegations.get().person == heir and delegate.places() == set()


def test_two_clicks_on_a_comment_write_it_once(response: Response) -> None:
    officer = make_member(response.body)
    first, second = at_once(*[lambda: response.comment("cio", "body", "確認済みです。", by=officer, page="a")] * 2)
    assert first == second == Comment.objects.get()
    assert Event.objects.filter(kind="comment.added").count() == 1


def test_two_who_make_one_correction_make_it_once(response: Response) -> None:
    answer(response.survey, response.body, COMPLETE, submit=True)
    response.survey.close()
    fewer = {"staff": {"cells": {"own": 1, "outside": 1, "resident": 0}}}
    asked = Correction.ask(response, fewer, "数え直しました。", seen="R2-202037-01", by=make_member(response.body))
    first, second = make_ministry("reviewer"), make_ministry("manager")
    results = at_once(
        *(lambda by=by: Correction.objects.get(pk=asked.pk).make(by=by).receipt for by in (first, second))
    )
    assert sorted(map(str, results)) == ["R2-202037-02", "この訂正は今「訂正済」です。"]
    assert Submission.objects.count() == 2 and Event.objects.filter(kind="correction.made").count() == 1


def test_two_clicks_enter_one_correction(response: Response) -> None:
    answer(response.survey, response.body, COMPLETE, submit=True)
    response.survey.close()
    by, fewer = make_ministry("reviewer"), {"staff": {"cells": {"own": 1, "outside": 1, "resident": 0}}}
    made = at_once(*[lambda: Correction.enter(response, fewer, "数え直した。", seen="R2-202037-01", by=by)] * 2)
    assert made[0] == made[1] == Correction.objects.get() and Submission.objects.count() == 2


def test_two_who_publish_make_one_edition(response: Response) -> None:
    answer(response.survey, response.body, COMPLETE, submit=True)
    response.survey.close()
    run = report.compute(response.survey).run
    at_once(*[lambda: Run.objects.get(pk=run.pk).publish(by=None)] * 2)
    assert [found.edition for found in Run.objects.all()] == [1]
    assert Event.objects.filter(kind="run.published").count() == 1


def test_of_two_reasons_at_once_one_is_stored_and_the_other_is_told(response: Response) -> None:
    answer(response.survey, response.body, COMPLETE)
    people = [make_member(response.body) for _ in range(2)]

    def give(user: User) -> tuple[str, ...]:
        reasons = {"check.staff.own": Given(user.sign_in_id, "facts", "")}
        return response.save_section("people", {}, seen={}, by=user, reasons=reasons).newer

    found = at_once(*(lambda user=user: give(user) for user in people))
    assert sorted(found) == [(), ("check.staff.own",)]
    stored = response.reasons()["check.staff.own"]
    assert stored["text"] == people[found.index(())].sign_in_id
    assert Event.objects.filter(kind="reasons.saved").count() == 1


def test_two_who_ask_at_once_make_one_query(response: Response) -> None:
    first, second = make_ministry("reviewer"), make_ministry("reviewer")
    found = at_once(
        lambda: Query.ask(response, "cio", "任命の日は。", by=first, seen=0),
        lambda: Query.ask(response, "cio", "辞令の写しは。", by=second, seen=0),
    )
    assert [isinstance(result, NotAllowed) for result in found].count(True) == 1
    assert Query.objects.get().messages.count() == 1


def test_an_answer_and_the_end_of_its_query_at_once(response: Response) -> None:
    officer, reviewer = make_member(response.body), make_ministry("reviewer")
    query = Query.ask(response, "cio", "任命の日は。", by=reviewer)
    at_once(
        lambda: Query.objects.get(pk=query.pk).answer("4月1日です。", by=officer, seen=1),
        lambda: Query.objects.get(pk=query.pk).close(by=reviewer, seen=1),
    )
    query.refresh_from_db()
    assert (query.state, query.messages.count()) in ((Query.State.ANSWERED, 2), (Query.State.CLOSED, 1))


def test_accepting_and_taking_back_at_once_leaves_one_of_them(response: Response) -> None:
    reviewer, approver = make_ministry("reviewer"), make_member(response.body, "approver")
    answer(response.survey, response.body, COMPLETE)
    receipt = Response.objects.get(pk=response.pk).submit(by=approver).receipt
    at_once(
        lambda: response.accept(by=reviewer, receipt=receipt),
        lambda: Response.objects.get(pk=response.pk).withdraw(receipt, by=approver),
    )
    moves = Event.objects.filter(kind__in=("response.accepted", "response.withdrawn"))
    assert moves.count() == 1
