"""One number of a table for every kind of body, prefecture or size: what may be chosen, and what is shown. Pure.

Only the cells of the table that is given are offered, so that what may not be public cannot be chosen.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from aggregation.groups import KIND, POPULATION_BAND
from aggregation.tables import NATIONAL, SERIES, Cell, Entry, Table
from surveys.questionnaire import MUNICIPALITY, Text
from surveys.tally import Share
from surveys.tiles import PLACES, Place

PREFECTURES = "prefecture"  # the breakdown; its groups are the municipalities of a prefecture
BREAKDOWNS = {
    PREFECTURES: Text("都道府県（管内の市区町村）", "Prefecture (its municipalities)"),
    KIND: Text("団体の種類", "Kind of body"),
    POPULATION_BAND: Text("人口規模", "Population"),
    NATIONAL: Text("全国", "Whole country"),
}
BY_CODE, BY_SHARE = "code", "share"


class Wanted(NamedTuple):
    """What is asked for by codes; empty for what is not said."""

    row: str = ""
    column: str = ""
    breakdown: str = ""


@dataclass(frozen=True)
class Line:
    """A group with its number."""

    label: Text
    cell: Cell

    @property
    def key(self) -> str:
        return self.cell.group

    @property
    def share(self) -> Share | None:
        """The bodies that chose it out of those asked; none where nobody was asked, and for what is no count."""
        return Share(self.cell.count, self.cell.base) if self.cell.base and self.cell.count is not None else None

    @property
    def missing(self) -> int | None:
        """Bodies of the group that are not counted (未回答); not known of what was published earlier."""
        if self.cell.bodies is None or self.cell.responded is None:
            return None
        return self.cell.bodies - self.cell.responded


class Tile(NamedTuple):
    """What a tile shows: its prefecture, the share cut to whole percent, the step of the scale, and what it is of."""

    key: str
    whole_percent: int
    step: int
    share: Share


@dataclass(frozen=True)
class Explored:
    """A row and column of a table in one breakdown. `is_other`: something that was asked for is not in the table, and
    the first that is stands in its place."""

    table: Table
    rows: tuple[Entry, ...]
    columns: tuple[Entry, ...]
    breakdowns: tuple[str, ...]
    chosen: Wanted
    is_other: bool
    lines: tuple[Line, ...]
    whole: tuple[Line, ...]

    @property
    def row(self) -> Entry:
        return next(entry for entry in self.rows if entry.code == self.chosen.row)

    @property
    def column(self) -> Entry | None:
        return next((entry for entry in self.columns if entry.code == self.chosen.column), None)

    @property
    def is_map(self) -> bool:
        return self.chosen.breakdown == PREFECTURES

    @property
    def has_shares(self) -> bool:
        return any(line.cell.percent is not None for line in self.lines)

    @property
    def has_bars(self) -> bool:
        """Whether the shares are shown as bars too; prefectures have the map."""
        return self.has_shares and not self.is_map

    @property
    def has_bases(self) -> bool:
        return any(line.cell.base is not None for line in self.lines)

    @property
    def unit(self) -> Text | None:
        """What the numbers are, where they are no counts of bodies."""
        return next((line.cell.unit for line in self.lines if line.cell.unit), None)

    @property
    def notes(self) -> tuple[Text, ...]:
        own = (line.cell.note for line in self.lines if line.cell.note)
        return tuple(dict.fromkeys((*self.table.notes, *own)))

    @property
    def tiles(self) -> Iterator[tuple[Place, Tile]]:
        """The prefectures that have a share, by code."""
        for line in sorted(self.lines, key=lambda line: line.key):
            if line.share and line.key in PLACES:
                yield PLACES[line.key], Tile(line.key, line.share.whole_percent, line.share.step, line.share)

    def ordered(self, order: str) -> Sequence[Line]:
        """The lines by code or, the largest share first, by share; the same share by code."""
        if order != BY_SHARE:
            return self.lines
        return sorted(self.lines, key=lambda line: (line.cell.percent is None, -(line.cell.percent or 0)))

    @property
    def only(self) -> Table:
        """The table with nothing but what is shown: for a file."""
        cells = tuple(line.cell for line in (*self.lines, *self.whole))
        used = {cell[2:4] for cell in cells}
        groups = tuple(group for group in self.table.groups if group[:2] in used)
        return replace(self.table, cells=cells, groups=groups)


def explore(table: Table, wanted: Wanted) -> Explored | None:
    """What is wanted of a table; None if it has no number that may be shown."""
    if not table.cells:
        return None
    rows = _used(table.rows, (cell.row for cell in table.cells))
    row = _choose(wanted.row, [entry.code for entry in rows])
    of_row = [cell for cell in table.cells if cell.row == row]
    columns = _used(table.columns, (cell.column for cell in of_row))
    codes = [entry.code for entry in columns] or [""]
    column = _choose(wanted.column, codes[::-1] if table.kind == SERIES else codes)  # of a series the latest year
    place = [cell for cell in of_row if cell.column == column]
    breakdowns = [name for name in BREAKDOWNS if name in {cell.breakdown for cell in place}]
    breakdown = _choose(wanted.breakdown, breakdowns)
    chosen = Wanted(row, column, breakdown)
    return Explored(
        table=table,
        rows=rows,
        columns=columns,
        breakdowns=tuple(breakdowns),
        chosen=chosen,
        is_other=any(said and said != own for said, own in zip(wanted, chosen, strict=True)),
        lines=_lines(table, [cell for cell in place if cell.breakdown == breakdown]),
        whole=_lines(table, _whole(place) if breakdown != NATIONAL else ()),
    )


def _used(entries: Iterable[Entry], codes: Iterable[str]) -> tuple[Entry, ...]:
    used = set(codes)
    return tuple(entry for entry in entries if entry.code in used)


def _choose(wanted: str, codes: Sequence[str]) -> str:
    return wanted if wanted in codes else codes[0]


def _whole(cells: Iterable[Cell]) -> list[Cell]:
    """What the groups of a breakdown are parts of: all municipalities."""
    return [cell for cell in cells if cell.breakdown == NATIONAL and cell.group == MUNICIPALITY]


def _lines(table: Table, cells: Iterable[Cell]) -> tuple[Line, ...]:
    labels = {group[:2]: group.label for group in table.groups}
    return tuple(Line(labels[cell[2:4]], cell) for cell in cells)
