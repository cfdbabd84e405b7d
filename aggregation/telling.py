"""What of a table is told: the closed table of operators that templates name. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from aggregation.tables import NATIONAL, Cell, Entry, Table
from surveys.questionnaire import MUNICIPALITY, PREFECTURE, Sentence

SIDES = (PREFECTURE, MUNICIPALITY)


@dataclass(frozen=True)
class Template:
    """One sentence. `rows`, `column` and `sides` are codes; empty stands for all rows, the first column, both sides."""

    operator: str
    text: Sentence
    rows: tuple[str, ...] = ()
    column: str = ""
    sides: tuple[str, ...] = ()


class Fact(NamedTuple):
    """What is told of one side: some rows that share the same number. `cell` is that of the first."""

    side: str
    rows: tuple[Entry, ...]
    cell: Cell


@dataclass(frozen=True)
class Telling:
    """A table while it is told: its national cells by row, column and side. `apart`: rows that are no measure, such as
    「いずれも該当しない」, and are never ranked."""

    table: Table
    apart: frozenset[str] = frozenset()

    @cached_property
    def cells(self) -> Mapping[tuple[str, str, str], Cell]:
        return {(cell.row, cell.column, cell.group): cell for cell in self.table.cells if cell.breakdown == NATIONAL}

    @cached_property
    def labels(self) -> Mapping[str, Entry]:
        return {row.code: row for row in self.table.rows}

    def facts(self, template: Template) -> list[Fact]:
        column = template.column or (self.table.columns[0].code if self.table.columns else "")
        found = (FACTS[template.operator](self, template, column, side) for side in template.sides or SIDES)
        return [fact for fact in found if fact is not None]

    def counted(self, column: str, side: str) -> list[Cell]:
        """The cells of a side that may be ranked and that some body chose, the largest first, ties in their order."""
        rows = (row.code for row in self.table.rows if row.code not in self.apart)
        found = (self.cells.get((row, column, side)) for row in rows)
        return sorted((cell for cell in found if cell and cell.count), key=lambda cell: -(cell.count or 0))


def _own(telling: Telling, template: Template, column: str, side: str) -> Fact | None:
    """The number of one row."""
    (row,) = template.rows
    cell = telling.cells.get((row, column, side))
    if cell is None or (cell.value is None and cell.percent is None):
        return None
    return Fact(side, (telling.labels[row],), cell)


def _ranked(place: int) -> "Callable[[Telling, Template, str, str], Fact | None]":
    """The rows with the largest count, or with the largest after those."""

    def ranked(telling: Telling, template: Template, column: str, side: str) -> Fact | None:
        cells = telling.counted(column, side)
        steps = sorted({cell.count or 0 for cell in cells}, reverse=True)
        if len(steps) <= place:
            return None
        tied = [cell for cell in cells if cell.count == steps[place]]
        return Fact(side, tuple(telling.labels[cell.row] for cell in tied), tied[0])

    return ranked


def _everyone(telling: Telling, template: Template, column: str, side: str) -> Fact | None:
    """All rows that each body asked has chosen."""
    found = [cell for cell in telling.counted(column, side) if cell.count == cell.base]
    return Fact(side, tuple(telling.labels[cell.row] for cell in found), found[0]) if found else None


def _last(telling: Telling, template: Template, column: str, side: str) -> Fact | None:
    """The latest year of one row of a series."""
    (row,) = template.rows or (telling.table.rows[0].code,)
    years = [year.code for year in telling.table.columns if (row, year.code, side) in telling.cells]
    return Fact(side, (telling.labels[row],), telling.cells[row, years[-1], side]) if years else None


FACTS: dict[str, Callable[[Telling, Template, str, str], Fact | None]] = {
    "own": _own,
    "largest": _ranked(0),
    "second": _ranked(1),
    "everyone": _everyone,
    "last": _last,
}
