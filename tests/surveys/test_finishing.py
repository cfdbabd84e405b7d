"""When a section is finished, and until when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from surveys.models import Delegation, NotAllowed, Response, Task, User
from tests.surveys.team import fill, history


def test_a_section_is_finished_by_its_holder_when_it_is_complete(
    response: Response, delegate: User, officer: User
) -> None:
    fill(response, delegate, {"cio": {"value": "yes"}})
    with pytest.raises(NotAllowed, match="あと7か所"):
        Delegation.finish(response, "people", by=delegate)
    fill(response, delegate)
    with pytest.raises(NotAllowed, match="今はあなたの担当では"):
        Delegation.finish(response, "people", by=officer)
    Delegation.finish(response, "people", by=delegate)
    Delegation.finish(response, "people", by=delegate)
    assert history("delegation.finished") == [("", None, {"version": 2})]
    assert response.delegations.with_answers().get().is_finished


def test_a_change_afterwards_opens_a_finished_section_again(response: Response, delegate: User, officer: User) -> None:
    fill(response, delegate)
    Delegation.finish(response, "people", by=delegate)
    fill(response, officer, {"staff": {"cells": {"own": 4, "outside": 2, "resident": 1}}})
    found = response.delegations.with_answers().get()
    assert not found.is_finished and found.is_changed
    Delegation.finish(response, "people", by=delegate)
    assert response.delegations.with_answers().get().is_finished
    Delegation.give(response, ["people"], delegate, Task(note="もう一度"), by=officer)
    found = response.delegations.with_answers().get()
    assert not found.is_finished and not found.is_changed


def test_nothing_is_finished_in_a_response_that_is_read_only(response: Response, delegate: User) -> None:
    fill(response, delegate)
    response.survey.close()
    with pytest.raises(NotAllowed, match="受付が終わった"):
        Delegation.finish(response, "people", by=delegate)


def test_an_inner_deadline_is_late_until_the_section_is_finished(
    response: Response, delegate: User, officer: User
) -> None:
    today = timezone.localdate()
    for days, late in ((-1, True), (0, False)):
        Delegation.give(response, ["people"], delegate, Task(today + timedelta(days=days)), by=officer)
        assert response.delegations.with_answers().get().is_late is late
    Delegation.give(response, ["people"], delegate, Task(today - timedelta(days=1)), by=officer)
    fill(response, delegate)
    Delegation.finish(response, "people", by=delegate)
    assert not response.delegations.with_answers().get().is_late
