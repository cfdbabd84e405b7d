"""A `Chart` in the words of XlsxWriter: kinds, looks and labels as its options. Pure.

Colour is never the only sign: each look has a pattern, a line its own marks and dashes. Where a label stands on a fill
it has a white ground, as patterns are no ground for text.
"""

from collections.abc import Sequence
from math import ceil
from typing import Any

from aggregation.chart_rules import BAR, LINE, PIE, STACKED
from aggregation.export.book import Cells, Chart, Series, Sheet

FONT = "BIZ UDPGothic"
INK, EDGE, GRID = "#1A1A1A", "#666666", "#CCCCCC"
TYPES = {
    PIE: {"type": "pie"},
    BAR: {"type": "bar"},
    STACKED: {"type": "bar", "subtype": "stacked"},
    LINE: {"type": "scatter", "subtype": "straight_with_markers"},
}
Look = tuple[str, str | None]
# Patterns that look different in LibreOffice too, which fills plain horizontal and vertical ones solidly.
LOOKS: tuple[Look, ...] = (
    ("#0017C1", None),
    ("#0877D7", "wide_upward_diagonal"),
    ("#197A4B", "dotted_diamond"),
    ("#C74700", "zigzag"),
    ("#6F23D0", "trellis"),
    ("#927200", "wide_downward_diagonal"),
    ("#767676", None),
    ("#666666", "percent_10"),
)
MARKS = (("circle", "solid"), ("diamond", "dash"), ("square", "round_dot"), ("triangle", "dash_dot"))
PIE_SIZE, PIE_TOP = 170, 95  # pixels
SHARE_FORMAT = '0.0"%"'


def font(size: int = 10, **more: Any) -> dict[str, Any]:
    return {"name": FONT, "size": size, "color": INK, **more}


def place_of(place: int, count: int) -> int:
    """The place in the palette of one of so many: two are told apart best by the first and the last."""
    return len(LOOKS) - 1 if (place, count) == (1, 2) else place


def fill(look: int) -> dict[str, Any]:
    """The fill of a place in the palette; more places than it has begin again."""
    color, pattern = LOOKS[look % len(LOOKS)]
    own = {"fill": {"color": color}} if pattern is None else _pattern(color, pattern)
    return own | {"border": {"color": EDGE, "width": 0.75}}


def _pattern(color: str, pattern: str) -> dict[str, Any]:
    return {"pattern": {"pattern": pattern, "fg_color": color, "bg_color": "#FFFFFF"}}


def series(chart: Chart, own: Series, sheet: Sheet) -> dict[str, Any]:
    """One series, with copies of what its cells hold for programs that show a chart without reading them."""
    found = {
        "name": formula(sheet.name, Cells(own.name[1], (own.name[0],))),
        "categories": formula(sheet.name, own.labels),
        "categories_data": held(sheet, own.labels),
        "values": formula(sheet.name, own.values),
        "values_data": held(sheet, own.values),
        "data_labels": _labels(chart, own),
    }
    if chart.kind == PIE:
        count = len(own.values.lines)
        return found | {"points": [fill(place_of(place, count)) for place in range(count)]}
    if chart.kind == LINE:
        return found | _line(own.look)
    return (
        found
        | fill(place_of(own.look, len(chart.series)))
        | {"gap": 45}
        | ({"overlap": 100} if chart.kind == STACKED else {})
    )


def _line(look: int) -> dict[str, Any]:
    color = LOOKS[look % len(LOOKS)][0]
    mark, dash = MARKS[look % len(MARKS)]
    return {
        "line": {"color": color, "width": 2, "dash_type": dash},
        "marker": {"type": mark, "size": 8, "fill": {"color": color}, "border": {"color": color}},
    }


def _labels(chart: Chart, own: Series) -> dict[str, Any]:
    """The numbers at their places; those of small parts are left out."""
    found: dict[str, Any] = {"value": True, "num_format": SHARE_FORMAT, "font": font(9)}
    if chart.kind == PIE:
        found |= {"category": True, "separator": "\n", "leader_lines": True, "position": "outside_end"}
    if chart.kind == BAR:
        found["position"] = "outside_end"
    if chart.kind == STACKED:
        found |= {"position": "center", "fill": {"color": "#FFFFFF"}}
    if chart.kind == LINE:
        found["position"] = "below" if own.look % 2 else "above"
    if own.quiet:
        found["custom"] = [{"delete": True} if n in own.quiet else None for n in range(len(own.values.lines))]
    return found


def formula(sheet: str, cells: Cells) -> str:
    """Where cells stand; those that do not follow each other are named run by run."""
    column = letters(cells.column)
    runs = [f"'{sheet}'!${column}${first + 1}:${column}${last + 1}" for first, last in _runs(cells.lines)]
    return f"={runs[0]}" if len(runs) == 1 else f"=({','.join(runs)})"


def _runs(lines: Sequence[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for line in lines:
        if found and found[-1][1] == line - 1:
            found[-1] = (found[-1][0], line)
        else:
            found.append((line, line))
    return found


def letters(column: int) -> str:
    """The name of a column, which counts from 0: A, Z, AA."""
    before, last = divmod(column, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def held(sheet: Sheet, cells: Cells) -> list[Any]:
    """What cells hold, numbers as XlsxWriter wants them."""
    puts = [sheet.lines[line][cells.column] for line in cells.lines]
    return [_plain(put.value) if put else "" for put in puts]


def _plain(value: Any) -> Any:
    return "" if value is None else value if isinstance(value, str) else float(value)


def _years(chart: Chart, sheet: Sheet) -> dict[str, Any]:
    """From the year before the first to that after the last, with some fifteen of them written."""
    years = [int(year) for own in chart.series for year in held(sheet, own.labels)]
    first, last = min(years) - 1, max(years) + 1
    unit = ceil((last - first) / 15)
    return {"num_format": "0", "min": first, "max": last, "major_unit": unit, "major_gridlines": {"visible": False}}


def axes(chart: Chart, sheet: Sheet) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The axis of categories or years and that of shares, from 0 to 100 so that charts can be compared."""
    if chart.kind == PIE:
        return None
    shares = {"min": 0, "max": 100, "major_unit": 20, "num_format": '0"%"', "num_font": font(9)}
    shares |= {"major_gridlines": {"visible": True, "line": {"color": GRID, "width": 0.75}}, "line": {"color": EDGE}}
    names: dict[str, Any] = {"num_font": font(9), "line": {"color": EDGE}, "major_tick_mark": "none"}
    if chart.kind == LINE:
        return names | _years(chart, sheet), shares
    # The first row on top; the axis of shares then stands at the top too, unless it crosses at the last one.
    if chart.kind == BAR:
        shares["max"] = 110  # room for the label of a bar of 100 %
    return shares, names | {"reverse": True, "crossing": "max"}


def legend(chart: Chart) -> dict[str, Any]:
    return {"position": "bottom", "font": font(9)} if chart.legend else {"none": True}


def layout(chart: Chart) -> dict[str, float] | None:
    """Where a pie stands, so that pies beside each other are alike whatever their labels: in shares of the chart."""
    if chart.kind != PIE:
        return None
    left, top, size = (chart.width - PIE_SIZE) / 2, PIE_TOP, PIE_SIZE
    return {
        "x": left / chart.width,
        "y": top / chart.height,
        "width": size / chart.width,
        "height": size / chart.height,
    }
