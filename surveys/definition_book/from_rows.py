"""From the rows of the sheets to a document, with what is wrong with them. Pure.

What cannot be read is stood in for, so that the rules of `surveys.definition` can look at everything else: all faults
are told at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from surveys.definition_book import columns as c
from surveys.definition_book import faults
from surveys.definition_book.columns import Column, Sheet
from surveys.questionnaire import Document
from surveys.workbook.faults import Fault

HEAD, GLOSSARY = "questionnaire.toml", "glossary.toml"
STAND_IN = "？"


@dataclass(frozen=True)
class Line:
    """A line of a sheet: its values by key of the column, and the letters of the columns. `faulty` are the keys whose
    cells could not be read."""

    sheet: Sheet
    at: int
    values: Mapping[str, Any]
    letters: Mapping[str, str]
    faulty: frozenset[str] = frozenset()

    def cell(self, key: str) -> str:
        return f"{self.letters[key]}{self.at}"

    def fault(self, key: str, message: Any) -> Fault:
        return Fault(message, self.sheet.name, self.cell(key))

    @property
    def nameless(self) -> str:
        """The code that stands in for one that is lacking or cannot be read."""
        return f"line-{self.at}"


Lines = dict[str, list[Line]]  # by name of the sheet


class Builder:
    """Puts a document together from the lines; `faults` says what was wrong."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.faults: list[Fault] = []
        self.document: Document = {HEAD: {}}
        self.sections: dict[str, dict[str, Any]] = {}
        self.questions: dict[str, dict[str, Any]] = {}
        self.columns: dict[tuple[str, str], dict[str, Any]] = {}

    def build(self) -> Document:
        head = self.document[HEAD]
        titles = self.lines[c.TITLE.name] or [Line(c.TITLE, 2, {}, {"year": "A", "title.ja": "B", "title.en": "C"})]
        head |= self.data(titles[0])
        self.faults += [line.fault("year", faults.TWO_TITLES) for line in titles[1:]]
        for sheet, key in ((c.CHAPTERS, "chapter"), (c.DERIVED, "derived")):
            for line in self.lines[sheet.name]:
                head.setdefault(key, []).append(self.data(line))
        for line in self.lines[c.TERMS.name]:
            self.document.setdefault(GLOSSARY, {}).setdefault("term", []).append(self.data(line))
        for line in self.lines[c.SECTIONS.name]:
            self.section(line)
        self.within_sections()
        return self.document

    def section(self, line: Line) -> None:
        data = self.data(line)
        file = data.pop("file")
        name = f"{file}.toml"
        if name in self.document:
            is_reserved = name in (HEAD, GLOSSARY)
            self.faults.append(line.fault("file", (faults.reserved if is_reserved else faults.file_twice)(file)))
            name = f"{file}-{line.at}.toml"
        self.document[name] = self.sections[data["id"]] = {**data, "question": []}

    def within_sections(self) -> None:
        for line in self.lines[c.QUESTIONS.name]:
            if (section := self.owner(line, "section", self.sections)) is not None:
                data = self.data(line, "section")
                section["question"].append(data)
                self.questions.setdefault(data["id"], data)
        for line in self.lines[c.SOFT.name]:
            is_in_section = "section" in {*line.values, *line.faulty}
            owner = self.owner(line, "section", self.sections) if is_in_section else self.document[HEAD]
            if owner is not None:
                owner.setdefault("soft", []).append(self.data(line, "section"))
        for sheet, key in ((c.ROWS, "row"), (c.COLUMNS, "column"), (c.CHECKS_SHEET, "check")):
            for line, question in self.of_questions(sheet):
                data = self.data(line, "question")
                question.setdefault(key, []).append(data)
                if sheet is c.COLUMNS:
                    self.columns.setdefault((question["id"], data["code"]), data)
        for line, question in self.of_questions(c.OPTIONS):
            self.option(line, question)
        for line, question in self.of_questions(c.GATES_SHEET):
            if "gate" in question:
                self.faults.append(line.fault("question", faults.GATE_TWICE))
            question["gate"] = self.data(line, "question")

    def of_questions(self, sheet: Sheet) -> Iterator[tuple[Line, dict[str, Any]]]:
        """The lines of a sheet that belong to a question that there is, with it."""
        for line in self.lines[sheet.name]:
            if (question := self.owner(line, "question", self.questions)) is not None:
                yield line, question

    def option(self, line: Line, question: dict[str, Any]) -> None:
        """An option of a question, or a choice inside one of its columns."""
        if "column" not in line.values:
            if "source" not in line.values and "source" not in line.faulty:
                self.faults.append(line.fault("source", faults.empty(line.sheet.column_by_key["source"])))
            data = {"source": c.OPTIONS.column_by_key["source"].words[0], **self.data(line, "question")}
            question.setdefault("option", []).append(data)
            return
        data = self.data(line, "question", "column")
        for key in [key for key in data if key not in ("code", "label")]:
            self.faults.append(line.fault(key, faults.NOT_IN_COLUMN))
            del data[key]
        code = line.values["column"]
        if (question["id"], code) not in self.columns:
            self.faults.append(line.fault("column", faults.not_there(c.COLUMNS.name, code, 1)))
            return
        self.columns[question["id"], code].setdefault("choices", []).append(data)

    def owner(self, line: Line, key: str, known: Mapping[str, dict[str, Any]]) -> dict[str, Any] | None:
        """The thing that a line belongs to; without it there is a fault and the line is left out."""
        name = line.values.get(key)
        if name is not None and name in known:
            return known[name]
        sheet = c.SECTIONS if key == "section" else c.QUESTIONS
        if key not in line.faulty:
            column = line.sheet.column_by_key[key]
            same = [other for other in self.lines[line.sheet.name] if other.values.get(key) == name]
            if name is None:
                self.faults.append(line.fault(key, faults.empty(column)))
            elif line is same[0]:  # one fault for all lines of a thing that is gone
                self.faults.append(line.fault(key, faults.not_there(sheet.name, name, len(same))))
        return None

    def data(self, line: Line, *owners: str) -> dict[str, Any]:
        """A line as a TOML table, without what names its owner and with something where anything is lacking."""
        found: dict[str, Any] = {}
        values = {**line.values, **self.stand_ins(line)}
        for key, value in values.items():
            if key not in owners:
                *path, last = key.split(".")
                place = found
                for part in path:
                    place = place.setdefault(part, {})
                place[last] = value
        return found

    def stand_ins(self, line: Line) -> dict[str, Any]:
        """Something in place of each value that is lacking or cannot be read, after a fault where it is lacking."""
        there = {line.sheet.column_by_key[key].group for key in (*line.values, *line.faulty)}
        found = {}
        for column in line.sheet.columns:
            is_needed = column.needed == c.ALWAYS or (column.needed == c.WITH_GROUP and column.group in there)
            if column.key not in line.values and (is_needed or column.key in line.faulty):
                if column.key not in line.faulty:
                    self.faults.append(line.fault(column.key, faults.empty(column)))
                found[column.key] = _stand_in(column, line)
        return found


def _stand_in(column: Column, line: Line) -> Any:
    by_kind = {c.CODE: line.nameless, c.CODES: [], c.NUMBER: 1, c.YES_NO: True}
    return by_kind.get(column.holds, column.words[0] if column.words else STAND_IN)
