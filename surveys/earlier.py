"""The answer of an earlier round beside a question of this one: what of it can be taken over, and what differs. Pure.

Joined on ids, which never change meaning. What is said to be "the same as last year" is a *place* of an answer: a row
of a table, or the whole answer where its parts only make sense together. Who confirmed a place, and when, stands in
the mark of the question under "same": place to {"by", "name", "at", "version"}.

An earlier answer is one of the same body, that is of the same code. A body that came out of a merger or a split, or
that has a new code, begins without one: the answers of its predecessors stay with them. One that goes on, under a new
name, of a new kind, or with others merged into it, finds its own, as the body was then; what is asked of it does not
depend on its kind but on whether it is a prefecture, which never changes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from surveys import words
from surveys.answers import WHOLE, part, read, write
from surveys.changes import Side
from surveys.places import values
from surveys.questionnaire import Question
from surveys.rules import MISSING, Answer, prune, question_problems, totals

BY_ROW = ("matrix", "matrix-integer", "procedures")
SAME = "same"


def places_of(question: Question, kind: str) -> tuple[str, ...]:
    """The places of an answer that a body of this kind gives to a question."""
    return tuple(row.code for row in question.rows_for(kind)) if question.kind in BY_ROW else (WHOLE,)


def carry(before: Question, after: Question, kind: str, answer: Answer) -> dict[str, dict[str, Any]]:
    """The places of an answer that say the same under a later definition of its question, each with its part.

    A place is left out if anything of it has gone (an option, a row, a column), if this kind of body is not asked for
    it now, or if it would not be whole any more.
    """
    if before.kind != after.kind:
        return {}
    taken, faults = read(after, kind, write(before, answer))
    against = {fault.row for fault in faults} | {each.row for each in question_problems(after, kind, taken)}
    if places_of(after, kind) == (WHOLE,):
        return {} if against else {WHOLE: taken}
    parts = {place: part(taken, place) for place in places_of(after, kind) if place not in against}
    return {place: given for place, given in parts.items() if given}


class Part(NamedTuple):
    """A value of last year in words, and by how much the number differs now: +27, −3; empty if it does not."""

    label: str
    value: str
    difference: str
    is_choice: bool


class Was(NamedTuple):
    """What a row of a table said last year; without parts it was not asked."""

    parts: list[Part]
    is_changed: bool


@dataclass(frozen=True)
class Last:
    """A question with its answer as it stands `now`, beside what was answered in the round of an earlier year.

    `before` is the question as it was asked then; None if it was not asked.
    """

    question: Question
    kind: str
    now: Answer
    year: int
    before: Question | None
    answer: Answer

    @classmethod
    def of(cls, question: Question, now: Answer, side: Side) -> "Last":
        before = side.questionnaire.question_by_id[question.id] if question.id in side.answers else None
        return cls(question, side.kind, now, side.questionnaire.year, before, side.answers.get(question.id, {}))

    @cached_property
    def carried(self) -> dict[str, dict[str, Any]]:
        """What can be taken over, by place."""
        return carry(self.before, self.question, self.kind, self.answer) if self.before else {}

    @cached_property
    def empty(self) -> list[str]:
        """The places where nothing is answered now."""
        # A text kept with an option that is no longer chosen is no answer; a text in a row of a table is one.
        found = places_of(self.question, self.kind)
        return [place for place in found if not part(self._given if place == WHOLE else self.now, place)]

    @cached_property
    def free(self) -> list[str]:
        """The places that can be taken over, and where nothing is answered now."""
        return [place for place in self.empty if place in self.carried]

    def fields(self, place: str) -> dict[str, list[str]]:
        """What the fields of a place hold if it is as last year, by name."""
        return values(self.question, write(self.question, self.carried[place]))

    @property
    def has_rows(self) -> bool:
        """Whether last year's answer can stand row by row beside this year's table."""
        return bool(self.question.rows and self.before and self.before.rows)

    @cached_property
    def _given(self) -> dict[str, Any]:
        return prune(self.question, self.now)

    @property
    def is_changed(self) -> bool:
        """Whether the question is answered, and otherwise than last year."""
        return bool(self.before and self._given) and self._given != self.carried.get(WHOLE, self.answer)

    def lines(self, language: str) -> list[words.Line]:
        """The answer of last year in the words it was given in; none if it was not asked."""
        return words.lines(self.before, self.kind, self.answer, language) if self.before else []

    def row(self, code: str, language: str) -> Was:
        """What a row said last year, and how that differs from what it says now."""
        row = self.before.row_by_code.get(code) if self.before else None
        if self.before is None or row is None or not (row.computed or row in self.before.rows_for(self.kind)):
            return Was([], False)
        then, now = _numbers(self.before, self.answer, code), _numbers(self.question, self._given, code)
        choices = {column.code for column in self.before.columns if column.choices}
        parts = [
            Part(label, value, _difference(then.get(column), now.get(column)), column in choices)
            for column, label, value in words.row(self.before, row, self.answer, language)
        ]
        return Was(parts, self._is_row_changed(code))

    def _is_row_changed(self, code: str) -> bool:
        """Whether a row is answered, and otherwise than last year; of numbers the difference says it."""
        if self.question.kind == "matrix-integer" or code in self._open_rows:
            return False
        return part(self._given, code) != part(self.answer, code)

    @cached_property
    def _open_rows(self) -> set[str]:
        """The rows that are not answered in full; in a table of ticks all of them, until one is ticked."""
        problems = question_problems(self.question, self.kind, self._given)
        found = {problem.row for problem in problems if problem.kind == MISSING}
        return set(self.question.row_by_code) if WHOLE in found else found


def _numbers(question: Question, answer: Answer, code: str) -> dict[str, int | None]:
    """The numbers of a row, by column."""
    cells = answer.get("cells", {})
    if question.kind == "procedures":
        return {column: value for column, value in cells.get(code, {}).items() if isinstance(value, int)}
    if question.kind == "matrix-integer":
        return {"count": {**cells, **totals(question, cells)}.get(code)}
    return {}


def _difference(then: int | None, now: int | None) -> str:
    return f"{now - then:+,}".replace("-", "−") if then is not None and now is not None and now != then else ""


class Confirmation(NamedTuple):
    """Places of a question that one person confirmed as the same at one moment."""

    name: str
    at: datetime
    version: int
    places: list[str]


def confirmations(mark: Mapping[str, Any]) -> list[Confirmation]:
    """Who confirmed what of a question, the first first."""
    found: dict[int, Confirmation] = {}
    for place, by in mark.get(SAME, {}).items():
        first = Confirmation(by["name"], datetime.fromisoformat(by["at"]), by["version"], [])
        found.setdefault(by["version"], first).places.append(place)
    return [found[version] for version in sorted(found)]


class Tally(NamedTuple):
    """How much one person confirmed as the same: whole answers, and rows of tables."""

    name: str
    answers: int
    rows: int


def tally(marks: Iterable[Mapping[str, Any]]) -> list[Tally]:
    """How much each person confirmed, in the order of the questions; people of one name stay apart."""
    found: dict[tuple[int, str], Counter[bool]] = {}
    for mark in marks:
        for place, by in mark.get(SAME, {}).items():
            found.setdefault((by["by"], by["name"]), Counter())[place == WHOLE] += 1
    return [Tally(name, count[True], count[False]) for (_, name), count in found.items()]
