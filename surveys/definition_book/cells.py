"""What a cell means in its column: a value of the document, nothing, or what is wrong with it. Pure."""

import re
import unicodedata
from typing import Any

from surveys.csv_file import neutralise, restore
from surveys.definition import CODE
from surveys.definition_book import columns as c
from surveys.definition_book import faults
from surveys.definition_book.columns import Column
from surveys.questionnaire import Text
from surveys.texts import clean

SEPARATORS = re.compile(r"[\s,、，]+")


def written(column: Column, value: Any) -> str | int:
    """What stands in the cell for a value of the document."""
    if column.holds == c.CODES:
        return ", ".join(value)
    if column.holds == c.YES_NO:
        return c.YES if value else c.NO
    return value if isinstance(value, int) else neutralise(value)


def read(column: Column, value: Any) -> Any:
    """The value that a text or number in a cell makes; None for an empty one, a Text for what is wrong."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = restore(clean(str(value)).strip())
    return _READERS[column.holds](column, text) if text else None


def _text(column: Column, text: str) -> Any:
    if column.words and text not in column.words:
        return faults.no_word(column, text)
    is_sentence = column.key.endswith((".ja", ".en")) and not column.has_places
    return faults.BRACES if is_sentence and "{" in text else text


def _code(column: Column, text: str) -> Any:
    return text if CODE.fullmatch(text) else faults.no_code(text)


def _codes(column: Column, text: str) -> Any:
    found = [part for part in SEPARATORS.split(text) if part]
    bad = [code for code in found if not CODE.fullmatch(code)]
    return faults.no_code(bad[0]) if bad else found


def _number(column: Column, text: str) -> Any:
    plain = unicodedata.normalize("NFKC", text).replace(",", "")
    return int(plain) if re.fullmatch(r"\d{1,12}", plain, re.ASCII) else faults.no_number(text)


def _yes_no(column: Column, text: str) -> Any:
    return text == c.YES if text in column.words else faults.no_word(column, text)


_READERS = {c.TEXT: _text, c.CODE: _code, c.CODES: _codes, c.NUMBER: _number, c.YES_NO: _yes_no}


def is_fault(value: Any) -> bool:
    return isinstance(value, Text)
