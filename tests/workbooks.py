"""Workbooks for tests: written as the page does, edited as a person does, and broken in every way."""

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from openpyxl import load_workbook

from surveys.definition_book.write import write as write_definition
from surveys.questionnaire import Document, Questionnaire, checksum
from surveys.workbook.layout import plan
from surveys.workbook.stamp import Owner
from surveys.workbook.write import Issue, write
from tests.factories import document, questionnaire

CREATED = datetime(2021, 5, 1, 9, 0, tzinfo=UTC)


def owner(name: str = "pages", kind: str = "city", **changes: Any) -> Owner:
    """The city of Ueda in the round of 2020."""
    return Owner(2020, "202037", "長野県上田市", kind, checksum(document(name)))._replace(**changes)


def issue(
    answers: Mapping[str, Any] | None = None,
    name: str = "pages",
    kind: str = "city",
    language: str = "ja",
    **changes: Any,
) -> Issue:
    given = {
        "questionnaire": questionnaire(name),
        "owner": owner(name, kind),
        "language": language,
        "answers": answers or {},
        "versions": {},
        "gates": {},
        "facts": (("団体", "上田市"),),
        "created": CREATED,
    }
    return Issue(**(given | changes))


def made(answers: Mapping[str, Any] | None = None, **given: Any) -> bytes:
    return write(issue(answers, **given))


def cell_of(found: Questionnaire, question: str, row: str = "", column: str = "", code: str = "") -> tuple[str, str]:
    """The sheet and the cell of a datum, for a city."""
    for sheet in plan(found, "city", "ja"):
        if question in sheet.block_by_id:
            return sheet.name, sheet.block_by_id[question].fields[row, column, code].cell
    raise KeyError(question)


def edited(data: bytes, *cells: tuple[str, str, Any], change: Callable[[Any], None] | None = None) -> bytes:
    """With values put into cells, each as (sheet, cell, value), and perhaps changed otherwise, as openpyxl saves it."""
    book = load_workbook(io.BytesIO(data))
    for sheet, cell, value in cells:
        book[sheet][cell] = value
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(data: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """With parts of the ZIP replaced, added or, for None, left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def replaced(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """With something in a part replaced, which must be there."""
    content = part(data, name)
    assert old in content
    return repacked(data, {name: content.replace(old, new, 1)})


def zipped(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def definition_book(found: Document | str = "small", *cells: tuple[str, str, Any]) -> bytes:
    """A definition as a workbook, with values put into cells, each as (sheet, cell, value)."""
    return edited(write_definition(document(found) if isinstance(found, str) else found, CREATED), *cells)
