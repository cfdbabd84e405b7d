"""From tables to charts: what is drawn is what the table says, in its order, and its labels leave each other room."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation import figures, report
from aggregation.baseline import percent
from aggregation.figures import marks, pie
from aggregation.figures.palette import BLANK, FILLS
from aggregation.figures.typeset import NOT_FIRST, NOT_LAST, width, wrap
from aggregation.tables import NATIONAL, SERIES, Cell, Entry, GroupLabel, Table, load_specs
from aggregation.tabulate import build_all
from surveys.questionnaire import Text
from tests.aggregation.makers import everyone, questionnaire

SIDE = GroupLabel(NATIONAL, "prefecture", Text("都道府県", "Prefectures"))
SPECS = {spec.id: spec for spec in load_specs()}


@cache
def made() -> list[Table]:
    """All tables of a small country that has answered the shipped questionnaire."""
    return build_all(questionnaire("2020"), load_specs(), everyone(), report.past(), 2020)


def planned(table: Table) -> figures.Plan | None:
    return figures.plan(table, SPECS.get(table.id))


@pytest.fixture(scope="module")
def drawn() -> dict[tuple[str, str], tuple[Table, figures.Plan, dict[str, Any]]]:
    """The table, plan and Japanese spec of every chart, by table and side."""
    found = {}
    for table in made():
        plan = planned(table)
        for side in plan.sides if plan else ():
            found[table.id, side] = (table, plan, figures.spec(table, plan, side, "ja"))
    return found


def values(spec: dict[str, Any], *keys: str) -> Iterator[tuple[Any, ...]]:
    """What the layers of a spec draw that has all these keys."""
    for layer in spec["layer"]:
        for value in layer["data"]["values"]:
            if all(key in value for key in keys):
                yield tuple(value[key] for key in keys)


def texts(spec: dict[str, Any]) -> Iterator[tuple[dict[str, Any], float, float, str]]:
    for layer in spec["layer"]:
        if layer["mark"]["type"] == "text" and "text" in layer["data"]["values"][0]:
            yield from ((layer["mark"], value["x"], value["y"], value["text"]) for value in layer["data"]["values"])


def kinds(drawn: dict[tuple[str, str], Any]) -> dict[str, set[str]]:
    found = defaultdict(set)
    for (table, _), (_, plan, _) in drawn.items():
        found[plan.kind].add(table)
    return found


def test_the_kind_of_chart_follows_from_the_question(drawn: dict[tuple[str, str], Any]) -> None:
    found = kinds(drawn)
    assert {"fig-01", "fig-02", "fig-28", "face-cloud"} <= found["pie"]
    assert {"fig-07", "fig-12", "fig-16", "fig-41", "table-1"} <= found["bar"]
    assert found["stacked"] == {"fig-21", "fig-32", "fig-33", "fig-34", "fig-35", "fig-50"}
    assert found["line"] == {"table-2-2", "fig-52"} and found["procedures"] == {"table-2-1"}


def test_a_single_choice_with_more_options_than_fills_is_drawn_as_bars() -> None:
    plan = figures.plan(of_counts([1] * (len(FILLS) + 1)))
    assert plan and plan.kind == "bar"


def test_prefectures_and_municipalities_each_have_their_chart(drawn: dict[tuple[str, str], Any]) -> None:
    def sides(table: str) -> list[str]:
        return [side for id, side in drawn if id == table]

    assert sides("fig-01") == ["prefecture", "municipality"] and sides("fig-32") == ["prefecture"]
    assert sides("fig-52") == [figures.TOGETHER]
    assert sides("table-2-1") == ["total", "prefecture", "municipality"]


def test_pies_and_bars_are_as_large_as_the_cells_say(drawn: dict[tuple[str, str], Any]) -> None:
    checked = 0
    for (_, side), (table, plan, spec) in drawn.items():
        cells = {cell.row: cell for cell in table.cells if (cell.breakdown, cell.group) == (NATIONAL, side)}
        if plan.kind == "pie":
            counts = dict(values(spec, "row", "count"))
            assert counts == {row: cell.count for row, cell in cells.items() if cell.count}
        elif plan.kind == "bar":
            numbers = [cell.percent if cell.value is None else cell.value for cell in cells.values()]
            assert list(values(spec, "row", "number")) == [
                (row, float(number)) for row, number in zip(cells, numbers, strict=True) if number is not None
            ]
        checked += plan.kind in ("pie", "bar")
    assert checked > 80


def test_stacked_bars_and_lines_are_as_long_and_high_as_the_cells_say(drawn: dict[tuple[str, str], Any]) -> None:
    for (_, side), (table, plan, spec) in drawn.items():
        own = {(cell.row, cell.column, cell.group): cell for cell in table.cells if cell.breakdown == NATIONAL}
        if plan.kind == "stacked":
            for row, column, start, end, share in values(spec, "row", "column", "start", "end", "percent"):
                cell = own[row, column, side]
                assert share == float(cell.percent) and abs(end - start - 100 * cell.count / cell.base) < 0.001
        elif plan.kind == "line":
            points = sorted(values(spec, "column", "percent"))
            assert points == sorted((c.column, float(c.percent)) for c in own.values() if c.percent is not None)


def test_rows_stand_in_the_order_of_the_questionnaire_or_of_the_printed_figure(
    drawn: dict[tuple[str, str], Any],
) -> None:
    table, _, spec = drawn["fig-32", "prefecture"]
    assert len(table.printed) == 15
    assert tuple(dict.fromkeys(row for (row,) in values(spec, "row"))) == table.printed
    table, _, spec = drawn["fig-07", "municipality"]
    assert [row for row, _ in values(spec, "row", "number")] == [row.code for row in table.rows]


def test_of_procedures_the_sums_have_rates_and_the_sides_show_who_is_online(drawn: dict[tuple[str, str], Any]) -> None:
    table, _, spec = drawn["table-2-1", "total"]
    rates = {
        cell.row: float(cell.percent) for cell in table.cells if cell.column == "rate" and cell.percent is not None
    }
    assert dict(values(spec, "row", "number")) == {row.code: rates[row.code] for row in table.rows if not row.group}
    online = {
        cell.row: float(cell.percent)
        for cell in table.cells
        if (cell.column, cell.breakdown, cell.group) == ("online", NATIONAL, "municipality")
        and cell.percent is not None
    }
    table, _, spec = drawn["table-2-1", "municipality"]
    assert dict(values(spec, "row", "number")) == online


def test_states_are_solid_striped_or_white(drawn: dict[tuple[str, str], Any]) -> None:
    fills = drawn["fig-32", "prefecture"][1].fills
    assert list(fills.values()) == [FILLS[0], FILLS[1], BLANK, FILLS[-1]]
    assert list(drawn["fig-50", "prefecture"][1].fills.values()) == [FILLS[0], BLANK]
    assert list(drawn["fig-01", "prefecture"][1].fills.values()) == [FILLS[0], FILLS[-1]]
    assert drawn["fig-21", "prefecture"][1].fills["none"] == BLANK


def test_no_two_fills_look_alike() -> None:
    assert len({fill.colour for fill in FILLS}) == len({(fill.marks, fill.turn, fill.colour) for fill in FILLS}) == 8
    assert len({fill.marks for fill in (*FILLS, BLANK) if fill.marks}) == 6  # beside three plain ones


def test_a_line_is_interrupted_where_years_or_the_definition_are(drawn: dict[tuple[str, str], Any]) -> None:
    def joined(table: str) -> int:
        spec = drawn[table, figures.TOGETHER][2]
        layers = [each for each in spec["layer"] if each["mark"].get("strokeWidth") == 2.5]
        lengths = [len(layer["data"]["values"]) // 2 for layer in layers]
        return sum(lengths) - (2 + (table == "fig-52") if table == "fig-52" else 0)  # without the pieces of the key

    assert joined("fig-52") == 4  # 2008–2009–2010 of both sides
    assert joined("table-2-2") == 0  # 2018–2019 follow each other, but count other procedures
    assert "定義の変更" in [text for *_, text in texts(drawn["table-2-2", figures.TOGETHER][2])]


def test_every_value_is_in_the_description(drawn: dict[tuple[str, str], Any]) -> None:
    for (id, side), (table, plan, spec) in drawn.items():
        if plan.kind == "pie":
            for cell in table.cells:
                if (cell.breakdown, cell.group) == (NATIONAL, side):
                    assert f"{cell.percent}%（{cell.count:,}）" in spec["description"], id
        said = {text for mark, _, _, text in texts(spec) if mark.get("fontWeight") == "bold"}
        assert plan.kind == "pie" or all(text in spec["description"] for text in said), id
    assert drawn["fig-01", "prefecture"][2]["usermeta"]["title"] == "第１図　CIOの任命の有無（都道府県）"
    assert drawn["fig-01", "prefecture"][2]["description"].startswith("対象団体数2。任命している ")


def test_a_row_that_is_not_asked_of_a_side_is_not_drawn_there(drawn: dict[tuple[str, str], Any]) -> None:
    for id in ("fig-50", "fig-07"):
        table, plan, _ = drawn[id, "prefecture"]
        left_out = table.rows[0].code
        fewer = replace(table, cells=tuple(cell for cell in table.cells if cell.row != left_out))
        rows = {row for (row,) in values(figures.spec(fewer, plan, "prefecture", "ja"), "row")}
        assert rows == {row.code for row in table.rows[1:]}


def test_a_key_takes_as_many_lines_as_it_needs(drawn: dict[tuple[str, str], Any]) -> None:
    table, plan, _ = drawn["fig-52", figures.TOGETHER]
    long = replace(table, groups=tuple(each._replace(label=Text("団体" * 10, "x")) for each in table.groups))
    spec = figures.spec(long, plan, figures.TOGETHER, "ja")
    assert_room(spec)
    assert len({y for _, _, y, text in texts(spec) if text == "団体" * 10}) == 3


def test_a_group_without_a_value_has_no_line(drawn: dict[tuple[str, str], Any]) -> None:
    table, plan, _ = drawn["fig-52", figures.TOGETHER]
    fewer = replace(table, cells=tuple(cell for cell in table.cells if cell.group != "total"))
    assert "総数" not in figures.spec(fewer, plan, figures.TOGETHER, "ja")["description"]


def test_words_follow_the_language() -> None:
    table = of_counts([3, 1])
    plan = figures.plan(table)
    assert plan is not None
    spec = figures.spec(table, plan, "prefecture", "en")
    assert spec["usermeta"] == {"title": "Question", "language": "en"}
    assert spec["description"] == "4 bodies asked. Row 0 75.0% (3). Row 1 25.0% (1)."


def of_counts(counts: list[int], name: str = "区分") -> Table:
    """A single choice of one side."""
    base = sum(counts)
    rows = tuple(Entry(f"r{at}", Text(f"{name}{at}", f"Row {at}")) for at in range(len(counts)))
    head = (NATIONAL, "prefecture", base, base, base)
    cells = tuple(
        Cell(row.code, "", *head, count, percent(count, base)) for row, count in zip(rows, counts, strict=True)
    )
    text = Text("問", "Question")
    return Table("t", "choice", None, text, text, "1", False, rows, (), (SIDE,), cells)


def test_without_numbers_there_is_nothing_to_draw() -> None:
    assert figures.plan(of_counts([0, 0])) is None
    assert figures.plan(replace(of_counts([0, 0]), kind=SERIES)) is None


def test_parts_under_five_percent_have_no_label() -> None:
    table = of_counts([951, 49])
    plan = figures.plan(table)
    assert plan is not None
    assert [text for *_, text in texts(figures.spec(table, plan, "prefecture", "ja"))] == ["区分0", "95.1%（951）"]
    assert pie.has_unlabelled(table, plan, "prefecture") and not pie.has_unlabelled(
        of_counts([1, 1]), plan, "prefecture"
    )


Box = tuple[float, float, float, float]


def boxes(spec: dict[str, Any]) -> list[Box]:
    """Where the texts stand at the largest size that the style sheet gives them: left, top, right, bottom."""
    found = set()
    for mark, x, y, text in texts(spec):
        wide = width(text, marks.ROOM)
        left = x - {"left": 0, "center": wide / 2, "right": wide}[mark["align"]]
        found.add((left, y - marks.ROOM / 2, left + wide, y + marks.ROOM / 2))
    return sorted(found)


def overlapping(found: list[Box]) -> list[tuple[Box, Box]]:
    slack = 0.11  # places are rounded to a tenth
    return [
        (a, b)
        for at, a in enumerate(found)
        for b in found[at + 1 :]
        if min(a[2], b[2]) - max(a[0], b[0]) > slack and min(a[3], b[3]) - max(a[1], b[1]) > slack
    ]


def assert_room(spec: dict[str, Any]) -> None:
    found = boxes(spec)
    assert overlapping(found) == []
    assert min(box[0] for box in found) >= -0.1 and max(box[2] for box in found) <= marks.WIDTH + 0.1
    assert min(box[1] for box in found) >= -0.1 and max(box[3] for box in found) <= spec["height"] + 0.5


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_text_of_the_report_overlaps_another_or_is_clipped(language: str) -> None:
    for table in made():
        plan = planned(table)
        for side in plan.sides if plan else ():
            assert_room(figures.spec(table, plan, side, language))


@given(st.lists(st.integers(0, 1_741), min_size=1, max_size=8), st.integers(1, 30))
def test_labels_of_any_pie_leave_each_other_room(counts: list[int], length: int) -> None:
    table = of_counts(
        counts, "地方公共団体情報システム（機構）" * (length // 15) + "情報化の推進体制と人材育成"[:length]
    )
    plan = figures.plan(table)
    if plan is not None:
        spec = figures.spec(table, plan, "prefecture", "ja")
        assert_room(spec)
        labels = sum(Decimal(str(share)) >= pie.LEAST for _, share in values(spec, "order", "percent"))
        numbers = [text for *_, text in texts(spec) if text.endswith("）") and text[0] in "（1234567890"]
        assert len(numbers) == labels


@given(st.text("あア漢（）「」、。・ーabcWM 19%", min_size=1, max_size=60), st.integers(40, 400))
def test_lines_keep_every_sign_and_break_where_japanese_may(text: str, limit: int) -> None:
    lines = wrap(text, limit, 18)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line, 18) <= limit or len(line) == 1 for line in lines)


def test_lines_break_between_phrases_where_that_needs_no_more_of_them() -> None:
    assert wrap("副知事・副市区町村長", 140, 18) == ["副知事・", "副市区町村長"]
    assert wrap("令和３年度以降に整備予定", 149, 18) == ["令和３年度以降に", "整備予定"]
    assert wrap("その他の部局長（総務部長等）", 140, 18) == ["その他の部局長", "（総務部長等）"]
    assert wrap("地方公共団体情報システム機構", 140, 18) == ["地方公共団体情", "報システム機構"]


def test_no_line_begins_with_a_closing_sign_or_ends_with_an_opening_one() -> None:
    for table in made():
        for row in table.rows:
            lines = wrap(row.label.ja, 140, 18)
            assert not any(line[0] in NOT_FIRST for line in lines[1:]), lines
            assert not any(line[-1] in NOT_LAST for line in lines[:-1]), lines


def test_blocks_stand_apart_and_near_to_where_they_want_to_be() -> None:
    assert marks.spread([10, 12, 90], [20, 20, 20], 0, 100, 2) == [10, 32, 90]
    assert marks.spread([90, 95], [20, 20], 0, 100, 2) == [68, 90]
