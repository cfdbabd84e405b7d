"""The numbers of a table within a sheet: groups of columns under a head, rows, and the bases below. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from aggregation.compare import Compared
from aggregation.export.book import Line, Put
from aggregation.tables import Cell, Entry
from surveys.questionnaire import Text

Number = int | Decimal | None
BASE = "対象団体数"
YEARS = {"年度": "fiscal_year", "年": "calendar_year"}  # how a year is written: the look of its number
HEAD = 2  # lines of the head of a block


class Beside(NamedTuple):
    """A cell and what was published at its place."""

    cell: Cell
    published: Compared

    @property
    def base(self) -> int | None:
        """A sum of persons or cases has no base, as in the long form."""
        return self.cell.base if self.cell.count is not None or self.cell.percent is not None else None


class Measure(NamedTuple):
    """One number of a cell, which has a column of its own. `foot`: the base that stands below it, if all share one."""

    key: str
    words: str
    look: str
    of: Callable[[Beside], Number]
    foot: str = ""


COUNT = Measure("count", "団体数", "count", lambda found: found.cell.count, "base")
PRINTED_COUNT = Measure(
    "printed_count", "団体数", "count published", lambda found: found.published.baseline_count, "printed_base"
)
MEASURES = (
    COUNT,
    Measure("value", "", "count", lambda found: found.cell.value),
    Measure("base", BASE, "count", lambda found: found.base),
    Measure("percent", "割合（％）", "percent", lambda found: found.cell.percent),
    PRINTED_COUNT,
    Measure("printed_value", "", "count published", lambda found: found.published.baseline_value),
    Measure("printed_base", BASE, "count published", lambda found: found.published.baseline_base),
    Measure("printed_percent", "割合（％）", "percent published", lambda found: found.published.baseline_percent),
    Measure("change", "差", "", lambda found: found.published.change),
)
BY_KEY = {measure.key: measure for measure in MEASURES}
BASES = {measure.foot: measure for measure in (COUNT, PRINTED_COUNT)}


@dataclass(frozen=True)
class Group:
    """Columns that belong together: a side of the country, or a column of the table for one side."""

    code: str
    label: Text
    cells: Mapping[str, Beside]

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """What has a number in some cell; a base that stands below the counts needs no column."""
        return tuple(
            measure
            for measure in MEASURES
            if measure.key not in self.feet and any(measure.of(found) is not None for found in self.cells.values())
        ) or (COUNT,)

    @cached_property
    def feet(self) -> Mapping[str, int]:
        """The bases, new and printed, that all counts of the group share."""
        found = {}
        for base, measure in BASES.items():
            bases = {BY_KEY[base].of(beside) for beside in self.cells.values() if measure.of(beside) is not None}
            others = {BY_KEY[base].of(beside) for beside in self.cells.values()} - {None}
            if len(bases) == 1 and others == bases:
                (found[base],) = bases
        return {base: int(number) for base, number in found.items() if number is not None}

    @property
    def unit(self) -> str:
        units = [found.cell.unit.ja for found in self.cells.values() if found.cell.unit]
        return units[0] if units else ""

    def words(self, measure: Measure, published: str) -> str:
        """The head of a column, with its unit."""
        if measure.key == "change":
            return f"差（{self.unit if self._of_values else 'ポイント'}）"
        words = measure.words or self.unit
        return f"公表値（{published}）{words}" if measure.key.startswith("printed") else words

    def look(self, measure: Measure) -> str:
        return measure.look or ("difference" if self._of_values else "points")

    @property
    def _of_values(self) -> bool:
        return any(found.cell.value is not None for found in self.cells.values())


@dataclass(frozen=True)
class Block:
    """A table within the sheet; `code` and `label` are those of its side, if there are several blocks.

    `years`: its rows are years.
    """

    code: str
    label: Text | None
    rows: Sequence[Entry]
    groups: Sequence[Group]
    published: str
    years: bool = False

    @property
    def width(self) -> int:
        return 1 + sum(len(group.measures) for group in self.groups)

    @cached_property
    def shown(self) -> tuple[Entry, ...]:
        """The rows that have a number."""
        return tuple(row for row in self.rows if any(row.code in group.cells for group in self.groups))

    def line(self, row: str) -> int:
        """Where a row stands, below the first line of the head."""
        return HEAD + [shown.code for shown in self.shown].index(row)

    def column(self, group: Group, key: str) -> int | None:
        """The column of a measure of a group, if it has one."""
        keys = [measure.key for measure in group.measures]
        return self.first(group) + keys.index(key) if key in keys else None

    def first(self, group: Group) -> int:
        """The first column of a group, which its name stands above."""
        return 1 + sum(len(before.measures) for before in self.groups[: self.groups.index(group)])

    def head(self) -> Iterator[Line]:
        """Two lines; that of a single unnamed column is that of its measures."""
        above: list[Put | None] = [Put(self.label.ja if self.label else "区分", "head", down=2)]
        below: list[Put | None] = [None]
        for group in self.groups:
            above += [Put(group.label.ja, "group", len(group.measures)), *[None] * (len(group.measures) - 1)]
            below += [
                Put(group.words(measure, self.published), f"head right{_first(n)}")
                for n, measure in enumerate(group.measures)
            ]
        yield above
        yield below

    def body(self) -> Iterator[Line]:
        adding_up = {row.group for row in self.rows if row.group}
        for row in self.shown:
            look = "strong line" if row.code in adding_up else "line"
            yield [self._name(row, f"{look} wrap"), *self._numbers(row.code, look)]

    def _name(self, row: Entry, look: str) -> Put:
        """A year is a number, so that a chart can place it."""
        if not self.years:
            return Put(row.label.ja, look)
        return Put(int(row.code), f"{look} {YEARS[row.label.ja.removeprefix(row.code)]}")

    def _numbers(self, row: str, look: str) -> Iterator[Put]:
        for group in self.groups:
            found = group.cells.get(row)
            for n, measure in enumerate(group.measures):
                number = measure.of(found) if found else None
                yield Put(number, f"{group.look(measure)} {look}{_first(n)}")

    def foot(self) -> Iterator[Line]:
        """The bases, each below its counts."""
        if any(group.feet for group in self.groups):
            yield [Put(BASE, "foot"), *self._bases()]

    def _bases(self) -> Iterator[Put]:
        for group in self.groups:
            for n, measure in enumerate(group.measures):
                yield Put(group.feet.get(measure.foot), f"{group.look(measure)} foot{_first(n)}")


def _first(position: int) -> str:
    return "" if position else " first"
