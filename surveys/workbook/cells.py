"""What a cell of the workbook means: a datum of the long form, nothing, or what is wrong with it. Pure.

Only what a spreadsheet adds is judged here: types of cells, and labels in place of codes. What may be answered is
decided by `answers.read`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from typing import Any

from surveys import answers as a
from surveys.answers import OTHER_TEXT, UNKNOWN, Datum
from surveys.csv_file import restore
from surveys.questionnaire import Text
from surveys.workbook import faults
from surveys.workbook.faults import Fault
from surveys.workbook.layout import CHOICE, COUNT, TEXT, TICK, TICKED, Block, Field, fold

Found = Datum | Text | None
_TICKED = {fold(sign) for sign in TICKED}


def not_a_value(cell: Any) -> Text | None:
    """What keeps a cell of openpyxl from being read, by its type."""
    if cell.data_type == "f":
        return faults.FORMULA
    if cell.data_type == "e":
        return faults.error_value(str(cell.value))
    if isinstance(cell.value, bool):
        return faults.BOOLEAN
    if isinstance(cell.value, date | time | timedelta):
        return faults.DATE
    return faults.PERCENT if isinstance(cell.value, int | float) and "%" in cell.number_format else None


def read(each: Field, value: Any) -> Found:
    """The datum that a value in a cell makes."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    return _READERS[each.kind](each, text) if text.strip() else None


def _choice(each: Field, text: str) -> Found:
    code = each.code_of.get(fold(text))
    return faults.no_choice(text, each.labels) if code is None else Datum(each.row, each.column, code)


def _tick(each: Field, text: str) -> Found:
    if fold(text) not in _TICKED:
        return faults.no_tick(text)
    return Datum(each.row, each.column, each.code or each.choices[0][0])


def _count(each: Field, text: str) -> Found:
    plain = fold(text).replace(",", "")
    if plain in each.code_of:
        return Datum(each.row, each.column, UNKNOWN)
    if re.fullmatch(r"[-−–▲△]\d+(\.\d+)?", plain):
        return faults.NEGATIVE
    if re.fullmatch(r"\d*\.\d+|\d+(\.\d+)?e-?\d+", plain):
        return faults.DECIMAL
    return Datum(each.row, each.column, text)


def _text(each: Field, text: str) -> Found:
    return Datum(each.row, OTHER_TEXT, restore(text))


_READERS: dict[str, Callable[[Field, str], Found]] = {CHOICE: _choice, TICK: _tick, COUNT: _count, TEXT: _text}


def answer_of(block: Block, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """The answer that the values of some cells make, and what cannot be read."""
    data, found = [], []
    for each in block.fields.values():
        datum = read(each, values.get(each.cell, ""))
        if isinstance(datum, Text):
            found.append(Fault(datum, block.sheet, each.cell))
        elif datum:
            data.append(datum)
    answer, wrong = a.read(block.question, block.kind, data)
    found += [Fault(each.message, block.sheet, block.field_at(each.row, each.column).cell) for each in wrong]
    return answer, found
