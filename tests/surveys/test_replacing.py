"""A person is replaced: roles and sections go to another, and nothing is kept."""

from datetime import date
from typing import Any

import pytest

from surveys.models import Delegation, NotAllowed, Response, Task, User
from tests.conftest import member_too
from tests.factories import make_member, open_round
from tests.surveys.team import history, holders


def test_a_person_is_replaced_with_roles_and_sections_and_keeps_nothing(
    response: Response, delegate: User, officer: User, approver: User
) -> None:
    later = open_round(2021, "pages").responses.get(body=response.body)
    Delegation.give(later, ["systems"], officer, Task(date(2022, 5, 1), "去年と同じ"), by=approver)
    officer.hand_over(response.body, delegate, by=officer)
    assert officer.places() == set() and delegate.places() == {("202037", "editor")}
    assert not Response.objects.for_user(officer).exists()
    assert holders(response) == {"people": "delegate"} and holders(later) == {"systems": "delegate"}
    assert later.delegations.get().note == "去年と同じ"
    kept = {"due": "2022-05-01", "note": "去年と同じ"}
    assert history("delegation.given")[-1] == ("", {"to": officer.pk, **kept}, {"to": delegate.pk, **kept})
    assert ("removed", {"role": "editor"}, None) in history("membership.")
    with pytest.raises(NotAllowed, match="もうこの団体の担当ではありません"):
        officer.hand_over(response.body, delegate, by=approver)


def test_only_an_approver_hands_over_the_role_of_an_approver(
    response: Response, delegate: User, officer: User, approver: User
) -> None:
    with pytest.raises(NotAllowed, match="決裁者だけ"):
        approver.hand_over(response.body, officer, by=officer)
    with pytest.raises(NotAllowed, match="取りまとめ担当者と決裁者"):
        officer.hand_over(response.body, approver, by=delegate)
    approver.hand_over(response.body, officer, by=approver)
    assert officer.places() == {("202037", "approver"), ("202037", "editor")} and approver.places() == set()


def test_a_successor_is_another_person_of_the_body(response: Response, officer: User, neighbour: User) -> None:
    left = make_member(response.body, is_active=False)
    for person in (officer, neighbour, left):
        with pytest.raises(NotAllowed, match="この団体のほかの人"):
            officer.hand_over(response.body, person, by=officer)


def test_a_coordinator_stays_one_when_leaving_the_own_body(nagano: Any, prefecture: User) -> None:
    member_too(prefecture, nagano, "editor")
    prefecture.leave(nagano, by=None)
    assert prefecture.places() == {("200000", "coordinator")}
