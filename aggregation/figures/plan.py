"""How a table is drawn: the kind of chart, its sides, and the fill of each of its categories. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aggregation.chart_rules import BAR, LINE, PIE, STACKED, chart_kind
from aggregation.figures.palette import FILLS, Fill, in_order, of_states
from aggregation.tables import NATIONAL, TOTAL, Cell, Entry, GroupLabel, Table, TableSpec

PROCEDURES = "procedures"
TOGETHER = ""  # the side of a chart that shows all groups in one


@dataclass(frozen=True)
class Plan:
    """How a table is drawn: one chart for each of its sides.

    `fills` are by the code of a row (pie), a column (stacked bars) or a group (lines). `breaks` are columns of a series
    that no line leads to, since the definition changed there.
    """

    kind: str
    sides: tuple[str, ...]
    fills: Mapping[str, Fill] = field(default_factory=dict)
    breaks: frozenset[str] = frozenset()


def plan(table: Table, spec: TableSpec | None = None) -> Plan | None:
    """The plan of a table and of its spec, if it has one of its own; None where there is nothing to draw."""
    kind = _kind(table)
    sides = _sides(table, kind)
    breaks = frozenset(str(each.at) for each in spec.breaks) if spec else frozenset()
    return Plan(kind, sides, _fills(table, kind, spec.nothing if spec else ()), breaks) if sides else None


def _kind(table: Table) -> str:
    """The kind of chart that everybody draws; here, procedures and sums have one too."""
    if table.kind == PROCEDURES:
        return PROCEDURES
    kind = chart_kind(table) or BAR
    return BAR if kind == PIE and len(table.rows) > len(FILLS) else kind


def _sides(table: Table, kind: str) -> tuple[str, ...]:
    """The national groups that have numbers: the total only where it says more than they do, or stands alone."""
    sides = [group.code for group in groups(table) if numbers(table, kind, group.code)]
    if kind == LINE:
        return (TOGETHER,) if sides else ()
    if kind == PROCEDURES:
        return tuple(sorted(sides, key=lambda side: side != TOTAL))
    return tuple(side for side in sides if side != TOTAL) or tuple(sides)


def numbers(table: Table, kind: str, side: str) -> list[tuple[Entry, Cell]]:
    """The rows of a chart that have numbers, each with every number that is drawn of it, in the order of the chart.

    Of procedures: of the whole country the use rates of the sums, of a side the bodies that are online.
    """
    found, columns = rows(table), [column.code for column in table.columns] or [""]
    if kind == PROCEDURES and side == TOTAL:
        found, columns = [row for row in found if not row.group], ["rate"]
    elif kind == PROCEDURES:
        columns = ["online"]
    cells = national(table)
    own = ((row, cells.get((row.code, column, side))) for row in found for column in columns)
    return [(row, cell) for row, cell in own if cell and (cell.percent is not None or cell.value is not None)]


def _fills(table: Table, kind: str, nothing: Sequence[str]) -> dict[str, Fill]:
    if kind == PIE:
        return in_order(row.code for row in table.rows)
    if kind == STACKED:
        return of_states({column.code: column.code in nothing for column in table.columns})
    if kind == LINE:
        return dict(zip((group.code for group in groups(table)), FILLS, strict=False))
    return {}


def national(table: Table) -> dict[tuple[str, str, str], Cell]:
    """The national cells by row, column and group."""
    return {(cell.row, cell.column, cell.group): cell for cell in table.cells if cell.breakdown == NATIONAL}


def groups(table: Table) -> list[GroupLabel]:
    return [group for group in table.groups if group.breakdown == NATIONAL]


def rows(table: Table) -> list[Entry]:
    """The rows that a chart shows, in its order: those that the report prints, or all."""
    by_code = {row.code: row for row in table.rows}
    return [by_code[code] for code in table.printed] or list(table.rows)
