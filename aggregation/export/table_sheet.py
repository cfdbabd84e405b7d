"""One table as a sheet: its national numbers as numbers, the published ones beside them, notes and sources below. Pure.

With one column, the sides stand beside each other; with several, each side has a block of its own. Years go down.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from aggregation.baseline import Baseline
from aggregation.compare import Compared, compare
from aggregation.export.book import INDEX, Column, Line, Put, Sheet, strip
from aggregation.export.facts import Against, Facts
from aggregation.export.long_form import NOTHING_PUBLISHED
from aggregation.tables import NATIONAL, SERIES, Cell, Entry, Table
from surveys.questionnaire import Text

Number = int | Decimal | None
BASE = "対象団体数"


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
    """A table within the sheet; `label` is its side, if there are several blocks."""

    label: Text | None
    rows: Sequence[Entry]
    groups: Sequence[Group]
    published: str

    @property
    def width(self) -> int:
        return 1 + sum(len(group.measures) for group in self.groups)

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
        for row in self.rows:
            if any(row.code in group.cells for group in self.groups):
                look = "strong line" if row.code in adding_up else "line"
                yield [Put(row.label.ja, f"{look} wrap"), *self._numbers(row.code, look)]

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


class _National:
    """The national cells of a table, with years as rows."""

    def __init__(self, table: Table, baseline: Baseline | None) -> None:
        self.table = table
        self.turned = table.kind == SERIES
        published = compare(table, baseline)
        self.cells = {
            (self._place(cell), cell.group): Beside(
                cell, published.get((cell.row, cell.column, cell.group), NOTHING_PUBLISHED)
            )
            for cell in table.cells
            if cell.breakdown == NATIONAL
        }
        self.printed_sides = {side for _, _, side in published}

    def _place(self, cell: Cell) -> tuple[str, str]:
        return (cell.column, cell.row) if self.turned else (cell.row, cell.column)

    @property
    def rows(self) -> tuple[Entry, ...]:
        return self.table.columns if self.turned else self.table.rows

    @property
    def columns(self) -> tuple[Entry, ...]:
        return (self.table.rows if self.turned else self.table.columns) or (Entry("", Text("", "")),)

    def blocks(self, published: str) -> Iterator[Block]:
        sides = [group for group in self.table.groups if group.breakdown == NATIONAL]
        if len(self.columns) == 1:
            groups = [Group(side.label, self._under(self.columns[0].code, side.code)) for side in sides]
            yield Block(None, self.rows, groups, published)
            return
        for side in sorted(sides, key=lambda side: side.code not in self.printed_sides):
            found = [Group(column.label, self._under(column.code, side.code)) for column in self.columns]
            yield Block(side.label, self.rows, [group for group in found if group.cells], published)

    def _under(self, column: str, side: str) -> dict[str, Beside]:
        places = ((row.code, (row.code, column), side) for row in self.rows)
        return {row: self.cells[place, side] for row, place, side in places if (place, side) in self.cells}

    def notes(self) -> Iterator[str]:
        """The notes of the table, then those of its numbers with the rows they are about, if not all."""
        yield from (note.ja for note in self.table.notes)
        labels = {row.code: row.label.ja for row in self.rows}
        about: dict[str, dict[str, None]] = {}
        for ((row, _), _), found in self.cells.items():
            own = found.cell.note.ja if found.cell.note else ""
            for note in dict.fromkeys((own, found.published.note)):
                about.setdefault(note, {})[labels[row]] = None
        for note in about.keys() & {"", *(note.ja for note in self.table.notes)}:
            del about[note]
        for note, rows in about.items():
            yield note if len(rows) == len(labels) else f"{note}（{'、'.join(rows)}）"

    def responses(self) -> Iterator[str]:
        """How many bodies of each side were counted."""
        for side in (group for group in self.table.groups if group.breakdown == NATIONAL):
            own = [found.cell for (_, group), found in self.cells.items() if group == side.code]
            bodies, responded = (max(getattr(cell, name) or 0 for cell in own) for name in ("bodies", "responded"))
            words = f"{side.label.ja}：{bodies:,}団体のうち{responded:,}団体の回答を数えました"
            yield f"{words}（未回答 {bodies - responded:,}）。"


def table_sheet(table: Table, name: str, facts: Facts, against: Against) -> Sheet:
    """The sheet of a table under a name."""
    national = _National(table, against.baseline)
    blocks = list(national.blocks(against.report))
    width = max((block.width for block in blocks), default=1)
    title = f"{table.number.ja}　{table.title.ja}" if table.number else table.title.ja
    lines: list[Line] = [
        [Put(title, "title")],
        [Put(f"{table.heading.ja}　／　{facts.words}", "small")],
        *strip(facts.origin, width),
        [Put(f"{INDEX}へ", "link", to=INDEX)],
    ]
    first = len(lines)
    for block in blocks:
        lines += [*block.head(), *block.body(), *block.foot(), []]
    below = (*national.responses(), *(f"注　{note}" for note in national.notes()), *against.sources(table))
    lines += [[Put(words, "wrap small", width)] for words in below]
    columns = (Column(40), *[Column(11.5)] * (width - 1))
    # Blocks have heads of their own, so only a single one can stay in sight and be repeated.
    head = (first + 2, first, first + 1) if len(blocks) == 1 else (1, 0, 0)
    return Sheet(name, columns, tuple(lines), (head[0], 1), head[1:])
