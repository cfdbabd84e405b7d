"""Rounds and responses: saving merges by question, states move with their events, the database refuses the rest."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from surveys.accounts import display_name
from surveys.answers import fingerprint
from surveys.models import Event, NotAllowed, Response, SectionAnswers, Submission, Survey
from surveys.models.dates import Dates
from surveys.models.rounds import RoundNotOpen
from tests.factories import (
    COMPLETE,
    answer,
    document,
    make_body,
    make_member,
    make_ministry,
    make_prefecture,
    make_round,
    make_user,
    open_round,
)

pytestmark = pytest.mark.django_db
MAY = datetime(2021, 5, 28, tzinfo=UTC)
YES, NO = {"value": "yes"}, {"value": "no"}


@pytest.fixture
def response() -> Response:
    make_body()
    return Response.objects.get(survey=open_round())


def kinds() -> list[str]:
    return list(Event.objects.values_list("kind", flat=True))


# Rounds


def test_a_round_is_renewed_while_it_is_a_draft_and_frozen_once_it_opens() -> None:
    make_body()
    survey = make_round()
    assert Survey.load(2020, document())[1] == "same"
    other = {**document(), "glossary.toml": {"term": document()["glossary.toml"]["term"] * 1}}
    other["questionnaire.toml"] = {**other["questionnaire.toml"], "title": {"ja": "改めた調査", "en": "Renewed"}}
    assert Survey.load(2020, other)[1] == "changed"
    survey.refresh_from_db()
    survey.open()
    with pytest.raises(RoundNotOpen, match="frozen"):
        Survey.load(2020, document())
    with pytest.raises(RoundNotOpen, match="今「受付中」"):
        survey.open()
    survey.close()
    with pytest.raises(RoundNotOpen, match="今「受付終了」"):
        survey.close()
    assert kinds() == ["survey.added", "survey.changed", "survey.opened", "survey.closed"]


def test_a_round_does_not_open_without_bodies() -> None:
    with pytest.raises(RoundNotOpen, match="団体がありません"):
        make_round().open()


def test_years_are_words_of_the_round() -> None:
    texts = {year: make_round(year).questionnaire.question_by_id["use-school"].text for year in (2020, 2021)}
    assert texts[2020].ja == "令和元年度の実績を記入してください。"
    assert texts[2021].in_language("en") == "Results of FY2020."


# Saving


def test_saves_of_different_questions_merge_and_of_the_same_question_conflict(response: Response) -> None:
    kobayashi, miyazawa = (make_member(response.body, name=name) for name in ("小林", "宮澤"))
    first = response.save_section("people", {"cio": YES}, seen={}, by=kobayashi)
    assert (first.version, first.conflicts) == (1, ())
    merged = response.save_section("people", {"post": {"value": "head"}}, seen={}, by=miyazawa)
    assert (merged.version, merged.conflicts) == (2, ())
    refused = response.save_section("people", {"cio": NO, "staff": {"cells": {"own": 1}}}, seen={}, by=miyazawa)
    (conflict,) = refused.conflicts
    assert (conflict.question, conflict.mine, conflict.theirs, conflict.by) == ("cio", NO, YES, "小林")
    assert response.answers() == {"cio": YES, "post": {"value": "head"}}
    chosen = response.save_section("people", {"cio": NO}, seen={"cio": refused.version}, by=miyazawa)
    assert chosen.conflicts == () and response.answers()["cio"] == NO


def test_the_same_value_twice_is_no_conflict_and_no_event(response: Response) -> None:
    user = make_member(response.body)
    response.save_section("people", {"cio": YES}, seen={}, by=user)
    again = response.save_section("people", {"cio": YES}, seen={}, by=user)
    assert (again.version, again.conflicts) == (1, ())
    assert kinds().count("answers.saved") == 1


def test_a_save_is_an_event_with_before_and_after(response: Response) -> None:
    user = make_member(response.body)
    response.save_section("people", {"cio": YES}, seen={}, by=user)
    response.save_section("people", {"cio": {}}, seen={"cio": 1}, by=user)
    event = Event.objects.about("response 2020-202037 people").last()
    assert event is not None
    assert (event.before, event.after, event.actor, event.reason) == ({"cio": YES}, {"cio": {}}, user, "form")
    assert response.answers() == {}


def test_who_may_not_save(response: Response) -> None:
    with pytest.raises(NotAllowed, match="権限"):
        response.save_section("people", {"cio": YES}, seen={}, by=make_user())
    member = make_member(response.body)
    response.survey.close()
    with pytest.raises(NotAllowed, match="受付が終わった"):
        response.save_section("people", {"cio": YES}, seen={}, by=member)


# States


def test_submit_return_submit_accept(response: Response) -> None:
    approver, ministry = make_member(response.body, "approver"), make_user(is_staff=True)
    with pytest.raises(NotAllowed, match="あと6か所"):
        response.submit(by=approver)
    answer(response.survey, response.body, {**COMPLETE, "cio": NO, "post": COMPLETE["post"]} | {"post": {}})
    response.refresh_from_db()
    with pytest.raises(NotAllowed, match="決裁者だけ"):
        response.submit(by=make_member(response.body))
    first = response.submit(by=approver)
    assert (first.receipt, first.number, response.state) == ("R2-202037-01", 1, "submitted")
    assert first.fingerprint == fingerprint(response.applicable_answers())
    with pytest.raises(NotAllowed, match="提出済み"):
        response.save_section("people", {"cio": YES}, seen={"cio": 1}, by=approver)
    with pytest.raises(NotAllowed, match="提出済み"):
        response.submit(by=approver)
    with pytest.raises(NotAllowed, match="理由"):
        response.send_back(" ", by=ministry)
    response.send_back("職員数を確かめてください。", by=ministry)
    assert (response.state, response.return_reason) == ("returned", "職員数を確かめてください。")
    response.save_section(
        "people", {"staff": {"cells": {"own": 4, "outside": 2, "resident": 1}}}, seen={"staff": 1}, by=approver
    )
    second = response.submit(by=approver)
    assert (second.receipt, response.return_reason) == ("R2-202037-02", "")
    response.accept(by=ministry)
    with pytest.raises(NotAllowed, match="今「受理」"):
        response.accept(by=ministry)
    moves = [kind for kind in kinds() if kind.startswith("response.")]
    assert moves == ["response.submitted", "response.returned", "response.submitted", "response.accepted"]
    assert Submission.objects.count() == 2


def test_the_approver_withdraws_until_the_deadline(response: Response) -> None:
    approver, officer = make_member(response.body, "approver"), make_member(response.body)
    response = answer(response.survey, response.body, COMPLETE)
    with pytest.raises(NotAllowed, match="最後の提出ではありません"):
        response.withdraw("R2-202037-01", by=approver)
    response.submit(by=approver)
    with pytest.raises(NotAllowed, match="決裁者だけ"):
        response.withdraw("R2-202037-01", by=officer)
    response.survey.set_dates(Dates(timezone.now() - timedelta(minutes=1)), by=None)
    with pytest.raises(NotAllowed, match="期限を過ぎた"):
        response.withdraw("R2-202037-01", by=approver)
    response.survey.set_dates(Dates(timezone.now() + timedelta(days=1)), by=None)
    for _ in ("once", "a double click"):
        response.withdraw("R2-202037-01", by=approver)
        assert response.state == "draft"
    response.save_section(
        "people", {"staff": {"cells": {"own": 4, "outside": 2, "resident": 1}}}, seen={"staff": 1}, by=officer
    )
    assert response.submit(by=approver).receipt == "R2-202037-02"
    with pytest.raises(NotAllowed, match="最後の提出ではありません"):
        response.withdraw("R2-202037-01", by=approver)  # a page from before the second submission
    response.accept(by=approver)
    with pytest.raises(NotAllowed, match="今「受理」"):
        response.withdraw("R2-202037-02", by=approver)
    response.survey.close()
    with pytest.raises(NotAllowed, match="受付が終わった"):
        response.withdraw("R2-202037-02", by=approver)
    moves = [kind for kind in kinds() if kind.startswith("response.")]
    assert moves == ["response.submitted", "response.withdrawn", "response.submitted", "response.accepted"]


def test_the_dates_end_beginning_and_then_changing(response: Response) -> None:
    officer, past = make_member(response.body), timezone.now() - timedelta(minutes=1)
    response.survey.set_dates(Dates(past, past), by=None)
    with pytest.raises(NotAllowed, match="新しく回答を始められる期間"):
        response.save_section("people", {"cio": YES}, seen={}, by=officer)
    response.survey.set_dates(Dates(past), by=None)
    response.save_section("people", {"cio": YES}, seen={}, by=officer)
    response.survey.set_dates(Dates(past, past), by=None)
    response.save_section("people", {"cio": NO}, seen={"cio": 1}, by=officer)
    response.survey.set_dates(Dates(past, past, past), by=None)
    with pytest.raises(NotAllowed, match="変えられる期間"):
        response.save_section("people", {"cio": YES}, seen={"cio": 2}, by=officer)


def test_an_extension_stands_in_the_place_of_the_dates(response: Response) -> None:
    officer, now = make_member(response.body), timezone.now()
    response.survey.set_dates(Dates(*[now - timedelta(minutes=1)] * 3), by=None)
    response.extend(now + timedelta(days=3), "災害の対応", by=officer)
    assert (response.due, response.is_editable) == (now + timedelta(days=3), True)
    response.save_section("people", {"cio": YES}, seen={}, by=officer)
    response.extend(now + timedelta(days=4), "災害の対応", by=officer)
    Response.objects.filter(pk=response.pk).update(extended_until=now)
    with pytest.raises(NotAllowed, match="変えられる期間"):
        response.save_section("people", {}, seen={}, by=officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.filter(pk=response.pk).update(extension_reason="")
    response.survey.close()
    with pytest.raises(NotAllowed, match="受付終了"):
        response.extend(now + timedelta(days=5), "災害の対応", by=officer)


def test_two_rounds_are_open_each_under_its_own_questionnaire(response: Response) -> None:
    other = answer(open_round(2021, "pages"), response.body, {}).survey
    response.save_section("people", {"cio": YES}, seen={}, by=make_member(response.body))
    assert other.is_open and response.survey.is_open
    assert other.questionnaire.sections != response.survey.questionnaire.sections
    assert not other.responses.get(body=response.body).answers()


def test_nobody_submits_what_they_have_not_seen(response: Response) -> None:
    approver = make_member(response.body, "approver")
    answer(response.survey, response.body, COMPLETE)
    seen = fingerprint(response.applicable_answers())
    response.save_section("services", {"measures": {"values": ["counter"]}}, seen={"measures": 1}, by=approver)
    with pytest.raises(NotAllowed, match="ほかの人が回答を変えました"):
        response.submit(by=approver, reviewed=seen)
    first = response.submit(by=approver, reviewed=fingerprint(response.applicable_answers()))
    assert response.submit(by=approver, reviewed=first.fingerprint) == first
    assert Submission.objects.count() == 1


def test_a_submission_leaves_out_what_does_not_apply_and_the_draft_keeps_it(response: Response) -> None:
    user = make_member(response.body, "approver")
    answer(response.survey, response.body, COMPLETE)
    response.save_section("people", {"cio": NO}, seen={"cio": 1}, by=user)
    submission = response.submit(by=user)
    assert '"post"' not in submission.document
    assert response.answers()["post"] == {"value": "head"}


# Who sees what


def test_for_user() -> None:
    ueda, nagano, chiyoda = (
        make_body(),
        make_prefecture(),
        make_body("131016", "千代田区", "special_ward", prefecture="東京都"),
    )
    open_round()

    def seen(user: Any) -> list[str]:
        return [response.body.code for response in Response.objects.for_user(user)]

    assert seen(make_member(ueda)) == ["202037"]
    assert seen(make_member(chiyoda, "approver")) == ["131016"]
    assert seen(make_member(nagano, "coordinator")) == ["202037"]
    assert seen(make_member(nagano, "editor")) == ["200000"]
    assert seen(make_user()) == []
    assert seen(make_ministry()) == ["131016", "200000", "202037"]
    assert seen(make_user(is_staff=True)) == []


def test_a_coordinator_sees_and_does_not_edit() -> None:
    body, nagano = make_body(), make_prefecture()
    open_round()
    coordinator = make_member(nagano, "coordinator")
    response = Response.objects.for_user(coordinator).get()
    assert (
        response.body == body and not response.may_edit(coordinator, "people") and not response.may_submit(coordinator)
    )


# What the database refuses


def refused(**fields: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.update(**fields)


def test_the_database_refuses_impossible_responses(response: Response) -> None:
    refused(state="lost")
    refused(state="submitted")
    answer(response.survey, response.body, COMPLETE, submit=True)
    refused(state="returned")
    for thing in (
        Response(survey=response.survey, body=response.body, name="上田市", kind="city"),
        SectionAnswers(response=response, section="people", version=1),
        SectionAnswers(response=response, section="new", version=0),
        Submission(response=response, number=1, receipt="another", document="{}", fingerprint=""),
        Submission(response=response, number=2, receipt="R2-202037-01", document="{}", fingerprint=""),
        Submission(response=response, number=0, receipt="zero", document="{}", fingerprint=""),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            thing.save()


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "lost"},
        {"state": "open", "opened_at": None},
        {"state": "closed", "closed_at": None},
        {"state": "published", "closed_at": None},
        {"deadline": MAY, "begin_until": MAY - timedelta(1)},
        {"begin_until": MAY, "edit_until": MAY - timedelta(1)},
        {"deadline": MAY, "edit_until": MAY - timedelta(1)},
    ],
)
def test_the_database_refuses_impossible_rounds(fields: dict[str, Any]) -> None:
    make_body()
    survey = open_round()
    with pytest.raises(IntegrityError), transaction.atomic():
        Survey.objects.filter(pk=survey.pk).update(**fields)


def test_the_database_refuses_a_second_membership_and_unknown_roles() -> None:
    user = make_member(make_body())
    membership = user.memberships.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        user.memberships.create(body=membership.body, role="editor")
    with pytest.raises(IntegrityError), transaction.atomic():
        user.memberships.update(role="king")
    with pytest.raises(IntegrityError), transaction.atomic():
        type(user).objects.update(sign_in_id="Upper")


# History


def test_events_are_a_chain_that_is_only_appended_to(response: Response) -> None:
    response.save_section("people", {"cio": YES}, seen={}, by=make_member(response.body))
    previous = ""
    for event in Event.objects.all():
        assert event.previous == previous and event.hash == event.expected_hash()
        previous = event.hash
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()
    fork = Event(kind="x", subject="x", at=event.at, previous=event.previous, hash="f" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Model.save_base(fork, force_insert=True)


def test_a_superuser_is_ministry_staff() -> None:
    user = type(make_user()).objects.create_superuser("Root.1", "a-long-enough-password", name="総務")
    assert (user.sign_in_id, user.is_staff, user.is_superuser) == ("root.1", True, True)
    assert display_name(user) == "総務"


def test_a_code_with_a_wrong_check_digit_is_refused_by_forms() -> None:
    body = make_body()
    body.full_clean()
    body.code = "202038"
    with pytest.raises(ValidationError, match="検査数字"):
        body.full_clean()


def test_names_of_things(response: Response) -> None:
    member = make_member(response.body, "approver", "miyazawa", name="宮澤 明子")
    assert str(member) == "宮澤 明子（miyazawa）" and member.get_full_name() == member.get_short_name() == "宮澤 明子"
    assert str(member.memberships.get()) == "宮澤 明子（miyazawa） 長野県上田市 決裁者"
    assert str(response) == "令和2年度 長野県上田市"
    assert str(make_prefecture()) == "長野県"
    response.save_section("people", {"cio": YES}, seen={}, by=member)
    assert str(response.section("people")) == "令和2年度 長野県上田市 people v1"
    assert str(Event.objects.last()) == "answers.saved response 2020-202037 people"
