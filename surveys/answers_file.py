"""Answers as a CSV file in the long form: body,question,row,column,value,origin. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys import answers as a
from surveys import csv_file
from surveys.codes import check_digit, is_code
from surveys.questionnaire import Question, Questionnaire
from surveys.rules import INCONSISTENT, Answers, applicable, asked_anywhere, problems

HEADER = ("body", "question", "row", "column", "value", "origin")
REPORTED, SYNTHETIC = "reported", "synthetic"


@dataclass
class BodyAnswers:
    """The answers that a file gives for one body."""

    code: str
    synthetic: bool
    answers: dict[str, Any] = field(default_factory=dict)
    first_line: int = 0


@dataclass
class _Reading:
    """One body's lines while they are read."""

    questionnaire: Questionnaire
    kind: str
    lines: list[csv_file.Line]
    faults: list[tuple[int, str]] = field(default_factory=list)
    by_place: dict[str, list[tuple[int, a.Datum]]] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)

    def fault(self, line: int, message: str) -> None:
        self.faults.append((line, message))

    def by_question(self) -> dict[str, list[csv_file.Line]]:
        """The lines of each question; a table asked in parts is told apart by its rows."""
        found: dict[str, list[csv_file.Line]] = {}
        for line in self.lines:
            if question := self.question(line):
                found.setdefault(question.id, []).append(line)
        return found

    def question(self, line: csv_file.Line) -> Question | None:
        name, row = line.values["question"], line.values["row"]
        parts = self.questionnaire.parts.get(name, ())
        if not parts:
            self.fault(line.number, f"question {name!r} is not in the questionnaire of {self.questionnaire.year}")
            return None
        part = next((part for part in parts if row in part.row_by_code), parts[0])
        if not part.asked_of(self.kind) and len(parts) == 1:
            self.fault(line.number, f"question {name!r} is not asked of this kind of body ({self.kind})")
            return None
        return part

    def place(self, question: str, fault: a.Fault) -> int:
        """The line a fault is about: by row, column and value, else by row and column, else by question."""
        lines = self.by_place.get(question, [])
        exact = [
            n for n, datum in lines if (datum.row, datum.column, datum.value) == (fault.row, fault.column, fault.value)
        ]
        cell = [n for n, datum in lines if (datum.row, datum.column) == (fault.row, fault.column)]
        option = [n for n, datum in lines if fault.row in (datum.row, datum.value)]
        return (exact or cell or option or [lines[0][0]])[-1]

    def read(self) -> dict[str, Any]:
        found = {}
        for id, lines in self.by_question().items():
            question = self.questionnaire.question_by_id[id]
            data = [_datum(line) for line in lines]
            self.by_place[id] = [(line.number, datum) for line, datum in zip(lines, data, strict=True)]
            answer, faults = a.read(question, self.kind, data)
            faults += a.wrong_totals(question, answer) + a.inapplicable_columns(question, answer)
            for fault in faults:
                self.fault(self.place(id, fault), f"{question.public_id}: {fault.message.en}")
            if faults:
                self.unreadable.add(id)
            answer.pop("computed", None)
            found[id] = answer
        self.check(found)
        return found

    def check(self, found: Answers) -> None:
        """What the rules refuse: an answer to a question that is not asked, and inconsistent answers.

        Questions with a value that could not be read are left alone, and so are those whose gate looks at one.
        """
        asked = asked_anywhere(self.questionnaire, self.kind, found)
        for id in found:
            if id not in asked and not self.depends_on_unreadable(id):
                self.fault(
                    self.by_place[id][0][0], f"question {id!r} is not asked of this body, given its other answers"
                )
        for section in self.questionnaire.sections:
            for problem in problems(section, self.kind, found):
                if problem.kind == INCONSISTENT and problem.question not in self.unreadable:
                    place = a.Fault(problem.row, problem.column, problem.message)
                    self.fault(self.place(problem.question, place), f"{problem.question}: {problem.message.en}")

    def depends_on_unreadable(self, id: str) -> bool:
        gate = self.questionnaire.question_by_id[id].gate
        return id in self.unreadable or (gate is not None and any(map(self.depends_on_unreadable, gate.questions)))


def _datum(line: csv_file.Line) -> a.Datum:
    values = line.values
    value = csv_file.restore(values["value"]) if values["column"] == a.OTHER_TEXT else values["value"]
    return a.Datum(values["row"], values["column"], value)


def read(data: bytes, questionnaire: Questionnaire, kinds: Mapping[str, str]) -> list[BodyAnswers]:
    """The answers in a file, by body. `kinds` maps the code of each body of the round to its kind.

    Raises csv_file.FileFaults naming every fault by line.
    """
    lines = csv_file.read(data, HEADER[:-1], HEADER[-1:])
    by_body: dict[str, list[csv_file.Line]] = {}
    for line in lines:
        by_body.setdefault(line.values["body"], []).append(line)
    faults: list[tuple[int, str]] = []
    found = []
    for code, own in by_body.items():
        if code not in kinds:
            faults += [(line.number, _unknown(code)) for line in own]
            continue
        faults += _origin_faults(own)
        reading = _Reading(questionnaire, kinds[code], own)
        synthetic = own[0].values.get("origin") == SYNTHETIC
        found.append(BodyAnswers(code, synthetic, reading.read(), own[0].number))
        faults += [(line, f"body {code}: {message}") for line, message in reading.faults]
    if faults:
        raise csv_file.FileFaults([f"line {line}: {message}" for line, message in sorted(faults)])
    return found


def _unknown(code: str) -> str:
    if len(code) == 6 and code.isascii() and code.isdigit() and not is_code(code):
        return f"body {code!r}: wrong check digit; {code[:5]} has the check digit {check_digit(code)}"
    return f"body {code!r} is not among the bodies of this round"


def _origin_faults(lines: list[csv_file.Line]) -> Iterator[tuple[int, str]]:
    first = lines[0].values.get("origin") or REPORTED
    for line in lines:
        origin = line.values.get("origin") or REPORTED
        if origin not in (REPORTED, SYNTHETIC):
            yield line.number, f"origin {origin!r} is neither {REPORTED!r} nor {SYNTHETIC!r}"
        elif origin != first:
            yield line.number, f"body {line.values['body']}: reported and synthetic answers of one body are mixed"


def write(questionnaire: Questionnaire, bodies: Iterable[tuple[str, str, bool, Answers]]) -> bytes:
    """The file of some bodies, each as (code, kind, synthetic, answers). Answers that do not apply are left out."""
    return csv_file.write(HEADER, _rows(questionnaire, bodies))


def _rows(questionnaire: Questionnaire, bodies: Iterable[tuple[str, str, bool, Answers]]) -> Iterator[tuple[str, ...]]:
    for code, kind, synthetic, answers in bodies:
        origin = SYNTHETIC if synthetic else REPORTED
        for id, answer in applicable(questionnaire, kind, answers).items():
            question = questionnaire.question_by_id[id]
            for datum in a.write(question, answer):
                text = datum.column == a.OTHER_TEXT
                value = csv_file.neutralise(datum.value) if text else datum.value
                yield code, question.public_id, datum.row, datum.column, value, origin


def write_states(questionnaire: Questionnaire, bodies: Iterable[tuple[str, str, Answers]]) -> bytes:
    """Which kind of empty each question of each body is: body,question,state (see `surveys.answers.states`)."""
    rows = (
        (code, id, state if answers else a.NO_RESPONSE)
        for code, kind, answers in bodies
        for id, state in a.states(questionnaire, kind, answers).items()
    )
    return csv_file.write(("body", "question", "state"), rows)
