"""What the public pages show of a table: its national numbers beside the published ones. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from aggregation.baseline import Baseline
from aggregation.compare import Compared, compare
from aggregation.tables import NATIONAL, Entry, Table
from surveys.questionnaire import Questionnaire, Text


@dataclass(frozen=True)
class Item:
    """A table in the contents."""

    id: str
    number: Text | None
    title: Text


@dataclass(frozen=True)
class ContentsChapter:
    """A 節 of the report and its tables."""

    number: str
    title: Text
    items: tuple[Item, ...]


def contents(questionnaire: Questionnaire, heads: Sequence[Mapping[str, Any]]) -> list[ContentsChapter]:
    """The tables of a run by chapter, in the order of the report."""
    found = []
    for chapter in questionnaire.chapters:
        own = [head for head in heads if head["chapter"] == chapter.number]
        items = tuple(Item(head["id"], _text(head["number"]), Text(*head["title"])) for head in own)
        found.append(ContentsChapter(chapter.number, chapter.title, items))
    return found


def _text(pair: Sequence[str] | None) -> Text | None:
    return Text(*pair) if pair else None


@dataclass(frozen=True)
class Side:
    """A group of the nation: 都道府県, 市区町村 or 総数. `base` is there if all its cells share it."""

    code: str
    label: Text
    bodies: int
    responded: int
    base: int | None

    @property
    def missing(self) -> int:
        return self.bodies - self.responded


@dataclass(frozen=True)
class Shown:
    """One number as a page shows it, beside what was published."""

    main: str = ""
    share: str = ""
    base: str = ""
    published: str = ""
    change: str = ""
    note: Text | None = None


@dataclass(frozen=True)
class Line:
    """A line of the page: its label, and a number for each side."""

    label: Text
    cells: tuple[Shown, ...]


@dataclass(frozen=True)
class Group:
    """The lines of one row of a matrix; a table with one column has a single group without a label."""

    label: Text | None
    lines: tuple[Line, ...]


class TablePage:
    """A table prepared for its page."""

    def __init__(self, table: Table, baseline: Baseline | None) -> None:
        self.table = table
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
        return Side(code, label, bodies, responded, bases.pop() if len(bases) == 1 else None)

    @property
    def has_shares(self) -> bool:
        return any(cell.percent is not None for cell in self._cells.values())

    @property
    def has_own_bases(self) -> bool:
        """Whether the base differs from line to line, so that each line states it."""
        return any(side.base is None for side in self.sides)

    @property
    def span(self) -> int:
        """How many columns a side has."""
        return 1 + self.has_shares + self.has_own_bases + 2 * self.has_published

    @property
    def width(self) -> int:
        """How many columns the table has."""
        return 1 + self.span * len(self.sides)

    @cached_property
    def unit(self) -> Text:
        """What the numbers count: bodies, or the unit of their values."""
        units = [cell.unit for cell in self._cells.values() if cell.value is not None and cell.unit]
        return units[0] if units else Text("団体数", "Bodies")

    @cached_property
    def notes(self) -> list[Text]:
        """The notes of the table and of its published numbers; the same note once."""
        own = {line.note for group in self.groups for line in _cells_of(group) if line.note}
        printed = [Text(found.note, found.note) for found in self._published.values() if found.note]
        return list(dict.fromkeys([*self.table.notes, *sorted(own, key=str), *printed]))

    @property
    def has_published(self) -> bool:
        return bool(self._published)

    @cached_property
    def groups(self) -> list[Group]:
        """The lines in the order of the questionnaire; a printed figure's rows keep that order too."""
        columns = self.table.columns or (Entry("", Text("", "")),)
        if len(columns) == 1:
            lines = (self._line(row.label, row.code, columns[0].code) for row in self.table.rows)
            return [Group(None, tuple(line for line in lines if line))]
        found = [Group(row.label, tuple(self._lines(row, columns))) for row in self.table.rows]
        return [group for group in found if group.lines]

    def _lines(self, row: Entry, columns: Sequence[Entry]) -> Iterator[Line]:
        for column in columns:
            if line := self._line(column.label, row.code, column.code):
                yield line

    def _line(self, label: Text, row: str, column: str) -> Line | None:
        keys = [(row, column, side.code) for side in self.sides]
        if not any(key in self._cells for key in keys):
            return None
        return Line(label, tuple(self._shown(key) for key in keys))

    def _shown(self, key: tuple[str, str, str]) -> Shown:
        cell = self._cells.get(key)
        if cell is None:
            return Shown()
        published = self._published.get(key)
        return Shown(
            main=whole(cell.count if cell.count is not None else cell.value),
            share=share(cell.percent),
            base=whole(cell.base),
            published=_published(published) if published else "",
            change=signed(published.change) if published else "",
            note=cell.note,
        )

    @property
    def printed(self) -> list[Text]:
        """The rows that the printed figure shows, in its order."""
        labels = {row.code: row.label for row in self.table.rows}
        return [labels[code] for code in self.table.printed]


def _cells_of(group: Group) -> Iterator[Shown]:
    return (cell for line in group.lines for cell in line.cells)


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


def _published(found: Compared) -> str:
    number = whole(found.baseline_count if found.baseline_count is not None else found.baseline_value)
    percent = share(found.baseline_percent)
    return f"{number}（{percent}）" if number and percent else number or percent
