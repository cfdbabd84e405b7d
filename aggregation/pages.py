"""What pages show of a table: its national numbers beside the published ones. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from aggregation.baseline import Baseline
from aggregation.compare import Compared, compare
from aggregation.figures import Plan
from aggregation.figures.palette import Fill
from aggregation.tables import NATIONAL, Entry, Table
from surveys.questionnaire import Text


@dataclass(frozen=True)
class Shown:
    """One number as a page shows it, beside what was published; `row`, `column` and `side` are its place."""

    row: str
    column: str
    side: str
    main: str = ""
    share: str = ""
    base: str = ""
    published: str = ""
    change: str = ""
    note: Text | None = None
    beside_published: bool = False


@dataclass(frozen=True)
class Line:
    """A row of the table with its numbers, one for each column shown, and the fill that its chart gives it."""

    label: Text
    cells: tuple[Shown, ...]
    strong: bool = False
    fill: Fill | None = None


@dataclass(frozen=True)
class Column:
    """A column of a block, with the fill that its chart gives it."""

    label: Text
    fill: Fill | None


@dataclass(frozen=True)
class Block:
    """A table with several columns: that of a side or, where there is one row only, that of all sides."""

    code: str
    label: Text | None
    base: int | None
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Side:
    """A group of the nation: 都道府県, 市区町村 or 総数, with what all its cells share.

    `base` is there if the cells do not differ in it; `span` counts the side's columns beside other sides; `columns` are
    those that have cells of the side.
    """

    code: str
    label: Text
    bodies: int
    responded: int
    base: int | None
    published: bool
    span: int
    columns: tuple[Entry, ...]

    @property
    def missing(self) -> int:
        return self.bodies - self.responded


class TablePage:
    """A table prepared for its page.

    With one column, the sides stand beside each other in one table; with several, each side has a block of its own.
    `plan` is how its chart is drawn; `later`: the published numbers are those of an earlier year, so that differences
    say something.
    """

    def __init__(self, table: Table, baseline: Baseline | None, plan: Plan | None = None, later: bool = True) -> None:
        self.table = table
        self.later = later
        self._fills: Mapping[str, Fill] = plan.fills if plan else {}
        self._published = compare(table, baseline)
        self._cells = {(cell.row, cell.column, cell.group): cell for cell in table.cells if cell.breakdown == NATIONAL}

    @cached_property
    def sides(self) -> list[Side]:
        return [self._side(label.code, label.label) for label in self.table.groups if label.breakdown == NATIONAL]

    def _side(self, code: str, label: Text) -> Side:
        own = [cell for (_, _, group), cell in self._cells.items() if group == code]
        bases = {cell.base for cell in own}
        bodies, responded = (
            max((getattr(cell, name) or 0 for cell in own), default=0) for name in ("bodies", "responded")
        )
        used = {cell.column for cell in own}
        return Side(
            code=code,
            label=label,
            bodies=bodies,
            responded=responded,
            base=bases.pop() if len(bases) == 1 else None,
            published=code in self._printed_sides,
            span=1 + self.has_shares + (1 + self.later) * (code in self._printed_sides),
            columns=tuple(column for column in self._columns if column.code in used),
        )

    @property
    def blocks(self) -> list[Block]:
        """The tables of the sides, those with published numbers first: in 第2-1表 the nation before its parts."""
        if len(self.table.rows) == 1 and len(self.sides) > 1:
            return [self._of_all_sides()]
        found = [self._block(side) for side in sorted(self.sides, key=lambda side: not side.published)]
        return [block for block in found if block.lines]

    def _block(self, side: Side) -> Block:
        return Block(side.code, side.label, side.base, self._heads(side.columns), tuple(self._lines(side)))

    def _of_all_sides(self) -> Block:
        (row,) = self.table.rows
        lines = (
            Line(side.label, tuple(self._shown((row.code, column.code, side.code)) for column in self._columns))
            for side in self.sides
        )
        return Block("all", None, None, self._heads(self._columns), tuple(lines))

    def _heads(self, columns: Sequence[Entry]) -> tuple[Column, ...]:
        return tuple(Column(column.label, self._fills.get(column.code)) for column in columns)

    @cached_property
    def _printed_sides(self) -> set[str]:
        return {side for _, _, side in self._published}

    @property
    def _columns(self) -> tuple[Entry, ...]:
        return self.table.columns or (Entry("", Text("", "")),)

    @property
    def is_wide(self) -> bool:
        """Whether the table has several columns."""
        return len(self._columns) > 1

    def _lines(self, side: Side) -> Iterator[Line]:
        inside = {row.group for row in self.table.rows if row.group}
        for row in self.table.rows:
            keys = [(row.code, column.code, side.code) for column in side.columns]
            if any(key in self._cells for key in keys):
                yield Line(row.label, tuple(map(self._shown, keys)), strong=row.code in inside)

    @cached_property
    def lines(self) -> list[Line]:
        """With one column: each row with its number for each side."""
        column = self._columns[0].code
        keys = {row.code: [(row.code, column, side.code) for side in self.sides] for row in self.table.rows}
        rows = (row for row in self.table.rows if any(key in self._cells for key in keys[row.code]))
        return [
            Line(row.label, tuple(map(self._shown, keys[row.code])), fill=self._fills.get(row.code)) for row in rows
        ]

    def _shown(self, key: tuple[str, str, str]) -> Shown:
        cell = self._cells.get(key)
        printed = key[2] in self._printed_sides
        if cell is None:
            return Shown(*key, beside_published=printed)
        published = self._published.get(key)
        return Shown(
            *key,
            main=whole(cell.count if cell.count is not None else cell.value),
            share=share(cell.percent),
            base=whole(cell.base),
            published=as_printed(published) if published else "",
            change=signed(published.change) if published and self.later else "",
            note=cell.note,
            beside_published=printed,
        )

    @property
    def has_total(self) -> bool:
        """Whether the bodies asked stand below the rows: every side has one base for all of them."""
        return self.has_shares and all(side.base is not None for side in self.sides)

    @property
    def is_whole(self) -> bool:
        """Whether the shares of the rows add up to all bodies asked."""
        return bool(self._fills)

    @property
    def has_shares(self) -> bool:
        return any(cell.percent is not None for cell in self._cells.values())

    @cached_property
    def unit(self) -> Text:
        """What the numbers count: bodies, or the unit of their values."""
        units = [cell.unit for cell in self._cells.values() if cell.value is not None and cell.unit]
        return units[0] if units else Text("団体数", "Bodies")

    @property
    def has_published(self) -> bool:
        return bool(self._published)

    @cached_property
    def notes(self) -> list[Text]:
        """The notes of the table, of its numbers and of the published ones; the same note once."""
        own = {cell.note for cell in self._cells.values() if cell.note}
        printed = [Text(found.note, found.note) for found in self._published.values() if found.note]
        return list(dict.fromkeys([*self.table.notes, *sorted(own, key=str), *printed]))

    @property
    def printed(self) -> list[Text]:
        """The rows that the printed figure shows, in its order."""
        labels = {row.code: row.label for row in self.table.rows}
        return [labels[code] for code in self.table.printed]


def whole(number: int | None) -> str:
    """12345 as 12,345; what does not exist is empty."""
    return "" if number is None else f"{number:,}"


def share(percent: Decimal | None) -> str:
    return "" if percent is None else f"{percent}%"


def signed(change: Decimal | int | None) -> str:
    """A difference with its sign: +0.2, −3, 0."""
    if change is None:
        return ""
    return f"{change:+,}".replace("-", "−") if change else f"{abs(change)}"


def as_printed(found: Compared) -> str:
    number = whole(found.baseline_count if found.baseline_count is not None else found.baseline_value)
    percent = share(found.baseline_percent)
    return f"{number}（{percent}）" if number and percent else number or percent
