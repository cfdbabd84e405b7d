"""What an answer is held against on the desk: last year's, and the published ranges and shares of similar bodies."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from surveys import words
from surveys.blocks import language
from surveys.changes import Side
from surveys.dossier import Dossier
from surveys.earlier import Last, Was
from surveys.past import Range, Ranges, numbers
from surveys.questionnaire import Question
from surveys.rules import Answer
from surveys.words import Line

COUNTED = ("matrix-integer", "procedures")


class Then(NamedTuple):
    """The answer of an earlier year. Of a table with rows then and now only those that differ, each with its label;
    otherwise `lines`. `is_known`: whether it was asked then."""

    year: int
    is_known: bool
    is_changed: bool
    lines: list[Line]
    rows: list[tuple[str, Was]]


def then(question: Question, answer: Answer, side: Side) -> Then:
    last = Last.of(question, answer, side)
    if not last.has_rows:
        return Then(last.year, last.before is not None, last.is_changed, last.lines(language()), [])
    found = [(row.label.in_language(language()), last.row(row.code, language())) for row in question.rows]
    rows = [(label, was) for label, was in found if was.is_changed or any(part.difference for part in was.parts)]
    return Then(last.year, True, bool(rows), [], rows)


class Peer(NamedTuple):
    """A number beside the range of similar bodies, in words."""

    label: str
    value: str
    low: str
    high: str
    is_outside: bool


class Peers(NamedTuple):
    """The numbers of an answer beside the ranges of `bodies` of the same kind, or kind and size, in a year."""

    year: int
    bodies: int
    has_band: bool
    rows: list[Peer]

    @property
    def outside(self) -> int:
        return sum(row.is_outside for row in self.rows)


def peers(question: Question, answer: Answer, ranges: Ranges) -> Peers | None:
    """The ranges for the numbers that a body entered; none where nothing is published."""
    found: list[tuple[Range, Peer]] = []
    for (row, column), value in numbers(question, answer).items() if question.kind in COUNTED else ():
        if own := ranges.get((question.public_id, row, column)):
            label = question.row_by_code[row].label.in_language(language())
            if question.kind == "procedures":
                label = f"{label}　{question.column_by_code[column].label.in_language(language())}"
            low, high, given = (words.amount(question, each, language()) for each in (own.low, own.high, value))
            found.append((own, Peer(label, given, low, high, not own.low <= value <= own.high)))
    if not found:
        return None
    first = found[0][0]
    return Peers(first.year, first.bodies, first.has_band, [peer for _, peer in found])


class Shares(NamedTuple):
    """How many per cent of `bodies` of the same kind and size chose what, in a year: by public id, row and column."""

    year: int
    bodies: int
    percents: Mapping[tuple[str, str, str], Decimal | None]


class Share(NamedTuple):
    """What can be chosen with its share; `is_own` where the body has chosen it."""

    label: str
    percent: Decimal
    is_own: bool


share_sources: list[Callable[[Dossier], Shares | None]] = []  # other apps bring theirs


def shares(dossier: Dossier) -> Shares | None:
    """The shares among the peers of a body, from the first source that has any."""
    return next((found for source in share_sources if (found := source(dossier))), None)


def shares_at(question: Question, answer: Answer, found: Shares) -> list[Share]:
    """The shares at a question: of each option, or in a table of the state that the body chose in each row."""
    return [
        Share(label, percent, is_own)
        for label, row, column, is_own in _chosen(question, answer)
        if (percent := found.percents.get((question.public_id, row, column))) is not None
    ]


def _chosen(question: Question, answer: Answer) -> Iterator[tuple[str, str, str, bool]]:
    """What can be chosen: label, row, column, and whether the body did."""
    chosen = {answer.get("value", ""), *answer.get("values", ())}
    for option in question.options:
        yield option.label.in_language(language()), option.code, "", option.code in chosen
    if question.kind == "matrix":
        for row, column in answer.get("cells", {}).items():
            labels = (question.row_by_code[row].label, question.column_by_code[column].label)
            yield "　".join(label.in_language(language()) for label in labels), row, column, True
