"""Comments on a question: who writes and reads them, what the history keeps, and that none is lost or doubled."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from surveys.models import Body, Comment, Event, NotAllowed, Response, Survey, User
from surveys.models.comments import TEXT_LIMIT
from tests.conftest import member_too
from tests.factories import make_member, make_ministry

BODY, MINISTRY, REMARK = Comment.Audience
READERS = {
    "officer": {BODY, MINISTRY},
    "approver": {BODY, MINISTRY},
    "prefecture": {MINISTRY},
    "ministry": {MINISTRY},
}


@pytest.mark.parametrize("person", READERS)
def test_who_reads_what(person: str, response: Response, request: pytest.FixtureRequest) -> None:
    author = make_member(response.body)
    for audience in (BODY, MINISTRY):
        response.comment("cio", audience, "確認済みです。", by=author)
    found = response.comments.for_user(request.getfixturevalue(person))
    assert {comment.audience for comment in found} == READERS[person]


def test_a_coordinator_who_is_also_a_member_reads_inside_only_the_own_body(
    response: Response, prefecture: User, nagano: Body, survey: Survey
) -> None:
    member_too(prefecture, nagano, "editor")
    own = survey.responses.get(body=nagano)
    response.comment("cio", BODY, "中だけの話です。", by=make_member(response.body))
    own.comment("cio", BODY, "県の中だけの話です。", by=make_member(nagano))
    assert [comment.text for comment in Comment.objects.for_user(prefecture)] == ["県の中だけの話です。"]


def test_a_comment_is_cleaned_and_keeps_who_wrote_it(response: Response, officer: User) -> None:
    comment = response.comment("cio", BODY, "  か\u3099くにん\r\n済み\x00 ", by=officer)
    officer.name, officer.division = "小林（旧姓） 直樹", "税務課"
    officer.save()
    comment.refresh_from_db()
    assert str(comment) == "令和2年度 長野県上田市 cio 小林 直樹"
    assert (comment.text, comment.name, comment.division) == ("がくにん\n済み", "小林 直樹", "")


def test_the_history_never_holds_the_text(response: Response, officer: User) -> None:
    comment = response.comment("cio", BODY, "内輪の話です。", by=officer)
    comment.withdraw(by=officer)
    added, withdrawn = Event.objects.under(response.subject)
    assert (added.kind, withdrawn.kind) == ("comment.added", "comment.withdrawn")
    assert {added.subject, withdrawn.subject} == {"response 2020-202037 people"}
    assert added.after == withdrawn.after == {"comment": comment.pk, "question": "cio", "audience": "body"}
    assert {added.actor, withdrawn.actor} == {officer}


def test_a_double_click_writes_and_withdraws_once(response: Response, officer: User, approver: User) -> None:
    first = response.comment("cio", BODY, "確認済みです。", by=officer, page="a")
    assert response.comment("cio", BODY, "確認済みです。 ", by=officer, page="a") == first
    others = [
        response.comment("cio", BODY, "確認済みです。", by=officer, page="b"),
        response.comment("cio", BODY, "確認済みです。", by=approver, page="a"),
        response.comment("cio", BODY, "直してから、もう一度。", by=officer, page="a"),
        response.comment("cio", MINISTRY, "確認済みです。", by=officer, page="a"),
    ]
    assert Comment.objects.count() == len({first, *others}) == 5
    for _ in range(2):
        first.withdraw(by=officer)
    assert Event.objects.filter(kind="comment.withdrawn").count() == 1
    assert response.comment("cio", BODY, "確認済みです。", by=officer, page="a") != first


def test_only_members_write_and_only_the_author_withdraws(
    response: Response, officer: User, approver: User, neighbour: User, prefecture: User, ministry: User
) -> None:
    for person in (neighbour, prefecture, ministry):
        with pytest.raises(NotAllowed, match="団体の担当者と決裁者"):
            response.comment("cio", MINISTRY, "確認済みです。", by=person)
    comment = response.comment("cio", MINISTRY, "確認済みです。", by=officer)
    for person in (approver, ministry):
        with pytest.raises(NotAllowed, match="書いた人だけ"):
            comment.withdraw(by=person)
    assert comment.withdrawn_at is None


def test_only_who_reviews_for_the_ministry_remarks_to_the_body(
    response: Response, officer: User, prefecture: User, ministry: User
) -> None:
    for person in (officer, prefecture, ministry):
        with pytest.raises(NotAllowed, match="審査の担当者だけ"):
            response.comment("cio", REMARK, "ご確認ください。", by=person)
    remark = response.comment("cio", REMARK, "ご確認ください。", by=make_ministry("reviewer"))
    for person in (officer, prefecture, ministry):
        assert remark in response.comments.for_user(person)


def test_after_the_round_only_the_body_is_told(response: Response, officer: User, survey: Survey) -> None:
    survey.close()
    with pytest.raises(NotAllowed, match="受付が終わった"):
        response.comment("cio", MINISTRY, "直したいところがあります。", by=officer)
    assert response.comment("cio", BODY, "来年はここから始めてください。", by=officer).pk


IMPOSSIBLE: dict[str, dict[str, Any]] = {
    "an unknown audience": {"audience": "public"},
    "no text": {"text": ""},
    "too long a text": {"text": "あ" * (TEXT_LIMIT + 1)},
    "no question": {"question": ""},
    "the same key": {"key": "first"},
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_the_database_refuses(name: str, response: Response, officer: User) -> None:
    values = {"response": response, "question": "cio", "audience": "body", "by": officer, "name": "小林"}
    Comment.objects.create(**values, key="first", text="あ" * TEXT_LIMIT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.create(**{**values, "key": "second", "text": "確認", **IMPOSSIBLE[name]})
