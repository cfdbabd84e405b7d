"""From a document to the rows of the sheets. Pure."""

from collections.abc import Iterator
from typing import Any

from surveys.definition_book import columns as c
from surveys.definition_book.columns import Sheet
from surveys.questionnaire import Document

Values = dict[str, Any]  # by key of the column, as the document holds them
Rows = dict[str, list[Values]]  # by name of the sheet


def to_rows(document: Document) -> Rows:
    """Every value of a document that fits `surveys.definition`, by sheet, line and column."""
    found: Rows = {sheet.name: [] for sheet in c.SHEETS}
    for sheet, data, owner in _things(document):
        found[sheet.name].append({**owner, **_flat(data, sheet)})
    return found


def _flat(data: Values, sheet: Sheet) -> Values:
    """The values of a TOML table that have a column, by path."""
    found = {}
    for key in sheet.column_by_key:
        value: Any = data
        for part in key.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None:
            found[key] = value
    return found


def _things(document: Document) -> Iterator[tuple[Sheet, Values, Values]]:
    """Each thing with its sheet and what names the thing it belongs to."""
    head = document["questionnaire.toml"]
    yield c.TITLE, head, {}
    for sheet, key in ((c.CHAPTERS, "chapter"), (c.SOFT, "soft"), (c.DERIVED, "derived")):
        yield from ((sheet, data, {}) for data in head.get(key, ()))
    yield from ((c.TERMS, data, {}) for data in document.get("glossary.toml", {}).get("term", ()))
    for name in sorted(document.keys() - {"questionnaire.toml", "glossary.toml"}):
        section = document[name]
        yield c.SECTIONS, section, {"file": name.removesuffix(".toml")}
        yield from ((c.SOFT, data, {"section": section["id"]}) for data in section.get("soft", ()))
        for question in section["question"]:
            yield c.QUESTIONS, question, {"section": section["id"]}
            yield from _parts(question, {"question": question["id"]})


def _parts(question: Values, owner: Values) -> Iterator[tuple[Sheet, Values, Values]]:
    for sheet, key in ((c.OPTIONS, "option"), (c.ROWS, "row"), (c.COLUMNS, "column"), (c.CHECKS_SHEET, "check")):
        yield from ((sheet, data, owner) for data in question.get(key, ()))
    for column in question.get("column", ()):
        yield from ((c.OPTIONS, data, {**owner, "column": column["code"]}) for data in column.get("choices", ()))
    if "gate" in question:
        yield c.GATES_SHEET, question["gate"], owner
