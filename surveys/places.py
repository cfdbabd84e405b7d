"""Names of form fields and ids of controls for the places of an answer. Pure.

A *place* is a row and a column as the long form has them. The form posts one field a place:
`question`, `question|row`, `question|row|column` and `question|code|other_text`.
"""

from collections.abc import Callable, Iterator

from surveys.answers import OTHER_TEXT, Datum
from surveys.questionnaire import Question

Place = tuple[str, str]


def _texts(question: Question) -> Iterator[Place]:
    entries = question.options or question.rows
    return ((entry.code, OTHER_TEXT) for entry in entries if entry.other_text)


def _choice(question: Question, kind: str) -> Iterator[Place]:
    yield "", ""
    yield from _texts(question)


def _rows(question: Question, kind: str) -> Iterator[Place]:
    yield from ((row.code, "") for row in question.rows_for(kind))
    yield from _texts(question)


def _counts(question: Question, kind: str) -> Iterator[Place]:
    return ((row.code, "count") for row in question.rows_for(kind))


def _cells(question: Question, kind: str) -> Iterator[Place]:
    return ((row.code, column.code) for row in question.rows_for(kind) for column in question.columns)


PLACES: dict[str, Callable[[Question, str], Iterator[Place]]] = {
    "single-choice": _choice,
    "multiple-choice": _choice,
    "matrix": _rows,
    "tick-matrix": _rows,
    "matrix-integer": _counts,
    "procedures": _cells,
}


def fields(question: Question, kind: str) -> dict[str, Place]:
    """The fields a body of this kind fills in, by name."""
    return {field_name(question, *place): place for place in PLACES[question.kind](question, kind)}


def field_name(question: Question, row: str = "", column: str = "") -> str:
    """The field of a place; a fault or problem about the whole question is at its first field."""
    if column == OTHER_TEXT:
        return f"{question.id}|{row}|{column}"
    if question.options:
        return question.id
    row = row or question.rows[0].code
    return f"{question.id}|{row}|{column}" if question.kind == "procedures" else f"{question.id}|{row}"


def html_id(name: str, value: str = "") -> str:
    """The id of a control: the field's name, with the value where a field has several controls."""
    return (f"{name}|{value}" if value else name).replace("|", ".")


def control_id(question: Question, row: str = "", column: str = "") -> str:
    """The id of the control that mends a place: where links from the review and the error summary go."""
    name = field_name(question, row, column)
    if column == OTHER_TEXT:
        return html_id(name)
    if question.options:
        return html_id(name, row or question.options[0].code)
    if question.kind == "matrix":
        return html_id(name, question.columns[0].code)
    if question.kind != "procedures":
        return html_id(name)
    asked = question.column_by_code[column] if column else question.columns[0]
    return html_id(field_name(question, row, asked.code), asked.choices[0].code if asked.choices else "")


def values(question: Question, data: Iterator[Datum]) -> dict[str, list[str]]:
    """Data of one question as the form would post them: field name to values."""
    found: dict[str, list[str]] = {}
    for datum in data:
        column = datum.column if datum.column == OTHER_TEXT or question.kind == "procedures" else ""
        found.setdefault(field_name(question, datum.row, column), []).append(datum.value)
    return found
