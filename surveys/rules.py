"""The one rule engine: what is asked, what is missing and what is inconsistent. Pure.

Answers are a mapping from question id to answer (shapes in `surveys.answers`). Used by the form, the import, the
submit and the bases of the tables, so that all of them agree.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from surveys.questionnaire import Gate, Question, Questionnaire, Row, Section, Text

Answer = Mapping[str, Any]
Answers = Mapping[str, Answer]
MISSING, INCONSISTENT = "missing", "inconsistent"


@dataclass(frozen=True)
class Problem:
    """One thing that keeps a response from being submitted, and the place where it is mended."""

    question: str
    kind: str
    message: Text
    row: str = ""
    column: str = ""


@dataclass(frozen=True)
class GateOperator:
    """An operator of the gate table: the kinds of question it looks at, and whether a datum opens the gate.

    A datum of an answer is (option, "") or (row, column).
    """

    kinds: tuple[str, ...]
    opens: Callable[[tuple[str, str], tuple[str, ...]], bool]


GATES: dict[str, GateOperator] = {
    "is_one_of": GateOperator(("single-choice",), lambda datum, values: datum[0] in values),
    "any_row_is": GateOperator(("matrix",), lambda datum, values: datum[1] in values),
    "any_option_except": GateOperator(("multiple-choice",), lambda datum, values: datum[0] not in values),
}

CHECKS: dict[str, Callable[[int, int], bool]] = {
    "at_most": lambda left, right: left <= right,
    "equal": lambda left, right: left == right,
}


def opens(gate: Gate, datum: tuple[str, str]) -> bool:
    """Whether a datum of one of its questions opens a gate; that the question is asked is for the caller to see."""
    return GATES[gate.operator].opens(datum, gate.values)


def _open(gate: Gate, asked: dict[str, Question], answers: Answers) -> bool:
    """A gate is open if any of its questions that is itself asked has an answer that opens it."""
    found = (answers[id] for id in gate.questions if id in asked and id in answers)
    return any(opens(gate, datum) for answer in found for datum in _data(answer))


def _data(answer: Answer) -> Iterator[tuple[str, str]]:
    """The data of an answer to a choice or a matrix."""
    if value := answer.get("value"):
        yield value, ""
    yield from ((value, "") for value in answer.get("values", ()))
    yield from answer.get("cells", {}).items()


def asked(section: Section, kind: str, answers: Answers) -> dict[str, Question]:
    """The questions of a section that a body of this kind is asked, given its answers, in order.

    A gate looks at questions that are asked only, so an answer kept behind a closed gate opens nothing.
    """
    found: dict[str, Question] = {}
    for question in section.questions:
        if question.asked_of(kind) and (question.gate is None or _open(question.gate, found, answers)):
            found[question.id] = question
    return found


def asked_anywhere(questionnaire: Questionnaire, kind: str, answers: Answers) -> dict[str, Question]:
    """`asked` over the whole questionnaire."""
    found: dict[str, Question] = {}
    for section in questionnaire.sections:
        found.update(asked(section, kind, answers))
    return found


def applicable(questionnaire: Questionnaire, kind: str, answers: Answers) -> dict[str, Answer]:
    """The answers to the questions that are asked: what is shown, checked, submitted and counted."""
    found = asked_anywhere(questionnaire, kind, answers)
    kept = {id: prune(question, answers[id]) for id, question in found.items() if id in answers}
    return {id: answer for id, answer in kept.items() if answer}


def prune(question: Question, answer: Answer) -> dict[str, Any]:
    """An answer without what does not apply inside it: counts of a procedure that is not online, the text of an
    "other" that is not chosen. A draft keeps these, so that they come back with the choice."""
    kept = dict(answer)
    if question.kind == "procedures":
        cells = {
            row: {column: cell[column] for column in procedure_columns(cell) if column in cell}
            for row, cell in answer.get("cells", {}).items()
        }
        kept["cells"] = {row: cell for row, cell in cells.items() if cell}
    if texts := answer.get("other_text"):
        kept["other_text"] = {code: text for code, text in texts.items() if code in _other_chosen(question, answer)}
    return {key: value for key, value in kept.items() if value}


def _other_chosen(question: Question, answer: Answer) -> set[str]:
    """The options or rows whose free text applies."""
    if question.kind == "matrix":
        cells = answer.get("cells", {})
        return {row for row, column in cells.items() if not question.column_by_code[column].absent}
    return {answer.get("value", ""), *answer.get("values", ()), *answer.get("cells", ())}


def totals(question: Question, cells: Mapping[str, int]) -> dict[str, int | None]:
    """The computed rows of a matrix-integer; None while a part is missing."""
    values: dict[str, int | None] = dict(cells)

    def value(row: Row) -> int | None:
        if row.computed and row.code not in values:
            parts = [value(question.row_by_code[code]) for code in row.computed]
            known = [part for part in parts if part is not None]
            values[row.code] = sum(known) if len(known) == len(parts) else None
        return values.get(row.code)

    return {row.code: value(row) for row in question.rows if row.computed}


NOT_CHOSEN = Text("まだ選ばれていません。1つ選んでください。", "Nothing is chosen yet; please choose one.")
NONE_TICKED = Text(
    "まだ選ばれていません。当てはまるものを選んでください。", "Nothing is ticked yet; please tick what applies."
)
NO_NUMBER = Text(
    "数字が入っていません。ないときは 0 を入れてください。", "There is no number yet; enter 0 if there is none."
)
NO_TEXT = Text("「その他」の内容を書いてください。", "Please write what “other” is.")
NOT_ALONE = Text(
    "「{label}」は、ほかの選択肢といっしょには選べません。", "“{label}” cannot be chosen together with another option."
)
NO_COUNT = Text(
    "件数が入っていません。分からないときは「不明」を選んでください。",
    "There is no number yet; choose “unknown” if it is not known.",
)


def problems(section: Section, kind: str, answers: Answers) -> list[Problem]:
    """What is missing or inconsistent in the asked questions of a section, in page order."""
    found: list[Problem] = []
    for question in asked(section, kind, answers).values():
        found += question_problems(question, kind, answers.get(question.id, {}))
    return found


def all_problems(questionnaire: Questionnaire, kind: str, answers: Answers) -> list[Problem]:
    """`problems` over the whole questionnaire: empty means that the response may be submitted."""
    return [problem for section in questionnaire.sections for problem in problems(section, kind, answers)]


def question_problems(question: Question, kind: str, answer: Answer) -> list[Problem]:
    """What is missing or inconsistent in the answer to one asked question."""
    return [*_BY_KIND[question.kind](question, kind, answer)]


def is_complete(question: Question, kind: str, answer: Answer) -> bool:
    """Whether the answer to an asked question is whole and consistent."""
    return next(iter(_BY_KIND[question.kind](question, kind, answer)), None) is None


def _single(question: Question, kind: str, answer: Answer) -> Iterator[Problem]:
    code = answer.get("value")
    if code is None:
        yield Problem(question.id, MISSING, NOT_CHOSEN)
    elif question.option_by_code[code].other_text and not answer.get("other_text", {}).get(code):
        yield Problem(question.id, MISSING, NO_TEXT, code, "other_text")


def _chosen(question: Question, entries: Mapping[str, Any], chosen: list[str], answer: Answer) -> Iterator[Problem]:
    """Rules for a set of ticked options or rows."""
    if not chosen:
        yield Problem(question.id, MISSING, NONE_TICKED)
    for code in chosen:
        if entries[code].exclusive and len(chosen) > 1:
            label = entries[code].label
            message = Text(NOT_ALONE.ja.format(label=label.ja), NOT_ALONE.en.format(label=label.en))
            yield Problem(question.id, INCONSISTENT, message, code)
        if entries[code].other_text and not answer.get("other_text", {}).get(code):
            yield Problem(question.id, MISSING, NO_TEXT, code, "other_text")


def _multiple(question: Question, kind: str, answer: Answer) -> Iterator[Problem]:
    yield from _chosen(question, question.option_by_code, answer.get("values", []), answer)


def _ticks(question: Question, kind: str, answer: Answer) -> Iterator[Problem]:
    yield from _chosen(question, question.row_by_code, list(answer.get("cells", {})), answer)


def _matrix(question: Question, kind: str, answer: Answer) -> Iterator[Problem]:
    cells = answer.get("cells", {})
    other = {row.code for row in question.rows if row.other_text} & _other_chosen(question, answer)
    for row in question.rows_for(kind):
        code = cells.get(row.code)
        if code is None:
            yield Problem(question.id, MISSING, NOT_CHOSEN, row.code)
        elif row.code in other and not answer.get("other_text", {}).get(row.code):
            yield Problem(question.id, MISSING, NO_TEXT, row.code, "other_text")


def _integers(question: Question, kind: str, answer: Answer) -> Iterator[Problem]:
    cells = answer.get("cells", {})
    for row in question.rows_for(kind):
        if row.code not in cells:
            yield Problem(question.id, MISSING, NO_NUMBER, row.code)
    values = {**cells, **totals(question, cells)}
    for check in question.checks:
        left, right = values.get(check.left), values.get(check.right)
        if left is not None and right is not None and not CHECKS[check.operator](left, right):
            yield Problem(question.id, INCONSISTENT, check.message, check.left)


def procedure_columns(cell: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns asked in one row of a procedures question: counts only where it exists and is online."""
    if cell.get("exists") != "yes":
        return ("exists",)
    return ("exists", "online", "total", "online_count") if cell.get("online") == "done" else ("exists", "online")


def _procedures(question: Question, kind: str, answer: Answer) -> Iterator[Problem]:
    cells = answer.get("cells", {})
    for row in question.rows_for(kind):
        cell = cells.get(row.code, {})
        columns = procedure_columns(cell)
        for column in columns:
            if column not in cell:
                message = NO_COUNT if question.column_by_code[column].unknown else NOT_CHOSEN
                yield Problem(question.id, MISSING, message, row.code, column)
        for check in question.checks:
            left, right = (cell.get(side) if side in columns else None for side in (check.left, check.right))
            if isinstance(left, int) and isinstance(right, int) and not CHECKS[check.operator](left, right):
                yield Problem(question.id, INCONSISTENT, check.message, row.code, check.left)


_BY_KIND: dict[str, Callable[[Question, str, Answer], Iterator[Problem]]] = {
    "single-choice": _single,
    "multiple-choice": _multiple,
    "matrix": _matrix,
    "tick-matrix": _ticks,
    "matrix-integer": _integers,
    "procedures": _procedures,
}
