"""One table as a sheet: its national numbers as numbers, the published ones beside them, notes and sources below. Pure.

With one column, the sides stand beside each other; with several, each side has a block of its own. Years go down.
"""

from collections.abc import Iterator

from aggregation.baseline import Baseline
from aggregation.compare import compare
from aggregation.export.block import Beside, Block, Group
from aggregation.export.book import INDEX, Column, Line, Put, Sheet, strip
from aggregation.export.charts import Figures
from aggregation.export.facts import Against, Facts, name_of
from aggregation.export.long_form import NOTHING_PUBLISHED
from aggregation.tables import NATIONAL, SERIES, Cell, Entry, Table
from surveys.questionnaire import Text


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
    """The sheet of a table under a name: its charts, its numbers, notes and sources."""
    national = _National(table, against.baseline)
    blocks = list(national.blocks(against.report))
    width = max((block.width for block in blocks), default=1)
    figures = Figures(table, facts, blocks, len(_top(table, facts, width)))
    columns = figures.wide_enough((Column(40), *[Column(11.5)] * (width - 1)))
    lines = [*_top(table, facts, len(columns)), *figures.lines]
    first = len(lines)
    for block in blocks:
        lines += [*block.head(), *block.body(), *block.foot(), []]
    below = (*national.responses(), *(f"注　{note}" for note in national.notes()), *against.sources(table))
    lines += [[Put(words, "wrap small", len(columns))] for words in below]
    # Blocks have heads of their own, so only a single one can stay in sight and be repeated; none below charts.
    head = (first + 2, first, first + 1) if len(blocks) == 1 else (1, 0, 0)
    frozen = (0, 0) if figures.charts else (head[0], 1)
    return Sheet(name, columns, tuple(lines), frozen, head[1:], charts=figures.charts)


def _top(table: Table, facts: Facts, width: int) -> list[Line]:
    return [
        [Put(name_of(table), "title")],
        [Put(f"{table.heading.ja}　／　{facts.words}", "wrap small", width)],
        *strip(facts.origin, width),
        [Put(f"{INDEX}へ", "link", to=INDEX)],
    ]
