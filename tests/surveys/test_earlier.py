"""Last year's answer beside this year's question: what can be taken over, and what differs."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from surveys.answers import part
from surveys.changes import Side
from surveys.earlier import Last, Part, Was, carry, confirmations, places_of, tally
from surveys.questionnaire import Question
from tests.factories import questionnaire
from tests.random_answers import answer_to, complete_answers

QUESTIONS = questionnaire("pages").question_by_id
CELL = {"exists": "yes", "online": "done", "total": 10, "online_count": "unknown"}
LAST: dict[str, Any] = {
    "cio": {"value": "yes"},
    "post": {"value": "other", "other_text": {"other": "情報監"}},
    "staff": {"cells": {"own": 3, "outside": 2, "resident": 1}},
    "training": {"values": ["course", "online"]},
    "state": {"cells": {"register": "done", "tax": "planned", "other": "done"}, "other_text": {"other": "図書"}},
    "shared": {"cells": {"bidding": "used"}},
    "use-school": {"cells": {"lending": CELL, "booking": {"exists": "no"}}},
}


def last(id: str, now: dict[str, Any] | None = None, question: Question | None = None) -> Last:
    side = Side(questionnaire("pages"), "city", LAST)
    return Last.of(question or QUESTIONS[id], now or {}, side)


def together(parts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The answer that the parts make."""
    found: dict[str, Any] = {}
    for each in parts.values():
        for key, value in each.items():
            found[key] = {**found.get(key, {}), **value} if isinstance(value, dict) else value
    return found


@pytest.mark.parametrize("kind", ["city", "prefecture"])
@pytest.mark.parametrize("name", ["pages", "2020"])
@pytest.mark.parametrize("seed", range(4))
def test_carrying_to_the_same_definition_is_the_identity(seed: int, name: str, kind: str) -> None:
    definition, rng = questionnaire(name), Random(seed)
    found = complete_answers(definition, kind, rng)
    for question in definition.question_by_id.values():
        if question.asked_of(kind):
            found.setdefault(question.id, answer_to(question, kind, rng))
    assert {definition.question_by_id[id].kind for id in found} >= {"single-choice", "procedures", "tick-matrix"}
    for id, answer in found.items():
        question = definition.question_by_id[id]
        assert together(carry(question, question, kind, answer)) == answer
    carried = carry(QUESTIONS["staff"], QUESTIONS["staff"], "city", LAST["staff"])
    assert list(carried) == ["own", "outside", "resident"] == list(places_of(QUESTIONS["staff"], "city"))


def without(id: str, part_name: str, *codes: str) -> Question:
    """A question from whose definition options, rows or columns have gone."""
    kept = tuple(entry for entry in getattr(QUESTIONS[id], part_name) if entry.code not in codes)
    return replace(QUESTIONS[id], **{part_name: kept})


@pytest.mark.parametrize(
    ("after", "left"),
    [
        (without("cio", "options", "no"), [""]),
        (without("cio", "options", "yes"), []),
        (without("training", "options", "online"), []),
        (without("shared", "rows", "bidding"), []),
        (without("state", "rows", "tax"), ["register", "other"]),
        (without("state", "columns", "done"), ["tax"]),
        (without("staff", "rows", "outside"), ["own", "resident"]),
        (replace(QUESTIONS["staff"], maximum=2), ["outside", "resident"]),
        (without("use-school", "rows", "lending"), ["booking"]),
        (replace(QUESTIONS["cio"], kind="multiple-choice"), []),
    ],
)
def test_what_has_gone_from_the_definition_is_not_carried(after: Question, left: list[str]) -> None:
    if "outside" not in after.row_by_code:
        after = replace(after, rows=tuple(row for row in after.rows if not row.computed), checks=())
    assert list(carry(QUESTIONS[after.id], after, "city", LAST[after.id])) == left


def test_what_is_not_asked_of_this_kind_of_body_or_not_whole_any_more_is_not_carried() -> None:
    state = QUESTIONS["state"]
    asked_of_others = tuple(replace(row, respondents="prefecture") if row.code == "tax" else row for row in state.rows)
    assert "tax" not in carry(state, replace(state, rows=asked_of_others), "city", LAST["state"])
    cio = QUESTIONS["cio"]
    with_text = tuple(replace(option, other_text=True) for option in cio.options)
    assert carry(cio, replace(cio, options=with_text), "city", LAST["cio"]) == {}
    school = QUESTIONS["use-school"]
    assert list(carry(school, replace(school, maximum=9), "city", LAST["use-school"])) == ["booking"]


def test_only_what_is_empty_can_be_taken_over() -> None:
    assert last("cio").free == [""]
    assert last("cio", {"value": "no"}).free == []
    assert last("post", {"other_text": {"other": "左の欄に残った文"}}).free == [""], "nothing is chosen"
    found = last("state", {"cells": {"tax": "done"}})
    assert (found.empty, found.free) == (["register", "other"], ["register", "other"])
    assert last("state", {"other_text": {"other": "書きかけ"}}).free == ["register", "tax"], "a text is not overwritten"
    assert found.fields("other") == {"state|other": ["done"], "state|other|other_text": ["図書"]}
    assert last("use-school").fields("lending")["use-school|lending|online_count"] == ["unknown"]
    gone = last("state", question=without("state", "columns", "done"))
    assert (gone.empty, gone.free) == (["register", "tax", "other"], ["tax"])


def test_a_question_that_was_not_asked_has_nothing_to_take_over() -> None:
    found = last("days")
    assert (found.before, found.free, found.lines("ja"), found.is_changed, found.has_rows) == (
        None,
        [],
        [],
        False,
        False,
    )
    assert found.row("month", "ja") == Was([], False)
    assert last("state").row("police", "ja") == Was([], False), "a row that only prefectures are asked"
    assert last("state").row("new", "ja") == Was([], False), "a row that is new this year"


def test_the_answer_is_in_the_words_of_its_own_year() -> None:
    renamed = tuple(replace(option, label=QUESTIONS["cio"].text) for option in QUESTIONS["cio"].options)
    found = last("cio", question=replace(QUESTIONS["cio"], options=renamed))
    assert [line.value for line in found.lines("ja")] == ["任命している"]
    assert [line.value for line in last("post").lines("en")] == ["Other: 情報監"]


def test_a_choice_has_changed_once_it_is_answered_otherwise() -> None:
    assert not last("cio").is_changed
    assert not last("cio", {"value": "yes"}).is_changed
    assert last("cio", {"value": "no"}).is_changed
    turned = replace(QUESTIONS["training"], options=QUESTIONS["training"].options[::-1])
    assert not last("training", {"values": ["online", "course"]}, turned).is_changed, "only the order of the page"


def row(id: str, code: str, now: dict[str, Any]) -> tuple[list[Part], bool]:
    found = last(id, now).row(code, "ja")
    return found.parts, found.is_changed


def test_what_a_row_said_and_how_it_differs() -> None:
    assert row("state", "tax", {}) == ([Part("", "導入予定", "", False)], False)
    assert row("state", "tax", {"cells": {"tax": "planned"}})[1] is False
    assert row("state", "tax", {"cells": {"tax": "done"}})[1] is True
    assert row("state", "other", {"cells": {"other": "done"}})[1] is False, "its text is still missing"
    other = {"cells": {"other": "done"}, "other_text": {"other": "別"}}
    assert row("state", "other", other) == ([Part("", "導入済：図書", "", False)], True)


def test_numbers_show_their_difference_and_none_where_there_is_none() -> None:
    now = {"cells": {"own": 30, "outside": 1, "resident": 1}}
    assert row("staff", "own", now) == ([Part("", "3人", "+27", False)], False)
    assert row("staff", "outside", now)[0] == [Part("", "2人", "−1", False)]
    assert row("staff", "resident", now)[0] == [Part("", "1人", "", False)]
    assert row("staff", "all", now)[0] == [Part("", "5人", "+26", False)]
    assert row("staff", "all", {})[0] == [Part("", "5人", "", False)]


def test_a_row_of_ticks_has_changed_only_in_an_answered_table() -> None:
    assert row("shared", "bidding", {}) == ([Part("", "利用している", "", False)], False)
    assert row("shared", "other", {"cells": {"bidding": "used"}}) == ([Part("", "選択なし", "", False)], False)
    assert row("shared", "bidding", {"cells": {"none": "used"}})[1] is True
    assert row("shared", "none", {"cells": {"none": "used"}})[1] is True


def test_a_procedure_shows_its_columns() -> None:
    now = {"cells": {"lending": {**CELL, "total": 8}, "booking": {"exists": "yes"}}}
    parts = [
        Part("有無", "有", "", True),
        Part("オンライン", "済", "", True),
        Part("総件数", "10件", "−2", False),
        Part("オンライン件数", "不明", "", False),
    ]
    assert row("use-school", "lending", now) == (parts, True)
    assert row("use-school", "booking", now) == ([Part("有無", "無", "", True)], False), "not answered in full yet"


def test_confirmations_are_told_by_the_moment_and_counted_by_the_person() -> None:
    first = {"by": 1, "name": "小林", "at": "2021-05-19T10:31:00+09:00", "version": 2}
    second = {"by": 2, "name": "小林", "at": "2021-05-20T09:00:00+09:00", "version": 1}
    mark = {"same": {"tax": first, "register": second, "other": first}}
    assert [(found.version, found.name, found.at.day, found.places) for found in confirmations(mark)] == [
        (1, "小林", 20, ["register"]),
        (2, "小林", 19, ["tax", "other"]),
    ]
    assert confirmations({}) == []
    assert tally([mark, {"same": {"": first}}, {}]) == [("小林", 1, 2), ("小林", 0, 1)]


def test_the_part_of_an_answer_at_a_place() -> None:
    assert part(LAST["state"], "other") == {"cells": {"other": "done"}, "other_text": {"other": "図書"}}
    assert part(LAST["state"], "tax") == {"cells": {"tax": "planned"}}
    assert part(LAST["state"], "police") == {}
    assert part(LAST["cio"], "") == LAST["cio"]
