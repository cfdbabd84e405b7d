"""Draws a `Book` as an Excel workbook. Pure, and the only importer of XlsxWriter.

Every text is written as a text, so that nothing in it can become a formula, a number or a link. All in memory: a file
for every sheet and inline texts would need less of it, but make larger files that some readers do not show.
"""

import gc
import io
import re
from collections.abc import Sequence
from datetime import UTC
from functools import cache
from math import ceil
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.theme import THEME_XML_2007

from aggregation.export import chart_options
from aggregation.export.book import Book, Chart, Column, Put, Sheet, units
from aggregation.export.chart_options import FONT
from aggregation.export.page import Page, shared

SIZE = 10
LINE_HEIGHT = 16
# XlsxWriter's own default is Calibri; with a font scheme, Excel would put the font of its theme in place of ours.
PLAIN: dict[str, Any] = {"font_name": FONT, "font_size": SIZE, "font_scheme": False}
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
INK, QUIET, BLUE, RULE, HAIR, GROUND = "#1A1A1A", "#4D4D4D", "#0017C1", "#666666", "#B3B3B3", "#F2F2F2"
WORDS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "cover": {"bold": True, "font_size": 20},
    "heading": {"bold": True, "font_size": 12},
    "small": {"font_size": 9, "font_color": QUIET},
    "wrap": {"text_wrap": True},
    "strip": {"font_color": "#FFFFFF", "bg_color": "#333333"},
    "link": {"font_color": BLUE, "underline": 1},
    "head": {"bold": True, "bottom": 2, "bottom_color": RULE, "valign": "bottom", "text_wrap": True},
    "group": {"bold": True, "bottom": 1, "bottom_color": RULE, "left": 1, "left_color": HAIR, "text_wrap": True},
    "chapter": {"bold": True, "bg_color": GROUND},
    "line": {"bottom": 1, "bottom_color": HAIR},
    "first": {"left": 1, "left_color": HAIR},
    "strong": {"bold": True, "bg_color": GROUND},
    "foot": {"bold": True, "top": 2, "top_color": RULE},
    "published": {"font_color": QUIET},
    "right": {"align": "right"},
    "count": {"num_format": "#,##0"},
    "amount": {"num_format": "#,##0.#"},
    "percent": {"num_format": "0.0"},
    "decimal": {"num_format": "#,##0.0"},
    "points": {"num_format": "+0.0;−0.0;0.0"},
    "difference": {"num_format": "+#,##0;−#,##0;0"},
    "fiscal_year": {"num_format": '0"年度"', "align": "left"},
    "calendar_year": {"num_format": '0"年"', "align": "left"},
    "signed": {"num_format": "+#,##0.0;−#,##0.0;0"},
}
TALL = {"cover": 2.25, "title": 1.5, "heading": 1.25}  # in lines
A4 = 9
# Texts of charts name their Latin font only; for Japanese, programs take that of the theme.
THEME = re.sub(r'(<a:latin|<a:ea|<a:font script="Jpan") typeface="[^"]*"', rf'\1 typeface="{FONT}"', THEME_XML_2007)


def to_xlsx(book: Book) -> bytes:
    """The bytes of a workbook; the same book gives the same bytes."""
    out = io.BytesIO()
    was_enabled = gc.isenabled()
    gc.disable()  # some hundred thousand cells, all alive until the end: looking through them takes a third of the time
    try:
        _draw(book, out)
    finally:
        if was_enabled:
            gc.enable()
    return out.getvalue()


def _draw(book: Book, out: io.BytesIO) -> None:
    workbook = Workbook(out, {**OPTIONS, "default_format_properties": dict(PLAIN)})  # a copy: XlsxWriter adds to it
    workbook.set_properties({"title": book.title, "created": book.created.astimezone(UTC).replace(tzinfo=None)})
    workbook.use_custom_theme(io.StringIO(THEME))
    looks = _Looks(workbook)
    for sheet in book.sheets:
        page = workbook.add_worksheet(sheet.name, Page)
        _set_up(page, sheet)
        for number, column in enumerate(sheet.columns):
            page.set_column(number, number, column.width, looks[column.look] if column.look else None)
        _lines(page, sheet, looks)
        _body(page, sheet)
        for chart in sheet.charts:
            _chart(workbook, page, sheet, chart)
    workbook.close()


class _Looks(dict[str, Any]):
    """The formats of a workbook by their look, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook

    def __missing__(self, look: str) -> Any:
        properties = PLAIN | {"valign": "top"}
        for word in look.split():
            properties |= WORDS[word]
        self[look] = self.workbook.add_format(properties)
        return self[look]


def _set_up(page: Page, sheet: Sheet) -> None:
    """A4, as wide as the paper, with the head on every page; what stands below charts is on their page if it can be."""
    if any(sheet.frozen):
        page.freeze_panes(*sheet.frozen)
    page.hide_gridlines(0 if sheet.body else 2)
    if not sheet.upright:
        page.set_landscape()
    page.set_paper(A4)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    page.fit_to_pages(1, 1 if sheet.charts and sheet.upright else 0)
    page.repeat_rows(*sheet.repeated)
    if sheet.lines:
        page.print_area(0, 0, len(sheet.lines) + len(sheet.body) - 1, len(sheet.columns) - 1)
    page.set_footer(f'&L&"{FONT},Regular"&8&F　&A&R&"{FONT},Regular"&8&P／&N')


def _lines(page: Page, sheet: Sheet, looks: _Looks) -> None:
    page.reach(len(sheet.lines), max(map(len, sheet.lines), default=0))
    for at, line in enumerate(sheet.lines):
        height = 1.0
        for column, put in enumerate(line):
            if put is not None:
                _put(page, at, column, put, looks[put.look])
                height = max(height, _height(put, sheet.columns[column : column + put.across]))
        if height > 1:
            page.set_row(at, height * LINE_HEIGHT)  # programs do not measure cells that are put together


def _height(put: Put, columns: Sequence[Column]) -> float:
    """How many lines a cell needs."""
    wraps, tall = _tall(put.look)
    return ceil(units(put.value) / (sum(column.width for column in columns) - 1)) if wraps else tall


@cache
def _tall(look: str) -> tuple[bool, float]:
    """Whether texts of this look go on in a second line, and how high one line is."""
    words = look.split()
    return "wrap" in words or "head" in words, max((TALL.get(word, 1) for word in words), default=1)


def _put(page: Page, at: int, column: int, put: Put, look: Any) -> None:
    if put.across > 1 or put.down > 1:
        page.merge_range(at, column, at + put.down - 1, column + put.across - 1, "", look)
    if put.to:
        page.write_url(at, column, f"internal:'{put.to}'!A1", look, shared(str(put.value)))
    else:
        page.put(at, column, put.value, look)


def _body(page: Page, sheet: Sheet) -> None:
    """Bare values in the look of their column."""
    if sheet.body:
        top = len(sheet.lines)
        page.autofilter(top - 1, 0, top + len(sheet.body) - 1, len(sheet.columns) - 1)
        page.set_body(top, sheet.body)


def _chart(workbook: Workbook, page: Page, sheet: Sheet, chart: Chart) -> None:
    drawn: Any = workbook.add_chart(chart_options.TYPES[chart.kind])
    for series in chart.series:
        drawn.add_series(chart_options.series(chart, series, sheet))
    drawn.set_title({"name": chart.title, "name_font": chart_options.font(11, bold=True), "overlay": False})
    drawn.set_legend(chart_options.legend(chart))
    if layout := chart_options.layout(chart):
        drawn.set_plotarea({"layout": layout})
    if axes := chart_options.axes(chart, sheet):
        drawn.set_x_axis(axes[0])
        drawn.set_y_axis(axes[1])
    drawn.set_chartarea({"border": {"none": True}})
    drawn.set_size({"width": chart.width, "height": chart.height})
    place = {"x_offset": chart.left, "description": chart.alt, "object_position": 1}
    page.insert_chart(chart.line, 0, drawn, place)
