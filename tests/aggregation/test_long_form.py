"""Tables in the long form."""

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from aggregation.baseline import Baseline, Published
from aggregation.export.long_form import COLUMNS, LongForm, long_form, to_csv, to_json
from aggregation.tables import Table
from aggregation.tabulate import build_all
from surveys.questionnaire import Text
from tests.aggregation.makers import PROCEDURES, body, questionnaire, table

# The header of the contract, "Tables, long form".
HEADER = (
    "year,table,title,row,row_label,column,column_label,breakdown,group,group_label,bodies,responded,count,base,percent,"
    "value,unit,baseline_count,baseline_base,baseline_percent,baseline_value,change,origin,note"
)
BASELINE = Baseline(
    (
        Published("bodies", "", "", "municipality", None, 8, None, None, "", "source", ""),
        Published("colour", "red", "", "municipality", 1, None, Decimal("19.6"), None, "", "source", "全団体"),
    )
)
ROWS = [
    body("010001", "city", {"colour": {"value": "red"}}),
    body("010002", "city", {"colour": {"value": "blue"}}),
    body("010003", "city"),
]


def colours() -> Table:
    return table("colour", questionnaire("single"), ROWS)


def form() -> LongForm:
    return long_form([colours()], BASELINE, 2020, "reported")


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def line(data: bytes, **wanted: str) -> dict[str, str]:
    (found,) = (row for row in read(data) if wanted.items() <= row.items())
    return found


def test_the_columns_are_those_of_the_contract() -> None:
    assert ",".join(COLUMNS) == HEADER
    assert to_csv(form()).decode("utf-8-sig").splitlines()[0] == HEADER


def test_a_line_of_csv() -> None:
    data = to_csv(form())
    assert data.startswith(b"\xef\xbb\xbf")
    assert line(data, row="red", breakdown="national", group="municipality") == {
        "year": "2020",
        "table": "colour",
        "title": "表 colour",
        "row": "red",
        "row_label": "redの名",
        "column": "",
        "column_label": "",
        "breakdown": "national",
        "group": "municipality",
        "group_label": "市区町村",
        "bodies": "3",
        "responded": "2",
        "count": "1",
        "base": "2",
        "percent": "50.0",
        "value": "",
        "unit": "",
        "baseline_count": "1",
        "baseline_base": "8",
        "baseline_percent": "19.6",
        "baseline_value": "",
        "change": "37.5",
        "origin": "reported",
        "note": "全団体",
    }


def test_only_national_lines_have_published_numbers() -> None:
    found = line(to_csv(form()), row="red", breakdown="kind")
    assert [found[name] for name in COLUMNS if name.startswith("baseline")] == ["", "", "", ""]


def test_a_value_has_a_unit_and_no_base() -> None:
    made = table("staff", questionnaire("integers"), [body("010001", answers={"staff": {"cells": {"own": 5}}})])
    found = line(to_csv(long_form([made], None, 2020, "synthetic")), row="own", group="municipality")
    assert [found[name] for name in ("column", "count", "base", "percent", "value", "unit", "origin")] == [
        "count", "", "", "", "5", "人", "synthetic"
    ]  # fmt: skip


def test_an_estimate_has_its_note() -> None:
    tables = build_all(questionnaire("procedures"), [PROCEDURES], [], (), 2020)
    found = line(to_csv(long_form(tables, None, 2020, "reported")), row="all", column="rate")
    assert (found["percent"], found["note"]) == ("0.0", "推計の基礎となるオンライン実施団体なし")


def test_texts_that_look_like_formulas_are_neutralised_and_numbers_are_not() -> None:
    risky = replace(colours(), title=Text("=cmd()", "x"))
    published = Baseline((replace(BASELINE.cells[1], percent=Decimal("60.0"), count=None),))
    data = to_csv(long_form([risky], published, 2020, "reported"))
    found = line(data, row="red", breakdown="national", group="municipality")
    assert (found["title"], found["change"]) == ("'=cmd()", "-10.0")


def test_json_has_a_head_and_numbers() -> None:
    document: dict[str, Any] = json.loads(to_json(form()))
    assert (document["year"], document["origin"], document["columns"]) == (2020, "reported", list(COLUMNS))
    rows = [dict(zip(document["columns"], row, strict=True)) for row in document["rows"]]
    (found,) = (row for row in rows if (row["row"], row["group"]) == ("red", "municipality"))
    assert (found["count"], found["percent"], found["value"], found["unit"]) == (1, 50.0, None, None)
    assert b"50.0" in to_json(form())
