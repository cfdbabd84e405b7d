"""The key figures of the contents: which cells they are, and what they say. Pure."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aggregation.tables import NATIONAL, Cell, Table
from surveys.definition import Reader
from surveys.questionnaire import DefinitionError, Text

SHIPPED = Path(__file__).parent / "data" / "key-figures.toml"


@dataclass(frozen=True)
class KeyFigure:
    """A national cell; `lag`: it is about so many years before the round; `side` stands for the name of its group."""

    title: Text
    table: str
    row: str
    group: str
    column: str = ""
    lag: int = 0
    side: Text | None = None


@dataclass(frozen=True)
class Shown:
    """A key figure with its cell and the year it is about; `side` names its group, `number` its table."""

    figure: KeyFigure
    cell: Cell
    side: Text
    number: Text
    year: int


def load(path: Path = SHIPPED) -> tuple[KeyFigure, ...]:
    """The key figures of a TOML file; raises DefinitionError with every fault."""
    reader = Reader()
    data = tomllib.loads(path.read_text("utf-8"))
    found = reader.sequence(KeyFigure, data.get("figure"), f"{path.name}: figure")
    if reader.faults:
        raise DefinitionError(reader.faults)
    return tuple(figure for figure in found if figure is not None)


def shown(figures: Sequence[KeyFigure], tables: Sequence[Table], year: int) -> Iterator[Shown]:
    """The key figures that the tables of the round of a year have a share for."""
    by_id = {table.id: table for table in tables}
    for figure in figures:
        if table := by_id.get(figure.table):
            yield from _of(figure, table, year)


def _of(figure: KeyFigure, table: Table, year: int) -> Iterator[Shown]:
    sides = {group.code: group.label for group in table.groups if group.breakdown == NATIONAL}
    for cell in table.cells:
        place = (cell.row, cell.column, cell.breakdown, cell.group)
        if place == (figure.row, figure.column, NATIONAL, figure.group) and cell.percent is not None:
            yield Shown(figure, cell, figure.side or sides[cell.group], table.number or table.title, year - figure.lag)
