"""The tables of a run as a workbook for people: cover, contents, a sheet with charts for each table, the data. Pure.

Together they are read, not computed with: by prefecture and size they are in the workbook for machines. A table that
stands alone brings all its breakdowns.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from aggregation.export.book import DATA, INDEX, Book, Column, Line, Names, Put, Sheet, data_sheet, strip
from aggregation.export.cover import cover
from aggregation.export.facts import Against, Facts
from aggregation.export.long_form import LongForm, long_form
from aggregation.export.machine_book import Listed, machine_book
from aggregation.export.paper.prose import Written
from aggregation.export.paper.report import ReportSource
from aggregation.export.table_sheet import table_sheet
from aggregation.figure_page import Figure
from aggregation.groups import KIND
from aggregation.tables import NATIONAL, Table
from surveys.questionnaire import Chapter, Text

READ = (NATIONAL, KIND)


@dataclass(frozen=True)
class TablesFile:
    """Tables of a run beside the published numbers, as they go into files: all of them, or one.

    `bodies`: the register on the reference date, which the workbook for machines lists. `figures`, `written` and
    `withheld` are for paper, as in `ReportSource`.
    """

    facts: Facts
    chapters: Sequence[Chapter]
    tables: Sequence[Table]
    against: Against
    bodies: Callable[[], Sequence[Listed]] = tuple
    figures: Callable[[], Sequence[Figure]] = tuple
    written: Callable[[], Written] = Written
    withheld: Mapping[str, Sequence[Text]] = field(default_factory=dict)

    @cached_property
    def form(self) -> LongForm:
        return self._form(self.tables)

    def _form(self, tables: Sequence[Table]) -> LongForm:
        return long_form(tables, self.against.baseline, self.facts.year, self.facts.origin)

    @property
    def book(self) -> Book:
        front = cover(self.facts, self.against, self._alone)
        sheets = [table_sheet(table, self.names[table.id], self.facts, self.against) for table in self.tables]
        return Book(self.facts.title, self.facts.created, (front, self._index(), *sheets, self._data()))

    @property
    def machine_book(self) -> Book:
        return machine_book(self.facts, self.chapters, self.tables, self.against, self.bodies())

    @property
    def paper(self) -> ReportSource:
        return ReportSource(self.facts, self.chapters, self.figures(), self.against, self.withheld, self.written())

    @property
    def _alone(self) -> bool:
        return len(self.tables) == 1

    def _data(self) -> Sheet:
        if self._alone:
            return data_sheet(self.form, f"すべての区分　{self.facts.words}")
        read = [replace(table, cells=tuple(cell for cell in table.cells if cell[2] in READ)) for table in self.tables]
        return data_sheet(self._form(read), f"全国と団体の種類別　{self.facts.words}")

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The sheet of each table, named by its number in the report."""
        names = Names()
        return {table.id: names.take((table.number or table.title).ja) for table in self.tables}

    def _index(self) -> Sheet:
        lines: list[Line] = [
            [Put(INDEX, "title")],
            [Put(self.facts.title, "small")],
            *strip(self.facts.origin, 3),
            [],
            [Put("シート", "head"), Put("表題", "head"), Put("項目", "head")],
        ]
        head = len(lines)
        what = "すべての区分（長い形）" if self._alone else "全国と団体の種類別（長い形）"
        lines += [*self._contents(), [Put(DATA, "link line", to=DATA), Put(what, "line"), _END]]
        return Sheet(INDEX, (Column(16), Column(64), Column(44)), tuple(lines), (head, 0), (head - 1, head - 1))

    def _contents(self) -> Iterator[Line]:
        for chapter in self.chapters:
            own = [table for table in self.tables if table.chapter == chapter.number]
            if own:
                yield [Put(f"第{chapter.number}節　{chapter.title.ja}", "chapter", 3)]
            for table in own:
                name = self.names[table.id]
                yield [Put(name, "link line", to=name), Put(table.title.ja, "line wrap"), Put(table.heading.ja, _LINE)]


_LINE = "line wrap"
_END = Put("", "line")
