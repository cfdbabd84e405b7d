"""The charts of a table: which cells of its sheet they show, where they stand, and what they say in words. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import TypeVar

from aggregation.chart_rules import BAR, LINE, PIE, STACKED, chart_kind
from aggregation.export.block import Block, Group
from aggregation.export.book import DIGIT, LINE_PIXELS, Cells, Chart, Column, Line, Put, Series, units
from aggregation.export.facts import Facts, name_of
from aggregation.tables import TOTAL, Entry, Table
from surveys.answers_file import SYNTHETIC

SHARE = "percent"
LEAST = {PIE: 5, STACKED: 5}  # per cent: a smaller part has no room for its number
SMALL = "5％未満の区分の数値は、図には書いていません。下の表にあります。"
GAP = 10
PIE_HEIGHT, LEGEND_LINE, LEGEND_UNITS = 320, 18, 66
HALF, WHOLE = 500, 2 * 500 + GAP
Part = TypeVar("Part", Block, Group)


@dataclass(frozen=True)
class Figures:
    """The charts of a table, side by side above its blocks, whose first one begins below `self.lines`."""

    table: Table
    facts: Facts
    blocks: Sequence[Block]
    top: int

    @cached_property
    def charts(self) -> tuple[Chart, ...]:
        found: list[Chart] = []
        for picture in self._pictures:
            left = sum(chart.width + GAP for chart in found)
            found.append(picture.chart(self.top, left, self.starts[self.blocks.index(picture.block)]))
        return tuple(found)

    @cached_property
    def lines(self) -> list[Line]:
        """The room of the charts, and what has to be said below them."""
        height = max((picture.height for picture in self._pictures), default=0)
        room: list[Line] = [[]] * ceil(height / LINE_PIXELS)
        return [*room, *([Put(words, "small")] for words in self._said), *room[:1]]

    @property
    def _said(self) -> Iterator[str]:
        """A line over the years leads over breaks, which the notes of its table name."""
        if any(picture.leaves_out for picture in self._pictures):
            yield SMALL
        if any(picture.kind == LINE for picture in self._pictures):
            yield from (f"注　{note.ja}" for note in self.table.notes)

    @cached_property
    def starts(self) -> list[int]:
        """The first line of each block; an empty line follows each."""
        found = [self.top + len(self.lines)]
        for block in self.blocks:
            found.append(found[-1] + len([*block.head(), *block.body(), *block.foot()]) + 1)
        return found

    def wide_enough(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        """The columns and as many more as the charts need."""
        right = max((chart.left + chart.width for chart in self.charts), default=0)
        missing = right - sum(column.width * DIGIT + 5 for column in columns)
        return (*columns, *[Column(9)] * ceil(max(missing, 0) / (9 * DIGIT + 5)))

    @cached_property
    def _pictures(self) -> "list[_Picture]":
        kind = chart_kind(self.table)
        return [] if kind is None else [found for found in self._of(kind) if found.groups]

    def _of(self, kind: str) -> "Iterator[_Picture]":
        """Pies have a side each; other charts show all sides or, in a matrix, all its columns."""
        for block in _not_total(self.blocks):
            shown = [group for group in _not_total(block.groups) if _has_shares(group, block)]
            several = [[group] for group in shown] if kind == PIE else [shown]
            for groups in several:
                yield _Picture(kind, self.table, self.facts, block, groups, shown, len(self.blocks))


def _not_total(parts: Sequence[Part]) -> Sequence[Part]:
    """Parts without their sum, unless there is nothing else."""
    return [part for part in parts if part.code != TOTAL] or parts


def _has_shares(group: Group, block: Block) -> bool:
    return any(found.cell.percent for found in group.cells.values()) and block.column(group, SHARE) is not None


@dataclass(frozen=True)
class _Picture:
    """One chart: the shares of some groups of a block. `beside`: the groups of this and the charts beside it."""

    kind: str
    table: Table
    facts: Facts
    block: Block
    groups: Sequence[Group]
    beside: Sequence[Group]
    blocks: int

    def chart(self, line: int, left: int, start: int) -> Chart:
        series = tuple(self._series(start))
        size = (self.width, self.height)
        return Chart(self.kind, self.title, self.alt, series, line, left, *size, self.legend)

    @property
    def legend(self) -> bool:
        """A pie says itself what its parts are, but for small ones; pies beside each other look alike."""
        return self.leaves_out if self.kind == PIE else len(self.groups) > 1

    @cached_property
    def rows(self) -> list[Entry]:
        """Those of the printed figure in its order, or all that add nothing up."""
        by_code = {row.code: row for row in self.block.shown}
        printed = [by_code[code] for code in self.table.printed if code in by_code]
        return printed or [*by_code.values()]

    @property
    def width(self) -> int:
        if self.kind == PIE:
            return HALF
        return WHOLE if self.blocks == 1 or self.kind == LINE else HALF + 150

    @property
    def height(self) -> int:
        if self.kind == PIE:
            return PIE_HEIGHT + LEGEND_LINE * ceil(self._legend_units / LEGEND_UNITS)
        if self.kind == LINE:
            return 320
        bars = len(self.groups) if self.kind == BAR else 1
        return 90 + 30 * (len(self.groups) > 1) + len(self.rows) * (10 + 14 * bars)

    @property
    def _legend_units(self) -> int:
        """How wide the names of the parts are together, each behind its mark."""
        return sum(units(row.label.ja) + 5 for row in self.rows) if self.legend else 0

    @property
    def title(self) -> str:
        """The table, then whose shares with their base, and that they are made up."""
        side = [group.label.ja for group in self.groups] if self.block.label is None else [self.block.label.ja]
        bases = [self._base(group) for group in (self.groups if self.block.label is None else self.groups[:1])]
        named = "、".join(f"{words}{base}" for words, base in zip(side, bases, strict=True))
        made_up = "　合成データ" if self.facts.origin == SYNTHETIC else ""
        return f"{name_of(self.table)}\n{named}{made_up}"

    def _base(self, group: Group) -> str:
        bases = {found.base for found in group.cells.values()}
        known = len(bases) == 1 and None not in bases and self.kind != LINE
        return f"（{bases.pop():,}団体中）" if known else ""

    @property
    def alt(self) -> str:
        """Title and all values: the whole chart for those who cannot see it."""
        parts = [self.title.replace("\n", "　")]
        for group in self.groups:
            own = [(row.label.ja, group.cells[row.code].cell) for row in self.rows if row.code in group.cells]
            values = [f"{label} {cell.percent}％" for label, cell in own if cell.percent is not None]
            named = f"{group.label.ja}：" if len(self.groups) > 1 else ""
            parts.append(named + "、".join(values))
        return "。".join(parts) + "。"

    @property
    def leaves_out(self) -> bool:
        """Whether a part is too small for its number."""
        least = LEAST.get(self.kind, 0)
        shares = (self._share(group, row) for group in self.beside for row in self.rows)
        return any(0 < share < least for share in shares)

    def _share(self, group: Group, row: Entry) -> float:
        found = group.cells.get(row.code)
        return float(found.cell.percent or 0) if found else 0

    def _series(self, start: int) -> Iterator[Series]:
        return (self._of(group, start, place) for place, group in enumerate(self.groups))

    def _of(self, group: Group, start: int, look: int) -> Series:
        rows = [row for row in self.rows if self.kind != LINE or row.code in group.cells]
        lines = tuple(start + self.block.line(row.code) for row in rows)
        column = self.block.column(group, SHARE) or 0
        least = LEAST.get(self.kind, 0)
        quiet = frozenset(n for n, row in enumerate(rows) if self._share(group, row) < least)
        name = (start, self.block.first(group))
        return Series(name, Cells(0, lines), Cells(column, lines), look, quiet)
