"""Two people at the same moment, each on a connection of their own: no save is lost, none is half, no receipt twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from surveys.models import Event, NotAllowed, Response, Submission, User
from tests.factories import COMPLETE, answer, make_body, make_member, open_round

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
            saved = response.save_section("people", change, seen=versions[-1], by=user)
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
        lambda: response.save_section("services", change, seen=1, by=approver),
    )
    assert ("counter" in submission.document) != isinstance(saved, NotAllowed)
