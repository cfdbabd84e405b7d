"""Random answers to any questionnaire, for tests: whole ones that could be submitted, and drafts."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from surveys.answers import OTHER_TEXT, UNKNOWN
from surveys.questionnaire import Check, Question, Questionnaire
from surveys.rules import asked, procedure_columns, totals

TEXTS = ("庁内の独自システム", "a system of our own", "=1+1", "１行目\n２行目")
LARGEST = 60


def complete_answers(questionnaire: Questionnaire, kind: str, rng: Random) -> dict[str, Any]:
    """Answers of a body of this kind to every question it is asked, such that it may be submitted."""
    answers: dict[str, Any] = {}
    for section in questionnaire.sections:
        for question in section.questions:
            if question.id in asked(section, kind, answers):
                answers[question.id] = answer_to(question, kind, rng)
    return answers


def draft_answers(questionnaire: Questionnaire, kind: str, rng: Random) -> dict[str, Any]:
    """Answers of a body that is not finished: questions and parts of answers are missing, and there may be answers
    to questions that other answers have closed since."""
    answers = {}
    for question in questionnaire.question_by_id.values():
        if question.asked_of(kind) and rng.random() < 0.7:
            answers[question.id] = _thinned(answer_to(question, kind, rng), rng)
    return {id: answer for id, answer in answers.items() if answer}


def answer_to(question: Question, kind: str, rng: Random) -> dict[str, Any]:
    """A whole and consistent answer of a body of this kind to one question."""
    return _MAKERS[question.kind](question, kind, rng)


def _thinned(answer: dict[str, Any], rng: Random) -> dict[str, Any]:
    """An answer with some of its parts left out."""
    kept = dict(answer)
    if rng.random() < 0.5:
        return kept
    if "values" in kept:
        kept["values"] = [code for code in kept["values"] if rng.random() < 0.6]
    if "cells" in kept:
        kept["cells"] = {row: cell for row, cell in kept["cells"].items() if rng.random() < 0.6}
    if rng.random() < 0.5:
        kept.pop(OTHER_TEXT, None)
    return {key: value for key, value in kept.items() if value}


def _with_texts(answer: dict[str, Any], codes: Sequence[str], rng: Random) -> dict[str, Any]:
    return {**answer, OTHER_TEXT: {code: rng.choice(TEXTS).strip() for code in codes}} if codes else answer


def _single(question: Question, kind: str, rng: Random) -> dict[str, Any]:
    option = rng.choice(question.options)
    return _with_texts({"value": option.code}, [option.code] if option.other_text else [], rng)


def _chosen(entries: Sequence[Any], rng: Random) -> list[Any]:
    """One exclusive entry alone, or some of the others."""
    exclusive = [entry for entry in entries if entry.exclusive]
    others = [entry for entry in entries if not entry.exclusive]
    if exclusive and (not others or rng.random() < 0.2):
        return [rng.choice(exclusive)]
    wanted = rng.sample(range(len(others)), rng.randint(1, len(others)))
    return [others[place] for place in sorted(wanted)]


def _multiple(question: Question, kind: str, rng: Random) -> dict[str, Any]:
    options = _chosen(question.options, rng)
    texts = [option.code for option in options if option.other_text]
    return _with_texts({"values": [option.code for option in options]}, texts, rng)


def _matrix(question: Question, kind: str, rng: Random) -> dict[str, Any]:
    columns = {row: rng.choice(question.columns) for row in question.rows_for(kind)}
    texts = [row.code for row, column in columns.items() if row.other_text and not column.absent]
    return _with_texts({"cells": {row.code: column.code for row, column in columns.items()}}, texts, rng)


def _ticks(question: Question, kind: str, rng: Random) -> dict[str, Any]:
    rows = _chosen(question.rows_for(kind), rng)
    (column,) = question.columns
    texts = [row.code for row in rows if row.other_text]
    return _with_texts({"cells": {row.code: column.code for row in rows}}, texts, rng)


def _number(question: Question, rng: Random) -> int:
    return rng.randint(0, min(question.maximum or 0, LARGEST))


def _mend(check: Check, values: Mapping[str, Any], rng: Random) -> int | None:
    """A left side that passes the check, if it does not."""
    left, right = values.get(check.left), values.get(check.right)
    if not (isinstance(left, int) and isinstance(right, int)) or left == right:
        return None
    if check.operator == "equal":
        return right
    return rng.randint(0, right) if left > right else None


def _integers(question: Question, kind: str, rng: Random) -> dict[str, Any]:
    cells = {row.code: _number(question, rng) for row in question.rows_for(kind)}
    for check in question.checks:
        mended = _mend(check, {**cells, **totals(question, cells)}, rng)
        if mended is not None and check.left in cells:
            cells[check.left] = mended
    return {"cells": cells}


def _procedures(question: Question, kind: str, rng: Random) -> dict[str, Any]:
    return {"cells": {row.code: _procedure(question, rng) for row in question.rows_for(kind)}}


def _procedure(question: Question, rng: Random) -> dict[str, Any]:
    cell: dict[str, Any] = {}
    for column in question.columns:
        if column.code in procedure_columns(cell):
            if column.choices:
                cell[column.code] = rng.choice(column.choices).code
            else:
                cell[column.code] = UNKNOWN if column.unknown and rng.random() < 0.15 else _number(question, rng)
    for check in question.checks:
        mended = _mend(check, cell, rng)
        if mended is not None:
            cell[check.left] = mended
    return cell


_MAKERS: dict[str, Callable[[Question, str, Random], dict[str, Any]]] = {
    "single-choice": _single,
    "multiple-choice": _multiple,
    "matrix": _matrix,
    "tick-matrix": _ticks,
    "matrix-integer": _integers,
    "procedures": _procedures,
}
