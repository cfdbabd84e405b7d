"""What is asked, missing and inconsistent, on the small questionnaire."""

import copy
from typing import Any

import pytest

from surveys.rules import INCONSISTENT, MISSING, all_problems, applicable, asked_anywhere, prune, totals
from tests.factories import COMPLETE, questionnaire

CITY, PREFECTURE = "city", "prefecture"


def changed(**answers: Any) -> dict[str, Any]:
    return {id: answer for id, answer in {**copy.deepcopy(COMPLETE), **answers}.items() if answer is not None}


def found(answers: dict[str, Any], kind: str = CITY) -> list[tuple[str, str, str, str]]:
    return [(p.question, p.kind, p.row, p.column) for p in all_problems(questionnaire(), kind, answers)]


def test_complete_answers_have_no_problem() -> None:
    assert found(COMPLETE) == []


def test_nothing_answered_asks_the_first_questions_and_not_those_behind_a_gate() -> None:
    assert list(asked_anywhere(questionnaire(), CITY, {})) == ["cio", "staff", "measures", "use-school"]
    assert found({}) == [
        ("cio", MISSING, "", ""),
        ("staff", MISSING, "own", ""),
        ("staff", MISSING, "outside", ""),
        ("staff", MISSING, "resident", ""),
        ("measures", MISSING, "", ""),
        ("use-school", MISSING, "lending", "exists"),
    ]


def test_a_prefecture_is_asked_its_own_questions_and_rows() -> None:
    assert "measures" not in asked_anywhere(questionnaire(), PREFECTURE, {})
    assert ("use-school", MISSING, "tax", "exists") in found({}, PREFECTURE)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (changed(post=None), ("post", MISSING, "", "")),
        (changed(post={"value": "other"}), ("post", MISSING, "other", "other_text")),
        (changed(measures={"values": ["mail", "none"]}), ("measures", INCONSISTENT, "none", "")),
        (
            changed(staff={"cells": {"own": 1, "outside": 1, "resident": 2}}),
            ("staff", INCONSISTENT, "resident", ""),
        ),
        (
            changed(**{"use-school": {"cells": {"lending": {"exists": "yes"}}}}),
            ("use-school", MISSING, "lending", "online"),
        ),
        (
            changed(
                **{
                    "use-school": {
                        "cells": {"lending": {"exists": "yes", "online": "done", "total": 1, "online_count": 2}}
                    }
                }
            ),
            ("use-school", INCONSISTENT, "lending", "online_count"),
        ),
        (
            changed(**{"use-school": {"cells": {"lending": {"exists": "yes", "online": "done", "total": 1}}}}),
            ("use-school", MISSING, "lending", "online_count"),
        ),
    ],
)
def test_one_problem(answers: dict[str, Any], expected: tuple[str, str, str, str]) -> None:
    assert found(answers) == [expected]


def test_an_answer_behind_a_closed_gate_is_kept_apart_and_opens_nothing() -> None:
    answers = changed(cio={"value": "no"})
    assert found(answers) == []
    assert "post" not in applicable(questionnaire(), CITY, answers)


def test_counts_and_texts_that_do_not_apply_are_pruned() -> None:
    use = questionnaire().question_by_id["use-school"]
    cell = {"exists": "no", "online": "done", "total": 5}
    assert prune(use, {"cells": {"lending": cell}}) == {"cells": {"lending": {"exists": "no"}}}
    post = questionnaire().question_by_id["post"]
    assert prune(post, {"value": "head", "other_text": {"other": "前の文"}}) == {"value": "head"}
    assert prune(post, {"value": "other", "other_text": {"other": "文"}}) == {
        "value": "other",
        "other_text": {"other": "文"},
    }


def test_totals_are_unknown_while_a_part_is() -> None:
    staff = questionnaire().question_by_id["staff"]
    assert totals(staff, {"own": 3, "outside": 2}) == {"all": 5}
    assert totals(staff, {"own": 3}) == {"all": None}
