"""On which day which rule reaches a body, and what may stand in a text."""

from datetime import datetime, timedelta

import pytest

from surveys.reminder_days import due_rule
from surveys.reminder_text import AFTER, BEFORE, BY_HAND, PLACEHOLDERS, Wording, faults

DUE = datetime(2021, 5, 28, 17)
RULES = [-14, -3, 0, 3]


@pytest.mark.parametrize(
    ("days", "rule"),
    [
        (-15, None),
        (-14, -14),
        (-11, -14),  # made up for on the next three days
        (-10, None),
        (-3, -3),
        (-1, -3),
        (0, 0),
        (1, None),  # a text for the time before is not sent after it
        (3, 3),
        (6, 3),
        (7, None),
    ],
)
def test_the_last_rule_whose_day_has_come_reaches_a_body_for_a_few_days(days: int, rule: int | None) -> None:
    assert due_rule(RULES, DUE, DUE - timedelta(hours=5) + timedelta(days)) == rule


def test_a_rule_that_was_missed_gives_way_to_the_next() -> None:
    assert due_rule([-3, -2], DUE, DUE - timedelta(2)) == -2


def test_after_the_hour_of_the_deadline_no_rule_speaks_of_the_time_before() -> None:
    assert due_rule([-1, 0], DUE, DUE + timedelta(minutes=1)) is None
    assert due_rule([0], DUE, DUE) == 0


def test_without_rules_nobody_is_reached() -> None:
    assert due_rule([], DUE, DUE) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{body}は{deadline}まで", []),
        ("{bodyname}と{ body}", ["{bodyname}", "{ body}"]),
        ("{body", ["{"]),
        ("body}", ["}"]),
        ("{{body}}", ["{", "}"]),
        ("{}", ["{}"]),
        ("{body.__class__}", ["{body.__class__}"]),
    ],
)
def test_only_places_of_the_closed_list_are_taken(text: str, found: list[str]) -> None:
    assert faults(text) == found


def test_what_is_filled_in_is_not_filled_again() -> None:
    japanese = {**dict.fromkeys(PLACEHOLDERS, ""), "body": "{link}市"}
    english = {**japanese, "body": "City"}
    assert Wording("{body}", "{body} {link}", "{body}", "a").filled(japanese, english) == (
        "{link}市",
        "{link}市 ",
        "City",
        "a",
    )


def test_the_proposed_texts_are_without_fault_in_both_languages() -> None:
    for wording in (BEFORE, AFTER, BY_HAND):
        for side in (wording.text_ja, wording.text_en):
            assert all(f"{{{name}}}" in side for name in PLACEHOLDERS)
        assert [faults(text) for text in wording] == [[]] * 4
    assert "期限までに難しい" not in BY_HAND.text_ja and "in time" not in BY_HAND.text_en
