"""From tables and answers to what the API says. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aggregation import individual
from aggregation.tables import BodyRow, Cell, Table
from surveys.answers import ANSWERED, NO_RESPONSE, UNKNOWN
from surveys.questionnaire import Question, Questionnaire, Text

Shape = dict[str, Any]
NOT_KNOWN = Text("不明", "Not known")  # a number that the body does not know


def label(text: Text | None) -> Shape | None:
    return None if text is None else {"ja": text.ja, "en": text.en}


def pair(texts: Sequence[str] | None) -> Shape | None:
    """A text as a head of a table keeps it: [ja, en]."""
    return None if texts is None else {"ja": texts[0], "en": texts[1]}


def head(found: Mapping[str, Any], is_individual: bool, url: str) -> Shape:
    """A table in the list."""
    texts = {name: pair(found[name]) for name in ("number", "title", "heading")}
    return {"id": found["id"], **texts, "chapter": found["chapter"], "individual": is_individual, "url": url}


def table(found: Table, is_individual: bool, url: str, cells: str) -> Shape:
    """A table with its rows, columns and groups."""
    return {
        **head(found.head(), is_individual, url),
        "kind": found.kind,
        "rows": [{"code": entry.code, "label": label(entry.label)} for entry in found.rows],
        "columns": [{"code": entry.code, "label": label(entry.label)} for entry in found.columns],
        "groups": [
            {"breakdown": group.breakdown, "code": group.code, "label": label(group.label)} for group in found.groups
        ],
        "notes": [label(note) for note in found.notes],
        "cells": cells,
    }


def matching(tables: Sequence[Table], wanted: Mapping[str, str | None]) -> list[tuple[str, Cell]]:
    """The cells that have the wanted row, column, breakdown and group, with the table of each, in their order."""
    asked = [(name, value) for name, value in wanted.items() if value is not None]
    return [
        (table.id, cell)
        for table in tables
        for cell in table.cells
        if all(getattr(cell, name) == value for name, value in asked)
    ]


def cell(table: str, found: Cell) -> Shape:
    """A number; a base stands beside a count or a percentage, as in the files."""
    shape = {"table": table, **found._asdict()}
    if found.count is None and found.percent is None:
        shape["base"] = None
    shape["percent"] = None if found.percent is None else float(found.percent)
    return {**shape, "unit": label(found.unit), "note": label(found.note)}


def body(found: BodyRow, counted: bool, answers: str) -> Shape:
    state = ANSWERED if counted else NO_RESPONSE
    named = {"code": found.code, "name": found.name, "kind": found.kind, "prefecture": found.prefecture}
    return {**named, "state": state, "answers": answers}


def answers(questionnaire: Questionnaire, questions: Sequence[Question], found: BodyRow) -> Iterator[Shape]:
    """What a body answered to some questions."""
    given = found.answers or {}
    for question, state in zip(questions, individual.states(questionnaire, found, questions), strict=True):
        data = list(_data(question, found.kind, given.get(question.id, {})))
        yield {"part": question.id, "state": state, "data": data}


def _data(question: Question, kind: str, answer: Mapping[str, Any]) -> Iterator[Shape]:
    columns = zip(individual.fields(question), individual.values(question, kind, answer), strict=True)
    for field, value in columns:
        if value == individual.UNAVAILABLE:
            yield {"row": field.row, "column": field.column, "value": UNKNOWN, "label": label(NOT_KNOWN)}
        elif value is not None:
            words = dict(field.choices).get(str(value))
            yield {"row": field.row, "column": field.column, "value": value, "label": label(words)}
