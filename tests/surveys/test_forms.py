"""The form of a section: what a post means. Typing is `answers.read`, rules are `rules`; neither is repeated here."""

from typing import Any

import pytest
from django.http import QueryDict

from surveys.answers import fingerprint
from surveys.forms import SectionForm
from surveys.models import Response, SectionAnswers
from tests.factories import questionnaire

PEOPLE = questionnaire("pages").section_by_id["people"]
SYSTEMS = questionnaire("pages").section_by_id["systems"]
PROCEDURES = questionnaire("pages").section_by_id["procedures"]


def form(
    answers: dict[str, Any], posted: dict[str, Any], section: Any = PEOPLE, rendered: tuple[str, ...] = ()
) -> SectionForm:
    """The form after a post of a page that showed `answers`, with the questions `rendered` (default: all)."""
    data = QueryDict(mutable=True)
    for id in rendered or section.question_by_id:
        data[f"seen|{id}"] = f"3-{fingerprint(answers.get(id, {}))}"
    for name, value in posted.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    stored = SectionAnswers(response=Response(), section=section.id, version=3, answers=answers)
    bound = SectionForm(section, "city", stored, data)
    bound.full_clean()
    return bound


def test_a_bad_value_in_a_question_that_is_then_hidden_does_not_stop_a_save() -> None:
    answers = {"cio": {"value": "yes"}, "days": {"cells": {"month": 12}}}
    found = form(answers, {"cio": "no", "days|month": "twelve"})
    assert found.is_valid()
    assert found.changes == {"cio": {"value": "no"}}, "the answer kept for later is not wiped out either"
    assert "days" not in found.asked


def test_a_good_value_in_a_question_that_is_then_hidden_is_kept_for_later() -> None:
    found = form({"cio": {"value": "yes"}}, {"cio": "no", "days|month": "12"})
    assert found.changes == {"cio": {"value": "no"}, "days": {"cells": {"month": 12}}}


def test_only_what_differs_from_the_page_is_a_change() -> None:
    answers = {"cio": {"value": "no"}, "training": {"values": ["course"]}}
    found = form(answers, {"cio": "no", "training": ["course", "online"]})
    assert found.changes == {"training": {"values": ["course", "online"]}}


def test_a_question_that_did_not_stand_on_the_page_is_never_changed() -> None:
    found = form({"staff": {"cells": {"own": 1}}}, {"cio": "no", "staff|own": "2"}, rendered=("cio",))
    assert found.changes == {"cio": {"value": "no"}}


def test_an_unticked_question_becomes_empty() -> None:
    assert form({"training": {"values": ["course"]}}, {}).changes == {"training": {}}


def test_what_is_well_typed_is_kept_beside_a_bad_cell() -> None:
    found = form({}, {"cio": "no", "staff|own": "１，２００", "staff|outside": "3人"})
    assert found.changes == {"cio": {"value": "no"}, "staff": {"cells": {"own": 1200}}}
    assert found.errors == {"staff|outside": ["数字だけを入れてください（例：1）。"]}


@pytest.mark.parametrize(
    ("section", "posted"),
    [
        (PEOPLE, {"cio": "yes", "post": "other", "post|other|other_text": " 情報監\r\n代理 "}),
        (PEOPLE, {"training": ["other"], "training|other|other_text": "見学"}),
        (SYSTEMS, {"state|tax": "done", "state|other": "planned", "state|other|other_text": "図書"}),
        (SYSTEMS, {"shared|bidding": "used", "shared|other": "used", "shared|other|other_text": "図書"}),
        (PROCEDURES, {"use-school|lending|exists": "yes", "use-school|lending|total": ["", "unknown"]}),
    ],
)
def test_every_kind_of_question_comes_in_and_goes_out_again(section: Any, posted: dict[str, Any]) -> None:
    found = form({}, posted, section)
    assert found.is_valid()
    assert found.changes
    again = SectionForm(section, "city", SectionAnswers(section=section.id, answers=found.changes))
    for id, answer in found.changes.items():
        shown = again.values(section.question_by_id[id])
        reposted = form(found.changes, {name: shown.getlist(name) for name in shown}, section, rendered=(id,))
        assert reposted.changes == {}, answer


def test_a_number_beside_unknown_is_refused() -> None:
    found = form({}, {"use-school|lending|total": ["12", "unknown"]}, PROCEDURES)
    assert found.errors == {"use-school|lending|total": ["同じところに2つの値があります。"]}


def test_what_was_seen_is_a_number_or_the_oldest_version() -> None:
    assert set(form({}, {}).seen.values()) == {3}
    assert form({}, {"seen|cio": "latest"}).seen["cio"] == 0
