"""Writes a definition as a workbook. Pure."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from surveys.definition_book import columns as c
from surveys.definition_book import guide
from surveys.definition_book.cells import written
from surveys.definition_book.columns import SHEETS, Column, Sheet
from surveys.definition_book.to_rows import Values, to_rows
from surveys.questionnaire import Document, Text
from surveys.workbook.book import GROUND, OPTIONS, PLAIN, RULE

LAST_LINE = 5000  # lists to choose from reach down to here, for lines that are added
WRAP = {**PLAIN, "text_wrap": True}
LOOKS: dict[str, dict[str, Any]] = {
    "title": {**PLAIN, "bold": True, "font_size": 14},
    "bold": {**PLAIN, "bold": True},
    "wrap": WRAP,
    "head": {**WRAP, "bold": True, "bg_color": GROUND, "bottom": 2, "bottom_color": RULE},
    "needed": {**WRAP, "bold": True, "bg_color": "#E8F1FE", "bottom": 2, "bottom_color": RULE},
    c.NUMBER: {**PLAIN, "num_format": "0"},
}
AS_TEXT = {**WRAP, "num_format": "@"}  # lest a program makes a date of 5-1


def write(document: Document, created: datetime) -> bytes:
    """The bytes of the workbook; the same document and time give the same bytes."""
    out = BytesIO()
    book = Workbook(out, {**OPTIONS, "default_format_properties": dict(PLAIN)})
    title = document["questionnaire.toml"]["title"]["ja"]
    book.set_properties({"title": title, "created": created.astimezone(UTC).replace(tzinfo=None)})
    looks = {name: book.add_format(values) for name, values in LOOKS.items()}
    looks["text"] = book.add_format(AS_TEXT)
    _guide(book.add_worksheet(guide.NAME), looks)
    rows = to_rows(document)
    for sheet in SHEETS:
        _sheet(book.add_worksheet(sheet.name), sheet, rows[sheet.name], looks)
    book.close()
    return out.getvalue()


def _sheet(page: Worksheet, sheet: Sheet, rows: list[Values], looks: dict[str, Any]) -> None:
    page.freeze_panes(1, 3 if len(sheet.columns) > 8 else 1)
    page.set_row(0, 34)
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width, looks.get(column.holds, looks["text"]))
        look = looks["needed" if column.needed == c.ALWAYS else "head"]
        page.write_string(0, at, f"{column.heading.ja}\n{column.heading.en}", look)
        if check := _validation(column):
            page.data_validation(1, at, LAST_LINE, at, check)
        for line, values in enumerate(rows, 1):
            if column.key in values:
                page.write(line, at, written(column, values[column.key]))
    page.autofilter(0, 0, max(1, len(rows)), len(sheet.columns) - 1)


def _validation(column: Column) -> dict[str, Any]:
    if column.words:
        message = "一覧から選んでください。"
        return {"validate": "list", "source": list(column.words), "error_title": "一覧", "error_message": message}
    if column.holds == c.NUMBER:
        message = "0以上の整数を入れてください。"
        return {"validate": "integer", "criteria": ">=", "value": 0, "error_message": message}
    return {}


def _guide(page: Worksheet, looks: dict[str, Any]) -> None:
    """How to go about it, what each sheet is, and what each word to choose from means."""
    for at, width in enumerate((24, 68, 68)):
        page.set_column(at, at, width, looks["wrap"])
    lines: list[tuple[str, Text, str]] = [("", guide.TITLE, "title")]
    lines += [(f"{number}", step, "wrap") for number, step in enumerate(guide.STEPS, 1)]
    lines += [("", guide.SHEETS, "bold"), *((sheet.name, sheet.about, "wrap") for sheet in SHEETS)]
    lines += [("", guide.WORDS, "bold"), *((word, text, "wrap") for word, text in guide.MEANINGS.items())]
    for line, (name, text, look) in enumerate(lines):
        page.write_string(line, 0, name, looks["bold"])
        page.write_string(line, 1, text.ja, looks[look])
        page.write_string(line, 2, text.en, looks[look])
