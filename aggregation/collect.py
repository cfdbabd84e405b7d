"""One pass over the answers of all bodies: for each datum, the set of bodies that gave it. Pure.

Sets are ints (see `aggregation.groups`). While collecting, a set is a row of ASCII digits, since setting one byte is
much cheaper than making a new int for each datum; `int(digits, 2)` then gives the set.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aggregation.groups import Grouping
from aggregation.tables import BodyRow
from surveys.questionnaire import BOTH, MUNICIPALITY, PREFECTURE, Question, Questionnaire, Row
from surveys.rules import asked_anywhere, totals

Place = tuple[str, str]
ONE = ord("1")


@dataclass
class Gathered:
    """What the bodies said to one question.

    `marks`: for each (row, column) the bodies that chose it; options have no column, and procedures have
    (row, "exists") for yes and (row, "online") for done. `numbers`: for each row (position of the body, number),
    computed rows too. `known`: for each procedure (position, total, online count) of the bodies that are online and
    gave both numbers.
    """

    marks: dict[Place, int] = field(default_factory=dict)
    numbers: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    known: dict[str, list[tuple[int, int, int]]] = field(default_factory=lambda: defaultdict(list))
    asked: int = 0


class _Pad:
    """The sets of one question while they are filled."""

    def __init__(self, question: Question, size: int) -> None:
        blank = b"0" * (size + 1)
        self.question = question
        self.size = size
        self.take = _TAKERS[question.kind]
        self.asked = bytearray(blank)
        self.marks: dict[Any, bytearray] = defaultdict(lambda: bytearray(blank))
        self.gathered = Gathered()

    def finish(self) -> Gathered:
        gathered = self.gathered
        gathered.asked = int(self.asked, 2)
        for place, digits in self.marks.items():
            gathered.marks[place if isinstance(place, tuple) else (place, "")] = int(digits, 2)
        return gathered


def _single(pad: _Pad, answer: Mapping[str, Any], index: int) -> None:
    if "value" in answer:
        pad.marks[answer["value"]][pad.size - index] = ONE


def _multiple(pad: _Pad, answer: Mapping[str, Any], index: int) -> None:
    marks, place = pad.marks, pad.size - index
    for code in answer.get("values", ()):
        marks[code][place] = ONE


def _matrix(pad: _Pad, answer: Mapping[str, Any], index: int) -> None:
    marks, place = pad.marks, pad.size - index
    for row_and_column in answer.get("cells", {}).items():
        marks[row_and_column][place] = ONE


def _integers(pad: _Pad, answer: Mapping[str, Any], index: int) -> None:
    cells = answer.get("cells", {})
    for row, value in (cells | totals(pad.question, cells)).items():
        if value is not None:
            pad.gathered.numbers[row].append((index, value))


def _procedures(pad: _Pad, answer: Mapping[str, Any], index: int) -> None:
    marks, place, known = pad.marks, pad.size - index, pad.gathered.known
    for row, cell in answer.get("cells", {}).items():
        if cell.get("exists") == "yes":
            marks[row, "exists"][place] = ONE
            if cell.get("online") == "done":
                marks[row, "online"][place] = ONE
                total, online_count = cell.get("total"), cell.get("online_count")
                if isinstance(total, int) and isinstance(online_count, int):
                    known[row].append((index, total, online_count))


_TAKERS: dict[str, Callable[[_Pad, Mapping[str, Any], int], None]] = {
    "single-choice": _single,
    "multiple-choice": _multiple,
    "matrix": _matrix,
    "tick-matrix": _matrix,
    "matrix-integer": _integers,
    "procedures": _procedures,
}


def sides_asked(question: Question, row: Row | None = None) -> frozenset[str]:
    """The sides that are asked a question, or one of its rows."""
    return frozenset(
        side
        for side in (PREFECTURE, MUNICIPALITY)
        if question.asked_of(side) and (row is None or row.respondents in (BOTH, side))
    )


@dataclass(frozen=True)
class Collected:
    """The bodies of a run, their groups, and what they said to each question."""

    questionnaire: Questionnaire
    bodies: Sequence[BodyRow]
    grouping: Grouping
    by_question: Mapping[str, Gathered]

    def sides(self, question: Question, row: Row | None = None) -> frozenset[str]:
        """The sides that are asked a question, or one of its rows."""
        return sides_asked(question, row)

    def base(self, question: Question, sides: frozenset[str]) -> int:
        """The counted bodies of some sides that were asked a question (its gate is open)."""
        return self.by_question[question.id].asked & self.grouping.members(sides)


def collect(questionnaire: Questionnaire, bodies: Sequence[BodyRow]) -> Collected:
    """Read every counted answer once. An answer to a question that the body is not asked is not counted."""
    pads = {id: _Pad(question, len(bodies)) for id, question in questionnaire.question_by_id.items()}
    for index, body in enumerate(bodies):
        if body.answers is None:
            continue
        place = len(bodies) - index
        for id in asked_anywhere(questionnaire, body.kind, body.answers):
            pad = pads[id]
            pad.asked[place] = ONE
            if answer := body.answers.get(id):
                pad.take(pad, answer, index)
    return Collected(questionnaire, bodies, Grouping(bodies), {id: pad.finish() for id, pad in pads.items()})
