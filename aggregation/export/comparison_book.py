"""A body's comparison as a workbook: a summary, a sheet for each section, and all of it in the long form. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from aggregation.comparison import Beside, Comparison, Point, QuestionComparison, SectionComparison, name_of
from aggregation.export.book import DATA, INDEX, Book, Column, Line, Names, Put, Sheet, data_sheet, fiscal_year, strip
from aggregation.export.comparison_form import comparison_form
from aggregation.export.long_form import NOTHING_PUBLISHED, LongForm
from surveys.answers import BLANK, NOT_ASKED
from surveys.answers_file import REPORTED, SYNTHETIC
from surveys.questionnaire import Questionnaire

STATES = {NOT_ASKED: "うかがっていません（設問対象外）", BLANK: "未回答"}
MADE_UP = "合成データ：比べている回答や集計には、公表値に合わせて作った合成データが入っています。"
MEASURES_NOTE = (
    "「整っている」は、任命している、策定済、導入済など、調査票が整っているとする答えを選んでいることです。"
    "うかがっていない問の取組は、整っていないものとして数えます。未回答の取組は、どちらにも数えません。順位は付けません。"
)
PUBLISHED_NOTE = (
    "公表値は、報告書に印刷された数値です（人数は、1団体あたりの平均）。印刷されていないところは空欄にしています。"
    "差は、割合についてはポイント、人数については平均の差です。"
)
SHARES = ("団体数", "対象団体数", "割合（％）")
NUMBERS = ("団体数", "平均", "中央値")
OWN = 4  # columns before those of the groups: row, column, own answer, in place


@dataclass(frozen=True)
class ComparisonFile:
    """A body's comparison as it goes into files. `now` says which run it is held against; `created` dates the file."""

    questionnaire: Questionnaire
    comparison: Comparison
    now: str
    baseline_year: int | None
    created: datetime

    @cached_property
    def form(self) -> LongForm:
        return comparison_form(self.comparison)

    @property
    def book(self) -> Book:
        sheets = [
            _SectionSheet(found, self.names[found.section.id], self).sheet() for found in self.comparison.sections
        ]
        return Book(self.title, self.created, (self._summary(), *sheets, data_sheet(self.form, self.title, MADE_UP)))

    @property
    def title(self) -> str:
        own = self.comparison.own
        return f"{own.name}の比較　{fiscal_year(own.year)}"

    @property
    def words(self) -> str:
        """What stands beside the answers."""
        published = f"公表値：{fiscal_year(self.baseline_year)}の報告書" if self.baseline_year else ""
        return "　／　".join(words for words in (self.title, self.now, published) if words)

    @property
    def origin(self) -> str:
        return SYNTHETIC if self.comparison.synthetic else REPORTED

    @cached_property
    def names(self) -> Mapping[str, str]:
        names = Names()
        sections = [found.section for found in self.comparison.sections]
        return {section.id: names.take(f"{section.number} {section.title.ja}") for section in sections}

    def _summary(self) -> Sheet:
        heads = ("項目", self.comparison.own.name, "未回答", "取組の数", "中央値", "平均", "対象団体数")
        lines: list[Line] = [
            [Put(self.title, "title")],
            [Put(self.words, "small")],
            [Put(f"比べる相手（中央値、平均）：{name_of(self.comparison.group).ja}", "small")],
            *strip(self.origin, len(heads), MADE_UP),
            *([Put(note, "wrap small", len(heads))] for note in (MEASURES_NOTE, PUBLISHED_NOTE)),
            [],
            [Put(words, f"head{' right' if n else ''}") for n, words in enumerate(heads)],
        ]
        head = len(lines)
        lines += [
            *map(self._section, self.comparison.sections),
            [Put("合計", "foot"), *self._counts(self.comparison, self.comparison.measures, "foot")],
            [],
            [Put(DATA, "link", to=DATA)],
        ]
        columns = (Column(54), *[Column(15)] * (len(heads) - 1))
        return Sheet(INDEX, columns, tuple(lines), (head, 1), (head - 1, head - 1))

    def _section(self, found: SectionComparison) -> Line:
        name = self.names[found.section.id]
        return [Put(name, "link line", to=name), *self._counts(found, len(found.measures), "line")]

    @staticmethod
    def _counts(found: SectionComparison | Comparison, measures: int, look: str) -> Iterator[Put]:
        """A section that names no measures has no numbers."""
        peers = found.peers if measures else None
        own = (found.in_place, found.unanswered, measures)
        yield from (Put(number if measures else None, f"count {look}") for number in own)
        yield Put(peers.median if peers else None, f"decimal {look}")
        yield Put(peers.mean if peers else None, f"decimal {look}")
        yield Put(peers.bodies if peers else None, f"count {look}")


class _SectionSheet:
    """The questions of a section, one below the other in the same columns."""

    def __init__(self, found: SectionComparison, name: str, file: ComparisonFile) -> None:
        self.found, self.name, self.file = found, name, file
        groups = max((len(_groups(question)) for question in found.questions), default=0)
        self.width = OWN + 3 * groups + 4

    def sheet(self) -> Sheet:
        lines: list[Line] = [
            [Put(self.name, "title")],
            [Put(self.file.words, "small")],
            *strip(self.file.origin, self.width, MADE_UP),
            [Put(f"{INDEX}へ", "link", to=INDEX)],
        ]
        for question in self.found.questions:
            lines += [[], *self._question(question)]
        columns = (Column(40), Column(16), Column(14), Column(11), *[Column(11)] * (self.width - OWN))
        return Sheet(self.name, columns, tuple(lines), (1, 1), (0, 0))

    def _question(self, found: QuestionComparison) -> Iterator[Line]:
        question, groups = found.question, _groups(found)
        number = f"{question.number.ja}　" if question.number else ""
        yield [Put(f"{number}{question.title.ja}", "heading")]
        if found.state in STATES:
            yield [Put(f"{self.file.comparison.own.name}：{STATES[found.state]}", "small")]
        yield from self._head(groups, question.kind == "matrix-integer")
        for point in found.points:
            yield [*_own(point), *_beside(point, groups), *_published(point.beside[-1])]

    def _head(self, groups: Sequence[str], numbers: bool) -> Iterator[Line]:
        published = f"公表値（{fiscal_year(self.file.baseline_year)}）" if self.file.baseline_year else "公表値"
        above: list[Put | None] = [
            Put(words, "head", down=2) for words in ("区分", "状態", self.file.comparison.own.name, "整っている")
        ]
        below: list[Put | None] = [None] * OWN
        for group in groups:
            above += [Put(name_of(group).ja, "group", 3), None, None]
            below += [Put(words, f"head right{_first(n)}") for n, words in enumerate(NUMBERS if numbers else SHARES)]
        above += [Put(published, "group", 3), None, None, Put("差", "head right", down=2)]
        shares = ("", "", "平均") if numbers else SHARES
        below += [*(Put(words, f"head right{_first(n)}") for n, words in enumerate(shares)), None]
        yield above
        yield below


def _first(position: int) -> str:
    return "" if position else " first"


def _groups(found: QuestionComparison) -> list[str]:
    """The groups that stand beside any datum of the question."""
    return list(dict.fromkeys(beside.group for point in found.points for beside in point.beside))


def _own(point: Point) -> Iterator[Put]:
    yield Put(point.row.label.ja, "wrap line")
    yield Put(point.column.label.ja, "wrap line")
    if point.value is None:
        yield Put(_word(point.answer), "right line")
    else:
        yield Put(point.value, f"{'count' if isinstance(point.value, int) else 'percent'} line")
    yield Put(_word(point.in_place), "right line")


def _word(answer: bool | None) -> str:
    return "" if answer is None else "はい" if answer else "いいえ"


def _beside(point: Point, groups: Sequence[str]) -> Iterator[Put]:
    by_group = {beside.group: beside for beside in point.beside}
    for group in groups:
        yield from _numbers(by_group.get(group, Beside(group)))


def _numbers(beside: Beside) -> Iterator[Put]:
    """Bodies, mean and median of a number; else count, base and share."""
    if beside.statistic:
        found = beside.statistic
        yield from (Put(found.bodies, "count line first"), Put(found.mean, "decimal line"))
        yield Put(found.median, "decimal line")
        return
    cell = beside.cell
    share = cell is not None and (cell.count is not None or cell.percent is not None)
    count, base, percent = (cell.count, cell.base, cell.percent) if cell is not None and share else (None, None, None)
    yield from (Put(count, "count line first"), Put(base, "count line"), Put(percent, "percent line"))


def _published(beside: Beside) -> Iterator[Put]:
    found = beside.published or NOTHING_PUBLISHED
    yield Put(found.baseline_count, "count published line first")
    yield Put(found.baseline_base, "count published line")
    share = found.baseline_percent if beside.baseline_mean is None else beside.baseline_mean
    yield Put(share, "decimal published line")
    yield Put(beside.change, "points line")
