"""The 15 items of 統計表における機械判読可能なデータの表記方法の統一ルール (総務省, 18 December 2020), to check files.

`check` takes the name and the bytes of a workbook or CSV and gives what breaks an item. In a CSV nothing can be merged,
drawn or computed, an empty field is a number that does not exist (the contract of our files), and the unit of a column
may be told by its name where that is one of `TOLD`; the rest is the same.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

ITEMS = {
    "1-1": "ファイル形式はExcelかCSVとなっているか",
    "1-2": "1セル1データとなっているか",
    "1-3": "数値データは数値属性とし、文字列を含まないこと",
    "1-4": "セルの結合をしていないか",
    "1-5": "スペースや改行等で体裁を整えていないか",
    "1-6": "項目名等を省略していないか",
    "1-7": "数式を使用している場合は、数値データに修正しているか",
    "1-8": "オブジェクトを使用していないか",
    "1-9": "データの単位を記載しているか",
    "1-10": "機種依存文字を使用していないか",
    "1-11": "e-Statの時間軸コードの表記、西暦表記又は和暦に西暦の併記がされているか",
    "1-12": "地域コード又は地域名称が表記されているか",
    "1-13": "数値データの同一列内に特殊記号（秘匿等）が含まれる場合",
    "2-1": "データが分断されていないか",
    "2-2": "1シートに複数の表が掲載されていないか",
}
SIGNS = ("***", "X")  # not to be had, and withheld: the only texts among numbers
CODES = re.compile("(コード|ID|番号|シート名)$|^(table|row|column|group|body|question|breakdown|edition|what|code)$")
REMARKS = re.compile("^(注|note|列コード|列の名称|column|column_label|row|row_label)$")
YEARS = re.compile("年度?（西暦）|^year$")
AREAS = re.compile("(地域|都道府県|団体)の名称$")
TOLD = re.compile("^(baseline_)?(count|base|percent|bodies|responded)$|^change$|^(group|baseline)_(mean|median)$")
NUMBER = r"[-+−▲△]?[0-9０-９][0-9０-９,，]*(?:[.．][0-9０-９]+)?"
DRESSED = re.compile(rf"^(?!0[0-9]){NUMBER}\s*[^0-9０-９\s]{{0,3}}$")
YEAR = re.compile("^[0-9]{4}年度?$")
SEVERAL = re.compile(rf"^{NUMBER}\s*(?:[%％人件]|団体)?\s*[（(、,；;／/～]\s*{NUMBER}.*$")
ERA = re.compile("(明治|大正|昭和|平成|令和)([0-9０-９]+|元)年度?([0-9０-９]+月([0-9０-９]+日)?)?")
PREFECTURES = re.compile(
    "青森|岩手|宮城|秋田|山形|福島|茨城|栃木|群馬|埼玉|千葉|東京|神奈川|新潟|富山|石川|福井|山梨|長野|岐阜|静岡|愛知|三重|滋賀|京都|大阪"
    "|兵庫|奈良|和歌山|鳥取|島根|岡山|広島|山口|徳島|香川|愛媛|高知|福岡|佐賀|熊本|大分|宮崎|鹿児島|沖縄"
)
# Of the errata: all bodies behind one number, which a line for each would make millions of lines of.
LISTS = ("bodies", "receipts_before", "receipts_after", "reasons")
TWINS = "～－∥￠￡￢"  # in JIS X 0208 too: Windows only gives them other code points
OBJECTS = re.compile("^xl/(drawings|charts|media|comments|threadedComments|embeddings|ctrlProps|diagrams|activeX)")


class Fault(NamedTuple):
    item: str
    where: str
    what: str


@dataclass(frozen=True)
class Grid:
    """One sheet: a line of heads, lines of values. `blank_is_none`: an empty field is a number that does not exist."""

    name: str
    lines: Sequence[Sequence[Any]]
    blank_is_none: bool = False
    merged: Sequence[str] = ()
    formulas: Sequence[str] = ()

    @property
    def heads(self) -> list[str]:
        return ["" if head is None else str(head) for head in self.lines[0]] if self.lines else []

    @property
    def body(self) -> Sequence[Sequence[Any]]:
        return self.lines[1:]

    def column(self, at: int) -> list[Any]:
        return [line[at] if at < len(line) else None for line in self.body]

    def texts(self) -> Iterator[tuple[str, str]]:
        """All texts and where they stand."""
        for number, line in enumerate(self.lines, 1):
            for at, value in enumerate(line):
                if isinstance(value, str):
                    yield f"{self.name} {number}:{at + 1}", value

    def numeric(self) -> list[int]:
        """The columns of numbers: some value is one, and they are no codes."""
        return [at for at, head in enumerate(self.heads) if not CODES.search(head) and _numbers(self.column(at))]


def _numbers(values: Sequence[Any]) -> bool:
    return any(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


@dataclass(frozen=True)
class File:
    grids: Sequence[Grid]
    objects: Sequence[str] = field(default=())


def check(name: str, data: bytes) -> list[Fault]:
    """What breaks an item, item by item."""
    try:
        found = _read(name, data)
    except (ValueError, KeyError, BadZipFile) as error:
        return [Fault("1-1", name, str(error))]
    faults = [Fault("1-8", part, "object") for part in found.objects]
    for grid in found.grids:
        for item, rule in RULES.items():
            faults += [Fault(item, where, what) for where, what in rule(grid)]
    return faults


def _read(name: str, data: bytes) -> File:
    if name.endswith(".csv"):
        return File([Grid(name, _typed(list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))), blank_is_none=True)])
    if not name.endswith(".xlsx"):
        raise ValueError("neither .xlsx nor .csv")
    parts = ZipFile(io.BytesIO(data)).namelist()
    book = load_workbook(io.BytesIO(data))
    return File([_grid(sheet) for sheet in book], [part for part in parts if OBJECTS.match(part)])


def _typed(lines: list[list[str]]) -> list[list[Any]]:
    """The fields of a CSV with bare numbers as numbers, but for codes; empty ones as None."""
    if not lines:
        return []
    codes = {at for at, head in enumerate(lines[0]) if CODES.search(head)}
    return [lines[0], *([_value(text, at in codes) for at, text in enumerate(line)] for line in lines[1:])]


def _value(text: str, is_code: bool) -> Any:
    bare = not is_code and re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", text)
    return float(text) if bare else text or None


def _grid(sheet: Any) -> Grid:
    cells = [cell for line in sheet.iter_rows() for cell in line]
    formulas = [cell.coordinate for cell in cells if cell.data_type == "f"]
    lines = [list(line) for line in sheet.iter_rows(values_only=True)]
    return Grid(sheet.title, lines, merged=[*map(str, sheet.merged_cells.ranges)], formulas=formulas)


Found = Iterator[tuple[str, str]]


def one_datum(grid: Grid) -> Found:
    for where, text in grid.texts():
        listed = grid.heads[int(where.rpartition(":")[2]) - 1] in LISTS
        if "\n" in text.strip() or (SEVERAL.match(text) and not listed):
            yield where, text


def bare_numbers(grid: Grid) -> Found:
    for at, head in enumerate(grid.heads):
        if not CODES.search(head):
            texts = (value for value in grid.column(at) if isinstance(value, str) and not YEAR.match(value))
            dressed = (value for value in texts if DRESSED.match(value))
            yield from ((f"{grid.name} {head}", value) for value in dressed)


def not_merged(grid: Grid) -> Found:
    return ((grid.name, cells) for cells in grid.merged)


def no_spaces_for_looks(grid: Grid) -> Found:
    """Line breaks, spaces at the ends, several or full-width spaces, letters spaced out (総 数)."""
    looks = re.compile(r"^\s|\s$|[\n\r\t\u3000]|\s\s|^[一-龥](\s[一-龥])+$")
    return ((where, repr(text)) for where, text in grid.texts() if looks.search(text))


def nothing_left_out(grid: Grid) -> Found:
    heads, numeric = grid.heads, grid.numeric()
    for at, head in enumerate(heads):
        if not head or heads.count(head) > 1:
            yield f"{grid.name} {at + 1}", f"head {head!r}"
        is_label = at not in numeric and head not in LISTS and not REMARKS.search(head)
        labels = grid.column(at) if is_label else []
        if any(value in (None, "") for value in labels) and not (grid.blank_is_none and _optional(grid, at)):
            yield f"{grid.name} {head}", "label left out"


def _optional(grid: Grid, at: int) -> bool:
    """In a CSV, a column that is empty throughout, or not about each line, has no labels."""
    values = [value for value in grid.column(at) if value is not None]
    return not values or grid.heads[at] in ("unit", "answer", "favourable", "in_place", "value", "before", "after")


def no_formulas(grid: Grid) -> Found:
    yield from ((f"{grid.name} {cell}", "formula") for cell in grid.formulas)
    if grid.blank_is_none:
        yield from ((where, text) for where, text in grid.texts() if text.startswith(("=", "+", "@")))


def no_objects(grid: Grid) -> Found:
    """Of the file, not of a sheet: see `check`."""
    yield from ()


def units(grid: Grid) -> Found:
    heads = grid.heads
    for at in grid.numeric():
        head = heads[at]
        if not (YEARS.search(head) or (grid.blank_is_none and _told(grid, head))):
            following = heads[at + 1] if at + 1 < len(heads) else ""
            if following != f"{head}の単位" or not all(grid.column(at + 1)):
                yield f"{grid.name} {head}", "no unit"


def _told(grid: Grid, head: str) -> bool:
    """The unit of a column of our CSV: in its name, in `unit` in every line that has a value, or named by `what`."""
    if TOLD.search(head) or "what" in grid.heads:
        return True
    if "unit" not in grid.heads:
        return False
    own, unit = grid.column(grid.heads.index(head)), grid.column(grid.heads.index("unit"))
    return all(told for value, told in zip(own, unit, strict=True) if value is not None)


def no_dependent_characters(grid: Grid) -> Found:
    for where, text in grid.texts():
        signs = "".join(sign for sign in text if _dependent(sign))
        if signs:
            yield where, signs


def _dependent(sign: str) -> bool:
    if sign.isascii():
        return False
    if sign in TWINS:
        return False
    try:
        sign.encode("shift_jis")  # JIS X 0208, and half-width katakana
    except UnicodeEncodeError:
        return True
    return unicodedata.name(sign).startswith("HALFWIDTH")


def western_years(grid: Grid) -> Found:
    for line in grid.body:
        for value in line:
            found = ERA.fullmatch(value) if isinstance(value, str) else None
            if found and not any(_western(other) for other in line if other is not value):
                yield grid.name, found[0]


def _western(value: Any) -> bool:
    """A year of the common era, or a date or time code that begins with one."""
    if isinstance(value, int | float):
        return 1868 <= value < 2200
    return isinstance(value, str) and bool(re.match(r"(1[89]|20|21)[0-9]{2}(年|-|[0-9]{6}$|$)", value))


def areas(grid: Grid) -> Found:
    """Names are whole (長野県), and names of areas and bodies stand beside codes with all their digits."""
    for at, head in enumerate(grid.heads):
        cut = [value for value in grid.column(at) if isinstance(value, str) and PREFECTURES.fullmatch(value)]
        yield from ((f"{grid.name} {head}", value) for value in cut)
        if AREAS.search(head) and not _has_codes(grid):
            yield f"{grid.name} {head}", "no code"


def _has_codes(grid: Grid) -> bool:
    codes = [at for at, head in enumerate(grid.heads) if re.search("(地域|団体|都道府県)コード$", head)]
    return any(_are_codes(grid.column(at)) for at in codes)


def _are_codes(values: Sequence[Any]) -> bool:
    lengths = {len(value) if isinstance(value, str) and value.isdigit() else 0 for value in values}
    return len(lengths) == 1 and lengths <= {2, 5, 6}


def known_signs(grid: Grid) -> Found:
    for at in grid.numeric():
        for value in grid.column(at):
            blank = value is None and not grid.blank_is_none
            if blank or (isinstance(value, str) and value not in SIGNS and not DRESSED.match(value)):
                yield f"{grid.name} {grid.heads[at]}", repr(value)


def unbroken(grid: Grid) -> Found:
    if not grid.lines or not any(grid.lines[0]):
        yield grid.name, "the first line has no heads"
    for number, line in enumerate(grid.lines, 1):
        if all(value is None for value in line):
            yield f"{grid.name} {number}", "empty line"
    for at, head in enumerate(grid.heads):
        if not head and not any(value is not None for value in grid.column(at)):
            yield f"{grid.name} {at + 1}", "empty column"


def one_table(grid: Grid) -> Found:
    """A second head: the same once more, or a line of texts only where there are numbers elsewhere."""
    numeric = grid.numeric()
    for number, line in enumerate(grid.body, 2):
        again = [*line] == [*grid.lines[0]]
        own = [line[at] for at in numeric if at < len(line)]
        if again or (own and all(isinstance(value, str) and value not in SIGNS for value in own)):
            yield f"{grid.name} {number}", "another head"


RULES: dict[str, Callable[[Grid], Found]] = {
    "1-2": one_datum,
    "1-3": bare_numbers,
    "1-4": not_merged,
    "1-5": no_spaces_for_looks,
    "1-6": nothing_left_out,
    "1-7": no_formulas,
    "1-8": no_objects,
    "1-9": units,
    "1-10": no_dependent_characters,
    "1-11": western_years,
    "1-12": areas,
    "1-13": known_signs,
    "2-1": unbroken,
    "2-2": one_table,
}
