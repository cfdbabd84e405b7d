"""Reads an uploaded definition: the document it holds, or everything that is wrong with it. Pure."""

import io
import logging
from collections.abc import Callable, Iterator
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from surveys import meaning
from surveys.definition_book import cells, faults, rule_faults
from surveys.definition_book.columns import COLUMNS, OPTIONS, QUESTIONS, ROWS, SECTIONS, SHEETS, TITLE, Sheet
from surveys.definition_book.from_rows import HEAD, Builder, Line, Lines
from surveys.meaning import Refusal
from surveys.questionnaire import Document
from surveys.workbook import archive
from surveys.workbook.cells import not_a_value
from surveys.workbook.faults import DAMAGED, TOO_MANY_CELLS, Fault, Refused

MAX_LINES, MAX_COLUMNS = 5_000, 60  # the largest sheet of 2020 has some 400 lines and 20 columns

# The sheet of each part of a question, and the columns of the question's id and of the part's own code.
PLACES = {
    meaning.QUESTION: (QUESTIONS, "id", "id"),
    meaning.OPTION: (OPTIONS, "question", "code"),
    meaning.ROW: (ROWS, "question", "code"),
    meaning.COLUMN: (COLUMNS, "question", "code"),
}
log = logging.getLogger(__name__)


def read(data: bytes, year: int, refusals: Callable[[Document], list[Refusal]] = lambda document: []) -> Document:
    """The document of a workbook, for the round of a year. `refusals` are the ids that a document without other faults
    may not use so. Raises Refused with every fault, by sheet and cell."""
    archive.inspect(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        lines, found = _lines(book)
    except Refused:
        raise
    except Exception as error:  # openpyxl raises anything at all for a damaged file
        log.warning("An uploaded definition could not be read", exc_info=True)  # lest a fault of our own stays hidden
        raise Refused(DAMAGED) from error
    builder = Builder(lines)
    document = builder.build()
    found += builder.faults
    titles = lines[TITLE.name]
    if titles and titles[0].values.get("year", year) != year:
        found.append(titles[0].fault("year", faults.other_year(document[HEAD]["year"], year)))
    more = rule_faults.find(document, lines)
    found += [fault for fault in more if fault.cell or fault.message == rule_faults.NO_SECTION or not found]
    found = found or [*_refused(refusals(document), lines)]
    if found:
        raise Refused(*_once(found))
    return document


def _refused(refusals: list[Refusal], lines: Lines) -> Iterator[Fault]:
    for refusal in refusals:
        sheet, owner, code = PLACES[refusal.part]
        of = {owner: refusal.question, code: refusal.code or refusal.question}
        line = next(line for line in lines[sheet.name] if all(line.values.get(key) == of[key] for key in of))
        yield line.fault(code, refusal.message)


def _once(found: list[Fault]) -> list[Fault]:
    """The first fault of each cell, in the order of the workbook: what follows from it is no fault of its own."""
    first: dict[object, Fault] = {}
    for fault in found:
        first.setdefault((fault.sheet, fault.cell) if fault.cell else fault, fault)
    order = [sheet.name for sheet in SHEETS]
    return sorted(first.values(), key=lambda fault: (order.index(fault.sheet), _line(fault.cell)))


def _line(cell: str) -> int:
    return int("0" + "".join(sign for sign in cell if sign.isdigit()))


def _lines(book: Any) -> tuple[Lines, list[Fault]]:
    """The lines of every sheet, and the cells that cannot be read. Raises Refused if sheets or columns are missing."""
    there = {page.title: page for page in book.worksheets}  # without sheets that are nothing but a chart
    missing = [sheet for sheet in SHEETS if sheet.name not in there]
    if SECTIONS in missing and QUESTIONS in missing:
        raise Refused(faults.NOT_OURS)
    found = [Fault(faults.SHEET_MISSING, sheet.name) for sheet in missing]
    pages = {sheet: _rows(there[sheet.name]) for sheet in SHEETS if sheet not in missing}
    letters = {sheet: _letters(sheet, rows[0] if rows else (), found) for sheet, rows in pages.items()}
    if found:
        raise Refused(*found)
    return {sheet.name: [*_read(sheet, rows[1:], letters[sheet], found)] for sheet, rows in pages.items()}, found


def _rows(page: Any) -> list[tuple[Any, ...]]:
    """The rows of a sheet, not of the whole area that it may say it has. Raises Refused if they are too many."""
    rows = list(page.iter_rows(max_row=MAX_LINES + 1, max_col=MAX_COLUMNS))
    if len(rows) > MAX_LINES and any(cell.value is not None for cell in rows[-1]):
        raise Refused(TOO_MANY_CELLS)
    return rows


def _letters(sheet: Sheet, row: tuple[Any, ...], found: list[Fault]) -> dict[str, str]:
    """Where each column stands, by its heading."""
    by_heading = {column.heading.ja: column for column in sheet.columns}
    letters: dict[str, str] = {}
    for at, cell in enumerate(row, 1):
        heading = str(cell.value or "").split("\n")[0].strip()
        if heading in by_heading:
            letters.setdefault(by_heading[heading].key, get_column_letter(at))
        elif heading:
            found.append(Fault(faults.unknown_column(heading), sheet.name, f"{get_column_letter(at)}1"))
    missing = [column for column in sheet.columns if column.key not in letters]
    found += [Fault(faults.column_missing(column), sheet.name) for column in missing]
    return letters


def _read(sheet: Sheet, rows: list[Any], letters: dict[str, str], found: list[Fault]) -> Iterator[Line]:
    """The lines that hold anything; notes in columns without a heading are left aside."""
    keys = {letter: key for key, letter in letters.items()}
    for at, row in enumerate(rows, 2):
        given = {
            keys.get(get_column_letter(place)): cell for place, cell in enumerate(row, 1) if cell.value is not None
        }
        values, wrong = {}, {}
        for key, cell in given.items():
            if key is not None:
                value = not_a_value(cell) or cells.read(sheet.column_by_key[key], cell.value)
                if cells.is_fault(value):
                    wrong[key] = value
                elif value is not None:
                    values[key] = value
        if values or wrong:
            line = Line(sheet, at, values, letters, frozenset(wrong))
            found += [line.fault(key, message) for key, message in wrong.items()]
            yield line
