"""A body's comparison on paper: a summary, what many peers have and it has not, and every question. Pure.

The same data as in its CSV; of the groups beside the body, the peers and the side of the country. The document is
plain data for `body_report.typ`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from aggregation import measure_list
from aggregation.comparison import WHOLE_COUNTRY, Beside, Point, name_of
from aggregation.comparison_page import NATION, Card, Line, Numbers, Scale, cards, summary
from aggregation.export.book import fiscal_year
from aggregation.export.comparison_book import MADE_UP, MEASURES_NOTE, PUBLISHED_NOTE, STATES, ComparisonFile
from aggregation.pages import share, whole
from aggregation.tables import TOTAL
from surveys.answers_file import SYNTHETIC
from surveys.paper import render
from surveys.paper.document import Cover, labels
from surveys.questionnaire import tier

PEERS, PUBLISHED = "相手", "公表値"  # the heads of columns; the first page says who and when
TEMPLATE = Path(__file__).with_suffix(".typ")
PEERS_NOTE = (
    "比べる相手は、種類（指定都市、中核市、施行時特例市、一般市、特別区、町、村）と人口の区分が同じ団体です。"
    "数えた団体が5に満たない区分と、人口が登録されていない団体、都道府県では、種類が同じ団体と比べます。"
    "公表値の列のほかは、いまの集計の数です。ほかの団体の回答は載せていません。"
)
NUMBERS_NOTE = (
    "団体数の右は、列の見出しの対象団体数（その問をうかがった団体の数）に対する割合です。"
    "対象団体数が行によってちがう列では、団体数のあとに「／」で続けます。人数は、平均と中央値です。"
)


@dataclass(frozen=True)
class Head:
    """The head of a column of numbers; `base` if it is the same in all rows."""

    label: str
    base: str


class Counted(NamedTuple):
    """A number with its share, or a mean with the median; and out of how many bodies."""

    number: str = ""
    beside: str = ""
    base: str = ""


Cells = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Row:
    """A datum: `label` with how many rows it stands for (0: told by a row above), column, own answer, and numbers.

    Each of `numbers` is the number and what stands to its right: a share, or the median beside a mean.
    """

    label: str
    rows: int
    column: str
    own: str
    is_own: bool
    numbers: Cells
    change: str


@dataclass(frozen=True)
class Asked:
    """A question; `answer`: the body's own words, if it has some for the whole; `state`: why it has none."""

    number: str
    figure: str
    text: str
    state: str
    answer: str
    has_columns: bool
    is_matrix: bool
    has_published: bool
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Part:
    """A section: its place in the summary, and its questions."""

    number: str
    title: str
    facts: tuple[str, ...]
    questions: tuple[Asked, ...]


@dataclass(frozen=True)
class BodyReport:
    """The whole paper. `chapters`: name and lines of the summary; `gaps` is None without a run."""

    cover: Cover
    name: str
    labels: dict[str, str]
    chapters: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]
    gaps: tuple[tuple[str, ...], ...] | None
    peers: str
    side: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...]


def to_pdf(file: ComparisonFile) -> bytes:
    """The bytes of the paper; the same file gives the same bytes. Raises FontMissing."""
    return render.compiled(body_report(file), TEMPLATE)


def body_report(file: ComparisonFile) -> BodyReport:
    """The paper of a body, in Japanese, as its other files."""
    comparison = file.comparison
    chapters = summary(file.questionnaire, comparison)
    return BodyReport(
        cover=_cover(file),
        name=comparison.own.name,
        labels=labels("ja"),
        chapters=tuple(
            (f"第{chapter.number}節　{chapter.title.ja}", tuple(map(_scale, scales))) for chapter, scales in chapters
        ),
        gaps=tuple(_gaps(file)) if comparison.has_run else None,
        peers=name_of(comparison.group).ja,
        side=name_of(tier(comparison.own.kind)).ja,
        parts=tuple(_part(file, scale) for _, scales in chapters for scale in scales),
        notes=(MEASURES_NOTE, PEERS_NOTE, NUMBERS_NOTE, PUBLISHED_NOTE),
    )


def _cover(file: ComparisonFile) -> Cover:
    comparison, own = file.comparison, file.comparison.own
    about = f"{own.name}（{own.code}）"
    group = name_of(comparison.group).ja
    known = comparison.peers
    label, _, run = file.now.partition("：")
    facts = [
        ("団体", about),
        ("種類", name_of(own.kind).ja),
        *([("人口", f"{own.population:,}人")] if own.population is not None else []),
        ("比べる相手", f"{group}（{known.bodies:,}団体）" if known else group),
        (label, run),
        *([("公表値", f"{fiscal_year(file.baseline_year)}の報告書")] if file.baseline_year else []),
    ]
    in_place = f"{comparison.in_place}／{comparison.measures}"
    median = f"（相手の中央値 {known.median_words}）" if known else ""
    title = file.questionnaire.title.ja
    return Cover(
        language="ja",
        title=file.title,
        subtitle=title,
        about=f"{about}　{fiscal_year(own.year)} {title}",
        mark="合成データ" if file.origin == SYNTHETIC else "",
        stamp="",
        author=own.name,
        at=file.created,
        key=("整っている取組", f"{in_place}{median}"),
        facts=tuple(facts),
        notes=(MADE_UP,) if file.origin == SYNTHETIC else (),
        synthetic=file.origin == SYNTHETIC,
    )


def _scale(scale: Scale) -> tuple[str, ...]:
    """A line of the summary: section, measures in place, unanswered, the median, and how the body stands to it."""
    found = scale.found
    name = f"{found.section.number}　{found.section.title.ja}"
    if not scale.total:
        return (name, "", "", "", "")
    median = found.peers.median_words if found.peers else ""
    unanswered = whole(found.unanswered) if found.unanswered else ""
    return (name, _in_place(scale), unanswered, median, scale.difference.ja if scale.difference else "")


def _in_place(scale: Scale) -> str:
    return f"{scale.found.in_place}／{scale.total}"


def _gaps(file: ComparisonFile) -> Iterator[tuple[str, ...]]:
    """What is not in place here and is in place in many peers, by their share: name, own answer, and the shares."""
    found = measure_list.blocks([line for line in measure_list.lines(file.comparison) if line.is_gap])
    for line in (line for block in found for line in block.lines):
        label = f"：{line.measure.label.ja}" if line.measure.label else ""
        name = f"{line.measure.question.title.ja}{label}"
        nation = next((bar for bar in line.bars if bar.look == NATION), line.bars[0])
        own = "、".join(words.ja for words in line.own)
        yield (line.section.section.number, name, own, share(line.share), share(nation.percent))


def _part(file: ComparisonFile, scale: Scale) -> Part:
    found, own = scale.found, file.comparison.own
    median = f"相手の中央値 {found.peers.median_words}" if found.peers and scale.total else ""
    facts = (f"整っている取組 {_in_place(scale)}" if scale.total else "", median)
    questions = tuple(_asked(file, card) for card in cards(found, own.kind, file.comparison.has_run))
    return Part(found.section.number, found.section.title.ja, tuple(filter(None, facts)), questions)


def _asked(file: ComparisonFile, card: Card) -> Asked:
    """A question; where nothing of it was published, it has no column of that."""
    shown = _shown(card)
    columns = [[_counted(card, line.groups[at]) for _, line in shown] for at in _kept(file, card)]
    if card.groups and card.groups[-1] == WHOLE_COUNTRY:  # its rows have no other numbers; they stand with the side's
        nation, side = columns.pop(), columns.pop()
        columns.append([own if any(own) else other for own, other in zip(side, nation, strict=True)])
    printed = [_published(point.beside[-1]) for point, _ in shown]
    has_published = any(map(any, printed))
    if has_published:
        columns.append(printed)
    bases = [_base(column) for column in columns]
    cells = [[_cell(counted, base) for counted in column] for column, base in zip(columns, bases, strict=True)]
    names = _names(file, len(columns) - has_published)
    return Asked(
        number=f"問{card.number}" if card.number else "",
        figure=card.question.number.ja if card.question.number else "",
        text=card.question.title.ja,
        state=STATES.get(card.found.state, ""),
        answer=_answer(card),
        has_columns=card.has_columns,
        is_matrix=card.is_matrix,
        has_published=has_published,
        heads=tuple(Head(name, base) for name, base in zip(names, bases, strict=False)),
        rows=tuple(_rows(card, shown, list(zip(*cells, strict=True)) or [()] * len(shown))),
    )


def _names(file: ComparisonFile, groups: int) -> list[str]:
    """The heads of the columns of so many groups; a body whose peers are all of its side has one."""
    return [*(PEERS, name_of(tier(file.comparison.own.kind)).ja)[:groups], PUBLISHED]


def _kept(file: ComparisonFile, card: Card) -> list[int]:
    """The positions of the groups that stand on paper: the kind beside its size is left to the other files."""
    comparison = file.comparison
    left = name_of(comparison.own.kind)
    alone = comparison.group == comparison.own.kind
    return [at for at, label in enumerate(card.groups) if alone or label != left]


def _counted(card: Card, numbers: Numbers) -> Counted:
    if card.is_numbers:
        return Counted(numbers.second, numbers.third, numbers.first)
    return Counted(numbers.first, numbers.third, numbers.second)


def _published(beside: Beside) -> Counted:
    found = beside.published
    if found is None:
        return Counted()
    if found.baseline_value is not None:
        return Counted("" if beside.baseline_mean is None else f"{beside.baseline_mean:,}")
    return Counted(whole(found.baseline_count), share(found.baseline_percent), whole(found.baseline_base))


def _base(column: Sequence[Counted]) -> str:
    """The number of bodies that all rows of a column are counted out of; empty if it differs."""
    bases = {counted.base for counted in column if counted.base}
    return bases.pop() if len(bases) == 1 else ""


def _cell(counted: Counted, base: str) -> tuple[str, str]:
    own = counted.base if counted.base != base else ""
    return (f"{counted.number}／{own}" if own else counted.number, counted.beside)


def _answer(card: Card) -> str:
    """The body's own answer in words, where the question has one for the whole of it."""
    if card.found.state in STATES or card.question.rows:
        return ""
    chosen = (point.row.label.ja for point in card.found.points if point.answer)
    return "、".join(chosen) or "選んだものはありません"


def _shown(card: Card) -> list[tuple[Point, Line]]:
    """The data on paper, each with its words: of a row of a matrix the favourable columns, if it names some."""
    paired = list(zip(card.found.points, card.lines, strict=True))
    if not card.is_matrix:
        return paired
    shown = []
    for _, same in groupby(paired, key=lambda each: each[0].row.code):
        row = list(same)
        shown += [each for each in row if each[0].favourable] or row
    return shown


def _rows(card: Card, shown: Sequence[tuple[Point, Line]], cells: Sequence[Cells]) -> Iterator[Row]:
    chosen = {point.row.code: point.column.label.ja for point in card.found.points if point.answer}
    before = ""
    for (point, line), numbers in zip(shown, cells, strict=True):
        rows = 0 if point.row.code == before else sum(each.row == point.row for each, _ in shown)
        before = point.row.code
        own = chosen.get(before) if card.is_matrix and point.answer is not None else ""
        own = own or _own(card, point, line)
        column = f"{line.column.ja}（{WHOLE_COUNTRY.ja}）" if point.beside[0].group == TOTAL else line.column.ja
        yield Row(line.row.ja, rows, column, own, point.answer is True, numbers, line.change)


def _own(card: Card, point: Point, line: Line) -> str:
    """A mark where the body chose this; in a table of procedures or ticks, words."""
    if card.question.kind == "procedures" or card.is_matrix or point.answer is None:
        return line.own.ja if line.own else ""
    return "○" if point.answer else ""
