"""Writes the questionnaire of one body as a workbook, blank or with its answers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xlsxwriter.worksheet import Worksheet

from surveys import answers as a
from surveys.questionnaire import Question, Questionnaire
from surveys.rules import totals
from surveys.words import example
from surveys.workbook import cells, stamp, words
from surveys.workbook.book import Book
from surveys.workbook.cover import cover, glossary
from surveys.workbook.gates import is_one_of, is_open
from surveys.workbook.layout import (
    ANCHOR,
    ANSWER_COLUMNS,
    CHOICE,
    COUNT,
    END,
    FIRST,
    HEAD_LINE,
    LABEL,
    LAST,
    NUMBER,
    TICK,
    TICK_SIGN,
    TITLE_LINE,
    Block,
    Field,
    Line,
    Sheet,
    Value,
    plan,
)
from surveys.workbook.stamp import Owner, Stamp

WIDTHS = (0, 9, 60, 34, 18, 18, 18, 0)
LABEL_WIDTH, ANSWER_WIDTH = WIDTHS[2], WIDTHS[3]
SMALLER = 10 / 9  # widths are counted in digits of 10 points, notes are set in 9


@dataclass(frozen=True)
class Issue:
    """What a workbook is made from. `answers` are all of the draft, none for a blank one; `versions` are those of the
    sections; `gates` holds the sentence of each gated question; `facts` stand on the first sheet, as name and value;
    `strip` is said above everything, if anything."""

    questionnaire: Questionnaire
    owner: Owner
    language: str
    answers: Mapping[str, Any]
    versions: Mapping[str, int]
    gates: Mapping[str, str]
    facts: tuple[tuple[str, str], ...]
    created: datetime
    strip: str = ""


def write(issue: Issue) -> bytes:
    """The bytes of the workbook; the same issue gives the same bytes."""
    sheets = plan(issue.questionnaire, issue.owner.kind, issue.language)
    title = issue.questionnaire.title.in_language(issue.language)
    book = Book(title, issue.created, issue.language)
    cover(book, sheets, title, issue.facts, issue.strip)
    for sheet in sheets:
        _Page(book, sheet, issue).draw()
    glossary(book, issue.questionnaire)
    return book.close(stamp.to_text(_stamp(issue, sheets)))


def _stamp(issue: Issue, sheets: list[Sheet]) -> Stamp:
    """With the fingerprint of each answer as the reader finds it if nobody touches the workbook."""
    fingerprints = {}
    for sheet in sheets:
        for id, block in sheet.block_by_id.items():
            answer, _ = cells.answer_of(block, block.contents(issue.answers.get(id, {})))
            fingerprints[id] = a.fingerprint(answer)
    versions = {sheet.section.id: issue.versions.get(sheet.section.id, 0) for sheet in sheets}
    owner = issue.owner
    return Stamp(owner.year, owner.body, owner.name, owner.kind, issue.language, owner.checksum, versions, fingerprints)


class _Page:
    """Draws the sheet of a section."""

    def __init__(self, book: Book, sheet: Sheet, issue: Issue) -> None:
        self.book, self.sheet, self.issue = book, sheet, issue
        self.page: Worksheet = book.page(sheet.name, WIDTHS, HEAD_LINE)

    def draw(self) -> None:
        section = self.sheet.section
        title = f"{section.number}　{self.book.say(section.title)}"
        self.put(NUMBER, TITLE_LINE, title, "title")
        self.page.set_row(TITLE_LINE - 1, 24)
        owner, department = self.issue.owner, self.book.say(section.department)
        self.put(NUMBER, 2, f"{owner.name}（{owner.body}）　{self.book.say(words.DEPARTMENT)}：{department}", "small")
        self.put(NUMBER, 3, self.issue.strip or self.book.say(words.FIRST_HELP), "small")
        for letter, text in ((NUMBER, words.NUMBER), (LABEL, words.CONTENT), (FIRST, words.ANSWER)):
            self.put(letter, HEAD_LINE, self.book.say(text), "head")
        for letter in ANSWER_COLUMNS[1:]:
            self.put(letter, HEAD_LINE, "", "head")
        for block in self.sheet.blocks:
            self.block(block)
        self.page.set_selection(next(iter(self.sheet.blocks[0].fields.values())).cell)

    def put(self, letter: str, line: int, value: Value, look: str) -> None:
        cell, found = f"{letter}{line}", self.book.look(look)
        if value == "":
            self.page.write_blank(cell, None, found)
        elif isinstance(value, str):
            self.page.write_string(cell, value, found)
        else:
            self.page.write_number(cell, value, found)

    def block(self, block: Block) -> None:
        self.head(block)
        contents = block.contents(self.issue.answers.get(block.question.id, {}))
        sums = totals(block.question, self.issue.answers.get(block.question.id, {}).get("cells", {}))
        for line in block.lines:
            self.line(block, line, contents)
            if line.parts:
                row = line.anchor.split("|")[1]
                self.computed(line, sums[row])
        if formula := is_open(block, self.sheet):
            self.grey(f"{NUMBER}{block.top + 1}:{LAST}{block.bottom}", formula)

    def head(self, block: Block) -> None:
        """The question, whom it goes to, its help, an example, and the heads of its columns."""
        question, at = block.question, block.top
        self.put(NUMBER, at, f"{self.book.say(words.NUMBER)}{block.number}", "question blue")
        self.put(LABEL, at, self.book.say(question.text), "question bold wrap")
        self.put(FIRST, at, self.figure(question), "question small")
        self.fit(at, self.book.say(question.text))
        for letter in ANSWER_COLUMNS[1:]:
            self.put(letter, at, "", "question")
        help = question.help and self.book.say(question.help)
        for text in (self.issue.gates.get(question.id), help, example(question, self.issue.language)):
            if text:
                at += 1
                self.put(LABEL, at, text, "small wrap")
                self.book.fit(self.page, at - 1, (text, LABEL_WIDTH * SMALLER))
        if question.kind == "procedures":
            self.column_heads(block, at + 1)

    def column_heads(self, block: Block, line: int) -> None:
        """The heads of the columns of procedures, with when a column is needed."""
        texts = []
        for each, column in zip(block.lines[0].fields, block.question.columns, strict=True):
            when = f"\n{self.book.say(words.WHEN).format(label=each.needs[-1][1][0])}" if each.needs else ""
            texts.append(f"{self.book.say(column.label)}{when}")
            self.put(each.column_letter, line, texts[-1], "head")
        self.book.fit(self.page, line - 1, *zip(texts, WIDTHS[3:], strict=False))

    def fit(self, line: int, label: str, answer: str = "") -> None:
        self.book.fit(self.page, line - 1, (label, LABEL_WIDTH), (answer, ANSWER_WIDTH))

    def figure(self, question: Question) -> str:
        parts = [question.number and self.book.say(question.number)]
        parts.append(self.book.say(words.SEVERAL) if question.kind == "multiple-choice" else "")
        return "　".join(part for part in parts if part)

    def line(self, block: Block, line: Line, contents: Mapping[str, Value]) -> None:
        for letter in (ANCHOR, END):
            self.put(letter, line.at, line.anchor, "small")
        self.put(NUMBER, line.at, "", "line")
        self.put(LABEL, line.at, line.label, "line wrap")
        self.fit(line.at, line.label, str(contents.get(f"{FIRST}{line.at}", "")))
        for each in line.fields:
            self.put(each.column_letter, line.at, contents.get(each.cell, ""), each.kind)
            self.page.data_validation(each.cell, self.validation(block.question, each))
            if each.needs:
                self.grey(each.cell, f"AND({','.join(is_one_of(*need) for need in each.needs)})")
        if block.question.unit and len(block.question.columns) == 1:
            self.put("E", line.at, self.book.say(block.question.unit), "small")

    def computed(self, line: Line, total: int | None) -> None:
        parts = ",".join(line.parts)
        formula = f'=IF(COUNT({parts})={len(line.parts)},SUM({parts}),"")'
        self.page.write_formula(
            f"{FIRST}{line.at}", formula, self.book.look("computed"), "" if total is None else total
        )

    def grey(self, cells: str, is_needed: str) -> None:
        options = {"type": "formula", "criteria": f"=NOT({is_needed})", "format": self.book.condition("aside")}
        self.page.conditional_format(cells, options)

    def validation(self, question: Question, each: Field) -> dict[str, Any]:
        """What Excel offers and refuses; the reader decides by the rules all the same."""
        if each.kind == CHOICE:
            source = f"={self.book.list_of(each.labels)}"
            return {"validate": "list", "source": source, "error_message": self.book.say(words.PICK)}
        if each.kind == TICK:
            return {"validate": "list", "source": [TICK_SIGN], "error_message": self.book.say(words.PICK)}
        if each.kind == COUNT and each.choices:  # no check of Excel's: a list with numbers beside it
            known = self.book.say(words.KNOWN)
            return {"validate": "list", "source": list(each.labels), "show_error": False, "input_message": known}
        if each.kind == COUNT:
            message = self.book.say(words.WHOLE).format(maximum=question.maximum)
            between = {"criteria": "between", "minimum": 0, "maximum": question.maximum}
            return {"validate": "integer", **between, "error_message": message}
        long = self.book.say(words.LONG)
        return {"validate": "length", "criteria": "<=", "value": a.TEXT_LIMIT, "error_message": long}
