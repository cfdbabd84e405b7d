"""Reads an uploaded workbook: the answers it holds, and what in it cannot be read. Pure.

openpyxl reads cells only, one row after the other (`read_only`): no pictures, no links, and no merged area is ever
unfolded, however large a file says it is.
"""

import io
import logging
import re
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string

from surveys import answers as a
from surveys.era import era_year
from surveys.questionnaire import Questionnaire, Text
from surveys.workbook import archive, cells, faults, stamp
from surveys.workbook.faults import Fault, Refused
from surveys.workbook.layout import ANCHOR, END, Block, Line, Sheet, plan
from surveys.workbook.stamp import Owner, Stamp
from surveys.workbook.words import LISTS, START, TERMS

Rows = list[tuple[Any, ...]]
log = logging.getLogger(__name__)


@dataclass
class Upload:
    """What a workbook holds: its stamp, the answers by question, the faults by question, the sheets left aside."""

    stamp: Stamp
    sheets: list[Sheet]
    answers: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)

    @property
    def changes(self) -> dict[str, dict[str, Any]]:
        """The answers that differ from those the workbook was made from, by section."""
        found: dict[str, dict[str, Any]] = {}
        for sheet in self.sheets:
            for id in sheet.block_by_id:
                if a.fingerprint(self.answers[id]) != self.stamp.fingerprints.get(id):
                    found.setdefault(sheet.section.id, {})[id] = self.answers[id]
        return found


def read(data: bytes, questionnaire: Questionnaire, owner: Owner) -> Upload:
    """What a file holds for a body. Raises Refused for a file that cannot be taken at all."""
    archive.inspect(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        found = _stamp(book, owner)
        upload = Upload(found, plan(questionnaire, owner.kind, found.language))
        rows = _rows(book, upload)
        for sheet in upload.sheets:
            for block in sheet.blocks:
                _read_block(upload, block, rows[sheet.name])
    except Refused:
        raise
    except Exception as error:  # openpyxl raises anything at all for a damaged file
        log.warning("An uploaded workbook could not be read", exc_info=True)  # lest a fault of our own stays hidden
        raise Refused(faults.DAMAGED) from error
    return upload


def _stamp(book: Any, owner: Owner) -> Stamp:
    if stamp.SHEET not in book.sheetnames:
        is_ours = LISTS in book.sheetnames
        raise Refused(faults.STAMP_DELETED if is_ours else faults.NO_STAMP)
    try:
        found = stamp.from_text(next(book[stamp.SHEET].iter_rows(max_row=1, max_col=1))[0].value)
    except (stamp.Damaged, StopIteration) as error:
        raise Refused(faults.STAMP_DAMAGED) from error
    if message := _not_of(found, owner):
        raise Refused(message)
    return found


def _not_of(found: Stamp, owner: Owner) -> Text | None:
    """Why a workbook is not one of this body in this round."""
    if found.format != stamp.FORMAT:
        return faults.OTHER_FORMAT
    if found.year != owner.year:
        return faults.other_year(era_year(found.year), era_year(owner.year), found.year, owner.year)
    if found.body != owner.body:
        return faults.foreign(found.name, found.body, owner.name)
    if found.checksum != owner.checksum:
        return faults.OTHER_DEFINITION
    return None if found.kind == owner.kind else faults.OTHER_KIND


def _rows(book: Any, upload: Upload) -> dict[str, Rows]:
    """The lines of each sheet. Raises Refused if anything does not stand where it was."""
    own = {sheet.name: sheet for sheet in upload.sheets}
    known = {*own, stamp.SHEET, LISTS, START.ja, START.en, TERMS.ja, TERMS.en}
    found: list[Fault] = []
    renamed = set()
    for name in book.sheetnames:
        if name not in known:
            if sheet := _same_as(book[name], upload.sheets):
                is_copy = sheet.name in book.sheetnames
                found.append(Fault((faults.copied if is_copy else faults.renamed)(name), sheet.name))
                renamed.add(sheet.name)
            else:
                upload.ignored.append(name)
    missing = [name for name in own if name not in book.sheetnames and name not in renamed]
    found += [Fault(faults.SHEET_MISSING, name) for name in missing]
    rows = {name: _lines(book[name], sheet) for name, sheet in own.items() if name in book.sheetnames}
    for name in rows:
        found += _structure(book[name], own[name], rows[name])
    if found:
        raise Refused(*found)
    return rows


def _lines(page: Any, sheet: Sheet) -> Rows:
    last = column_index_from_string(END)
    return list(page.iter_rows(min_row=1, max_row=sheet.bottom, max_col=last))


def _same_as(page: Any, sheets: list[Sheet]) -> Sheet | None:
    """The sheet of ours that another one is, under another name."""
    if not hasattr(page, "iter_rows"):
        return None  # a sheet with nothing but a chart
    anchors = {str(row[0].value) for row in page.iter_rows(min_row=1, max_row=50, max_col=1) if row}
    return next((sheet for sheet in sheets if next(sheet.lines).anchor in anchors), None)


def _structure(page: Any, sheet: Sheet, rows: Rows) -> list[Fault]:
    """What was moved or merged on a sheet; of what was moved, the first line."""
    # openpyxl unfolds merged cells or does not see them; so they are looked for in the part itself.
    with page.parent._archive.open(page._worksheet_path) as part:
        ranges = re.findall(rb"mergeCell [^>]*ref=\"([A-Z0-9:]+)\"", part.read())
    found = [Fault(faults.merged(each.decode()), sheet.name) for each in ranges[:10]]
    for line in sheet.lines:
        if any(_value(rows, line, letter) != line.anchor for letter in (ANCHOR, END)):
            return [*found, Fault(faults.MOVED, sheet.name, f"B{line.at}")]
    return found


def _cell(rows: Rows, at: int, letter: str) -> Any:
    row = rows[at - 1] if at <= len(rows) else ()
    place = column_index_from_string(letter) - 1
    return row[place] if place < len(row) else None


def _value(rows: Rows, line: Line, letter: str) -> Any:
    cell = _cell(rows, line.at, letter)
    return cell.value if cell is not None else None


def _read_block(upload: Upload, block: Block, rows: Rows) -> None:
    values, found = {}, []
    for each in block.fields.values():
        cell = _cell(rows, each.line, each.column_letter)
        if cell.value is not None:
            if message := cells.not_a_value(cell):
                found.append(Fault(message, block.sheet, each.cell))
            else:
                values[each.cell] = cell.value
    answer, more = cells.answer_of(block, values)
    upload.answers[block.question.id] = answer
    if found or more:
        upload.faults[block.question.id] = sorted(chain(found, more), key=lambda fault: _order(fault.cell))


def _order(cell: str) -> tuple[int, str]:
    return int(cell[1:]), cell[0]
