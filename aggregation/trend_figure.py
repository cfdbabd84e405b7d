"""The chart of a side of a trend: its shares as lines over the years. Pure."""

from aggregation import figures
from aggregation.chart_rules import LINE
from aggregation.figures import TOGETHER, Plan
from aggregation.figures.marks import Spec
from aggregation.figures.palette import FILLS
from aggregation.tables import NATIONAL, SERIES, Cell, Entry, GroupLabel, Table
from aggregation.trend import Line, Moment, Point, Side, Trend
from surveys.era import era_year
from surveys.questionnaire import Text

MOST = 6  # lines that can be told apart


def lines(side: Side) -> tuple[Line, ...]:
    """The lines that are drawn: all that have shares or, of many, those whose latest share is the largest."""
    found = [line for line in side.lines if _latest(line) is not None]
    largest = sorted(found, key=lambda line: -(_latest(line) or 0))[:MOST]
    return tuple(line for line in found if line in largest)


def _latest(line: Line) -> float | None:
    shares = [point.percent for _, point in line.points if point and point.percent is not None]
    return float(shares[-1]) if shares else None


def spec(trend: Trend, side: Side, language: str) -> Spec | None:
    """The chart of a side; None if there are not two years to join."""
    drawn = lines(side)
    years = {moment.year: moment for line in drawn for moment, _ in line.points}
    table = _table(trend, side, drawn, years)
    if len({cell.column for cell in table.cells}) < 2:
        return None
    fills = dict(zip((line.entry.code for line in drawn), FILLS, strict=False))
    breaks = frozenset(str(each.at.year) for each in trend.breaks)
    return figures.spec(table, Plan(LINE, (TOGETHER,), fills, breaks), TOGETHER, language)


def _table(trend: Trend, side: Side, drawn: tuple[Line, ...], years: dict[int, Moment]) -> Table:
    """The lines as the groups of a series, and the years as its columns."""
    head, label = trend.table, side.label
    return Table(
        id=head.id,
        kind=SERIES,
        number=head.number,
        title=Text(f"{head.title.ja}（{label.ja}）", f"{head.title.en} ({label.en})"),
        heading=head.heading,
        chapter=head.chapter,
        gated=False,
        rows=(Entry("", Text("", "")),),
        columns=tuple(Entry(str(year), years[year].label or _fiscal(year)) for year in sorted(years)),
        groups=tuple(GroupLabel(NATIONAL, line.entry.code, line.entry.label) for line in drawn),
        cells=tuple(cell for line in drawn for cell in _cells(line)),
    )


def _fiscal(year: int) -> Text:
    return Text(f"{era_year(year)}年度", f"FY{year}")


def _cells(line: Line) -> list[Cell]:
    """One of each year: what is computed stands for what was printed."""
    found: dict[int, Point] = {}
    for moment, point in line.points:
        if point and point.percent is not None:
            found[moment.year] = point
    return [
        Cell("", str(year), NATIONAL, line.entry.code, None, None, point.base, point.count, point.percent)
        for year, point in found.items()
    ]
