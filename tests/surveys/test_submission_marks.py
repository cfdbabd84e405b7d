"""What reviewers note at a submission: 県の確認, and that the reasons were read; both of this submission only."""

from random import Random
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from surveys.models import Event, NotAllowed, Response, Submission, User
from tests.factories import answer, make_ministry
from tests.random_answers import complete_answers


@pytest.fixture
def reviewer(db: None) -> User:
    return make_ministry("reviewer", "shinsa")


@pytest.fixture
def submission(response: Response) -> Submission:
    answers = complete_answers(response.survey.questionnaire, "city", Random(1))
    found = answer(response.survey, response.body, answers, submit=True).submission
    assert found
    return found


def kinds() -> list[str]:
    return list(Event.objects.filter(kind__startswith="submission.").order_by("id").values_list("kind", flat=True))


def test_a_prefecture_endorses_and_takes_it_back_once_each(submission: Submission, prefecture: User) -> None:
    for _ in range(2):
        submission.endorse(by=prefecture)
    submission.refresh_from_db()
    assert submission.endorsed_by == prefecture and submission.endorsed_at
    for _ in range(2):
        submission.take_endorsement_back(by=prefecture)
    submission.refresh_from_db()
    assert submission.endorsed_by is None and submission.endorsed_at is None
    assert kinds() == ["submission.endorsed", "submission.endorsed_taken_back"]
    assert Event.objects.filter(kind="submission.endorsed").get().after == {"receipt": "R2-202037-01"}


def test_the_ministry_notes_once_that_the_reasons_were_read(submission: Submission, reviewer: User) -> None:
    for _ in range(2):
        submission.read_reasons(by=reviewer)
    submission.refresh_from_db()
    assert submission.reasons_read_by == reviewer and submission.reasons_read_at
    assert kinds() == ["submission.reasons_read"]


@pytest.mark.parametrize("person", ["elsewhere", "officer", "approver", "ministry", "reviewer", "nobody"])
def test_nobody_else_endorses(person: str, submission: Submission, request: pytest.FixtureRequest) -> None:
    for move in (submission.endorse, submission.take_endorsement_back):
        with pytest.raises(NotAllowed, match="権限がありません"):
            move(by=request.getfixturevalue(person))


@pytest.mark.parametrize("person", ["prefecture", "officer", "ministry"])
def test_nobody_else_reads_the_reasons(person: str, submission: Submission, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed, match="権限がありません"):
        submission.read_reasons(by=request.getfixturevalue(person))


def test_a_new_submission_is_endorsed_anew(
    submission: Submission, response: Response, prefecture: User, approver: User
) -> None:
    submission.endorse(by=prefecture)
    response.refresh_from_db()
    response.withdraw(submission.receipt, by=approver)
    with pytest.raises(NotAllowed, match="最後の提出ではありません"):
        submission.endorse(by=prefecture)
    again = response.submit(by=approver)
    assert again.receipt == "R2-202037-02" and again.endorsed_at is None
    with pytest.raises(NotAllowed, match="R2-202037-01"):
        submission.endorse(by=prefecture)
    again.endorse(by=prefecture)


def test_the_prefecture_sends_back_until_the_ministry_has_accepted(
    submission: Submission, response: Response, prefecture: User, approver: User, reviewer: User
) -> None:
    response.refresh_from_db()
    response.accept(by=reviewer)
    with pytest.raises(NotAllowed, match="受理"):
        response.send_back("職員数をご確認ください。", by=prefecture)
    response.send_back("職員数をご確認ください。", by=reviewer)
    response.submit(by=approver)
    response.send_back("職員数をご確認ください。", by=prefecture)
    assert Response.objects.get(pk=response.pk).state == "returned"


def test_nobody_accepts_or_sends_back_a_submission_they_have_not_seen(
    submission: Submission, response: Response, approver: User, reviewer: User
) -> None:
    response.refresh_from_db()
    response.withdraw(submission.receipt, by=approver)
    response.submit(by=approver)
    with pytest.raises(NotAllowed, match="もう一度提出されました"):
        response.accept(by=reviewer, receipt=submission.receipt)
    with pytest.raises(NotAllowed, match="もう一度提出されました"):
        response.send_back("ご確認ください。", by=reviewer, receipt=submission.receipt)
    response.accept(by=reviewer, receipt="R2-202037-02")


@pytest.mark.parametrize("half", ["endorsed_at", "reasons_read_at", "endorsed_by", "reasons_read_by"])
def test_the_database_refuses_half_a_mark(half: str, submission: Submission, officer: User) -> None:
    value: Any = timezone.now() if half.endswith("_at") else officer
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(**{half: value})
