"""Beside the answers of a section stands whether they are complete: always what the rules say."""

from datetime import timedelta
from importlib import import_module
from random import Random

import pytest
from django.apps import apps
from django.utils import timezone

from surveys import rules
from surveys.models import Body, Response, SectionAnswers, User
from surveys.models.sections import Given
from tests.factories import COMPLETE, answer, open_round
from tests.random_answers import complete_answers, draft_answers


def as_the_rules_say(stored: SectionAnswers) -> bool:
    section = stored.response.survey.questionnaire.section_by_id[stored.section]
    return not rules.problems(section, stored.response.body.kind, stored.response.answers())


def all_right() -> bool:
    found = list(SectionAnswers.objects.all())
    return bool(found) and all(stored.complete == as_the_rules_say(stored) for stored in found)


@pytest.mark.parametrize("seed", range(8))
def test_after_every_save_and_import(seed: int, response: Response, officer: User) -> None:
    rng = Random(seed)
    questionnaire = response.survey.questionnaire
    for make in (draft_answers, complete_answers, draft_answers):
        answers = make(questionnaire, "city", rng)
        for section in questionnaire.sections_for("city"):
            own = {id: answers.get(id, {}) for id in section.question_by_id}
            response.save_section(section.id, own, seen=dict.fromkeys(own, 99), by=officer)
            assert not response.sections.exists() or all_right()


def test_an_import_says_it_for_new_and_for_stored_answers(city: Body) -> None:
    survey = open_round()
    stored = answer(survey, city, {"cio": COMPLETE["cio"]}).sections.get()
    assert not stored.complete
    answer(survey, city, COMPLETE)
    assert all_right()
    stored.refresh_from_db()
    assert stored.complete
    before = stored.changed_at
    answer(survey, city, {**COMPLETE, "staff": {"cells": {"own": 3, "outside": 2}}})
    stored.refresh_from_db()
    assert all_right() and not stored.complete
    assert stored.changed_at > before


def test_a_reason_is_a_change_too_and_nothing_said_is_none(response: Response, officer: User) -> None:
    response.save_section("people", {"cio": {"value": "yes"}}, seen={}, by=officer)
    then = timezone.now() - timedelta(days=30)
    response.sections.update(changed_at=then)
    response.save_section("people", {}, seen={}, by=officer, reasons={"check": Given("", "facts", "")})
    assert response.sections.get().changed_at == then
    response.save_section("people", {}, seen={}, by=officer, reasons={"check": Given("理由", "facts", "")})
    assert response.sections.get().changed_at > then


def test_the_migration_says_it_of_what_was_stored_before(city: Body) -> None:
    response = answer(open_round(), city, COMPLETE)
    found = {each.section: each for each in response.sections.all()}
    SectionAnswers.objects.update(complete=False, changed_at=timezone.now() + timedelta(days=1))
    first = next(iter(found))
    SectionAnswers.objects.filter(pk=found[first].pk).update(marks={})
    import_module("surveys.migrations.0011_progress").fill_in(apps, None)
    assert all_right()
    for stored in response.sections.exclude(section=first):
        assert stored.complete and stored.changed_at == found[stored.section].changed_at
    assert response.sections.get(section=first).changed_at > timezone.now(), "nothing says when it was"
