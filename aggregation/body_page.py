"""What the public page of a body shows: its answers in words beside the bodies most like it and the nation. Pure.

Only open questions come in (`aggregation.disclosure`). Everything stands in the order of the questionnaire; nothing is
ranked or judged. Free texts are left out: nobody has read them for publication.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from aggregation.baseline import quotient
from aggregation.comparison import Point, QuestionComparison, SectionComparison
from aggregation.comparison_page import NO, OF_PROCEDURE, YES
from aggregation.tables import NATIONAL, TOTAL, Cell, Table
from surveys import words
from surveys.answers import NOT_APPLICABLE, NOT_ASKED
from surveys.pages import numbers
from surveys.questionnaire import Question, Section, Text

Cells = Mapping[tuple[str, str, str, str], Cell]  # national cells by table, row, column and group
STATES = {
    NOT_ASKED: Text(
        "対象外（ほかの問の回答により、うかがっていません）", "Not asked, by the answer to another question"
    ),
    NOT_APPLICABLE: Text("この種類の団体には、うかがっていません", "Not a question for this kind of body"),
}
NOT_ANSWERED, NOT_CONCERNED = Text("未回答", "Not answered"), Text("対象外", "Not asked")


@dataclass(frozen=True)
class Line:
    """One datum of a body: what it is about (None where the question itself says it), what was answered (None for
    未回答), and how many of those like it and what share of the nation answered so; of a number, their means.

    Of several options, each is answered by yes or no; the shares are those of yes.
    """

    label: Text | None
    own: Text | None
    like: str = ""
    nation: str = ""


@dataclass(frozen=True)
class Card:
    """A question with its lines or, where it was not asked, why."""

    question: Question
    number: str
    why_not: Text | None
    lines: tuple[Line, ...]

    @property
    def has_labels(self) -> bool:
        return any(line.label for line in self.lines)


@dataclass(frozen=True)
class Shown:
    """A section: the open questions, and how many are not open."""

    section: Section
    cards: tuple[Card, ...]
    withheld: int


class Row(NamedTuple):
    """A datum side by side: what it is about, and what each of some bodies says of it (None: nothing)."""

    label: Text | None
    said: tuple[Text | None, ...]


class Beside(NamedTuple):
    """A question with what some bodies answered, side by side."""

    card: Card
    rows: list[Row]


def cells_of(tables: Iterable[Table]) -> dict[tuple[str, str, str, str], Cell]:
    """The national cells of some tables by place."""
    return {
        (table.id, cell.row, cell.column, cell.group): cell
        for table in tables
        for cell in table.cells
        if cell.breakdown == NATIONAL
    }


def shown(found: Sequence[SectionComparison], kind: str, is_open: Callable[[str], bool], like: Cells) -> list[Shown]:
    """The sections of a body of a kind; `is_open` says of a public id whether its answers may be shown, and `like`
    are the cells of the bodies most like it."""
    return [_shown(each, kind, is_open, like) for each in found]


def _shown(found: SectionComparison, kind: str, is_open: Callable[[str], bool], like: Cells) -> Shown:
    number, by_id = numbers(found.section, kind), {each.question.id: each for each in found.questions}
    questions = [question for question in found.section.questions if is_open(question.public_id)]
    cards = tuple(_card(question, number.get(question.id, ""), by_id.get(question.id), like) for question in questions)
    return Shown(found.section, cards, len(found.section.questions) - len(cards))


def side_by_side(found: Sequence[Shown | None]) -> list[Beside]:
    """The open questions of a section with the answers of bodies of one kind; None for a body that is not counted."""
    known = next((each for each in found if each), None)
    if known is None:
        return []
    by_question = [[each.cards[at] if each else None for each in found] for at in range(len(known.cards))]
    return [Beside(card, _rows(cards)) for card, cards in zip(known.cards, by_question, strict=True)]


def _rows(cards: Sequence[Card | None]) -> list[Row]:
    labels = dict.fromkeys(line.label for card in cards if card for line in card.lines if line.label)
    return [Row(label, tuple(_of(card, label) for card in cards)) for label in labels or [None]]


def _of(card: Card | None, label: Text | None) -> Text | None:
    """What a body says under a label; nothing if it says other things of the question."""
    if card is None or card.lines == (Line(None, None),):
        return NOT_ANSWERED
    if card.why_not:
        return NOT_CONCERNED
    return next((line.own or NOT_ANSWERED for line in card.lines if line.label == label), None)


def _card(question: Question, number: str, found: QuestionComparison | None, like: Cells) -> Card:
    if found is None or not found.is_asked:
        return Card(question, number, STATES[NOT_APPLICABLE if found is None else NOT_ASKED], ())
    if found.is_blank:
        return Card(question, number, None, (Line(None, None),))
    return Card(question, number, None, tuple(_LINES[question.kind](found, like)))


def _line(found: QuestionComparison, like: Cells, point: Point, label: Text | None, own: Text | None) -> Line:
    """With the shares at the point. A rate is that of all bodies, and stands beside nobody else's."""
    last = point.beside[-1]
    key = (found.question.public_id, point.row.code, point.column.code, last.group)
    return Line(label, own, _out_of(like.get(key)) if last.group != TOTAL else "", _share(last.cell))


def _out_of(cell: Cell | None) -> str:
    """7／9, since a share of ten bodies says less; or the mean of a number."""
    return f"{cell.count}／{cell.base}" if cell and cell.count is not None else _share(cell)


def _share(cell: Cell | None) -> str:
    """74.5%, or the mean of a number: 6.2. Empty where there is none."""
    if cell is None:
        return ""
    if cell.percent is not None:
        return f"{cell.percent}%"
    mean = None if cell.value is None or not cell.base else quotient(cell.value, cell.base)
    return "" if mean is None else f"{mean:,}"


def _single(found: QuestionComparison, like: Cells) -> Iterator[Line]:
    return (_line(found, like, point, None, point.row.label) for point in found.points if point.answer)


def _multiple(found: QuestionComparison, like: Cells) -> Iterator[Line]:
    return (_line(found, like, point, point.row.label, YES if point.answer else NO) for point in found.points)


def _matrix(found: QuestionComparison, like: Cells) -> Iterator[Line]:
    """The column that was chosen in each row."""
    for _, row in groupby(found.points, key=lambda point: point.row.code):
        points = list(row)
        chosen = next((point for point in points if point.answer), None)
        if chosen is not None:
            yield _line(found, like, chosen, chosen.row.label, chosen.column.label)
        else:
            own = None if points[0].answer is None else words.NOT_TICKED
            yield Line(points[0].row.label, own)


def _integers(found: QuestionComparison, like: Cells) -> Iterator[Line]:
    for point in found.points:
        yield _line(found, like, point, point.row.label, _amount(found.question, point.value))


def _amount(question: Question, value: int | Decimal | None) -> Text | None:
    if value is None:
        return None
    return Text(*(words.amount(question, int(value), language) for language in ("ja", "en")))


def _procedures(found: QuestionComparison, like: Cells) -> Iterator[Line]:
    """Whether a procedure is online and, where the body knows it, how much it is used so; else whether there is it."""
    for _, row in groupby(found.points, key=lambda point: point.row.code):
        points = list(row)
        known = [point for point in points if point.answer is not None or point.value is not None]
        for point in known[1:] or known:
            yield _line(found, like, point, _of_procedure(point), _said(point))
        if not known:
            yield Line(points[0].row.label, None)


def _of_procedure(point: Point) -> Text:
    row, column = point.row.label, point.column.label
    return Text(f"{row.ja}：{column.ja}", f"{row.en}: {column.en}")


def _said(point: Point) -> Text:
    if point.answer is None:
        return Text(f"{point.value}%", f"{point.value}%")
    return OF_PROCEDURE[point.column.code, point.answer]


_LINES: dict[str, Callable[[QuestionComparison, Cells], Iterator[Line]]] = {
    "single-choice": _single,
    "multiple-choice": _multiple,
    "matrix": _matrix,
    "tick-matrix": _matrix,
    "matrix-integer": _integers,
    "procedures": _procedures,
}
