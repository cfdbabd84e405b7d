"""The numbers of a table as they are printed: heads, rows and texts, in the language of the paper. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

from aggregation.export.block import Beside, Block, Group
from aggregation.export.national import National
from aggregation.export.paper import words
from aggregation.pages import as_printed, share, signed, whole
from aggregation.tables import Entry
from surveys.questionnaire import Text


@dataclass(frozen=True)
class Heads:
    """A group of columns: a side or a column of the table, with the heads of its measures."""

    label: str
    heads: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A row; `is_sum`: it adds others up."""

    label: str
    values: tuple[str, ...]
    is_sum: bool


@dataclass(frozen=True)
class Grid:
    """A table as printed; `caption` is the side that it is about, where it is not that of its columns."""

    caption: str
    item: str
    groups: tuple[Heads, ...]
    lines: tuple[Line, ...]


def grids(national: National, language: str) -> Iterator[Grid]:
    """The tables of a table: of counts and of other values apart, since together they are too wide for upright paper."""
    for block in national.blocks(""):
        parts = [[group for group in block.groups if _is_counted(group) == counted] for counted in (False, True)]
        for groups in filter(None, parts):
            yield _grid(block, groups, language)


def _is_counted(group: Group) -> bool:
    return any(found.cell.count is not None for found in group.cells.values())


def _grid(block: Block, groups: Sequence[Group], language: str) -> Grid:
    bases = [group.feet.get("base") for group in groups]
    shared = bases[0] if block.label and len(set(bases)) == 1 else None
    columns = [_Columns(group, language, shared is None) for group in groups]
    caption = of(block.label, shared, language) if block.label else ""
    shown = [row for row in block.rows if any(row.code in group.cells for group in groups)]
    sums = {row.group for row in block.rows if row.group}
    lines = (_line(row, columns, row.code in sums, language) for row in shown)
    return Grid(caption, words.ITEM.in_language(language), tuple(each.head for each in columns), tuple(lines))


def _line(row: Entry, columns: Sequence["_Columns"], is_sum: bool, language: str) -> Line:
    values = tuple(value for each in columns for value in each.values(row.code))
    return Line(row.label.in_language(language), values, is_sum)


def of(side: Text, base: int | None, language: str) -> str:
    """都道府県（35団体中）; without a base the side alone."""
    label = side.in_language(language)
    return label if base is None else words.OF.in_language(language).format(side=label, base=whole(base))


class _Columns:
    """The columns of a group: only those that have a number somewhere."""

    def __init__(self, group: Group, language: str, says_base: bool) -> None:
        self.group, self.language = group, language
        self.base = group.feet.get("base") if says_base else None
        keys = {measure.key for measure in group.measures}
        is_printed = any(key.startswith("printed") for key in keys)
        self.there = (bool(keys & {"count", "value"}), "base" in keys, "percent" in keys, is_printed, is_printed)

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
