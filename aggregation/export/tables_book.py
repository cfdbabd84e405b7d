"""The tables of a run as a workbook: contents, a sheet for each table, and all breakdowns in the long form. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from aggregation.export.book import DATA, INDEX, Book, Column, Line, Names, Put, Sheet, data_sheet, strip
from aggregation.export.facts import Against, Facts
from aggregation.export.long_form import LongForm, long_form
from aggregation.export.table_sheet import table_sheet
from aggregation.tables import Table
from surveys.answers_file import SYNTHETIC
from surveys.era import era_date
from surveys.questionnaire import Chapter

BASES = (
    "対象団体数は、回答した団体のうち、その問をたずねた団体の数です。割合は、対象団体数に対するものです（四捨五入）。",
    "公表値は、報告書に印刷された数値です。印刷されていないところは空欄にしています。差は、割合についてはポイントです。",
)


@dataclass(frozen=True)
class TablesFile:
    """Tables of a run beside the published numbers, as they go into files: all of them, or one."""

    facts: Facts
    chapters: Sequence[Chapter]
    tables: Sequence[Table]
    against: Against

    @cached_property
    def form(self) -> LongForm:
        return long_form(self.tables, self.against.baseline, self.facts.year, self.facts.origin)

    @property
    def book(self) -> Book:
        sheets = [table_sheet(table, self.names[table.id], self.facts, self.against) for table in self.tables]
        data = data_sheet(self.form, f"すべての区分　{self.facts.words}")
        return Book(self.facts.title, self.facts.created, (self._index(), *sheets, data))

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The sheet of each table, named by its number in the report."""
        names = Names()
        return {table.id: names.take((table.number or table.title).ja) for table in self.tables}

    def _index(self) -> Sheet:
        lines: list[Line] = [
            [Put(self.facts.title, "title")],
            *strip(self.facts.origin, 3),
            *([Put(name), Put(value, "wrap", 2)] for name, value in self._facts()),
            *([Put(words, "wrap small", 3)] for words in BASES),
            [],
            [Put("シート", "head"), Put("表題", "head"), Put("項目", "head")],
        ]
        head = len(lines)
        lines += [*self._contents(), [Put(DATA, "link line", to=DATA), Put("すべての区分（長い形）", "line"), _END]]
        return Sheet(INDEX, (Column(16), Column(64), Column(44)), tuple(lines), (head, 0), (head - 1, head - 1))

    def _facts(self) -> Iterator[tuple[str, str]]:
        facts = self.facts
        yield "調査の基準日", era_date(facts.reference_date)
        yield "公表", era_date(facts.published) if facts.published else "公表前"
        yield "版", facts.edition or "公表前"
        yield "計算番号", facts.run
        yield "数えた団体", f"{facts.responses:,}団体"
        yield "データの種類", "合成データ" if facts.origin == SYNTHETIC else "団体の回答"
        if self.against.report:
            yield "並べた公表値", f"{self.against.report}の報告書"

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
