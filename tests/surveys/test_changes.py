"""What changed since earlier answers: only what differs, joined on ids, missing answers left out."""

from dataclasses import replace
from typing import Any

from surveys.changes import Change, Side, changes
from tests.factories import questionnaire

YES = {"cio": {"value": "yes"}, "post": {"value": "head"}}
STAFF = {"staff": {"cells": {"own": 10, "outside": 3, "resident": 1}}}


def side(answers: dict[str, Any]) -> Side:
    return Side(questionnaire("pages"), "city", answers)


def words(found: list[Change]) -> list[tuple[str, str, list[str], list[str]]]:
    return [
        (
            change.number,
            change.question.id,
            [f"{line.label} {line.value}".strip() for line in change.before],
            [f"{line.label} {line.value}".strip() for line in change.after],
        )
        for change in found
    ]


def test_only_the_rows_that_differ_are_shown() -> None:
    more = {"staff": {"cells": {"own": 12, "outside": 3, "resident": 1}}}
    (found,) = changes(side({**YES, **STAFF}), side({**YES, **more}), "ja")
    assert words([found]) == [("2", "staff", ["職員 10人", "合計 13人"], ["職員 12人", "合計 15人"])]
    assert (found.section.id, found.target) == ("people", "staff.own")
    assert changes(side(STAFF), side(STAFF), "ja") == []


def test_a_question_that_applies_on_one_side_only_has_no_lines_on_the_other() -> None:
    no = {"cio": {"value": "no"}}
    gone = [("1", "cio", ["任命している"], ["任命していない"]), ("1-1", "post", ["首長"], [])]
    assert words(changes(side(YES), side(no), "ja")) == gone
    came = [("1", "cio", ["Not appointed"], ["Appointed"]), ("1-1", "post", [], ["Head"])]
    assert words(changes(side(no), side(YES), "en")) == came


def test_what_is_not_answered_yet_is_left_out() -> None:
    assert changes(side({**YES, **STAFF}), side({"cio": YES["cio"]}), "ja") == []
    assert changes(side({**YES, **STAFF}), side({}), "ja") == [], "nor can be said of what hangs under it"
    some = {"staff": {"cells": {"outside": 3, "resident": 0}}}
    (found,) = changes(side(STAFF), side(some), "ja")
    assert words([found]) == [("2", "staff", ["うち常駐 1人"], ["うち常駐 0人"])]
    assert found.target == "staff.resident"
    assert changes(side(STAFF), side({"staff": {"cells": {"outside": 3}}}), "ja") == []


def test_a_procedure_that_differs_is_led_to() -> None:
    before = {"use-school": {"cells": {"lending": {"exists": "no"}, "booking": {"exists": "no"}}}}
    after = {"use-school": {"cells": {"booking": {"exists": "yes", "online": "not_done"}}}}
    (found,) = changes(side(before), side(after), "ja")
    assert found.target == "use-school.booking.exists.yes"
    assert words([found])[0][3] == ["施設の予約 有無：有、オンライン：未"]


def test_a_new_question_has_not_changed() -> None:
    full = questionnaire("pages")
    people = full.section_by_id["people"]
    fewer = tuple(question for question in people.questions if question.id != "staff")
    sections = tuple(replace(people, questions=fewer) if each == people else each for each in full.sections)
    before = Side(replace(full, sections=sections), "city", YES)
    assert changes(before, side({**YES, **STAFF}), "ja") == []
