"""One table as a sheet: its national numbers as numbers, published ones beside them, notes and sources below. Pure."""

from aggregation.export.book import INDEX, Column, Line, Put, Sheet, strip
from aggregation.export.charts import Figures
from aggregation.export.facts import Against, Facts, name_of
from aggregation.export.national import National
from aggregation.tables import Table


def table_sheet(table: Table, name: str, facts: Facts, against: Against) -> Sheet:
    """The sheet of a table under a name: its charts, its numbers, notes and sources."""
    national = National(table, against.baseline)
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
