"""What about a body needs attending to."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from surveys.attention import ATTENTION, STILL
from surveys.models import Body, Event, Response, User
from surveys.models.events import Entry
from tests.conftest import member_too
from tests.factories import COMPLETE, answer, make_member, make_user, open_round


@pytest.fixture
def response(city: Body) -> Response:
    return Response.objects.get(survey=open_round(), body=city)


def needs(name: str) -> bool:
    return Response.objects.filter(ATTENTION[name].condition()).exists()


def signs_in(user: User) -> None:
    user.last_login = timezone.now()
    user.save()


def long_ago(response: Response) -> None:
    """Everything so far happened longer ago than a body may be still."""
    then = timezone.now() - STILL - timedelta(hours=1)
    response.sections.update(changed_at=then)
    with history_open():
        Event.objects.filter(subject=response.subject).update(at=then)


@contextmanager
def history_open() -> Iterator[None]:
    """A past that a test needs; the database refuses to rewrite the history otherwise (test_history)."""
    _guard("SET CONSTRAINTS ALL IMMEDIATE", "ALTER TABLE surveys_event DISABLE TRIGGER event_is_never_changed")
    yield
    _guard("ALTER TABLE surveys_event ENABLE TRIGGER event_is_never_changed")


def _guard(*commands: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for command in commands:
                cursor.execute(command)


def test_a_body_of_which_nobody_has_signed_in(response: Response) -> None:
    officer, other = make_member(response.body), make_member(response.body)
    assert needs("never_signed_in")
    signs_in(officer)
    assert not needs("never_signed_in")
    officer.set_active(False, by=None)
    assert needs("never_signed_in"), "who cannot sign in any more does not count"
    signs_in(other)
    assert not needs("never_signed_in")


def test_a_coordinator_does_not_answer_for_the_prefecture(nagano: Body) -> None:
    open_round()
    signs_in(make_member(nagano, "coordinator"))
    assert needs("never_signed_in")


def test_who_never_signed_in_and_has_submitted_by_file_needs_nothing(response: Response) -> None:
    answer(response.survey, response.body, COMPLETE, submit=True)
    assert not needs("never_signed_in")


def test_a_body_that_has_begun_and_stands_still(response: Response) -> None:
    assert not needs("stuck"), "not begun yet"
    officer = make_member(response.body)
    answer(response.survey, response.body, COMPLETE)
    assert not needs("stuck")
    long_ago(response)
    assert needs("stuck")
    response.save_section("people", {"cio": {"value": "no"}}, seen={"cio": 9}, by=officer)
    assert not needs("stuck")
    long_ago(response)
    response.survey.close()
    assert not needs("stuck"), "nothing can move any more"


def test_sending_back_is_a_move_and_waiting_for_the_review_is_not_standing_still(response: Response) -> None:
    answer(response.survey, response.body, COMPLETE, submit=True)
    response.refresh_from_db()
    long_ago(response)
    assert not needs("stuck")
    response.send_back("直してください。", by=make_user())
    assert not needs("stuck")
    long_ago(response)
    assert needs("stuck")


def test_a_withdrawal_is_a_move(response: Response) -> None:
    approver = make_member(response.body, "approver")
    answer(response.survey, response.body, COMPLETE, submit=True)
    long_ago(response)
    response.refresh_from_db()
    assert response.submission
    response.withdraw(response.submission.receipt, by=approver)
    assert not needs("stuck")
    long_ago(response)
    assert needs("stuck")


def test_a_mail_is_no_move(response: Response) -> None:
    answer(response.survey, response.body, COMPLETE)
    long_ago(response)
    Event.objects.record([Entry("mail.sent", response.subject)], actor=None)
    assert needs("stuck")


def test_another_round_moves_nothing(response: Response) -> None:
    answer(response.survey, response.body, COMPLETE)
    long_ago(response)
    answer(open_round(2021), response.body, COMPLETE)
    assert Response.objects.filter(ATTENTION["stuck"].condition()).get() == response


def test_an_approver_who_left_is_none(response: Response) -> None:
    assert needs("no_approver")
    approver = make_member(response.body, "approver")
    assert not needs("no_approver")
    approver.leave(response.body, by=None)
    member_too(approver, response.body, "editor")
    assert needs("no_approver")
