"""Behind each number of every kind of table stand exactly the bodies that it counts, each for the reason that holds."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation import provenance
from aggregation.members import Member, fingerprint, from_text, to_text
from aggregation.provenance import ESTIMATED, Place, Share, agrees, belongs, by_standing, place_of, reckon, stand
from aggregation.tables import BodyRow, Cell, Table
from aggregation.tabulate import build_all
from surveys.questionnaire import Question, Questionnaire
from tests.aggregation import oracle
from tests.aggregation.makers import ONE_FEATURE, bodies, body, questionnaire, specs


def naive(place: Place, found: Questionnaire, row: BodyRow) -> str:
    """How a body stands to a cell, read off its answers by plain rules; nothing here asks `aggregation`."""
    question, side = place.question, oracle.side(row)
    if row.answers is None:
        return "no_response"
    line = {each.code: each for each in question.rows}.get(place.row)
    if side not in oracle.sides_of(question) or (line and not oracle.takes_part(line, side)):
        return "not_applicable"
    if not oracle.is_asked(question, found, row):
        return "not_asked"
    return SAID[question.kind](place, row.answers.get(question.id, {}))


def said_single(place: Place, answer: Any) -> str:
    return "blank" if not answer else "counted" if answer["value"] == place.row else "otherwise"


def said_multiple(place: Place, answer: Any) -> str:
    return "blank" if not answer else "counted" if place.row in answer["values"] else "otherwise"


def said_matrix(place: Place, answer: Any) -> str:
    chosen = answer.get("cells", {}).get(place.row, "")
    return {"": "blank", place.column: "counted"}.get(chosen, "otherwise")


def said_ticks(place: Place, answer: Any) -> str:
    return "blank" if not answer else "counted" if place.row in answer["cells"] else "otherwise"


def said_integers(place: Place, answer: Any) -> str:
    line = place.question.row_by_code[place.row]
    return "blank" if oracle.row_value(place.question, line, answer.get("cells", {})) is None else "counted"


def said_procedures(place: Place, answer: Any) -> str:
    cell = answer.get("cells", {}).get(place.row, {})
    exists, online = cell.get("exists", ""), cell.get("online", "")
    if place.column == "exists":
        return {"yes": "counted", "": "blank"}.get(exists, "otherwise")
    if exists != "yes":
        return "not_asked"
    if place.column == "online" or online != "done":
        return {"done": "counted", "": "blank"}.get(online, "otherwise")
    if "total" not in cell or "online_count" not in cell:
        return "blank"
    return "unknown" if "unknown" in cell.values() else "counted"


SAID = {
    "single-choice": said_single,
    "multiple-choice": said_multiple,
    "matrix": said_matrix,
    "tick-matrix": said_ticks,
    "matrix-integer": said_integers,
    "procedures": said_procedures,
}


@settings(max_examples=60, deadline=None)
@given(data=st.data(), name=st.sampled_from(ONE_FEATURE))
def test_each_body_stands_to_each_cell_as_its_answers_say(data: st.DataObject, name: str) -> None:
    rows, found, rng = data.draw(bodies(name)), questionnaire(name), Random(1)
    rows = [half_answered(row, rng) for row in rows]
    for table in build_all(found, specs(found), rows, (), 2020):
        for cell in table.cells:
            place = place_of(found, table.id, cell.row, cell.column)
            if place is None:
                assert table.kind == "procedures" and cell.row in {"all", *(row.group for row in table.rows)}
                continue
            group = [row for row in rows if belongs(row, place, cell.breakdown, cell.group)]
            assert group == expected_group(place, table, found, cell, rows)
            stood = stand(place, group)
            assert [each.standing for each in stood] == [naive(place, found, row) for row in group]
            assert_numbers(place, cell, stood)


def expected_group(place: Place, table: Table, found: Questionnaire, cell: Cell, rows: list[BodyRow]) -> list[BodyRow]:
    line = place.question.row_by_code.get(cell.row)
    sides = [side for side in oracle.sides_of(place.question) if line is None or oracle.takes_part(line, side)]
    groups = {(breakdown, code): group for breakdown, code, group in oracle.all_groups(rows, sides)}
    if cell.column in ESTIMATED:
        parts = found.parts[table.id]
        return [row for row in rows if any(oracle.side(row) in oracle.sides_of(part) for part in parts)]
    return groups[cell.breakdown, cell.group]


def assert_numbers(place: Place, cell: Cell, stood: list[provenance.Stood]) -> None:
    """The numbers of the cell, from the bodies alone."""
    names, added = [each.standing for each in stood], [each.value for each in stood if each.value is not None]
    base = len([name for name in names if name in ("counted", "otherwise", "unknown", "blank")])
    assert (cell.bodies, cell.responded) == (len(names), len(names) - names.count("no_response"))
    assert cell.base is None or cell.base == base
    assert cell.count is None or cell.count == names.count("counted")
    if cell.count is None and cell.base is not None:
        assert cell.value == (sum(added) if added else None)
    if cell.column == "online_count":
        assert cell.value == sum(added)
    if cell.column == "estimate" and cell.value is not None:
        assert sum(side.estimate for side in reckon(place, stood)) == cell.value
    assert agrees(cell, by_standing(stood))


def half_answered(row: BodyRow, rng: Random) -> BodyRow:
    """Some questions and some cells left blank, as a file that was imported before submitting may have them."""
    if row.answers is None:
        return row
    kept = {id: thinned(answer, rng) for id, answer in row.answers.items() if rng.random() < 0.8}
    return body(row.code, row.kind, {id: answer for id, answer in kept.items() if answer}, row.population)


def thinned(answer: dict[str, Any], rng: Random) -> dict[str, Any]:
    if "cells" not in answer or rng.random() < 0.5:
        return answer
    cells = {row: cell for row, cell in answer["cells"].items() if rng.random() < 0.8}
    return {"cells": cells} if cells else {}


def test_what_each_body_says_of_a_procedure() -> None:
    found = questionnaire("procedures")
    question = next(iter(found.question_by_id.values()))
    row = question.rows_for("city")[0].code
    cells = [
        {"exists": "yes", "online": "done", "total": 10, "online_count": 4},
        {"exists": "yes", "online": "done", "total": 10, "online_count": "unknown"},
        {"exists": "yes", "online": "done", "total": 10},
        {"exists": "yes", "online": "not_done"},
        {"exists": "yes"},
        {"exists": "no"},
        {},
    ]
    rows = [body(f"01{n:04}", "city", {question.id: {"cells": {row: cell}}}, 100) for n, cell in enumerate(cells)]
    rows.append(body("019999", "city", None, 100))

    def stood(column: str) -> list[tuple[str, int | None]]:
        place = place_of(found, question.public_id, row, column)
        assert place
        return [(each.standing, each.value) for each in stand(place, rows)]

    names = ["counted", "unknown", "blank", "otherwise", "blank", "not_asked", "not_asked", "no_response"]
    for column, added in (("estimate", 10), ("online_count", 4), ("rate", None)):
        assert stood(column) == [(names[0], added), *((name, None) for name in names[1:])]
    assert [name for name, _ in stood("online")] == [*["counted"] * 3, *names[3:]]


def procedure(*populations: int | None) -> tuple[Place, list[provenance.Stood]]:
    """Cities that have a procedure online, with 10 cases each, 4 of them online."""
    found = questionnaire("procedures")
    question = next(iter(found.question_by_id.values()))
    row = question.rows_for("city")[0].code
    place = place_of(found, question.public_id, row, "estimate")
    assert place
    cell = {"exists": "yes", "online": "done", "total": 10, "online_count": 4}
    answers = [{question.id: {"cells": {row: cell if n == 0 else {"exists": "yes"}}}} for n in range(len(populations))]
    rows = [body(f"01{n:04}", "city", answers[n], population) for n, population in enumerate(populations)]
    return place, stand(place, rows)


def test_an_estimate_is_reckoned_with_its_numbers() -> None:
    (side,) = reckon(*procedure(300, 400))
    assert side == ("municipality", 2, 1, 10, 4, 300, 700, 23)
    assert side.exact == "23.333…"


@pytest.mark.parametrize("populations", [(0, 5), (300, None), ()])
def test_what_cannot_be_projected_is_not_reckoned(populations: tuple[int | None, ...]) -> None:
    assert reckon(*procedure(*populations)) == []


@pytest.mark.parametrize(
    ("number", "divisor", "words"),
    [(3500, 47, "74.468…"), (200, 2, "100"), (100, 8, "12.5"), (100, 3000, "0.033…"), (1, 3000, "0.000…")],
)
def test_a_quotient_says_whether_it_goes_on(number: int, divisor: int, words: str) -> None:
    assert provenance.quotient(number, divisor) == words
    assert (Decimal(number) / divisor == Decimal(words.removesuffix("…"))) == (not words.endswith("…"))


CELL = Cell("red", "", "national", "municipality", 9, 7, 5, 2, Decimal("40.0"))


def test_the_parts_of_a_group_add_up() -> None:
    told = [tuple(share) for share in provenance.shares(CELL, None)]
    assert told == [
        ("counted", 2, False),
        ("else", 3, False),
        ("base", 5, True),
        ("not_counted", 2, False),
        ("responded", 7, True),
        ("no_response", 2, False),
        ("everybody", 9, True),
    ]
    summed = CELL._replace(count=None, value=30)
    assert [share.name for share in provenance.shares(summed, None)][:2] == ["base", "not_counted"]
    estimated = [share.name for share in provenance.shares(summed._replace(base=None), None)]
    assert estimated == ["responded", "no_response", "everybody"]


def test_the_parts_that_are_known_one_by_one_add_up() -> None:
    sizes = {"counted": 2, "otherwise": 1, "unknown": 0, "blank": 2, "not_asked": 1, "not_applicable": 1}
    found = {name: [provenance.Stood(body("010001"), name)] * size for name, size in sizes.items()}
    told = list(provenance.shares(CELL, found | {"no_response": []}))
    running = 0
    for share in told:
        running += 0 if share.is_sum else share.bodies
        assert not share.is_sum or share.bodies == running, told
    assert Share("unknown", 0) not in told and Share("no_response", 2) in told


def single() -> tuple[Question, Place]:
    found = questionnaire("single")
    place = place_of(found, "colour", "red", "")
    assert place
    return found.question_by_id["colour"], place


def test_numbers_that_do_not_add_up_are_seen() -> None:
    found = questionnaire("single")
    rows = [body("010001", answers={"colour": {"value": "red"}}), body("010002")]
    (table, *_) = build_all(found, (), rows, (), 2020)
    cell = next(cell for cell in table.cells if cell.row == "red" and cell.group == "municipality")
    _, place = single()
    stood = by_standing(stand(place, rows))
    assert agrees(cell, stood)
    assert not agrees(cell._replace(count=2), stood) and not agrees(cell._replace(responded=2), stood)
    assert not agrees(cell._replace(count=None, value=7), stood), "nobody gave a number"
    assert agrees(cell._replace(count=None, base=None, value=7), stood), "an estimate is no count of bodies"
    assert tuple(stood) == provenance.STANDINGS


@pytest.mark.parametrize(("table", "row"), [("table-2-1", "all"), ("fig-99", "open"), ("fig-52", "made")])
def test_some_rows_have_no_question(table: str, row: str) -> None:
    assert place_of(questionnaire("2020"), table, row, "") is None
    assert place_of(questionnaire("2020"), "fig-01", "appointed", "")


def test_the_questions_that_decide_are_those_on_the_way() -> None:
    place = place_of(questionnaire("2020"), "fig-02", "head", "")
    assert place and place.questions() == ["fig-02", "fig-01"] and not place.is_estimate
    _, alone = single()
    assert alone.questions() == ["colour"]


def test_the_bodies_of_a_run_can_be_kept_as_text() -> None:
    members = [
        Member("010006", "北海道", "prefecture", "01", None, False, False),
        Member("011002", "札幌市", "designated_city", "01", 1_970_000, True, True),
    ]
    assert from_text(to_text(members)) == members
    before = fingerprint(members, {"011002": "aa"})
    assert before == fingerprint(members, {"011002": "aa", "019999": "of a body that is not listed"})
    others = [
        (members, {"011002": "ab"}),
        (members, {}),
        *(([members[0], members[1]._replace(**{name: value})], {"011002": "aa"}) for name, value in CHANGED.items()),
    ]
    assert before not in [fingerprint(*each) for each in others]


CHANGED: dict[str, Any] = {
    "code": "011003",
    "name": "サッポロ市",
    "kind": "city",
    "population": 1,
    "made_up": False,
    "synthetic": False,
}
