"""Stacked bars of states: a key on top, then a name over each bar and the share in each part with room for it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from aggregation.figures import marks, words
from aggregation.figures.marks import LEADING, ROOM, WIDTH, Label, Spec
from aggregation.figures.palette import INK, OUTLINE, PAPER, Fill
from aggregation.figures.plan import Plan, numbers
from aggregation.figures.typeset import width, wrap
from aggregation.tables import Cell, Entry, Table

BAR, BELOW, SWATCH, BESIDE = 26, 10, 14, 6
WHOLE = 100


def shown(table: Table, plan: Plan, side: str) -> Iterator[tuple[Entry, list[Cell]]]:
    """The rows that have numbers, with those of their columns."""
    for row, found in groupby(numbers(table, plan.kind, side), itemgetter(0)):
        yield row, [cell for _, cell in found]


def spec(table: Table, plan: Plan, side: str, language: str) -> Spec:
    key, y = _key(table, plan, language)
    names: list[Label] = []
    values: list[dict[str, Any]] = []
    for row, cells in shown(table, plan, side):
        lines = wrap(row.label.in_language(language), WIDTH, ROOM)
        names += [Label(0, y + (at + 0.5) * LEADING, line) for at, line in enumerate(lines)]
        y += len(lines) * LEADING
        place = {"y": y + 2, "y2": y + 2 + BAR, "middle": y + 2 + BAR / 2}
        values += [{**value, **place} for value in _parts(row, cells)]
        y += BAR + BELOW
    return marks.chart(y, [*key, *_drawn(values, plan.fills), marks.texts(names)])


def _parts(row: Entry, cells: Sequence[Cell]) -> Iterator[dict[str, Any]]:
    """The states of a row, each from where the one before it ends; the bar is whole if every body asked answered."""
    before = 0.0
    for cell in cells:
        share = float(cell.percent or 0)
        length = (cell.count or 0) / (cell.base or 1) * WHOLE
        ends = {"start": round(before, 4), "end": round(before + length, 4)}
        room = length / WHOLE * WIDTH
        said = words.share(cell.percent)
        said = said if width(said, ROOM) + 2 * BESIDE <= room else ""
        place = round((before + length / 2) / WHOLE * WIDTH, 1)
        yield {
            "row": row.code,
            "column": cell.column,
            "count": cell.count,
            "percent": share,
            **ends,
            "words": said,
            "x": place,
        }
        before += length


def _key(table: Table, plan: Plan, language: str) -> tuple[list[Spec], float]:
    """What each fill means, in as many lines as it takes, and where the first row may begin."""
    labels: list[Label] = []
    swatches: list[dict[str, Any]] = []
    x, y = 0.0, 0.0
    for column in table.columns:
        name = column.label.in_language(language)
        needed = SWATCH + BESIDE + width(name, ROOM)
        if x and x + needed > WIDTH:
            x, y = 0.0, y + LEADING + 4
        top = y + (LEADING - SWATCH) / 2
        swatches.append({"column": column.code, "x": x + 1, "x2": x + SWATCH, "y": top, "y2": top + SWATCH})
        labels.append(Label(round(x + SWATCH + BESIDE, 1), y + LEADING / 2, name))
        x = round(x + needed + 2 * BESIDE, 1)
    place = {"x": marks.at("x"), "x2": {"field": "x2"}, "y": marks.at("y"), "y2": {"field": "y2"}}
    boxes = marks.layer(swatches, {"type": "rect", "stroke": OUTLINE}, fill=marks.filled("column", plan.fills), **place)
    return [boxes, marks.texts(labels)], y + LEADING + BELOW


def _drawn(values: Sequence[dict[str, Any]], fills: Mapping[str, Fill]) -> list[Spec]:
    ends = {"x": marks.scaled("start", WHOLE, (0, WIDTH)), "x2": {"field": "end"}}
    place = {"y": marks.at("y"), "y2": {"field": "y2"}}
    paint = marks.filled("column", fills)
    parts = marks.layer(values, {"type": "rect", "stroke": PAPER, "strokeWidth": 2}, fill=paint, **ends, **place)
    tops = sorted({(value["y"], value["y2"]) for value in values})
    outlines = marks.boxes([(0.5, y, WIDTH - 0.5, y2) for y, y2 in tops], filled=False, stroke=OUTLINE)
    said = [value for value in values if value["words"]]
    on_dark = [value for value in said if fills[value["column"]].is_dark]
    beside = [value for value in said if value not in on_dark]
    halo: Spec = {"stroke": PAPER, "strokeWidth": 5, "strokeJoin": "round"}
    return [parts, outlines, _said(beside, PAPER, **halo), _said(beside, INK), _said(on_dark, PAPER)]


def _said(values: Sequence[dict[str, Any]], colour: str, **more: Any) -> Spec:
    labels = [Label(value["x"], value["middle"], value["words"]) for value in values]
    return marks.texts(labels, "center", bold=True, colour=colour, **more)
