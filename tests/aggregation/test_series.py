"""Tables over the years."""

from decimal import Decimal

from aggregation.baseline import Published
from aggregation.tables import Named, Series, Table, TableSpec
from aggregation.tabulate import build, build_all
from surveys.questionnaire import Text
from tests.aggregation.makers import PROCEDURES, body, questionnaire

LABEL = Text("率", "Rate")
SHARE = TableSpec(
    "share",
    "series-share",
    ("colour",),
    title=Text("赤の推移", "Red over the years"),
    number=Text("第９図", "Figure 9"),
    series=Series("colour", "red", "survey-year", 0, ("prefecture", "municipality")),
    rows=(Named("red", LABEL),),
    notes=(Text("注", "Note"),),
)
RATES = TableSpec(
    "rates",
    "series-procedures",
    ("procedures",),
    title=Text("推移", "Over the years"),
    number=Text("第９表", "Table 9"),
    series=Series("procedures", "all", "fiscal-year", 1, ("total",)),
    rows=(Named("estimate", LABEL), Named("online_count", LABEL), Named("rate", LABEL)),
)
BODIES = [
    body("010001", "prefecture", {"colour": {"value": "red"}}),
    body("010002", "city", {"colour": {"value": "blue"}}),
    body("010003", "city", {"colour": {"value": "red"}}),
    body("010004", "town"),
]
DONE = {"exists": "yes", "online": "done", "total": 10, "online_count": 4}


def published(
    table: str, row: str, year: int, group: str = "prefecture", percent: str = "", note: str = "", **numbers: int
) -> Published:
    share = Decimal(percent) if percent else None
    count, base, value = (numbers.get(name) for name in ("count", "base", "value"))
    return Published(table, row, str(year), group, count, base, share, value, "", "source", note)


def shares(*past: Published, year: int = 2020) -> Table:
    found = questionnaire("single")
    return build_all(found, [TableSpec("colour", "choice", ("colour",)), SHARE], BODIES, past, year)[1]


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
    assert (table.number, table.title, table.notes) == (SHARE.number, SHARE.title, SHARE.notes)
    assert (table.heading, table.chapter, table.gated) == (Text("項", "Heading"), "1", False)
    assert [group.label for group in table.groups] == [
        Text("都道府県", "Prefectures"),
        Text("市区町村", "Municipalities"),
    ]
    assert [row.label for row in table.rows] == [LABEL]


def test_estimates_are_of_the_year_before_the_round() -> None:
    past = [published("rates", "rate", 2010, "total", "41.0"), published("rates", "estimate", 2010, "total", value=7)]
    rows = [body("010001", "city", {"procedures-a": {"cells": {"loan": DONE}}}, 100)]
    table = build(RATES, questionnaire("procedures"), rows, past)
    assert [(cell.row, cell.column, cell.value, cell.percent) for cell in table.cells] == [
        ("estimate", "2010", 7, None),
        ("estimate", "2019", 10, None),
        ("online_count", "2019", 4, None),
        ("rate", "2010", None, Decimal("41.0")),
        ("rate", "2019", None, Decimal("40.0")),
    ]
    assert [cell.unit.ja if cell.unit else "" for cell in table.cells] == ["件", "件", "件", "", ""]
    assert [entry.label for entry in table.columns] == [Text("2010年度", "FY2010"), Text("2019年度", "FY2019")]


def test_a_series_alone_equals_the_one_beside_its_source() -> None:
    found = questionnaire("procedures")
    rows = [body("010001", "city", {"procedures-a": {"cells": {"loan": DONE}}}, 100)]
    assert build_all(found, [PROCEDURES, RATES], rows, (), 2020)[1] == build(RATES, found, rows)
