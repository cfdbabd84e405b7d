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
class Shown:
    """One number as a page shows it, beside what was published."""

    main: str = ""
    share: str = ""
    base: str = ""
    published: str = ""
    change: str = ""
    note: Text | None = None
    beside_published: bool = False


@dataclass(frozen=True)
class Line:
    """A row of the table with its numbers, one for each column shown."""

    label: Text
    cells: tuple[Shown, ...]
    strong: bool = False


@dataclass(frozen=True)
class Side:
    """A group of the nation: 都道府県, 市区町村 or 総数, with what all its cells share.

    `base` is there if the cells do not differ in it; `span` counts the side's columns beside other sides; `columns` and
    `lines` are the side's own table.
    """

    code: str
    label: Text
    bodies: int
    responded: int
    base: int | None
    published: bool
    span: int
    columns: tuple[Entry, ...]
    lines: tuple[Line, ...]

    @property
    def missing(self) -> int:
        return self.bodies - self.responded


class TablePage:
    """A table prepared for its page.

    With one column, the sides stand beside each other in one table; with several, each side has a table of its own.
    """

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
        used = {cell.column for cell in own}
        columns = tuple(column for column in self._columns if column.code in used)
        return Side(
            code=code,
            label=label,
            bodies=bodies,
            responded=responded,
            base=bases.pop() if len(bases) == 1 else None,
            published=code in self._printed_sides,
            span=1 + self.has_shares + 2 * (code in self._printed_sides),
            columns=columns,
            lines=tuple(self._lines(code, columns)),
        )

    @property
    def sides_by_weight(self) -> list[Side]:
        """The sides with published numbers first: in 第2-1表 the nation before prefectures and municipalities."""
        return sorted(self.sides, key=lambda side: not side.published)

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

    def _lines(self, side: str, columns: Sequence[Entry]) -> Iterator[Line]:
        inside = {row.group for row in self.table.rows if row.group}
        for row in self.table.rows:
            keys = [(row.code, column.code, side) for column in columns]
            if any(key in self._cells for key in keys):
                yield Line(row.label, tuple(map(self._shown, keys)), strong=row.code in inside)

    @cached_property
    def lines(self) -> list[Line]:
        """With one column: each row with its number for each side."""
        column = self._columns[0].code
        keys = {row.code: [(row.code, column, side.code) for side in self.sides] for row in self.table.rows}
        rows = (row for row in self.table.rows if any(key in self._cells for key in keys[row.code]))
        return [Line(row.label, tuple(map(self._shown, keys[row.code]))) for row in rows]

    def _shown(self, key: tuple[str, str, str]) -> Shown:
        cell = self._cells.get(key)
        printed = key[2] in self._printed_sides
        if cell is None:
            return Shown(beside_published=printed)
        published = self._published.get(key)
        return Shown(
            main=whole(cell.count if cell.count is not None else cell.value),
            share=share(cell.percent),
            base=whole(cell.base),
            published=as_printed(published) if published else "",
            change=signed(published.change) if published else "",
            note=cell.note,
            beside_published=printed,
        )

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
