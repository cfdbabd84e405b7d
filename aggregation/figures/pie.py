"""A pie: from 12 o'clock clockwise, with leader lines to a name over its share and count. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import cos, pi, sin

from aggregation.figures import marks, words
from aggregation.figures.marks import LEADING, ROOM, WIDTH, Label, Spec
from aggregation.figures.palette import OUTLINE, PAPER, Fill
from aggregation.figures.plan import Plan, numbers
from aggregation.figures.typeset import wrap
from aggregation.tables import Table

HEIGHT, RADIUS, CENTRE = 276, 73, WIDTH / 2
ELBOW, REACH, TEXT = 6, 10, 13  # from the edge of the pie to where a leader line turns and ends, and to the text
LABEL = CENTRE - RADIUS - TEXT  # width of a label
GAP = 2  # between labels, so that those of two lines stand 44 apart
LEAST = 5  # percent: smaller parts have no label


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a pie; the middle is an angle clockwise from 12 o'clock."""

    code: str
    count: int
    percent: Decimal
    fill: Fill
    name: tuple[str, ...]
    number: tuple[str, ...]
    middle: float

    @property
    def height(self) -> float:
        return (len(self.name) + len(self.number)) * LEADING


def parts(table: Table, plan: Plan, side: str, language: str) -> list[Part]:
    """The parts that are there."""
    own = numbers(table, plan.kind, side)
    whole = sum(cell.count or 0 for _, cell in own)
    found, before = [], 0
    for row, cell in own:
        if cell.count and cell.percent is not None:
            name = wrap(row.label.in_language(language), LABEL, ROOM)
            number = wrap(words.number(cell, language), LABEL, ROOM)
            middle = (before + cell.count / 2) / whole * 2 * pi
            fill = plan.fills[row.code]
            found.append(Part(row.code, cell.count, cell.percent, fill, tuple(name), tuple(number), middle))
            before += cell.count
    return found


def spec(table: Table, plan: Plan, side: str, language: str) -> Spec:
    found = parts(table, plan, side, language)
    named = [part for part in found if part.percent >= LEAST]
    right = [part for part in named if part.middle < pi]
    left = [part for part in reversed(named) if part.middle >= pi]
    height = max(HEIGHT, *(_needed(each) for each in (left, right)))
    columns = ((_placed(right, height), 1), (_placed(left, height), -1))
    leaders = [_leader(part, place, height, way) for placed, way in columns for part, place in placed]
    names = [marks.lines(leaders, OUTLINE)]
    for placed, way in columns:
        names += _texts(placed, way)
    return marks.chart(height, [names[0], *_pie(found, height), *names[1:]])


def _needed(parts: Sequence[Part]) -> float:
    return sum(part.height + GAP for part in parts) + GAP


def _placed(parts: Sequence[Part], height: float) -> list[tuple[Part, float]]:
    """The labels of one half, from the top, each with its middle."""
    ideal = [height / 2 - (RADIUS + ELBOW) * cos(part.middle) for part in parts]
    places = marks.spread(ideal, [part.height for part in parts], GAP, height - GAP, GAP)
    return list(zip(parts, places, strict=True))


def _leader(part: Part, place: float, height: float, way: int) -> list[tuple[float, float]]:
    """From within the pie, which covers the beginning, to the label."""
    x, y = sin(part.middle), -cos(part.middle)
    reached = [(CENTRE + length * x, height / 2 + length * y) for length in (RADIUS - 2, RADIUS + ELBOW)]
    return [*reached, (CENTRE + way * (RADIUS + ELBOW), place), (CENTRE + way * (RADIUS + REACH), place)]


def _texts(placed: Sequence[tuple[Part, float]], way: int) -> list[Spec]:
    """Names, and below them the numbers in bold."""
    names: list[Label] = []
    numbers: list[Label] = []
    for part, middle in placed:
        x, top = CENTRE + way * (RADIUS + TEXT), middle - (part.height - LEADING) / 2
        lines = [Label(x, round(top + at * LEADING, 1), line) for at, line in enumerate((*part.name, *part.number))]
        names += lines[: len(part.name)]
        numbers += lines[len(part.name) :]
    align = "left" if way > 0 else "right"
    return [marks.texts(names, align), marks.texts(numbers, align, bold=True)]


def _pie(parts: Sequence[Part], height: float) -> list[Spec]:
    fills = {part.code: part.fill for part in parts}
    values = [
        {"row": part.code, "count": part.count, "percent": float(part.percent), "order": order}
        for order, part in enumerate(parts)
    ]
    mark = {"type": "arc", "outerRadius": RADIUS, "stroke": PAPER, "strokeWidth": 2 if len(parts) > 1 else 0}
    place = {"x": {"value": CENTRE}, "y": {"value": height / 2}}
    theta = {"field": "count", "type": "quantitative", "stack": True}
    order = {"field": "order", "type": "quantitative"}
    ring = {"type": "arc", "outerRadius": RADIUS, "theta": 0, "theta2": 2 * pi, "filled": False, "stroke": OUTLINE}
    return [
        marks.layer(values, mark, theta=theta, order=order, color=marks.filled("row", fills), **place),
        marks.layer([{}], {**ring, "strokeWidth": 1}, **place),
    ]


def has_unlabelled(table: Table, plan: Plan, side: str) -> bool:
    """Whether some part has no label."""
    return any(part.percent < LEAST for part in parts(table, plan, side, "ja"))
