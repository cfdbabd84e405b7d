"""Recomputed tables beside the published numbers. Pure.

Only national cells are published. A published base is the one printed for the table or, where every body is asked,
the number of all bodies.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from aggregation.baseline import BODIES, Baseline, Number, Published, percent
from aggregation.groups import NATIONAL_LABELS
from aggregation.tables import NATIONAL, Cell, Table

Key = tuple[str, str, str]
KIND_NAMES = {"count": "団体数", "base": "対象団体数", "value": "値", "percent": "割合（％）"}


@dataclass(frozen=True, slots=True)
class Compared:
    """What was published for a cell, and the change since: points for a percentage, a difference for a value.

    What was not published is None. `note` is what there is to say about the published number.
    """

    baseline_count: int | None
    baseline_base: int | None
    baseline_percent: Decimal | None
    baseline_value: int | None
    change: Decimal | int | None
    note: str = ""


def compare(table: Table, baseline: Baseline | None) -> dict[Key, Compared]:
    """The published cells of a table by (row, column, national group); empty if no report is known."""
    if baseline is None:
        return {}
    found = {}
    for cell in table.cells:
        published = baseline.get(table.id, cell.row, cell.column, cell.group)
        if cell.breakdown == NATIONAL and published is not None:
            found[cell.row, cell.column, cell.group] = compared(published, cell, baseline, table.gated)
    return found


def compared(published: Published, cell: Cell | None, baseline: Baseline, gated: bool) -> Compared:
    """A published cell beside the recomputed one, if there is one; `gated` as in `Table`."""
    base = published.base
    if base is None and published.count is not None:
        base = baseline.base(published.table, published.group, gated)
    return Compared(
        baseline_count=published.count,
        baseline_base=base,
        baseline_percent=published.percent,
        baseline_value=published.value,
        change=None if cell is None else _change(cell, published, base),
        note=published.note,
    )


def _change(cell: Cell, published: Published, base: int | None) -> Decimal | int | None:
    """The percentage before is computed where count and base are printed, since a printed one may be wrong."""
    if cell.value is not None and published.value is not None:
        return cell.value - published.value
    before = published.percent
    if published.count is not None and base is not None:
        before = percent(published.count, base)
    return None if cell.percent is None or before is None else cell.percent - before


@dataclass(frozen=True, slots=True)
class Line:
    """One published number beside the recomputed one. `figure` is the number of its table (第１図)."""

    table: str
    figure: str
    place: str
    kind: str
    published: int | Decimal
    recomputed: int | Decimal | None

    @property
    def agrees(self) -> bool:
        return self.published == self.recomputed

    def __str__(self) -> str:
        recomputed = "―" if self.recomputed is None else f"{self.recomputed:,}"
        sign = "" if self.agrees else "  ≠"
        return f"{self.figure} {self.place} {KIND_NAMES[self.kind]}: {self.published:,} / {recomputed}{sign}"


@dataclass(frozen=True)
class Reproduction:
    """Every published number, and every percentage printed beside a count, with the recomputed one."""

    numbers: tuple[Line, ...]
    percentages: tuple[Line, ...]

    @property
    def complete(self) -> bool:
        """Whether every published number came out again. A printed percentage may contradict its own count."""
        return all(line.agrees for line in self.numbers)

    @property
    def disagreeing(self) -> tuple[str, ...]:
        """The figures whose printed percentages do not agree."""
        return tuple(dict.fromkeys(line.figure for line in self.percentages if not line.agrees))

    def summary(self) -> list[str]:
        """The two lines that `make demo` ends with."""
        counted = [
            f"{sum(line.agrees for line in lines)} of {len(lines)}" for lines in (self.numbers, self.percentages)
        ]
        named = f" ({'、'.join(self.disagreeing)})" if self.disagreeing else ""
        return [
            f"published numbers reproduced: {counted[0]}",
            f"printed percentages agreeing: {counted[1]}{named}",
        ]

    def lines(self) -> Iterator[str]:
        """The whole report: published / recomputed, then the summary."""
        yield "published / recomputed"
        yield from map(str, self.numbers)
        yield from (str(line) for line in self.percentages if not line.agrees)
        yield from self.summary()


def reproduction(tables: Sequence[Table], baseline: Baseline) -> Reproduction:
    """Each published number of a report beside that of the tables."""
    found = _Recomputed(tables)
    percentages = (Number(cell, "percent", cell.percent) for cell in baseline.percentages() if cell.percent is not None)
    return Reproduction(
        tuple(found.line(number) for number in baseline.numbers()), tuple(found.line(number) for number in percentages)
    )


class _Recomputed:
    """The national cells of a run, found by the keys of the baseline."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.tables = {table.id: table for table in tables}

    @cached_property
    def cells(self) -> Mapping[tuple[str, str, str, str], Cell]:
        return {
            (table.id, cell.row, cell.column, cell.group): cell
            for table in self.tables.values()
            for cell in table.cells
            if cell.breakdown == NATIONAL
        }

    @cached_property
    def bases(self) -> Mapping[tuple[str, str], int | None]:
        """The base of each table and group whose cells share one; where they differ, none is that of the table."""
        found: dict[tuple[str, str], set[int | None]] = defaultdict(set)
        for (table, _, _, group), cell in self.cells.items():
            found[table, group].add(cell.base)
        return {place: bases.pop() for place, bases in found.items() if len(bases) == 1}

    @cached_property
    def register(self) -> Mapping[str, int]:
        return {cell.group: cell.bodies for cell in self.cells.values() if cell.bodies is not None}

    def line(self, number: Number) -> Line:
        published = number.cell
        table = self.tables.get(published.table)
        figure = published.table if table is None else (table.number or table.title).ja
        return Line(published.table, figure, self._place(published), number.kind, number.number, self._number(number))

    def _number(self, number: Number) -> int | Decimal | None:
        published = number.cell
        if published.table == BODIES:
            return self.register.get(published.group)
        if not published.row:
            return self.bases.get((published.table, published.group))
        cell = self.cells.get(published.key)
        recomputed: int | Decimal | None = None if cell is None else getattr(cell, number.kind)
        return recomputed

    def _place(self, published: Published) -> str:
        """Row, column and group in words, as far as the tables have them."""
        table = self.tables.get(published.table)
        entries = (*table.rows, *table.columns) if table else ()
        labels = {entry.code: entry.label.ja for entry in entries}
        codes = [code for code in (published.row, published.column) if code]
        group = NATIONAL_LABELS[published.group].ja
        return "／".join([*(labels.get(code, code) for code in codes), group])
