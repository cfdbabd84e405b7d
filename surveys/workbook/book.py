"""The frame of the workbook: formats, the page set-up, protection, hidden lists and the stamp. Pure."""

import unicodedata
from datetime import UTC, datetime
from io import BytesIO
from math import ceil
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from surveys.questionnaire import Text
from surveys.workbook import stamp
from surveys.workbook.words import LISTS

FONT = "BIZ UDPGothic"
# XlsxWriter's own default is Calibri; with a font scheme, Excel would put the font of its theme in place of ours.
PLAIN: dict[str, Any] = {"font_name": FONT, "font_size": 10, "font_scheme": False, "valign": "top"}
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
INK, QUIET, BLUE, RULE, HAIR = "#1A1A1A", "#4D4D4D", "#0017C1", "#666666", "#B3B3B3"
GROUND, KEY_GROUND, ASIDE = "#F2F2F2", "#E8F1FE", "#D9D9D9"
BOX = {"border": 1, "border_color": RULE, "bg_color": KEY_GROUND, "locked": False, "text_wrap": True}
WORDS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "heading": {"bold": True, "font_size": 12},
    "bold": {"bold": True},
    "small": {"font_size": 9, "font_color": QUIET},
    "wrap": {"text_wrap": True},
    "right": {"align": "right"},
    "blue": {"bold": True, "font_color": BLUE},
    "link": {"font_color": BLUE, "underline": 1},
    "strip": {"font_color": "#FFFFFF", "bg_color": "#333333"},
    "head": {"bold": True, "bottom": 2, "bottom_color": RULE, "valign": "bottom", "text_wrap": True},
    "question": {"top": 1, "top_color": RULE, "bg_color": GROUND},
    "line": {"bottom": 1, "bottom_color": HAIR},
    "computed": {"border": 1, "border_color": HAIR, "bg_color": GROUND, "bold": True, "num_format": "#,##0"},
    "aside": {"font_color": "#767676", "bg_color": ASIDE},
    "choice": {**BOX, "num_format": "@"},
    "tick": {**BOX, "num_format": "@", "align": "center"},
    "count": {**BOX, "num_format": "#,##0", "align": "right"},
    "text": {**BOX, "num_format": "@"},
}
A4 = 9
LINE_HEIGHT = 16
MAY = {"format_columns": True, "format_rows": True}  # on a protected sheet: making columns and lines wider


class _Workbook(Workbook):  # type: ignore[misc]  # XlsxWriter has no types
    """With its structure protected, without a password: sheets are not renamed or deleted by accident.

    XlsxWriter protects sheets only; the element has its place right after `workbookPr`.
    """

    def _write_workbook_pr(self) -> None:
        super()._write_workbook_pr()
        self._xml_empty_tag("workbookProtection", [("lockStructure", 1)])


class Book:
    """A workbook in one language while it is written."""

    def __init__(self, title: str, created: datetime, language: str) -> None:
        self.out, self.language = BytesIO(), language
        self.workbook = _Workbook(self.out, {**OPTIONS, "default_format_properties": dict(PLAIN)})
        self.workbook.set_properties({"title": title, "created": created.astimezone(UTC).replace(tzinfo=None)})
        self._looks: dict[str, Any] = {}
        self._lists: dict[tuple[str, ...], str] = {}

    def say(self, text: Text) -> str:
        return text.in_language(self.language)

    def look(self, words: str) -> Any:
        """The format of a look, made once."""
        if words not in self._looks:
            properties = dict(PLAIN)
            for word in words.split():
                properties |= WORDS[word]
            self._looks[words] = self.workbook.add_format(properties)
        return self._looks[words]

    def condition(self, word: str) -> Any:
        """A format that a condition lays over that of the cell."""
        name = f"if {word}"
        if name not in self._looks:
            self._looks[name] = self.workbook.add_format(WORDS[word])
        return self._looks[name]

    def fit(self, page: Worksheet, line: int, *texts: tuple[str, float]) -> None:
        """Make a line (counted from 0) as high as texts in columns of some widths need; not every program does."""
        parts = [[ceil(_units(part) / (width - 1)) for part in text.split("\n")] for text, width in texts]
        page.set_row(line, LINE_HEIGHT * max(1, *(sum(max(1, each) for each in found) for found in parts)) + 2)

    def page(self, name: str, widths: tuple[float, ...], frozen: int) -> Worksheet:
        """A protected sheet for landscape A4, as wide as the paper, with its head on every page."""
        page = self.workbook.add_worksheet(name)
        page.freeze_panes(frozen, 0)
        page.hide_gridlines(2)
        page.set_landscape()
        page.set_paper(A4)
        page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        page.fit_to_pages(1, 0)
        page.repeat_rows(frozen - 1)
        page.set_default_row(LINE_HEIGHT + 2)
        page.set_footer(f'&L&"{FONT},Regular"&8&F　&A&R&"{FONT},Regular"&8&P／&N')
        page.protect("", MAY)
        for at, width in enumerate(widths):
            page.set_column(at, at, width, None, {} if width else {"hidden": True})
        return page

    def list_of(self, labels: tuple[str, ...]) -> str:
        """The name of a list to choose from. A name, since Excel would store a reference to another sheet in an
        extension that other programs do not read."""
        return self._lists.setdefault(labels, f"list_{len(self._lists) + 1}")

    def close(self, stamped: str) -> bytes:
        """The bytes of the workbook, with its hidden sheets at the end."""
        page = self.workbook.add_worksheet(LISTS)
        for at, (labels, name) in enumerate(self._lists.items()):
            for line, label in enumerate(labels):
                page.write_string(line, at, label)
            self.workbook.define_name(name, f"={LISTS}!{xl_range_abs(0, at, len(labels) - 1, at)}")
        hidden = self.workbook.add_worksheet(stamp.SHEET)
        hidden.write_string(0, 0, stamped)
        for each in (page, hidden):
            each.protect("")
            each.very_hidden()
        self.workbook.close()
        return self.out.getvalue()


def _units(text: str) -> int:
    """How wide a text is, in the digits that widths are counted in: a full-width sign takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)
