"""Tables over the years."""

from dataclasses import replace
from decimal import Decimal

import pytest

from aggregation.baseline import Baseline, Published, load
from aggregation.series import from_baselines
from aggregation.tables import SHIPPED, Named, Series, Table, TableSpec, load_specs
from aggregation.tabulate import build_all
from surveys.questionnaire import Derived, Questionnaire, Text
from tests.aggregation.makers import PROCEDURES, body, everyone, questionnaire

LABEL = Text("率", "Rate")
SHARE = TableSpec(
    "share",
    series=Series("colour", "red", "survey-year", 0, ("prefecture", "municipality")),
    rows=(Named("red", LABEL),),
    notes=(Text("注", "Note"),),
)
RATES = TableSpec(
    "rates",
    series=Series("procedures", "all", "fiscal-year", 1, ("total",)),
    rows=(Named("estimate", LABEL), Named("online_count", LABEL), Named("rate", LABEL)),
)
HEADS = (
    Derived("share", Text("第９図", "Figure 9"), Text("赤の推移", "Red over the years")),
    Derived("rates", Text("第９表", "Table 9"), Text("推移", "Over the years")),
)
BODIES = [
    body("010001", "prefecture", {"colour": {"value": "red"}}),
    body("010002", "city", {"colour": {"value": "blue"}}),
    body("010003", "city", {"colour": {"value": "red"}}),
    body("010004", "town"),
]
DONE = {"exists": "yes", "online": "done", "total": 10, "online_count": 4}


def told(name: str) -> Questionnaire:
    """A questionnaire that says how the series are numbered and called."""
    return replace(questionnaire(name), derived=HEADS)


def published(
    table: str, row: str, year: int, group: str = "prefecture", percent: str = "", note: str = "", **numbers: int
) -> Published:
    share = Decimal(percent) if percent else None
    count, base, value = (numbers.get(name) for name in ("count", "base", "value"))
    return Published(table, row, str(year), group, count, base, share, value, "", "source", note)


def shares(*past: Published, year: int = 2020) -> Table:
    return build_all(told("single"), [SHARE], BODIES, past, year)[1]


def test_the_rounds_own_year_comes_from_its_table() -> None:
    table = shares()
    assert [cell[:9] for cell in table.cells] == [
        ("red", "2020", "national", "prefecture", 1, 1, 1, 1, Decimal("100.0")),
        ("red", "2020", "national", "municipality", 3, 2, 2, 1, Decimal("50.0")),
    ]


def test_past_years_stand_before_it_with_their_notes_and_gaps_stay() -> None:
    table = shares(
        published("share", "red", 2013, percent="55.3", note="定義が異なる"),
        published("share", "red", 2008, "municipality", count=1, base=8),
        published("share", "blue", 2008, percent="1.0"),
        published("share", "red", 2008, "total", percent="1.0"),
        published("other", "red", 2009, percent="1.0"),
    )
    assert [(cell.column, cell.group, cell.percent, cell.bodies) for cell in table.cells] == [
        ("2008", "municipality", Decimal("12.5"), None),
        ("2013", "prefecture", Decimal("55.3"), None),
        ("2020", "prefecture", Decimal("100.0"), 1),
        ("2020", "municipality", Decimal("50.0"), 3),
    ]
    assert [cell.note for cell in table.cells] == [None, Text("定義が異なる", "定義が異なる"), None, None]
    assert [(entry.code, entry.label.ja) for entry in table.columns][:2] == [("2008", "2008年"), ("2013", "2013年")]


def test_no_year_after_the_rounds_own_and_no_other_value_for_it() -> None:
    past = [published("share", "red", year, percent="1.0") for year in (2020, 2021)]
    assert shares(*past) == shares()
    assert [entry.code for entry in shares(*past, year=2022).columns] == ["2020", "2021", "2022"]


def test_the_head_of_a_series() -> None:
    table = shares()
    assert (table.number, table.title, table.notes) == (HEADS[0].number, HEADS[0].title, SHARE.notes)
    assert (table.heading, table.chapter, table.gated) == (Text("項", "Heading"), "1", False)
    assert [group.label for group in table.groups] == [
        Text("都道府県", "Prefectures"),
        Text("市区町村", "Municipalities"),
    ]
    assert [row.label for row in table.rows] == [LABEL]


def test_estimates_are_of_the_year_before_the_round() -> None:
    past = [published("rates", "rate", 2010, "total", "41.0"), published("rates", "estimate", 2010, "total", value=7)]
    rows = [body("010001", "city", {"procedures-a": {"cells": {"loan": DONE}}}, 100)]
    table = build_all(told("procedures"), [RATES, PROCEDURES], rows, past, 2020)[1]
    assert [(cell.row, cell.column, cell.value, cell.percent) for cell in table.cells] == [
        ("estimate", "2010", 7, None),
        ("estimate", "2019", 10, None),
        ("online_count", "2019", 4, None),
        ("rate", "2010", None, Decimal("41.0")),
        ("rate", "2019", None, Decimal("40.0")),
    ]
    assert [cell.unit.ja if cell.unit else "" for cell in table.cells] == ["件", "件", "件", "", ""]
    assert [entry.label for entry in table.columns] == [Text("2010年度", "FY2010"), Text("2019年度", "FY2019")]


def test_of_two_values_for_a_year_the_later_given_stands() -> None:
    past = [published("share", "red", 2019, percent=share) for share in ("1.0", "2.0")]
    assert [cell.percent for cell in shares(*past).cells if cell.column == "2019"] == [Decimal("2.0")]


# Past values from published reports


BODY_NUMBERS = (
    published("bodies", "", 0, base=47),
    published("bodies", "", 0, "municipality", base=1741),
)


def report(*cells: Published) -> Baseline:
    """A published report; `published` above gives its cells a year, which a report of one year does not."""
    return Baseline(tuple(replace(cell, column="") for cell in (*cells, *BODY_NUMBERS)))


def test_published_reports_give_the_past_of_a_share() -> None:
    reports = {
        2019: report(published("colour", "red", 0, percent="10.0", note="注"), published("colour", "blue", 0, count=1)),
        2018: report(published("colour", "red", 0, "municipality", "43.6", count=759), published("other", "red", 0)),
    }
    found = from_baselines([PROCEDURES, SHARE], reports)
    assert [(cell.key, cell.count, cell.base, cell.percent, cell.source, cell.note) for cell in found] == [
        (("share", "red", "2018", "municipality"), 759, 1741, Decimal("43.6"), "source", ""),
        (("share", "red", "2019", "prefecture"), None, None, Decimal("10.0"), "source", "注"),
    ]
    cells = [cell for cell in shares(*found).cells if cell.column != "2020"]
    assert [(cell.column, cell.group, cell.count, cell.base, cell.percent) for cell in cells] == [
        ("2018", "municipality", 759, 1741, Decimal("43.6")),
        ("2019", "prefecture", None, None, Decimal("10.0")),
    ]
    assert cells[1].note == Text("注", "注")


def test_published_reports_give_the_past_of_estimates_a_year_before_them() -> None:
    cells = (
        replace(published("procedures", "all", 0, "total", value=7), column="estimate"),
        replace(published("procedures", "all", 0, "total", "41.0"), column="rate"),
        replace(published("procedures", "loan", 0, "total", "41.0"), column="rate"),
    )
    found = from_baselines([RATES], {2018: Baseline(cells)})
    assert [(cell.key, cell.value, cell.percent) for cell in found] == [
        (("rates", "estimate", "2017", "total"), 7, None),
        (("rates", "rate", "2017", "total"), None, Decimal("41.0")),
    ]


@pytest.mark.parametrize(
    ("cell", "printed", "base"),
    [
        (published("colour", "red", 0, percent="25.5", count=12), None, 47),
        (published("colour", "red", 0, count=47), None, 47),
        (published("colour", "red", 0, count=12), None, None),
        (published("colour", "red", 0, percent="30.0", count=12), None, None),
        (published("colour", "red", 0, "total", percent="30.0", count=12), None, None),
        (published("colour", "red", 0, percent="30.0", count=12), 40, 40),
        (published("colour", "red", 0, count=47), 47, 47),
        (published("colour", "red", 0, percent="30.0", count=12, base=41), 40, 41),
        (published("colour", "red", 0, percent="30.0"), 40, None),
    ],
    ids=[
        "all bodies, as the percentage says",
        "all bodies, as the count says",
        "nothing tells",
        "the percentage contradicts",
        "all bodies not printed",
        "printed for the table",
        "printed, and all bodies",
        "printed beside the count",
        "no count",
    ],
)
def test_the_base_of_a_published_count(cell: Published, printed: int | None, base: int | None) -> None:
    of_table = [published("colour", "", 0, base=printed)] if printed else []
    (found,) = from_baselines([SHARE], {2019: report(cell, *of_table)})
    assert found.base == base


def test_the_shipped_report_gives_the_next_round_its_past() -> None:
    past = from_baselines(load_specs(), {2020: load(SHIPPED.with_name("baseline-2020.csv"))})
    made = {table.id: table for table in build_all(questionnaire("2020"), load_specs(), everyone(), past, 2021)}
    known = {
        (id, *cell[:2], cell.group): (cell.count, cell.base, cell.percent, cell.value)
        for id in ("table-2-2", "fig-52")
        for cell in made[id].cells
        if cell.column != made[id].columns[-1].code
    }
    assert known == {
        ("table-2-2", "estimate", "2019", "total"): (None, None, None, 472_617_630),
        ("table-2-2", "rate", "2019", "total"): (None, None, Decimal("47.5"), None),
        ("fig-52", "made", "2020", "prefecture"): (46, 47, Decimal("97.9"), None),
        ("fig-52", "made", "2020", "municipality"): (759, 1741, Decimal("43.6"), None),
    }


def test_the_own_column_of_the_shipped_series() -> None:
    made = {table.id: table for table in build_all(questionnaire("2020"), load_specs(), everyone(), (), 2020)}
    columns = {id: [column.code for column in made[id].columns] for id in ("table-2-2", "fig-52")}
    assert columns == {"table-2-2": ["2019"], "fig-52": ["2020"]}
