"""An answer in words: for the list of answers, a conflict, and the receipt. Pure."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from surveys.questionnaire import Question, Row
from surveys.rules import Answer, procedure_columns, totals


class Line(NamedTuple):
    """One line: what it is about (empty where the question itself says it) and the value (empty if not answered)."""

    label: str
    value: str
    computed: bool = False


def lines(question: Question, kind: str, answer: Answer, language: str) -> list[Line]:
    """The answer of a body of a kind to an asked question, in words, in page order."""
    return [*_WRITERS[question.kind](question, kind, answer, language)]


def difference(mine: list[Line], theirs: list[Line]) -> tuple[list[Line], list[Line]]:
    """The rows in which two answers to the same table differ; all lines of a choice, whose lines do not pair."""
    if [line.label for line in mine] != [line.label for line in theirs] or not mine[0].label:
        return mine, theirs
    pairs = [(a, b) for a, b in zip(mine, theirs, strict=True) if a != b]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _with_text(label: str, code: str, answer: Answer, language: str) -> str:
    text = answer.get("other_text", {}).get(code, "")
    colon = ": " if language.startswith("en") else "："
    return f"{label}{colon}{text}" if text else label


def _options(question: Question, kind: str, answer: Answer, language: str) -> Iterator[Line]:
    chosen = {answer.get("value", ""), *answer.get("values", ())}
    found = [option for option in question.options if option.code in chosen]
    for option in found:
        yield Line("", _with_text(option.label.in_language(language), option.code, answer, language))
    if not found:
        yield Line("", "")


def _rows(question: Question, kind: str, answer: Answer, language: str) -> Iterator[Line]:
    cells = answer.get("cells", {})
    for row in question.rows_for(kind):
        value = question.column_by_code[cells[row.code]].label.in_language(language) if row.code in cells else ""
        label = _with_text(row.label.in_language(language), row.code, answer, language)
        yield Line(label, value)


def _ticks(question: Question, kind: str, answer: Answer, language: str) -> Iterator[Line]:
    found = [row for row in question.rows_for(kind) if row.code in answer.get("cells", {})]
    for row in found:
        yield Line("", _with_text(row.label.in_language(language), row.code, answer, language))
    if not found:
        yield Line("", "")


def _integers(question: Question, kind: str, answer: Answer, language: str) -> Iterator[Line]:
    cells = answer.get("cells", {})
    sums = totals(question, cells)
    asked = question.rows_for(kind)
    for row in question.rows:
        value = sums[row.code] if row.computed else cells.get(row.code)
        if row.computed or row in asked:
            yield Line(row.label.in_language(language), _count(question, value, language), bool(row.computed))


def _count(question: Question, value: int | None, language: str) -> str:
    if value is None:
        return ""
    unit = question.unit.in_language(language) if question.unit else ""
    return f"{value:,} {unit}" if language.startswith("en") and unit else f"{value:,}{unit}"


def _procedures(question: Question, kind: str, answer: Answer, language: str) -> Iterator[Line]:
    cells = answer.get("cells", {})
    for row in question.rows_for(kind):
        yield Line(row.label.in_language(language), _procedure(question, row, cells.get(row.code, {}), language))


def _procedure(question: Question, row: Row, cell: Answer, language: str) -> str:
    english = language.startswith("en")
    colon, comma, unknown = (": ", "; ", "not known") if english else ("：", "、", "不明")
    parts = []
    for code in procedure_columns(cell):
        column = question.column_by_code[code]
        value = cell.get(code)
        if value is None:
            continue
        names = {choice.code: choice.label.in_language(language) for choice in column.choices}
        words = _count(question, value, language) if isinstance(value, int) else names.get(value, unknown)
        parts.append(f"{column.label.in_language(language)}{colon}{words}")
    return comma.join(parts)


_WRITERS: dict[str, Callable[[Question, str, Answer, str], Iterator[Line]]] = {
    "single-choice": _options,
    "multiple-choice": _options,
    "matrix": _rows,
    "tick-matrix": _ticks,
    "matrix-integer": _integers,
    "procedures": _procedures,
}
