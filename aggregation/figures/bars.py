"""Horizontal bars: a name over each, its number at its end. Pure."""

from collections.abc import Sequence
from typing import Any

from aggregation.figures import marks, words
from aggregation.figures.marks import LEADING, ROOM, WIDTH, Label, Spec
from aggregation.figures.palette import FILLS, OUTLINE
from aggregation.figures.plan import PROCEDURES, Plan, numbers
from aggregation.figures.typeset import width, wrap
from aggregation.tables import TOTAL, Cell, Table

BAR, BELOW, BESIDE = 16, 10, 6  # height of a bar, the room to the next name, and to its number
WHOLE = 100


def spec(table: Table, plan: Plan, side: str, language: str) -> Spec:
    found = numbers(table, plan.kind, side)
    is_share = any(cell.percent is not None for _, cell in found)
    lengths = [_number(cell) for _, cell in found]
    said = [words.number(cell, language) for _, cell in found]
    room = WIDTH - BESIDE - max(width(text, ROOM) for text in said)
    is_part = plan.kind == PROCEDURES and side != TOTAL
    top = WHOLE if is_share else max(lengths) or 1
    names: list[Label] = []
    ends: list[Label] = []
    values: list[dict[str, Any]] = []
    y = 0
    for (row, _), number, text in zip(found, lengths, said, strict=True):
        lines = wrap(row.label.in_language(language), WIDTH, ROOM)
        names += [Label(0, y + (at + 0.5) * LEADING, line) for at, line in enumerate(lines)]
        y += len(lines) * LEADING
        ends.append(Label(round(room * (1 if is_part else number / top) + BESIDE, 1), y + BAR / 2, text))
        values.append({"row": row.code, "number": number, "y": y, "y2": y + BAR})
        y += BAR + BELOW
    track = [(0.5, value["y"], room, value["y2"]) for value in values] if is_part else []
    outlines = marks.boxes(track, filled=False, stroke=OUTLINE)
    said_at = [marks.texts(names), marks.texts(ends, bold=True)]
    return marks.chart(y, [*_drawn(values, top, room), outlines, *said_at])


def _number(cell: Cell) -> float:
    return float(cell.percent if cell.percent is not None else cell.value or 0)


def _drawn(values: Sequence[dict[str, Any]], top: float, room: float) -> list[Spec]:
    length = marks.scaled("number", top, (0, room))
    ends = {"x": length, "x2": {"datum": 0}, "y": marks.at("y"), "y2": {"field": "y2"}}
    axis = [(0, value[edge]) for value in (values[0], values[-1]) for edge in ("y", "y2")]
    return [
        marks.layer(values, {"type": "rect", "fill": FILLS[0].paint}, **ends),
        marks.lines([axis], OUTLINE),
    ]
