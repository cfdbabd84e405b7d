"""Recomputed tables beside published numbers."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from aggregation.baseline import Baseline, Published, load
from aggregation.compare import Compared, compare, reproduction
from aggregation.tables import SHIPPED, Table, load_specs
from aggregation.tabulate import build_all
from tests.aggregation.makers import PROCEDURES, body, everyone, questionnaire, table

CELL = {"exists": "yes", "online": "done", "total": 10, "online_count": 4}


def published(table: str, row: str, column: str = "", group: str = "municipality", **numbers: Any) -> Published:
    share = Decimal(numbers["percent"]) if "percent" in numbers else None
    count, base, value = (numbers.get(name) for name in ("count", "base", "value"))
    return Published(table, row, column, group, count, base, share, value, "", "source", numbers.get("note", ""))


def baseline(*cells: Published) -> Baseline:
    return Baseline((*cells, published("bodies", "", base=8)))


def colours() -> list[Table]:
    """Of eight towns one is red, one has not answered, the rest are blue."""
    said: list[Any] = [{"colour": {"value": "red"}}, *[{"colour": {"value": "blue"}}] * 6, None]
    rows = [body(f"01000{number}", "town", answers) for number, answers in enumerate(said)]
    return [table("colour", questionnaire("single"), rows)]


def red(*cells: Published, gated: bool = False) -> Compared | None:
    return compare(replace(colours()[0], gated=gated), baseline(*cells)).get(("red", "", "municipality"))


def test_a_count_and_its_percentage() -> None:
    found = red(published("colour", "red", count=2, percent="25.0", note="注"))
    assert found == Compared(2, 8, Decimal("25.0"), None, Decimal("14.3") - Decimal("25.0"), "注")


@pytest.mark.parametrize(
    ("cells", "gated", "base", "change"),
    [
        # The percentage before is computed from count and base, even where another one is printed.
        ([published("colour", "red", count=1, percent="19.6")], False, 8, Decimal("1.8")),
        ([published("colour", "red", count=1), published("colour", "", base=10)], True, 10, Decimal("4.3")),
        ([published("colour", "red", count=1, base=7)], True, 7, Decimal("0.0")),
        ([published("colour", "red", count=1)], True, None, None),
        ([published("colour", "red", percent="10.0")], False, None, Decimal("4.3")),
    ],
    ids=["all bodies", "the printed base of the table", "the base beside the count", "no base", "no count"],
)
def test_the_published_base_and_the_change(
    cells: list[Published], gated: bool, base: int | None, change: Decimal | None
) -> None:
    found = red(*cells, gated=gated)
    assert found is not None
    assert (found.baseline_base, found.change) == (base, change)


def test_only_published_national_cells_are_compared() -> None:
    assert red(published("colour", "blue", count=1)) is None
    assert list(compare(colours()[0], baseline(published("colour", "red", count=1)))) == [("red", "", "municipality")]
    assert compare(colours()[0], None) == {}


def test_values_change_by_their_difference() -> None:
    rows = [body("010001", "city", {"staff": {"cells": {"own": 5}}})]
    (made,) = build_all(questionnaire("integers"), [], rows, (), 2020)
    found = compare(
        made, baseline(published("staff", "own", "count", value=7), published("staff", "out", "count", value=7))
    )
    assert found["own", "count", "municipality"] == Compared(None, None, None, 7, -2)
    assert found["out", "count", "municipality"] == Compared(None, None, None, 7, None)


def test_every_published_number_stands_beside_the_recomputed_one() -> None:
    found = reproduction(
        colours(),
        baseline(
            published("colour", "red", count=1, percent="14.3"),
            published("colour", "blue", count=5, percent="85.6"),
            published("colour", "", base=7),
            published("gone", "red", count=1),
            published("colour", "green", count=1),
        ),
    )
    assert list(found.lines()) == [
        "published / recomputed",
        "第colour図 redの名／市区町村 団体数: 1 / 1",
        "第colour図 blueの名／市区町村 団体数: 5 / 6  ≠",
        "第colour図 市区町村 対象団体数: 7 / 7",
        "gone red／市区町村 団体数: 1 / ―  ≠",
        "第colour図 green／市区町村 団体数: 1 / ―  ≠",
        "bodies 市区町村 対象団体数: 8 / 8",
        "第colour図 blueの名／市区町村 割合（％）: 85.6 / 85.7  ≠",
        "published numbers reproduced: 3 of 6",
        "printed percentages agreeing: 1 of 2 (第colour図)",
    ]
    assert not found.complete


def test_a_reproduction_without_fault() -> None:
    found = reproduction(colours(), baseline(published("colour", "red", count=1, percent="14.3")))
    assert found.complete
    assert found.summary() == ["published numbers reproduced: 2 of 2", "printed percentages agreeing: 1 of 1"]


def test_estimates_and_rates_are_numbers_of_their_own() -> None:
    rows = [body("010001", "city", {"procedures-a": {"cells": {"loan": CELL}}}, 100)]
    tables = build_all(questionnaire("procedures"), [PROCEDURES], rows, (), 2020)
    cells = Baseline(
        (
            published("procedures", "all", "estimate", "total", value=10),
            published("procedures", "all", "rate", "total", percent="40.0"),
        )
    )
    assert list(reproduction(tables, cells).lines())[1:] == [
        "第procedures-a図 全手続／estimate／総数 値: 10 / 10",
        "第procedures-a図 全手続／rate／総数 割合（％）: 40.0 / 40.0",
        "published numbers reproduced: 2 of 2",
        "printed percentages agreeing: 0 of 0",
    ]
    assert compare(tables[0], cells)["all", "rate", "total"].change == 0


def test_a_printed_base_stands_beside_the_base_that_all_cells_share_or_beside_none() -> None:
    """In the total one row has another base than the rest; among municipalities all are alike."""
    rows = [body("010001", "prefecture", {}), body("010002", "town", {}), body("010003", "town", {})]
    made = table("systems", questionnaire("matrix"), rows)
    assert {cell.base for cell in made.cells if cell.group == "total"} == {3}
    narrow = [cell._replace(base=2) if cell.row == made.rows[0].code else cell for cell in made.cells]
    uneven = replace(made, cells=tuple(cell for cell in narrow if cell.group in ("total", "municipality")))
    printed = [published("systems", "", group=group, base=2) for group in ("total", "municipality")]
    found = reproduction([uneven], Baseline(tuple(printed)))
    assert [line.recomputed for line in found.numbers] == [None, 2]


def test_every_shipped_number_has_a_cell_of_the_shipped_tables() -> None:
    tables = build_all(questionnaire("2020"), load_specs(), everyone(), (), 2020)
    found = reproduction(tables, load(SHIPPED.with_name("baseline-2020.csv")))
    assert [str(line) for line in found.numbers if line.recomputed is None] == []
