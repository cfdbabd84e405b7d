"""Lines over the years. A year without a value interrupts its line, and so does a change of definition. Pure."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import ceil
from typing import Any

from aggregation.figures import marks, words
from aggregation.figures.marks import LEADING, ROOM, WIDTH, Label, Spec
from aggregation.figures.palette import OUTLINE, PAPER, QUIET
from aggregation.figures.plan import Plan, groups, national
from aggregation.figures.typeset import width
from aggregation.tables import Cell, Table

TOP, PLOT, EDGE, BELOW = 30, 220, 46, 22  # room over 100 %, height of 0 to 100 %, room at both ends and below 0 %
SHAPES, DASHES = ("circle", "square", "triangle-up"), ([1, 0], [6, 3], [2, 3])
KEY, BESIDE = 34, 6  # length of a line in the key, and room to its name
WHOLE = 100
BESIDE_POINT = 16
Found = Mapping[str, Mapping[str, Cell]]


def shown(table: Table) -> dict[str, dict[str, Cell]]:
    """The shares of each group by column."""
    found: dict[str, dict[str, Cell]] = {group.code: {} for group in groups(table)}
    for (_, column, group), cell in national(table).items():
        if cell.percent is not None:
            found[group][column] = cell
    return {group: cells for group, cells in found.items() if cells}


def spec(table: Table, plan: Plan, language: str) -> Spec:
    found = shown(table)
    columns = [column for column in table.columns if any(column.code in cells for cells in found.values())]
    step = (WIDTH - 2 * EDGE) / max(len(columns) - 1, 1)
    places = {column.code: round(EDGE + at * step, 1) for at, column in enumerate(columns)}
    key, low = _key(table, plan, found, language) if len(found) > 1 else ([], 0.0)
    foot = low + TOP + PLOT
    layers = [_frame(foot), *_breaks(plan, places, low, foot, language)]
    for at, (group, cells) in enumerate(found.items()):
        layers += _line(cells, places, plan, foot, plan.fills[group].colour, at)
    names = {column.code: column.label.in_language(language) for column in columns}
    labelled = _labelled(places, names.values(), step)
    years = [Label(x, foot + BELOW + LEADING * 0.75, names[code]) for code, x in labelled.items()]
    layers += [marks.texts(years, "center"), *_numbers(found, plan, labelled, low, foot), *key]
    return marks.chart(foot + BELOW + LEADING * 1.5, layers)


def _height(cell: Cell, foot: float) -> float:
    return round(foot - float(cell.percent or 0) / WHOLE * PLOT, 1)


def _frame(foot: float) -> Spec:
    return marks.lines([[(0, foot), (WIDTH, foot)]], OUTLINE)


def _breaks(plan: Plan, places: Mapping[str, float], low: float, foot: float, language: str) -> list[Spec]:
    """A dashed line before each column where the definition changed."""
    columns = list(places)
    middles = [(places[a] + places[b]) / 2 for a, b in pairwise(columns) if b in plan.breaks]
    named = [Label(x, low + LEADING / 2, words.REDEFINED.in_language(language)) for x in middles]
    dashes = [[(x, low + LEADING), (x, foot)] for x in middles]
    return [marks.lines(dashes, QUIET, strokeDash=[4, 4]), marks.texts(named, "center", colour=QUIET)]


def _line(
    cells: Mapping[str, Cell], places: Mapping[str, float], plan: Plan, foot: float, colour: str, at: int
) -> list[Spec]:
    """The points of a group, and lines between those of years that follow each other."""
    points = {column: (places[column], _height(cell, foot)) for column, cell in cells.items()}
    joined = [[points[a], points[b]] for a, b in pairwise(points) if int(b) - int(a) == 1 and b not in plan.breaks]
    values = [
        {"column": column, "percent": float(cell.percent or 0), "x": x, "y": y}
        for (column, (x, y)), cell in zip(points.items(), cells.values(), strict=True)
    ]
    mark = {"type": "point", "shape": SHAPES[at % len(SHAPES)], "filled": True, "size": 80, "fill": colour}
    drawn = marks.lines(joined, colour, strokeWidth=2.5, strokeDash=DASHES[at % len(DASHES)])
    room = (foot, foot - PLOT)
    place = {"x": marks.at("x"), "y": marks.scaled("percent", WHOLE, room)}
    return [drawn, marks.layer(values, {**mark, "opacity": 1}, **place)]


def _labelled(places: Mapping[str, float], names: Iterable[str], step: float) -> dict[str, float]:
    """The columns that have room for their texts, counted from the last one."""
    needed = max((width(name, ROOM) for name in (*names, "100.0%")), default=0) + 2
    every = max(ceil(needed / step), 1)
    codes = list(places)[::-1][::every]
    return {code: places[code] for code in places if code in codes}


def _numbers(found: Found, plan: Plan, labelled: Mapping[str, float], low: float, foot: float) -> list[Spec]:
    """The numbers over their points, the lowest below its own, apart from each other, in the colours of their lines."""
    labels: dict[str, list[Label]] = {group: [] for group in found}
    for column, x in labelled.items():
        own = sorted((_height(cells[column], foot), group) for group, cells in found.items() if column in cells)
        ideal = [height - BESIDE_POINT for height, _ in own]
        if len(own) > 1:
            ideal[-1] = own[-1][0] + BESIDE_POINT
        middles = marks.spread(ideal, [LEADING] * len(own), low, foot + BELOW, 0)
        for (_, group), y in zip(own, middles, strict=True):
            labels[group].append(Label(x, round(y, 1), words.share(found[group][column].percent)))
    halo = [_bold(each, PAPER, stroke=PAPER, strokeWidth=4) for each in labels.values()]
    return [*halo, *(_bold(each, plan.fills[group].colour) for group, each in labels.items())]


def _bold(labels: Iterable[Label], colour: str, **more: Any) -> Spec:
    return marks.texts(labels, "center", bold=True, colour=colour, **more)


def _key(table: Table, plan: Plan, found: Found, language: str) -> tuple[list[Spec], float]:
    """A piece of each line with its name, in as many rows as it takes, and where the chart may begin."""
    layers: list[Spec] = []
    x, y = 0.0, LEADING / 2
    for at, group in enumerate(group for group in groups(table) if group.code in found):
        name, colour = group.label.in_language(language), plan.fills[group.code].colour
        needed = KEY + BESIDE + width(name, ROOM)
        if x and x + needed > WIDTH:
            x, y = 0.0, y + LEADING + 4
        shape = {"type": "point", "shape": SHAPES[at % len(SHAPES)], "filled": True, "size": 80, "fill": colour}
        middle = [{"x": x + KEY / 2, "y": y}]
        layers += [
            marks.lines([[(x, y), (x + KEY, y)]], colour, strokeWidth=2.5, strokeDash=DASHES[at % len(DASHES)]),
            marks.layer(middle, {**shape, "opacity": 1}, x=marks.at("x"), y=marks.at("y")),
            marks.texts([Label(round(x + KEY + BESIDE, 1), y, name)]),
        ]
        x = round(x + needed + 3 * BESIDE, 1)
    return layers, y + LEADING
