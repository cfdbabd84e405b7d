"""A table over the rounds: its rows year by year, where the line breaks, and who answered in both years. Pure.

Rounds are joined by ids only, bodies by their 6-digit codes: what was merged is not in both years. What was printed
in reports stands apart from what is computed. Nothing is filled in: a year without a value has none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from aggregation.breaks import Round, changes
from aggregation.groups import NATIONAL_LABELS
from aggregation.tables import NATIONAL, PERIODS, TOTAL, Cell, Entry, Table, TableSpec
from surveys.questionnaire import MUNICIPALITY, PREFECTURE, Text

Place = tuple[str, str, str]  # row, column, national group
GROUPS = (PREFECTURE, MUNICIPALITY, TOTAL)


@dataclass(frozen=True)
class Point:
    """A number of one moment. What does not exist is None; `note` says what is to be said of this number."""

    count: int | None = None
    base: int | None = None
    percent: Decimal | None = None
    value: int | None = None
    note: Text | None = None


class Printed(NamedTuple):
    """A number of a published report, by the year it is about: a series has no column but the year."""

    year: int
    place: Place
    point: Point


class Moment(NamedTuple):
    """A column of the trend: a year, of a report as it was printed or of a round as it is computed.

    Named by its `label` or, where it has none, as a round is.
    """

    year: int
    is_printed: bool
    label: Text | None


class Break(NamedTuple):
    """Why a line does not go on from the moment before: `at` is the moment at which it begins anew."""

    at: Moment
    why: Text


@dataclass(frozen=True)
class Line:
    """A row (or, of a matrix, a column) over all moments."""

    entry: Entry
    points: tuple[tuple[Moment, Point | None], ...]

    @property
    def is_empty(self) -> bool:
        return not any(point for _, point in self.points)


@dataclass(frozen=True)
class Side:
    """Prefectures, municipalities or both, with their lines."""

    code: str
    label: Text
    lines: tuple[Line, ...]


def point(cell: Cell) -> Point:
    return Point(cell.count, cell.base, cell.percent, cell.value, cell.note)


class Trend:
    """A table over all rounds, the oldest first, and over what was printed. `row`: which row of a table that has
    several columns; the first if it is not there."""

    def __init__(self, spec: TableSpec, rounds: Sequence[Round], printed: Iterable[Printed], row: str = "") -> None:
        self.spec, self.series, self.rounds = spec, spec.series, rounds
        self.tables = [each.table for each in rounds if each.table]
        self.table = self.tables[-1]
        self.printed = [each for each in printed if each.year <= self._year(rounds[-1])]
        self.row = next((entry for entry in self.rows if entry.code == row), self.rows[0])

    @property
    def is_matrix(self) -> bool:
        """Whether a row is chosen, whose columns are the lines."""
        return self.series is None and any(len(table.columns) > 1 for table in self.tables)

    @cached_property
    def rows(self) -> list[Entry]:
        return _union(table.rows for table in self.tables)

    @cached_property
    def entries(self) -> list[Entry]:
        """What the lines are: the columns of the chosen row, or the rows."""
        return _union(table.columns for table in self.tables) if self.is_matrix else self.rows

    def _year(self, each: Round) -> int:
        """The year that a round's own numbers are about."""
        return each.year - (self.series.lag if self.series else 0)

    def _label(self, year: int) -> Text | None:
        if self.series is None:
            return None
        ja, en = PERIODS[self.series.period]
        return Text(ja.format(year), en.format(year))

    @cached_property
    def _found(self) -> Mapping[tuple[int, bool], Mapping[Place, Point]]:
        """All points by year and whether it is printed, in that order."""
        found: dict[tuple[int, bool], dict[Place, Point]] = {}
        for each in self.printed:
            found.setdefault((each.year, True), {})[each.place] = each.point
        for one in self.rounds:
            found[self._year(one), False] = dict(self._computed(one.table)) if one.table else {}
        return dict(sorted(found.items(), key=lambda entry: (entry[0][0], not entry[0][1])))

    def _computed(self, table: Table) -> Iterator[tuple[Place, Point]]:
        """The round's own national numbers; the past of a series is what was printed."""
        for cell in table.cells:
            if cell.breakdown == NATIONAL and cell.bodies is not None:
                column = "" if self.series else cell.column
                yield (cell.row, column, cell.group), point(cell)

    @cached_property
    def moments(self) -> list[Moment]:
        return [Moment(year, is_printed, self._label(year)) for year, is_printed in self._found]

    @cached_property
    def sides(self) -> list[Side]:
        found = []
        for group in GROUPS:
            lines = [Line(entry, self._points(entry.code, group)) for entry in self.entries]
            kept = tuple(line for line in lines if not line.is_empty)
            found += [Side(group, NATIONAL_LABELS[group], kept)] if kept else []
        return found

    def place(self, entry: str, group: str) -> Place:
        """The place of a line of a side in a table."""
        if self.is_matrix:
            return (self.row.code, entry, group)
        return (entry, "" if self.series else self._only_column, group)

    @cached_property
    def _only_column(self) -> str:
        return next((column.code for table in self.tables for column in table.columns), "")

    def _points(self, entry: str, group: str) -> tuple[tuple[Moment, Point | None], ...]:
        place = self.place(entry, group)
        found = (points.get(place) for points in self._found.values())
        return tuple(zip(self.moments, found, strict=True))

    @cached_property
    def breaks(self) -> list[Break]:
        """In the order of the moments."""
        computed = (moment for moment in self.moments if not moment.is_printed)
        found = zip(computed, changes(self.rounds), strict=True)
        changed = [Break(at, why) for at, reasons in found for why in reasons]
        return sorted([*changed, *self._redefined()], key=lambda found: self.moments.index(found.at))

    def _redefined(self) -> Iterator[Break]:
        """At the first numbers of a series that mean something else than those before."""
        for each in self.spec.breaks:
            since = [moment for moment in self.moments if moment.year >= each.at]
            if since and len(since) < len(self.moments):
                yield Break(since[0], each.why)

    @property
    def marked(self) -> set[Moment]:
        """The moments at which a line begins anew."""
        return {found.at for found in self.breaks}

    @cached_property
    def notes(self) -> list[Text]:
        """What is said of the table in any round and of single numbers, once."""
        own = [note for table in self.tables for note in table.notes]
        said = [each.note for points in self._found.values() for each in points.values() if each.note]
        return list(dict.fromkeys([*own, *said]))


def _union(lists: Iterable[Iterable[Entry]]) -> list[Entry]:
    """The entries of all tables by code: those of the latest as they stand there, then those that have gone."""
    found: dict[str, Entry] = {}
    for entries in reversed([list(each) for each in lists]):
        for entry in entries:
            found.setdefault(entry.code, entry)
    return list(found.values())
