"""Where everything stands in the workbook: the one description that the writer and the reader share. Pure.

A sheet is a section and is named by its number. Its lines are counted from 1, as in Excel. Columns A and H are hidden
and hold on every line with answers the same *anchor*, by which the reader notices lines and columns that were moved.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from surveys import answers as a
from surveys.csv_file import DANGEROUS
from surveys.pages import numbers
from surveys.questionnaire import Choice, Column, Option, Question, Questionnaire, Row, Section, Text

ANCHOR, NUMBER, LABEL, FIRST, LAST, END = "A", "B", "C", "D", "G", "H"
ANSWER_COLUMNS = "DEFG"
TITLE_LINE, HEAD_LINE = 1, 4
FIRST_LINE = HEAD_LINE + 1
CHOICE, TICK, COUNT, TEXT = "choice", "tick", "count", "text"
TICK_SIGN = "○"
TICKED = ("○", "〇", "◯", "o")  # the sign on the list, and what looks like it
UNKNOWN = Text("不明", "Unknown")
OTHER = Text("「{label}」の内容", "What “{label}” is")
ANSWER = Text("回答（一覧から選びます）", "Answer (choose from the list)")
Value = str | int


def fold(label: Any) -> str:
    """A label as it is compared: full and half width alike, without spaces, small letters."""
    return "".join(unicodedata.normalize("NFKC", str(label)).split()).casefold()


@dataclass(frozen=True)
class Field:
    """A cell for one datum. `code` is the option that a tick in a multiple choice stands for; `choices` maps the
    codes that may be chosen to their labels; `needs` says by which answers in other cells the field is open: for each
    cell, one of these labels."""

    kind: str
    column_letter: str
    line: int
    label: str
    row: str = ""
    column: str = ""
    code: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    needs: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def cell(self) -> str:
        return f"{self.column_letter}{self.line}"

    @property
    def place(self) -> tuple[str, str, str]:
        return self.row, self.column, self.code

    @cached_property
    def code_of(self) -> dict[str, str]:
        """The code of each label, as it is compared."""
        return {fold(label): code for code, label in self.choices}

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(label for _, label in self.choices)


@dataclass(frozen=True)
class Line:
    """A line with answer cells; for a computed row `parts` names the cells it is the sum of."""

    at: int
    anchor: str
    label: str
    fields: tuple[Field, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass
class Block:
    """A question for a kind of body: its title stands on line `top`, notes below it, then the lines with answers."""

    question: Question
    number: str
    sheet: str
    kind: str
    language: str
    top: int
    lines: list[Line] = field(default_factory=list)

    @property
    def notes(self) -> int:
        """How many lines stand between title and answers: the gate, the help, the example, the heads of the columns."""
        question = self.question
        found = (question.gate, question.help, question.example, question.kind == "procedures")
        return sum(map(bool, found))

    @property
    def bottom(self) -> int:
        return self.lines[-1].at

    @cached_property
    def fields(self) -> dict[tuple[str, str, str], Field]:
        """The fields by place: row, column and, for ticks of a multiple choice, code."""
        return {each.place: each for line in self.lines for each in line.fields}

    def field_at(self, row: str, column: str) -> Field:
        """The field of a fault; one about a whole question is at its first."""
        return self.fields.get((row, column, "")) or next(iter(self.fields.values()))

    def contents(self, answer: Mapping[str, Any]) -> dict[str, Value]:
        """What stands in each cell for an answer."""
        found: dict[str, Value] = {}
        for datum in a.write(self.question, answer):
            code = datum.value if self.question.kind == "multiple-choice" and datum.column != a.OTHER_TEXT else ""
            if each := self.fields.get((datum.row, datum.column, code)):
                found[each.cell] = _content(each, datum.value)
        return found


def _content(each: Field, value: str) -> Value:
    if each.kind == TICK:
        return TICK_SIGN
    if each.kind == TEXT:
        return neutralise(value)
    return dict(each.choices).get(value) or (int(value) if each.kind == COUNT else "")


def neutralise(text: str) -> str:
    """A text that a program would take for something else gets one leading apostrophe; the reader takes one away.

    Beside formulas that is what XlsxWriter takes for its own markup.
    """
    return "'" + text if text.startswith((*DANGEROUS, "<r>")) else text


@dataclass
class Sheet:
    """A section with the questions that a kind of body can be asked."""

    section: Section
    name: str
    blocks: list[Block] = field(default_factory=list)

    @property
    def bottom(self) -> int:
        return self.blocks[-1].bottom

    @cached_property
    def block_by_id(self) -> dict[str, Block]:
        return {block.question.id: block for block in self.blocks}

    @property
    def lines(self) -> Iterator[Line]:
        return (line for block in self.blocks for line in block.lines)


def plan(questionnaire: Questionnaire, kind: str, language: str) -> list[Sheet]:
    """The sheets with questions for a kind of body, labels in one language."""
    return [_sheet(section, kind, language) for section in questionnaire.sections_for(kind)]


def _sheet(section: Section, kind: str, language: str) -> Sheet:
    sheet = Sheet(section, section.number)
    top = FIRST_LINE
    for id, number in numbers(section, kind).items():
        block = Block(section.question_by_id[id], number, sheet.name, kind, language, top)
        block.lines = [*_Lines(block).lines()]
        sheet.blocks.append(block)
        top = block.bottom + 2
    return sheet


class _Lines:
    """Lays out the answer lines of one question."""

    def __init__(self, block: Block) -> None:
        self.block, self.question, self.kind = block, block.question, block.kind
        self.at = block.top + block.notes

    def say(self, text: Text) -> str:
        return text.in_language(self.block.language)

    def next(self) -> int:
        self.at += 1
        return self.at

    def anchor(self, *parts: str) -> str:
        return "|".join((self.question.id, *parts))

    def choices(self, entries: tuple[Option, ...] | tuple[Column, ...] | tuple[Choice, ...]) -> Any:
        return tuple((entry.code, self.say(entry.label)) for entry in entries)

    def lines(self) -> Iterator[Line]:
        kind = self.question.kind
        if kind == "single-choice":
            return self.single()
        if kind == "multiple-choice":
            return self.multiple()
        if kind == "matrix-integer":
            return self.integers()
        return self.procedures() if kind == "procedures" else self.matrix()

    def single(self) -> Iterator[Line]:
        options = self.question.options
        line, label = self.next(), self.say(ANSWER)
        each = Field(CHOICE, FIRST, line, "", choices=self.choices(options))
        yield Line(line, self.anchor(""), label, (each,))
        for option in options:
            yield from self.other(option, each, (self.say(option.label),))

    def multiple(self) -> Iterator[Line]:
        for option in self.question.options:
            line, label = self.next(), self.say(option.label)
            each = Field(TICK, FIRST, line, label, code=option.code)
            yield Line(line, self.anchor(option.code), label, (each,))
            yield from self.other(option, each, TICKED)

    def matrix(self) -> Iterator[Line]:
        columns = self.question.columns
        is_tick = self.question.kind == "tick-matrix"
        wanted = TICKED if is_tick else tuple(self.say(column.label) for column in columns if not column.absent)
        for row in self.question.rows_for(self.kind):
            line, label = self.next(), self.say(row.label)
            each = Field(TICK if is_tick else CHOICE, FIRST, line, label, row.code, choices=self.choices(columns))
            yield Line(line, self.anchor(row.code), label, (each,))
            yield from self.other(row, each, wanted)

    def other(self, entry: Option | Row, source: Field, wanted: tuple[str, ...]) -> Iterator[Line]:
        """The line for the text of an "other"."""
        if entry.other_text:
            line, label = self.next(), self.say(OTHER).format(label=self.say(entry.label))
            needs = ((source.cell, wanted),)
            each = Field(TEXT, FIRST, line, label, entry.code, a.OTHER_TEXT, needs=needs)
            yield Line(line, self.anchor(entry.code, a.OTHER_TEXT), label, (each,))

    def integers(self) -> Iterator[Line]:
        asked = self.question.rows_for(self.kind)
        rows = [row for row in self.question.rows if row.computed or row in asked]
        cells = {row.code: f"{FIRST}{self.at + place}" for place, row in enumerate(rows, 1)}
        for row in rows:
            line, label = self.next(), self.say(row.label)
            parts = tuple(cells[code] for code in row.computed if code in cells)
            fields = () if row.computed else (Field(COUNT, FIRST, line, label, row.code, "count"),)
            yield Line(line, self.anchor(row.code), label, fields, parts)

    def procedures(self) -> Iterator[Line]:
        for row in self.question.rows_for(self.kind):
            line, label = self.next(), self.say(row.label)
            needs: tuple[tuple[str, tuple[str, ...]], ...] = ()
            fields = []
            for letter, column in zip(ANSWER_COLUMNS, self.question.columns, strict=True):
                name = f"{label}／{self.say(column.label)}"
                choices = self.choices(column.choices)
                if column.unknown:
                    choices = ((a.UNKNOWN, self.say(UNKNOWN)),)
                sort = CHOICE if column.choices else COUNT
                fields.append(Field(sort, letter, line, name, row.code, column.code, "", choices, needs))
                if column.choices:  # what stands to the right of a choice is asked if the first of it is chosen
                    needs = (*needs, (f"{letter}{line}", choices[0][1:]))
            yield Line(line, self.anchor(row.code), label, tuple(fields))
