"""The national numbers of a table beside the published ones, in the blocks in which files show them. Pure.

With one column, the sides stand beside each other; with several, each side has a block of its own. Years go down.
"""

from collections.abc import Iterator

from aggregation.baseline import Baseline
from aggregation.compare import compare
from aggregation.export.block import Beside, Block, Group
from aggregation.export.long_form import NOTHING_PUBLISHED
from aggregation.tables import NATIONAL, SERIES, Cell, Entry, GroupLabel, Table
from surveys.questionnaire import Text


class National:
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
        sides = self.sides
        if len(self.columns) == 1:
            groups = [Group(side.code, side.label, self._under(self.columns[0].code, side.code)) for side in sides]
            yield Block("", None, self.rows, groups, published, self.turned)
            return
        for side in sorted(sides, key=lambda side: side.code not in self.printed_sides):
            found = [Group(column.code, column.label, self._under(column.code, side.code)) for column in self.columns]
            yield Block(
                side.code, side.label, self.rows, [group for group in found if group.cells], published, self.turned
            )

    def _under(self, column: str, side: str) -> dict[str, Beside]:
        places = ((row.code, (row.code, column), side) for row in self.rows)
        return {row: self.cells[place, side] for row, place, side in places if (place, side) in self.cells}

    def notes(self, language: str = "ja") -> Iterator[str]:
        """The notes of the table, then those of its numbers with the rows they are about, if not all."""
        general = [note.in_language(language) for note in self.table.notes]
        yield from general
        labels = {row.code: row.label.in_language(language) for row in self.rows}
        about: dict[str, dict[str, None]] = {}
        for ((row, _), _), found in self.cells.items():
            own = found.cell.note.in_language(language) if found.cell.note else ""
            for note in dict.fromkeys((own, found.published.note)):
                about.setdefault(note, {})[labels[row]] = None
        for note in about.keys() & {"", *general}:
            del about[note]
        for note, rows in about.items():
            yield note if len(rows) == len(labels) else f"{note}（{'、'.join(rows)}）"

    @property
    def sides(self) -> list[GroupLabel]:
        return [group for group in self.table.groups if group.breakdown == NATIONAL]

    def counted(self) -> Iterator[tuple[Text, int, int]]:
        """Each side with its bodies and how many of them were counted."""
        for side in self.sides:
            own = [found.cell for (_, group), found in self.cells.items() if group == side.code]
            bodies, responded = (max(getattr(cell, name) or 0 for cell in own) for name in ("bodies", "responded"))
            yield side.label, bodies, responded

    def responses(self) -> Iterator[str]:
        """How many bodies of each side were counted, in words."""
        for label, bodies, responded in self.counted():
            words = f"{label.ja}：{bodies:,}団体のうち{responded:,}団体の回答を数えました"
            yield f"{words}（未回答 {bodies - responded:,}）。"

    def base(self, side: str) -> int | None:
        """The base of a side, if all its numbers share one."""
        bases = {found.base for (_, group), found in self.cells.items() if group == side}
        return bases.pop() if len(bases) == 1 else None
