"""One pass over the answers of all bodies: for each datum, the set of bodies that gave it. Pure.

Sets are ints (see `aggregation.groups`). While collecting, a set is a row of ASCII digits, since setting one byte is
much cheaper than making a new int for each datum; `int(digits, 2)` then gives the set. The digits are those of one
block of bodies at a time, so that they take no more memory however many bodies there are.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aggregation.groups import ONE, Grouping
from aggregation.tables import BodyRow
from surveys.questionnaire import BOTH, MUNICIPALITY, PREFECTURE, Question, Questionnaire, Row
from surveys.rules import asked_anywhere, totals

Place = tuple[str, str]
BLOCK = 2048  # bodies
_BLANK = b"0" * (BLOCK + 1)


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
    """The sets of one question while they are filled: those of the block of bodies that begins at `start`."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.take = _TAKERS[question.kind]
        self.gathered = Gathered()
        self.begin(0)

    def begin(self, start: int) -> None:
        self.start, self.last = start, start + BLOCK
        self.asked = bytearray(_BLANK)
        self.marks: dict[Any, bytearray] = defaultdict(lambda: bytearray(_BLANK))

    def finish(self) -> Gathered:
        """Add the block to what was gathered before."""
        gathered, marks = self.gathered, self.gathered.marks
        gathered.asked |= int(self.asked, 2) << self.start
        for key, digits in self.marks.items():
            place = key if isinstance(key, tuple) else (key, "")
            marks[place] = marks.get(place, 0) | int(digits, 2) << self.start
        return gathered


def _single(pad: _Pad, answer: Mapping[str, Any], index: int) -> None:
    if "value" in answer:
        pad.marks[answer["value"]][pad.last - index] = ONE


def _multiple(pad: _Pad, answer: Mapping[str, Any], index: int) -> None:
    marks, place = pad.marks, pad.last - index
    for code in answer.get("values", ()):
        marks[code][place] = ONE


def _matrix(pad: _Pad, answer: Mapping[str, Any], index: int) -> None:
    marks, place = pad.marks, pad.last - index
    for row_and_column in answer.get("cells", {}).items():
        marks[row_and_column][place] = ONE


def _integers(pad: _Pad, answer: Mapping[str, Any], index: int) -> None:
    cells = answer.get("cells", {})
    for row, value in (cells | totals(pad.question, cells)).items():
        if value is not None:
            pad.gathered.numbers[row].append((index, value))


def _procedures(pad: _Pad, answer: Mapping[str, Any], index: int) -> None:
    marks, place, known = pad.marks, pad.last - index, pad.gathered.known
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


class Collector:
    """Takes in the answers of bodies one by one, and keeps of them only what they mark."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self.start = 0  # where the block begins
        self.pads = {id: _Pad(question) for id, question in questionnaire.question_by_id.items()}

    def take(self, index: int, kind: str, answers: Mapping[str, Any]) -> None:
        """The counted answers of the body at a position. One to a question that it is not asked is not counted."""
        if not self.start <= index < self.start + BLOCK:
            self._turn_to(index - index % BLOCK)
        place, pads = self.start + BLOCK - index, self.pads
        for id in asked_anywhere(self.questionnaire, kind, answers):
            pad = pads[id]
            pad.asked[place] = ONE
            if answer := answers.get(id):
                pad.take(pad, answer, index)

    def _turn_to(self, start: int) -> None:
        for pad in self.pads.values():
            pad.finish()
            pad.begin(start)
        self.start = start

    def finish(self, bodies: Sequence[BodyRow]) -> Collected:
        """What the bodies said; which of them are counted is seen by their answers, whatever these hold."""
        return Collected(
            self.questionnaire, bodies, Grouping(bodies), {id: pad.finish() for id, pad in self.pads.items()}
        )


def collect(questionnaire: Questionnaire, bodies: Sequence[BodyRow]) -> Collected:
    """Read every counted answer once."""
    collector = Collector(questionnaire)
    for index, body in enumerate(bodies):
        if body.answers is not None:
            collector.take(index, body.kind, body.answers)
    return collector.finish(bodies)
