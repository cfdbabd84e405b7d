"""Errata are exactly the cells that differ, held against a naive second computation on random corrections."""

import csv
import io
from collections.abc import Sequence
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.errata import WHAT, Changed, Errata, Reach, Reason, errata, from_text
from aggregation.export.errata_form import COLUMNS, long_form
from aggregation.export.long_form import to_csv
from aggregation.tables import BodyRow, Table
from aggregation.tabulate import build_all
from tests.aggregation.makers import ONE_FEATURE, bodies, body, questionnaire, specs
from tests.random_answers import complete_answers

NAMES = ("multiple", "matrix", "procedures", "gates")


def tables(name: str, rows: Sequence[BodyRow]) -> list[Table]:
    found = questionnaire(name)
    return build_all(found, specs(found), rows, (), 2020)


def data(found: Sequence[Table]) -> dict[tuple[str, ...], object]:
    """Every datum of some tables by its full place."""
    return {
        (table.id, cell.row, cell.column, cell.breakdown, cell.group, what): str(getattr(cell, what))
        for table in found
        for cell in table.cells
        for what in WHAT
    }


def listed(found: Errata) -> dict[tuple[str, ...], tuple[str, str]]:
    return {
        (table.id, cell.row, cell.column, cell.breakdown, cell.group, each.what): (str(each.before), str(each.after))
        for table in found.tables
        for cell in table.cells
        for each in cell.differences
    }


@settings(max_examples=60, deadline=None)
@given(data_=st.data(), name=st.sampled_from(NAMES), seed=st.integers(0, 10_000))
def test_errata_are_exactly_what_differs(data_: st.DataObject, name: str, seed: int) -> None:
    rows, rng = data_.draw(bodies(name)), Random(seed)
    corrected = []
    for row in rows:
        answers = complete_answers(questionnaire(name), row.kind, rng) if rng.random() < 0.4 else row.answers
        corrected.append(body(row.code, row.kind, answers, row.population))
    before, after = tables(name, rows), tables(name, corrected)
    was, now = data(before), data(after)
    found = errata(before, after, [])
    none = str(None)
    expected = {
        place: (str(was.get(place, none)), str(now.get(place, none)))
        for place in {*was, *now}
        if was.get(place, none) != now.get(place, none)
    }
    assert listed(found) == expected
    assert found.count == len({place[:5] for place in expected})
    assert from_text(found.to_text()) == found
    back = errata(after, before, [])
    assert listed(back) == {place: (later, earlier) for place, (earlier, later) in expected.items()}


def test_nothing_differs_from_itself() -> None:
    for name in ONE_FEATURE:
        rows = [body("010001", "city", complete_answers(questionnaire(name), "city", Random(1)))]
        assert errata(tables(name, rows), tables(name, rows), []).tables == ()


def test_a_table_that_only_one_edition_has_differs_whole() -> None:
    made = tables("multiple", [body("010001", "city", complete_answers(questionnaire("multiple"), "city", Random(1)))])
    for before, after in (([], made), (made, [])):
        found = errata(before, after, [])
        assert found.count == sum(len(table.cells) for table in made)


def corrected() -> Errata:
    """Two cities said no and now say yes; one of them was looked at for another table only."""
    reason = Reason("R2-010002-02", "=前年度の値でした。")
    one = Changed("010001", "甲市", "R2-010001-01", "R2-010001-02", (Reason("R2-010001-02", ""),))
    two = Changed("020002", "乙市", "", "R2-010002-02", (reason,))
    groups = {
        code: frozenset({("national", "municipality"), ("kind", "city"), ("prefecture", code[:2])})
        for code in ("010001", "020002")
    }
    made = tables("multiple", [body("010001"), body("020002")])
    answers = complete_answers(questionnaire("multiple"), "city", Random(3))
    after = tables("multiple", [body("010001", answers=answers), body("020002", answers=answers)])
    (id,) = {table.id for table in made}
    reaches = [
        Reach(one, frozenset({id}), groups["010001"]),
        Reach(two, frozenset({id}), groups["020002"]),
        Reach(Changed("010003", "丙市", "", "", ()), frozenset({"another"}), groups["010001"]),
    ]
    return errata(made, after, reaches)


def test_the_bodies_behind_a_cell_are_those_of_its_group_that_answered_its_table_otherwise() -> None:
    found = corrected()
    behind = {(cell.breakdown, cell.group): cell.bodies for table in found.tables for cell in table.cells}
    assert behind["national", "municipality"] == ("010001", "020002") == behind["kind", "city"]
    assert (behind["prefecture", "01"], behind["prefecture", "02"]) == (("010001",), ("020002",))


def test_the_long_form_has_a_line_for_each_datum() -> None:
    found = corrected()
    data = to_csv(long_form(found, 2020, "r2", "reported"))
    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert tuple(lines[0]) == COLUMNS
    assert len(lines) == sum(len(cell.differences) for table in found.tables for cell in table.cells)
    national = next(line for line in lines if line["group"] == "municipality" and line["what"] == "responded")
    assert (national["edition"], national["before"], national["after"]) == ("r2", "0", "2")
    assert national["bodies"] == "010001；020002" and national["receipts_before"] == "R2-010001-01；"
    assert national["reasons"] == "再提出；=前年度の値でした。"
    own = next(line for line in lines if line["group"] == "02")
    assert own["reasons"] == "'=前年度の値でした。", "no formula for a spreadsheet"


def test_a_cell_says_where_it_stands() -> None:
    (table,) = corrected().tables
    assert table.name.ja.endswith(table.title.ja)
    cell = table.cells[0]
    assert cell.place.ja == f"{cell.row_label.ja}／{cell.group_label.ja}"
    assert [each.words.ja for each in cell.differences][:1] == ["回答団体数"]
