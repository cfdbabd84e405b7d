"""A workbook as data: sheets, lines and how each cell looks; `aggregation.export.xlsx` draws it. Pure.

A look is some words of `xlsx.WORDS`, in any order: "percent published foot".
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple

from aggregation.export.long_form import LongForm, Value
from surveys.answers_file import SYNTHETIC
from surveys.era import era_year

COVER, DATA, INDEX = "表紙", "データ", "目次"
MADE_UP = "合成データ：公表値を再現するために作った回答から計算しています。各団体の実際の回答ではありません。"
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", "＿"))  # what the name of a sheet may not hold
LONGEST_NAME = 31
WIDEST_UPRIGHT = 1150  # pixels, which makes small print of two thirds
LINE_PIXELS, DIGIT = 20, 7  # how high a line is, and how wide a digit, in which the widths of columns are counted
WORDS_OF_COLUMNS = {
    "year": "年度",
    "body": "団体コード",
    "question": "問ID",
    "table": "表ID",
    "title": "表題",
    "row": "行",
    "row_label": "行の名",
    "column": "列",
    "column_label": "列の名",
    "answer": "回答",
    "favourable": "整っている回答",
    "in_place": "整っている",
    "breakdown": "区分",
    "group": "群",
    "group_label": "群の名",
    "bodies": "団体数（台帳）",
    "responded": "回答団体数",
    "count": "団体数",
    "base": "対象団体数",
    "percent": "割合（％）",
    "value": "値",
    "unit": "単位",
    "group_mean": "平均",
    "group_median": "中央値",
    "baseline_count": "公表値 団体数",
    "baseline_base": "公表値 対象団体数",
    "baseline_percent": "公表値 割合（％）",
    "baseline_value": "公表値 値",
    "baseline_mean": "公表値の平均",
    "change": "差",
    "origin": "データの種類",
    "note": "注",
}
LOOK_OF_COLUMNS = {
    **dict.fromkeys(("bodies", "responded", "count", "base", "baseline_count", "baseline_base"), "count"),
    **dict.fromkeys(("percent", "baseline_percent", "group_mean", "group_median", "baseline_mean"), "decimal"),
    **dict.fromkeys(("value", "baseline_value"), "amount"),
    "change": "signed",
}
WIDE = {"title": 34, "row_label": 34, "column_label": 18, "note": 34}


class Put(NamedTuple):
    """One cell, over so many columns and rows; `to` is the sheet that a click leads to."""

    value: Value
    look: str = ""
    across: int = 1
    down: int = 1
    to: str = ""


class Column(NamedTuple):
    """A column of a sheet; `look` is that of the cells of its body."""

    width: float
    look: str = ""


Line = Sequence[Put | None]


class Cells(NamedTuple):
    """Cells of one column of a sheet, in the order in which a chart shows them; lines and columns count from 0."""

    column: int
    lines: tuple[int, ...]


class Series(NamedTuple):
    """What a chart shows in one look: values and their labels, and the cell that holds its name.

    `look`: its place in the palette (a pie counts from it); `quiet`: the positions whose value is not written.
    """

    name: tuple[int, int]
    labels: Cells
    values: Cells
    look: int
    quiet: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Chart:
    """A chart of cells of its own sheet, so that it follows them. `kind`: see `aggregation.chart_rules`.

    `line`: where its upper edge stands; `left`, `width` and `height` in pixels; `alt`: all that it shows, in words.
    """

    kind: str
    title: str
    alt: str
    series: tuple[Series, ...]
    line: int
    left: int
    width: int
    height: int
    legend: bool


@dataclass(frozen=True)
class Sheet:
    """A sheet: its lines and below them, perhaps, a body of bare values whose columns can be filtered.

    `frozen`: how many lines and columns stay in sight; `repeated`: the first and last line printed on every page.
    """

    name: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    frozen: tuple[int, int]
    repeated: tuple[int, int]
    body: Sequence[Sequence[Value]] = ()
    charts: tuple[Chart, ...] = ()

    @property
    def upright(self) -> bool:
        """Whether it fits better on upright paper: higher than that is, and not too wide to be read there."""
        width = sum(column.width * DIGIT + 5 for column in self.columns)
        return bool(self.charts) and width * 0.75 < len(self.lines) * LINE_PIXELS and width < WIDEST_UPRIGHT


@dataclass(frozen=True)
class Book:
    """A workbook. `created` stands in the file as its date, so that the same numbers give the same bytes."""

    title: str
    created: datetime
    sheets: tuple[Sheet, ...]


class Names:
    """Names of sheets: short, allowed, each once."""

    def __init__(self) -> None:
        self.taken: set[str] = {COVER, DATA, INDEX}

    def take(self, wanted: str) -> str:
        """The wanted name or, if it is taken, that name with a number."""
        name = wanted.translate(FORBIDDEN)[:LONGEST_NAME]
        number = 1
        while name in self.taken:
            number += 1
            tail = f" {number}"
            name = wanted.translate(FORBIDDEN)[: LONGEST_NAME - len(tail)] + tail
        self.taken.add(name)
        return name


def fiscal_year(year: int) -> str:
    return f"{era_year(year)}年度"


def strip(origin: str, across: int, words: str = MADE_UP) -> list[Line]:
    """The line that says that the numbers are made up, if they are."""
    return [[Put(words, "strip", across)]] if origin == SYNTHETIC else []


def data_sheet(form: LongForm, what: str, made_up: str = MADE_UP) -> Sheet:
    """All lines of a long form, under words for people and the names of the contract."""
    columns = tuple(Column(WIDE.get(name, 11), LOOK_OF_COLUMNS.get(name, "")) for name in form.columns)
    lines: list[Line] = [
        [Put(f"{DATA}：{what}", "title")],
        *strip(form.origin, 12, made_up),
        [Put(WORDS_OF_COLUMNS[name], "small wrap") for name in form.columns],
        [Put(name, "head") for name in form.columns],
    ]
    last = len(lines)
    return Sheet(DATA, columns, tuple(lines), (last, 0), (last - 1, last - 1), form.rows)


@cache
def units(value: Value) -> int:
    """How wide a text is, in the digits that widths are counted in: a full-width sign takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in str(value))
