"""The charts of the workbook for people, read from its XML: which tables have them, what they show, how they look."""

import io
import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from aggregation import report
from aggregation.chart_rules import BAR, LINE, PIE, STACKED, chart_kind
from aggregation.export.chart_options import FONT, LOOKS, letters
from aggregation.export.facts import Against
from aggregation.export.table_sheet import table_sheet
from aggregation.tables import NATIONAL, TOTAL, Cell, Table
from aggregation.tabulate import build_all
from tests.aggregation.makers import everyone, questionnaire
from tests.aggregation.test_workbook import FACTS, against, book, data, file, tables

A, C = (
    "{http://schemas.openxmlformats.org/drawingml/2006/main}",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}",
)
DRAWN = {PIE: "pieChart", BAR: "barChart", STACKED: "barChart", LINE: "scatterChart"}
Xml = ElementTree.Element


@cache
def part(name: str) -> Xml:
    return ElementTree.fromstring(ZipFile(io.BytesIO(data())).read(name))


def related(name: str) -> dict[str, str]:
    """What a part refers to, by id."""
    folder, base = posixpath.split(name)
    rels = f"{folder}/_rels/{base}.rels"
    if rels not in ZipFile(io.BytesIO(data())).namelist():
        return {}
    return {each.attrib["Id"]: posixpath.normpath(posixpath.join(folder, each.attrib["Target"])) for each in part(rels)}


@cache
def charts(table: Table) -> list[tuple[Xml, str]]:
    """The charts of a table's sheet with their alternative texts."""
    at = book().sheetnames.index(file().names[table.id]) + 1
    drawings = [target for target in related(f"xl/worksheets/sheet{at}.xml").values() if "drawing" in target]
    return [found for drawing in drawings for found in _in(drawing)]


def _in(drawing: str) -> Iterator[tuple[Xml, str]]:
    parts = [target for _, target in sorted(related(drawing).items(), key=lambda found: int(found[0][3:]))]
    described = [each.attrib["descr"] for each in part(drawing).iter() if each.tag.endswith("}cNvPr")]
    yield from zip([part(name) for name in parts], described, strict=True)


def drawn() -> list[Table]:
    return [table for table in tables() if chart_kind(table)]


def texts(found: Xml) -> str:
    return "".join(each.text or "" for each in found.iter(f"{A}t"))


def referred(found: Xml, tag: str) -> list[tuple[list[Any], list[str]]]:
    """For each series, what the cells hold that it refers to, and what is kept of them in the chart."""
    series = [each.find(f"{C}{tag}") for each in found.iter(f"{C}ser")]
    return [(held(own), [each.text or "" for each in own.iter(f"{C}v")]) for own in series if own is not None]


def held(own: Xml) -> list[Any]:
    formula = next(own.iter(f"{C}f")).text or ""
    values = []
    for name, first, last in re.findall(r"'([^']+)'!(\$[A-Z]+\$\d+)(?::(\$[A-Z]+\$\d+))?", formula):
        cells = book()[name][f"{first}:{last or first}".replace("$", "")]
        values += [line[0].value for line in cells] if isinstance(cells, tuple) else [cells.value]
    return values


def shares(table: Table, side: str, column: str = "") -> dict[str, float]:
    """The national percentages of one side in one column, by label of the row."""
    labels = {row.code: row.label.ja for row in table.rows}
    return {
        labels[cell.row]: float(cell.percent)
        for cell in table.cells
        if (cell.breakdown, cell.group, cell.column) == (NATIONAL, side, column) and cell.percent is not None
    }


def test_every_table_that_should_have_charts_has_them() -> None:
    shared = {table.id for table in tables() if any(cell.percent is not None for cell in table.cells)}
    assert {table.id for table in tables() if charts(table)} == shared - {"table-1", "table-2-1"}
    assert len(shared) > 55


@pytest.mark.parametrize(
    ("table", "kind", "count"),
    [
        *(("fig-01", PIE, 2), ("face-cloud", PIE, 1), ("fig-12", BAR, 1), ("fig-24-2", BAR, 1), ("fig-16", BAR, 1)),
        *(("fig-21", STACKED, 2), ("fig-33", STACKED, 1), ("fig-52", LINE, 1), ("table-2-2", LINE, 1)),
    ],
)
def test_the_kind_of_chart_is_that_of_the_table(table: str, kind: str, count: int) -> None:
    own = next(each for each in tables() if each.id == table)
    assert chart_kind(own) == kind and len(charts(own)) == count
    for found, _ in charts(own):
        (drawing,) = found.iter(f"{C}{DRAWN[kind]}")
        grouping = drawing.find(f"{C}grouping")
        assert (grouping is not None and grouping.attrib["val"] == "stacked") == (kind == STACKED)


@pytest.mark.parametrize("table", drawn(), ids=lambda table: table.id)
def test_charts_refer_to_the_cells_that_hold_their_numbers(table: Table) -> None:
    """No chart brings numbers of its own: what it keeps of them is what the cells hold."""
    line = chart_kind(table) == LINE
    for found, alt in charts(table):
        names = referred(found, "xVal" if line else "cat")
        numbers = referred(found, "yVal" if line else "val")
        titles = referred(found, "tx")
        assert len(names) == len(numbers) == len(titles) > 0
        for (labels, _), (values, kept), (title, _) in zip(names, numbers, titles, strict=True):
            assert [float(number) for number in kept] == [float(value) for value in values] != []
            assert dict(zip(labels, values, strict=True)).items() <= wanted(table, str(title[0]), alt).items()


def wanted(table: Table, name: str, alt: str) -> dict[Any, float]:
    """All that a series of this name may show, in a chart of the side that is named in its words."""
    groups = {group.label.ja: group.code for group in table.groups if group.breakdown == NATIONAL}
    found: dict[Any, float] = {}
    for cell in table.cells:
        if cell.breakdown == NATIONAL and cell.percent is not None and _belongs(table, cell, name, groups, alt):
            found[_label(table, cell)] = float(cell.percent)
    return found


def _belongs(table: Table, cell: Cell, name: str, groups: dict[str, str], alt: str) -> bool:
    if name in groups:
        return cell.group == groups[name]
    side = next(code for label, code in groups.items() if f"　{label}（" in alt or table.kind == "series")
    if cell.group != side:
        return False
    entries = table.rows if table.kind == "series" else table.columns
    code = next(entry.code for entry in entries if entry.label.ja == name)
    return code in (cell.row, cell.column)


def _label(table: Table, cell: Cell) -> Any:
    if table.kind == "series":
        return int(cell.column)
    return next(row.label.ja for row in table.rows if row.code == cell.row)


@pytest.mark.parametrize("id", ["fig-01", "fig-12", "fig-52"])
def test_a_series_shows_a_whole_side(id: str) -> None:
    """In the order of the questionnaire, both sides, never their sum."""
    table = next(each for each in tables() if each.id == id)
    if table.kind == "series":
        expected = [[*range(2008, 2011), 2013, 2020]] * 2
        assert [labels for labels, _ in referred(charts(table)[0][0], "xVal")] == expected
        return
    found = [dict(zip(labels[0], values[0], strict=True)) for labels, values in _both(table)]
    assert found == [shares(table, side) for side in ("prefecture", "municipality")]
    assert [list(each) for each in found] == [[row.label.ja for row in table.rows]] * 2


def _both(table: Table) -> list[tuple[Any, Any]]:
    return [
        pair for found, _ in charts(table) for pair in zip(referred(found, "cat"), referred(found, "val"), strict=True)
    ]


def test_a_figure_that_prints_the_leading_rows_shows_those_in_rank_order() -> None:
    table = next(each for each in tables() if each.id == "fig-33")
    labels = {row.code: row.label.ja for row in table.rows}
    (found, alt), *_ = charts(table)
    for names, _ in referred(found, "cat"):
        assert names == [labels[code] for code in table.printed] and len(names) == 15
    for name in (label for code, label in labels.items() if code not in table.printed):
        assert f"、{name} " not in alt


@pytest.mark.parametrize("table", drawn(), ids=lambda table: table.id)
def test_every_chart_says_all_in_words(table: Table) -> None:
    """The alternative text: title, base, each label with its value, and that the numbers are made up."""
    for found, alt in charts(table):
        title = texts(next(found.iter(f"{C}title")))
        assert table.title.ja in title and "合成データ" in title
        assert alt.startswith(title.replace("\n", "　")) or title.replace("\n", "") in alt.replace("　", "").replace(
            "\n", ""
        )
        line = chart_kind(table) == LINE
        for (labels, _), (values, _) in zip(
            referred(found, "xVal" if line else "cat"), referred(found, "yVal" if line else "val"), strict=True
        ):
            for label, value in zip(labels, values, strict=True):
                assert re.search(f"{re.escape(str(label))}(年度?)? {value:.1f}％", alt), (label, value)
    assert "団体中）" in charts(table)[0][1] or chart_kind(table) == LINE


def test_texts_of_charts_are_japanese_and_never_white_or_black_on_dark() -> None:
    theme = ZipFile(io.BytesIO(data())).read("xl/theme/theme1.xml").decode()
    assert f'<a:ea typeface="{FONT}"/>' in theme and f'script="Jpan" typeface="{FONT}"' in theme
    assert "Calibri" not in theme and "Cambria" not in theme
    for table in drawn():
        for found, _ in charts(table):
            assert {each.attrib["typeface"] for each in found.iter(f"{A}latin")} == {FONT}
            for each in found.iter(f"{C}dLbls"):
                assert each.find(f"{C}txPr") is not None
                assert all(own.find(f"{C}delete") is not None for own in each.iter(f"{C}dLbl"))
            if chart_kind(table) == STACKED:
                fills = [each.find(f"{C}dLbls/{C}spPr/{A}solidFill/{A}srgbClr") for each in found.iter(f"{C}ser")]
                assert [fill.attrib["val"] for fill in fills if fill is not None] == ["FFFFFF"] * len(fills)


def test_colour_is_never_the_only_sign() -> None:
    """Within a chart no two fills have the same pattern but the two solid ones, the seventh of which is grey."""
    assert len({pattern for _, pattern in LOOKS}) == len(LOOKS) - 1
    own = next(each for each in tables() if each.id == "fig-02")
    for found, _ in charts(own):
        looks = [_look(point) for point in found.iter(f"{C}dPt")]
        assert len(looks) == 8 == len({*looks})
    pair = [_look(point) for point in charts(tables()[1])[0][0].iter(f"{C}dPt")]
    assert pair == ["0017C1", "pct10"]
    lines = charts(next(each for each in tables() if each.id == "fig-52"))[0][0]
    marks = [each.attrib["val"] for each in lines.iter(f"{C}symbol")]
    dashes = [each.attrib["val"] for each in lines.iter(f"{A}prstDash")]
    assert len({*marks}) == len({*dashes}) == 2


def _look(point: Xml) -> str:
    pattern = point.find(f"{C}spPr/{A}pattFill")
    if pattern is not None:
        return pattern.attrib["prst"]
    return next(point.iter(f"{A}srgbClr")).attrib["val"]


def test_the_number_of_a_small_part_is_left_to_the_table() -> None:
    table = next(each for each in tables() if each.id == "fig-01")
    few = replace(table, cells=tuple(_few(cell) for cell in table.cells))
    for own, said in ((table, False), (few, True)):
        sheet = table_sheet(own, "x", FACTS, Against())
        words = [str(put.value) for line in sheet.lines for put in line if put]
        assert any(word.startswith("5％未満の区分") for word in words) == said
        assert [chart.legend for chart in sheet.charts] == [said] * 2
        assert [series.quiet for chart in sheet.charts for series in chart.series] == [
            frozenset({1} if said else ())
        ] * 2


def _few(cell: Cell) -> Cell:
    """As if 2 of 100 had answered the second option."""
    count = 98 if cell.row == "appointed" else 2
    return cell._replace(base=100, count=count, percent=cell.percent and type(cell.percent)(count))


def test_charts_stand_between_title_and_table_and_within_the_print_area() -> None:
    for table in drawn():
        sheet = table_sheet(table, "x", FACTS, against())
        head = next(
            n for n, line in enumerate(sheet.lines) if line and line[0] and "down" in str(line[0]) and line[0].down == 2
        )
        for chart in sheet.charts:
            top = sum(1 for line in sheet.lines[: chart.line] if line)
            assert top == 4 and chart.line + chart.height / 20 <= head
        right = max(chart.left + chart.width for chart in sheet.charts)
        assert sum(column.width * 7 + 5 for column in sheet.columns) >= right
        area = book()[file().names[table.id]].print_area
        assert area and f"${letters(len(sheet.columns) - 1)}$" in str(area)


def test_nobody_asked_no_chart() -> None:
    """A rate of 0 because nothing was counted is no line either."""
    empty = [replace(body, answers=None) for body in everyone()]
    for table in build_all(questionnaire("2020"), report.specs(), empty, (), 2020):
        assert chart_kind(table) in (None, LINE) and table_sheet(table, "x", FACTS, Against()).charts == ()


def test_parts_of_a_whole_are_recognised_by_their_sums() -> None:
    """An unanswered question leaves a part out, so that a pie would say too much."""
    pie = next(each for each in tables() if each.id == "fig-01")
    assert chart_kind(pie) == PIE
    cells = tuple(cell._replace(base=cell.base and cell.base + 1) for cell in pie.cells)
    assert chart_kind(replace(pie, cells=cells)) == BAR
    stacked = next(each for each in tables() if each.id == "fig-21")
    several = tuple(cell._replace(base=cell.base and cell.base + 1) for cell in stacked.cells)
    assert chart_kind(stacked) == STACKED and chart_kind(replace(stacked, cells=several)) == BAR
    alone = [cell for cell in pie.cells if cell.group == TOTAL]
    found = table_sheet(
        replace(pie, cells=tuple(alone), groups=tuple(g for g in pie.groups if g.code == TOTAL)), "x", FACTS, Against()
    )
    assert ["総数" in chart.title for chart in found.charts] == [True]


@pytest.mark.parametrize(
    ("number", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_names_of_columns(number: int, name: str) -> None:
    assert letters(number) == name
