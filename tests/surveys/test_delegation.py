"""Sections in the hands of colleagues: who may give them, who sees and saves what."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from surveys.dossier import Dossier
from surveys.models import Delegation, Event, Membership, NotAllowed, Response, SectionAnswers, Task, User
from tests.conftest import member_too
from tests.factories import make_body, make_delegate, make_member, make_user, open_round
from tests.surveys.team import ANSWER, fill, history, holders


def test_a_section_is_given_again_to_another_and_taken_back(response: Response, officer: User, approver: User) -> None:
    delegate, other = (
        make_delegate(response, by=officer, sign_in_id="one"),
        make_member(response.body, sign_in_id="two"),
    )
    Delegation.give(response, ["systems", "people"], delegate, Task(date(2021, 5, 21), "年報"), by=officer)
    Delegation.give(response, ["people"], other, Task(), by=approver)
    assert holders(response) == {"systems": "one", "people": "two"}
    assert Delegation.take_back(response, ["people", "systems"], by=approver) == 2
    assert Delegation.take_back(response, ["people", "systems"], by=approver) == 0
    first = {"to": delegate.pk, "due": "2021-05-21", "note": "年報"}
    second = {"to": other.pk, "due": None, "note": ""}
    assert history("delegation.") == [
        ("given", None, first),
        ("given", None, first),
        ("given", first, second),
        ("taken_back", second, None),
        ("taken_back", first, None),
    ]
    assert Event.objects.filter(kind="delegation.given").first().subject == "response 2020-202037 people"


def test_a_second_click_gives_nothing_twice(response: Response, officer: User) -> None:
    delegate = make_delegate(response, "people", by=officer)
    Delegation.give(response, ["people"], delegate, Task(), by=officer)
    assert len(history("delegation.")) == 1


def test_only_those_of_the_whole_body_delegate(response: Response, officer: User, ministry: User) -> None:
    delegate = make_delegate(response, "people", by=officer)
    for by in (delegate, make_member(make_body("202088", "小諸市")), ministry):
        with pytest.raises(NotAllowed, match="取りまとめ担当者と決裁者"):
            Delegation.give(response, ["systems"], delegate, Task(), by=by)
        with pytest.raises(NotAllowed, match="取りまとめ担当者と決裁者"):
            Delegation.take_back(response, ["people"], by=by)
    assert set(holders(response)) == {"people"}


def test_a_section_goes_to_somebody_of_the_body_who_can_sign_in(
    response: Response, officer: User, neighbour: User
) -> None:
    left = make_member(response.body, is_active=False)
    for person in (neighbour, left, make_user()):
        with pytest.raises(NotAllowed, match="この団体の人"):
            Delegation.give(response, ["people"], person, Task(), by=officer)


@pytest.mark.parametrize("sections", [[], ["nothing"], ["people", "police"]])
def test_only_sections_that_the_body_is_asked_are_given(response: Response, officer: User, sections: list[str]) -> None:
    with pytest.raises(NotAllowed, match="項目を1つ以上"):
        Delegation.give(response, sections, officer, Task(), by=officer)
    assert not response.delegations.exists()


def test_nothing_is_given_once_the_round_is_closed(response: Response, officer: User) -> None:
    response.survey.close()
    with pytest.raises(NotAllowed, match="受付が終わった"):
        Delegation.give(response, ["people"], officer, Task(), by=officer)


# What a delegate may do


def test_a_delegate_has_the_response_only_while_holding_a_section(response: Response, officer: User) -> None:
    delegate = make_delegate(response, by=officer)
    later = open_round(2021, "pages").responses.get(body=response.body)
    assert not Response.objects.for_user(delegate).exists()
    Delegation.give(response, ["people", "systems"], delegate, Task(), by=officer)
    assert list(Response.objects.for_user(delegate)) == [response], "once, and not the other round"
    assert later not in Response.objects.for_user(delegate)
    Delegation.take_back(response, ["people", "systems"], by=officer)
    assert not Response.objects.for_user(delegate).exists()


def test_the_model_refuses_a_delegate_any_other_section(response: Response, delegate: User, officer: User) -> None:
    fill(response, delegate, ANSWER)
    with pytest.raises(NotAllowed, match="今はあなたの担当ではありません"):
        response.save_section("systems", {"shared": {"values": []}}, seen={}, by=delegate)
    Delegation.take_back(response, ["people"], by=officer)
    with pytest.raises(NotAllowed, match="今はあなたの担当ではありません"):
        fill(response, delegate)
    fill(response, officer)
    assert not response.may_submit(delegate)


def test_a_limited_person_who_is_also_whole_is_not_limited(response: Response, delegate: User) -> None:
    assert response.access(delegate).only == {"people"}
    member_too(delegate, response.body, "approver")
    assert response.access(delegate).only is None and response.may_edit(delegate, "systems")


@pytest.mark.past_the_history
def test_who_is_limited_stays_so_whatever_they_oversee(response: Response, delegate: User) -> None:
    nagano = response.body.__class__.objects.get(code="200000")
    member_too(delegate, nagano, "coordinator")
    delegate.is_staff = delegate.is_superuser = True
    delegate.save()
    assert set(Dossier.find(delegate, 2020, "202037").stored) <= {"people"}
    assert response.access(delegate).only == {"people"}


def test_a_dossier_holds_the_sections_of_a_delegate_and_no_other(
    response: Response, delegate: User, officer: User
) -> None:
    fill(response, officer)
    response.save_section("systems", {"shared": {"values": []}}, seen={}, by=officer)
    Delegation.give(response, ["systems"], officer, Task(), by=officer)
    dossier = Dossier.find(delegate, 2020, "202037")
    assert [entry.section.id for entry in dossier.progress] == ["people"]
    assert set(dossier.stored) <= {"people"} and set(dossier.delegations) == {"people"}
    assert dossier.role == "担当者" and Dossier.find(officer, 2020, "202037").role == "取りまとめ担当者"


def test_a_delegate_whose_section_asks_nothing_now_still_has_an_entrance(response: Response, delegate: User) -> None:
    dossier = Dossier.find(delegate, 2020, "202037")
    dossier.progress = [entry.__class__(entry.section, 0, 0, False, ()) for entry in dossier.progress]
    assert dossier.entrance.id == "people"


# The database


@pytest.mark.past_the_history
def test_the_database_refuses_what_cannot_be(response: Response, delegate: User, officer: User) -> None:
    member = delegate.memberships.get()
    for impossible in (
        lambda: Delegation.objects.create(response=response, section="people", member=member, by=officer),
        lambda: Delegation.objects.update(finished_version=1),
        lambda: Membership.objects.filter(pk=member.pk).update(role="approver"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            impossible()
    member.delete()
    assert not response.delegations.exists() and not SectionAnswers.objects.exists()
