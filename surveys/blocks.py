"""A question prepared for its template: plain values, texts in the active language."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys import places, rules, words
from surveys.answers import OTHER_TEXT, UNKNOWN, WHOLE
from surveys.doubt_blocks import DoubtBlock
from surveys.earlier import BY_ROW, Confirmation, Last, Was, confirmations
from surveys.models.sections import Conflict
from surveys.pages import numbers
from surveys.questionnaire import Column, Option, Question, Row, Term, Text

if TYPE_CHECKING:
    from surveys.forms import SectionForm


class Entry(NamedTuple):
    """A text field."""

    id: str
    name: str
    value: str
    label: str
    messages: list[str]


class Mark(NamedTuple):
    """A radio button or a checkbox, with the text field that it opens."""

    id: str
    name: str
    value: str
    label: str
    checked: bool
    exclusive: bool = False
    entry: Entry | None = None


class Cell(NamedTuple):
    """A column of a procedure: choices, or a number with the mark for "unknown"."""

    code: str
    label: str
    marks: list[Mark]
    entry: Entry | None
    unknown: Mark | None


@dataclass
class Line:
    """A row of a table of controls."""

    number: int
    label: str
    id: str
    messages: list[str]
    marks: list[Mark] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    entry: Entry | None = None
    exclusive: bool = False
    computed: bool = False
    total: int | None = None
    missing: bool = False
    was: Was | None = None
    is_same: bool = False


class Who(NamedTuple):
    """Who gave an answer, and when."""

    name: str
    at: datetime

    @classmethod
    def of(cls, mark: Mapping[str, Any]) -> "Who":
        return cls(mark["name"], datetime.fromisoformat(mark["at"]))


class Side(NamedTuple):
    """One of the two answers of a conflict."""

    lines: list[words.Line]
    name: str
    at: datetime


@dataclass
class Block:
    """A question on the page."""

    question: Question
    kind: str
    number: str
    gate: str
    answer: dict[str, Any]
    values: MultiValueDict[str, str]
    messages: dict[str, list[str]]
    basis: str
    terms: tuple[Term, ...] = ()
    conflict: Conflict | None = None
    person: str = ""
    theirs: Who | None = None
    is_unsaved: bool = False
    last: Last | None = None
    confirmed: tuple[Confirmation, ...] = ()
    doubts: list[DoubtBlock] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.question.id

    @property
    def is_nested(self) -> bool:
        return "-" in self.number

    @property
    def is_doubtful(self) -> bool:
        """Whether a doubt about the answer needs a reason."""
        return any(not block.doubted.is_settled for block in self.doubts)

    @property
    def own_messages(self) -> list[str]:
        """What is to be mended in a question without rows; in a table it stands at the row."""
        return self.messages.get(self.id, []) if self.question.options else []

    @property
    def described_by(self) -> str:
        parts = [
            *(("help", self.question.help), ("example", self.question.example)),
            *(("gate", self.gate), ("error", self.own_messages)),
        ]
        return " ".join(f"{self.id}.{name}" for name, there in parts if there)

    @property
    def example(self) -> str:
        return words.example(self.question, language())

    def mark(self, name: str, value: str, label: str, *, html_id: str) -> Mark:
        """A radio button or checkbox, chosen or not."""
        return Mark(html_id, name, value, label, value in self.values.getlist(name))

    def entry(self, row: str, column: str, label: str) -> Entry:
        """The text field of a place."""
        name = places.field_name(self.question, row, column)
        typed = [value for value in self.values.getlist(name) if value != UNKNOWN or column == OTHER_TEXT]
        return Entry(places.html_id(name), name, typed[0] if typed else "", label, self.messages.get(name, []))

    def other(self, entry: Option | Row) -> Entry | None:
        """The free text of an option or row."""
        label = _("「%(label)s」の内容") % {"label": say(entry.label)}
        return self.entry(entry.code, OTHER_TEXT, label) if entry.other_text else None

    @cached_property
    def options(self) -> list[Mark]:
        found = []
        for option in self.question.options:
            mark = self.mark(self.id, option.code, say(option.label), html_id=places.html_id(self.id, option.code))
            found.append(mark._replace(exclusive=option.exclusive, entry=self.other(option)))
        return found

    @cached_property
    def lines(self) -> list[Line]:
        return [*_LINES[self.question.kind](self)]

    def beside(self, line: Line, row: Row) -> Line:
        """A row with what it said last year, and whether that was confirmed."""
        if self.last and self.last.has_rows:
            line.was = self.last.row(row.code, language())
            line.is_same = any(row.code in found.places for found in self.confirmed) and not line.was.is_changed
        return line

    @property
    def last_lines(self) -> list[words.Line]:
        """Last year's answer, where it does not stand row by row."""
        return self.last.lines(language()) if self.last else []

    @property
    def is_by_row(self) -> bool:
        """Whether the rows of the question are taken over one by one."""
        return self.question.kind in BY_ROW

    @property
    def is_unfit(self) -> bool:
        """Whether last year's answer would be taken over if it fitted this year's definition."""
        last = self.last
        return last is not None and bool(last.before and last.empty) and not last.carried

    @property
    def free(self) -> list[str]:
        """What 「前回と同じ」 would fill in: places that show nothing, not even what cannot be read."""
        if self.last is None or self.conflict:
            return []
        shown = {name for name in self.values if any(value.strip() for value in self.values.getlist(name))}
        last = self.last
        return [place for place in last.free if place == WHOLE or shown.isdisjoint(last.fields(place))]

    @cached_property
    def unanswered(self) -> list[Line]:
        """The rows without an answer, if some have one: an untouched table is not marked all over."""
        return [line for line in self.lines if line.missing] if self.answer.get("cells") else []

    @property
    def counts(self) -> list[int]:
        """How often each column of a matrix is chosen."""
        chosen = list(self.answer.get("cells", {}).values())
        return [chosen.count(column.code) for column in self.question.columns]

    @property
    def heads(self) -> list[tuple[str, str]]:
        """The heads of the columns, with when a column of a procedure is needed."""
        return [(say(column.label), words.when(self.question, column, language())) for column in self.question.columns]

    @property
    def sides(self) -> tuple[Side, Side]:
        """The two answers of a conflict, in words: mine and theirs, only where they differ."""
        assert self.conflict is not None
        found = [words.lines(self.question, self.kind, answer, language()) for answer in self._answers()]
        mine, theirs = words.difference(*found)
        return Side(mine, self.person, timezone.now()), Side(theirs, self.conflict.by, self.conflict.at)

    def _answers(self) -> tuple[Any, Any]:
        assert self.conflict is not None
        return self.conflict.mine, self.conflict.theirs

    @property
    def posted(self) -> list[tuple[str, str]]:
        """What was typed, as hidden fields."""
        return [(name, value) for name in self.values for value in self.values.getlist(name)]


def language() -> str:
    """The active language."""
    return get_language() or "ja"


def say(text: Text) -> str:
    return text.in_language(language())


def prepare(form: "SectionForm", question: Question) -> Block:
    """Everything the template of a question needs."""
    number, doubts = numbers(form.section, form.kind), _doubts(form, question)
    return Block(
        question=question,
        kind=form.kind,
        number=number[question.id],
        gate=words.gate(question, form.section, number, language()),
        answer=form.answers.get(question.id, {}),
        values=form.values(question),
        messages=form.messages_at(question),
        basis=form.basis(question),
        terms=tuple(form.terms[id] for id in question.terms if id in form.terms),
        conflict=form.conflicts.get(question.id),
        person=form.person,
        theirs=Who.of(form.stored.marks[question.id]) if question.id in form.merged else None,
        is_unsaved=question.id in form.kept or any(doubt.is_unsaved for doubt in doubts),
        last=Last.of(question, form.answers.get(question.id, {}), form.earlier) if form.earlier else None,
        confirmed=tuple(confirmations(form.stored.marks.get(question.id, {}))),
        doubts=doubts,
    )


def _doubts(form: "SectionForm", question: Question) -> list[DoubtBlock]:
    """The doubts about the stored answer to a question."""
    return form.settling.of(question) if form.settling else []


def _matrix(block: Block) -> Iterator[Line]:
    question = block.question
    cells = block.answer.get("cells", {})
    for number, row in enumerate(question.rows_for(block.kind), 1):
        name = places.field_name(question, row.code)
        marks = [
            block.mark(name, column.code, say(column.label), html_id=places.html_id(name, column.code))
            for column in question.columns
        ]
        line = Line(number, say(row.label), places.html_id(name), block.messages.get(name, []), marks)
        line.entry, line.missing = block.other(row), row.code not in cells
        yield block.beside(line, row)


def _ticks(block: Block) -> Iterator[Line]:
    question = block.question
    column = question.columns[0]
    for number, row in enumerate(question.rows_for(block.kind), 1):
        name = places.field_name(question, row.code)
        mark = block.mark(name, column.code, say(column.label), html_id=places.html_id(name))
        line = Line(number, say(row.label), places.html_id(name), block.messages.get(name, []), [mark])
        line.entry, line.exclusive = block.other(row), row.exclusive
        yield block.beside(line, row)


def _integers(block: Block) -> Iterator[Line]:
    question = block.question
    sums = rules.totals(question, block.answer.get("cells", {}))
    asked = question.rows_for(block.kind)
    for number, row in enumerate(question.rows, 1):
        name = places.field_name(question, row.code)
        line = Line(number, say(row.label), places.html_id(name), block.messages.get(name, []))
        if row.computed:
            line.computed, line.total = True, sums[row.code]
        elif row in asked:
            line.entry = block.entry(row.code, "count", line.label)
        else:
            continue
        yield block.beside(line, row)


def _procedures(block: Block) -> Iterator[Line]:
    question = block.question
    for number, row in enumerate(question.rows_for(block.kind), 1):
        cells = [_cell(block, row, column) for column in question.columns]
        names = [places.field_name(question, row.code, column.code) for column in question.columns]
        messages = [message for name in names for message in block.messages.get(name, [])]
        line = Line(number, say(row.label), places.html_id(f"{question.id}|{row.code}"), messages, cells=cells)
        answered = block.answer.get("cells", {}).get(row.code, {})
        line.missing = any(column not in answered for column in rules.procedure_columns(answered))
        yield block.beside(line, row)


def _cell(block: Block, row: Row, column: Column) -> Cell:
    name = places.field_name(block.question, row.code, column.code)
    label = say(column.label)
    marks = [
        block.mark(name, choice.code, say(choice.label), html_id=places.html_id(name, choice.code))
        for choice in column.choices
    ]
    unknown = block.mark(name, UNKNOWN, _("不明"), html_id=places.html_id(name, UNKNOWN))
    entry = None if marks else block.entry(row.code, column.code, label)
    return Cell(column.code, label, marks, entry, unknown if column.unknown else None)


_LINES: dict[str, Callable[[Block], Iterator[Line]]] = {
    "matrix": _matrix,
    "tick-matrix": _ticks,
    "matrix-integer": _integers,
    "procedures": _procedures,
}


class Mend(NamedTuple):
    """A line of the error summary: where to go, and what is wrong there."""

    target: str
    place: str
    message: str


def mends(form: "SectionForm") -> list[Mend]:
    """What is to be mended on the page, in page order."""
    number = numbers(form.section, form.kind)
    found = []
    for question in form.shown:
        at = places.fields(question, form.kind)
        for name, messages in form.messages_at(question).items():
            row, column = at.get(name, ("", ""))
            entry = question.row_by_code.get(row) or question.option_by_code.get(row)
            place = _("問%(number)s") % {"number": number[question.id]}
            place = f"{place}　{say(entry.label)}" if entry else place
            target = places.control_id(question, row, column)
            found += [Mend(target, place, message) for message in messages]
        place = _("問%(number)s") % {"number": number[question.id]}
        found += [Mend(doubt.reason_id, place, doubt.message) for doubt in _doubts(form, question) if doubt.message]
    return found
