"""Behind each number of every kind of table stand exactly the bodies that it counts."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation import provenance
from aggregation.estimate import EXISTS, ONLINE
from aggregation.provenance import Place, agrees, by_standing, group_of, question_of, stand
from aggregation.tables import BodyRow
from aggregation.tabulate import build_all
from tests.aggregation.makers import ONE_FEATURE, bodies, body, questionnaire, specs


@settings(max_examples=60, deadline=None)
@given(data=st.data(), name=st.sampled_from(ONE_FEATURE))
def test_the_bodies_behind_a_cell_give_its_numbers(data: st.DataObject, name: str) -> None:
    rows, found, rng = data.draw(bodies(name)), questionnaire(name), Random(1)
    rows = [half_answered(row, rng) for row in rows]
    for table in build_all(found, specs(found), rows, (), 2020):
        for cell in table.cells:
            question = question_of(found, table.id, cell.row)
            if question is None or table.kind == "series":
                continue
            if cell.count is None and cell.base is None:
                continue  # estimates: below
            place = Place(found, question, cell.row, cell.column)
            group = group_of(place, cell.breakdown, cell.group, rows)
            assert agrees(cell, by_standing(stand(place, group))), (table.id, cell)


def half_answered(row: BodyRow, rng: Random) -> BodyRow:
    """Some questions left blank, as a file that was imported before submitting may have them."""
    if row.answers is None:
        return row
    kept = {id: answer for id, answer in row.answers.items() if rng.random() < 0.8}
    return body(row.code, row.kind, kept, row.population)


def test_what_each_body_says_of_a_procedure() -> None:
    found = questionnaire("procedures")
    question = next(iter(found.question_by_id.values()))
    row = question.rows_for("city")[0].code
    cells = [
        {"exists": "yes", "online": "done", "total": 10, "online_count": 4},
        {"exists": "yes", "online": "done", "total": 10, "online_count": "unknown"},
        {"exists": "yes", "online": "not_done"},
        {"exists": "yes"},
        {"exists": "no"},
        {},
    ]
    rows = [body(f"01{n:04}", "city", {question.id: {"cells": {row: cell}}}, 100) for n, cell in enumerate(cells)]
    rows.append(body("019999", "city", None, 100))

    def standings(column: str) -> list[str]:
        return [each.standing for each in stand(Place(found, question, row, column), rows)]

    assert standings(EXISTS) == [*["counted"] * 4, "otherwise", "blank", "no_response"]
    assert standings(ONLINE) == ["counted", "counted", "otherwise", "blank", "not_asked", "not_asked", "no_response"]
    assert standings("estimate") == ["counted", *["otherwise"] * 3, "not_asked", "not_asked", "no_response"]


def test_sums_say_what_each_body_adds() -> None:
    found = questionnaire("integers")
    (question,) = (each for each in found.question_by_id.values() if any(row.computed for row in each.rows))
    total = next(row for row in question.rows if row.computed)
    parts = dict.fromkeys(total.computed, 2)
    rows = [
        body("010001", answers={question.id: {"cells": parts}}),
        body("010002", answers={question.id: {"cells": {}}}),
    ]
    found_ = stand(Place(found, question, total.code, "count"), rows)
    assert [(each.standing, each.value) for each in found_] == [("counted", 2 * len(parts)), ("blank", None)]


def test_a_body_that_is_not_of_the_side_is_not_applicable() -> None:
    found = questionnaire("2020")
    place = Place(found, found.question_by_id["fig-28"], "ge_30", "")
    assert [each.standing for each in stand(place, [body("010006", "prefecture", {})])] == ["not_applicable"]


def test_a_body_behind_a_closed_gate_was_not_asked() -> None:
    found = questionnaire("2020")
    place = Place(found, found.question_by_id["fig-02"], "head", "")
    rows = [body("010006", answers={"fig-01": {"value": value}}) for value in ("appointed", "not_appointed")]
    assert [each.standing for each in stand(place, rows)] == ["blank", "not_asked"]
    ticks = Place(found, found.question_by_id["fig-16"], "library", "asp_saas")
    given = [{"fig-16": {"cells": cells}} for cells in ({"library": "asp_saas"}, {"water": "asp_saas"}, {})]
    rows = [body(f"01000{n}", answers=answers) for n, answers in enumerate(given)]
    assert [each.standing for each in stand(ticks, rows)] == ["counted", "otherwise", "blank"]


@pytest.mark.parametrize(("table", "row"), [("table-2-1", "all"), ("fig-99", "open"), ("fig-52", "made")])
def test_some_rows_have_no_question(table: str, row: str) -> None:
    assert question_of(questionnaire("2020"), table, row) is None
    assert question_of(questionnaire("2020"), "fig-01", "appointed")


def test_numbers_that_do_not_add_up_are_seen() -> None:
    found = questionnaire("single")
    rows = [body("010001", answers={"colour": {"value": "red"}}), body("010002")]
    (table, *_) = build_all(found, (), rows, (), 2020)
    cell = next(cell for cell in table.cells if cell.row == "red" and cell.group == "municipality")
    place = Place(found, found.question_by_id["colour"], "red", "")
    stood = by_standing(stand(place, group_of(place, "national", "municipality", rows)))
    assert agrees(cell, stood)
    assert not agrees(cell._replace(count=2), stood) and not agrees(cell._replace(responded=2), stood)
    assert agrees(cell._replace(count=None, base=None, value=7), stood), "an estimate is no count of bodies"
    assert tuple(stood) == provenance.STANDINGS
