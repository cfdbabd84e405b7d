"""One pass over the answers of all bodies: for each datum, the set of bodies that gave it. Pure.

Sets are ints (see `aggregation.groups`). While collecting, a set is a row of ASCII digits, since setting one byte is
much cheaper than making a new int for each datum; `int(digits, 2)` then gives the set. The digits are those of one
block of bodies at a time, so that they take no more memory however many bodies there are.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from aggregation.groups import ONE, Grouping, flags
from aggregation.tables import BodyRow
from surveys.questionnaire import BOTH, MUNICIPALITY, PREFECTURE, Question, Questionnaire, Row, tier
from surveys.rules import opens, totals

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
    """What is said to one question while it is taken in: by the block of bodies that begins at `start`."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.take = _TAKERS[question.kind]
        self.gathered = Gathered()
        self.begin(0)

    def begin(self, start: int) -> None:
        self.start, self.last = start, start + BLOCK
        self.marks: dict[Any, bytearray] = defaultdict(lambda: bytearray(_BLANK))
        self.numbers: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.known: dict[str, list[tuple[int, int, int]]] = defaultdict(list)

    def finish(self, asked: int) -> dict[Place, int]:
        """Add to what was gathered before what the bodies of the block said that are asked; returns their marks."""
        found = {
            key if isinstance(key, tuple) else (key, ""): int(digits, 2) & asked for key, digits in self.marks.items()
        }
        self.gathered.asked |= asked << self.start
        for place, own in found.items():
            self.gathered.marks[place] = self.gathered.marks.get(place, 0) | own << self.start
        if self.numbers or self.known:
            is_asked, start = flags(asked, BLOCK), self.start
            for row, numbers in self.numbers.items():
                self.gathered.numbers[row] += [each for each in numbers if is_asked[each[0] - start]]
            for row, known in self.known.items():
                self.gathered.known[row] += [each for each in known if is_asked[each[0] - start]]
        return found


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
            pad.numbers[row].append((index, value))


def _procedures(pad: _Pad, answer: Mapping[str, Any], index: int) -> None:
    marks, place, known = pad.marks, pad.last - index, pad.known
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
        self.pads = {id: _Pad(question) for id, question in questionnaire.question_by_id.items()}
        self._begin(0)

    def _begin(self, start: int) -> None:
        self.start = start  # where the block begins
        self.counted = {side: bytearray(_BLANK) for side in (PREFECTURE, MUNICIPALITY)}
        for pad in self.pads.values():
            pad.begin(start)

    def take(self, index: int, kind: str, answers: Mapping[str, Any]) -> None:
        """The counted answers of the body at a position."""
        if not self.start <= index < self.start + BLOCK:
            self._end()
            self._begin(index - index % BLOCK)
        self.counted[tier(kind)][self.start + BLOCK - index] = ONE
        pads = self.pads
        for id, answer in answers.items():
            if pad := pads.get(id):
                pad.take(pad, answer, index)

    def _end(self) -> None:
        """End the block: see who is asked what, as `rules.asked` does for one body, for all of them at once.

        An answer to a question that a body is not asked is not counted, and opens no gate.
        """
        counted = {side: int(digits, 2) for side, digits in self.counted.items()}
        for section in self.questionnaire.sections:
            marks: dict[str, dict[Place, int]] = {}
            for question in section.questions:
                asked = _any(counted[side] for side in sides_asked(question))
                if gate := question.gate:
                    said = (own for id in gate.questions for own in marks[id].items())
                    asked &= _any(bodies for place, bodies in said if opens(gate, place))
                marks[question.id] = self.pads[question.id].finish(asked)

    def finish(self, bodies: Sequence[BodyRow]) -> Collected:
        """What the bodies said; which of them are counted is seen by their answers, whatever these hold."""
        self._end()
        return Collected(
            self.questionnaire, bodies, Grouping(bodies), {id: pad.gathered for id, pad in self.pads.items()}
        )


def _any(sets: Iterable[int]) -> int:
    return reduce(or_, sets, 0)


def collect(questionnaire: Questionnaire, bodies: Sequence[BodyRow]) -> Collected:
    """Read every counted answer once."""
    collector = Collector(questionnaire)
    for index, body in enumerate(bodies):
        if body.answers is not None:
            collector.take(index, body.kind, body.answers)
    return collector.finish(bodies)
