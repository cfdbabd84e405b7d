"""The numbers of a table as they are printed: heads, rows and texts, in the language of the paper. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

from aggregation.export.block import Beside, Block, Group
from aggregation.export.national import National
from aggregation.export.paper import words
from aggregation.export.paper.document import Grid, Heads, Line
from aggregation.figure_page import Figure
from aggregation.figures.palette import OUTLINE, Fill
from aggregation.pages import as_printed, share, signed, whole
from aggregation.tables import Entry
from surveys.questionnaire import Text


def grids(figure: Figure, national: National, language: str) -> Iterator[Grid]:
    """The tables of a figure: counts and other values apart, since together they are too wide for upright paper."""
    fills = figure.plan.fills if figure.plan else {}
    swatches = {code: swatch(fill) for code, fill in fills.items()}
    printing = Printing(language, figure.page.later, swatches)
    for block in national.blocks(""):
        parts = [[group for group in block.groups if _is_counted(group) == counted] for counted in (False, True)]
        yield from (printing.grid(block, groups) for groups in parts if groups)


def _is_counted(group: Group) -> bool:
    return any(found.cell.count is not None for found in group.cells.values())


def of(side: Text, base: int | None, language: str) -> str:
    """都道府県（35団体中）; without a base the side alone."""
    label = side.in_language(language)
    return label if base is None else words.OF.in_language(language).format(side=label, base=whole(base))


def swatch(fill: Fill) -> str:
    """A small square in the fill of a chart."""
    box = f'<rect x="0.5" y="0.5" width="15" height="15" fill="{fill.paint}" stroke="{OUTLINE}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><defs>{fill.pattern}</defs>{box}</svg>'


@dataclass(frozen=True)
class Printing:
    """How tables are printed. `later`: the published numbers are those of an earlier year, so that changes are shown.

    `swatches`: by the code of a row.
    """

    language: str
    later: bool
    swatches: dict[str, str]

    def grid(self, block: Block, groups: Sequence[Group]) -> Grid:
        """Some columns of a block. A base that all of them share stands in the caption, else in their heads."""
        bases = {group.feet.get("base") for group in groups}
        shared = bases.pop() if block.label and len(bases) == 1 else None
        columns = [Columns(group, self, shared is None) for group in groups]
        sums = {row.group for row in block.rows if row.group}
        return Grid(
            caption=of(block.label, shared, self.language) if block.label else "",
            item=words.ITEM.in_language(self.language),
            groups=tuple(each.head for each in columns),
            lines=tuple(
                self._line(row, columns, row.code in sums)
                for row in block.rows
                if any(row.code in group.cells for group in groups)
            ),
        )

    def _line(self, row: Entry, columns: "Sequence[Columns]", is_sum: bool) -> Line:
        values = tuple(value for each in columns for value in each.values(row.code))
        return Line(row.label.in_language(self.language), values, self.swatches.get(row.code, ""), is_sum)


class Columns:
    """The columns of a group: only those that have a number somewhere."""

    def __init__(self, group: Group, printing: Printing, says_base: bool) -> None:
        self.group, self.language = group, printing.language
        self.base = group.feet.get("base") if says_base else None
        keys = {measure.key for measure in group.measures}
        is_printed = any(key.startswith("printed") for key in keys)
        is_changed = is_printed and printing.later
        self.there = (bool(keys & {"count", "value"}), "base" in keys, "percent" in keys, is_printed, is_changed)

    @property
    def head(self) -> Heads:
        units = [found.cell.unit for found in self.group.cells.values() if found.cell.unit]
        main = words.COUNT if _is_counted(self.group) or not units else units[0]
        heads = compress((main, words.BASE, words.SHARE, words.PRINTED, words.CHANGE), self.there)
        label = of(self.group.label, self.base, self.language)
        return Heads(label, tuple(each.in_language(self.language) for each in heads))

    def values(self, row: str) -> tuple[str, ...]:
        found = self.group.cells.get(row)
        return tuple(compress(_texts(found) if found else [""] * len(self.there), self.there))


def _texts(found: Beside) -> Sequence[str]:
    cell, published = found
    main = whole(cell.count if cell.count is not None else cell.value)
    return main, whole(found.base), share(cell.percent), as_printed(published), signed(published.change)
