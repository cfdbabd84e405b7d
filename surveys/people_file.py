"""The list of people as a CSV or Excel file: what stands in it, and the blank file to fill in. Pure."""

import csv
import io
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from xlsxwriter import Workbook

from surveys import csv_file
from surveys.csv_file import FileFaults
from surveys.questionnaire import Text
from surveys.texts import line
from surveys.workbook import archive, cells
from surveys.workbook import faults as workbook_faults
from surveys.workbook.faults import Fault, Refused

log = logging.getLogger(__name__)
MAX_ROWS = 10_000


class Column(NamedTuple):
    """A column of the file: the name in code, its heading, an example, and what to write."""

    name: str
    heading: Text
    example: str
    help: Text
    required: bool = False


COLUMNS = (
    Column(
        "sign_in_id",
        Text("サインインID", "Sign-in ID"),
        "",
        Text(
            "空でかまいません。新しい人には、団体コードから作ります（例：202037-1）。",
            "May be empty: made from the code for a new person (202037-1).",
        ),
    ),
    Column("name", Text("氏名", "Name"), "小林 直樹", Text("必ず書きます。", "Required."), True),
    Column(
        "division",
        Text("所属", "Division"),
        "情報政策課",
        Text("空なら、今の登録のままです。", "If empty, what is registered stays."),
    ),
    Column(
        "email",
        Text("メールアドレス", "Mail address"),
        "joho@city.example",
        Text(
            "空なら、今の登録のままです。アドレスのない人には、招待状を印刷して渡します。",
            "If empty, what is registered stays. People without one get a printed slip.",
        ),
    ),
    Column(
        "body",
        Text("団体コード", "Code of the body"),
        "202037",
        Text("6桁。先頭の0も書きます。", "Six digits, with the leading 0."),
        True,
    ),
    Column(
        "role",
        Text("役割", "Role"),
        "取りまとめ担当者",
        Text(
            "取りまとめ担当者、決裁者、都道府県の市区町村担当のどれか。1人に役割が2つあれば、2行に書きます。",
            "One of editor, approver, coordinator. Two lines for a person with two roles.",
        ),
        True,
    ),
)
SHEET = Text("利用者", "People")
HELP = Text("書き方", "How to fill in")


@dataclass(frozen=True)
class Row:
    """One line of the file; `sheet` and `letters` say where its values stand in a workbook, for a message."""

    number: int
    values: dict[str, str]
    sheet: str = ""
    letters: tuple[tuple[str, str], ...] = ()

    def fault(self, message: str, column: str = "") -> Fault:
        """A fault in this line, or in one column of it."""
        if not self.sheet:
            heading = next((each.heading for each in COLUMNS if each.name == column), None)
            ja, en = (f"「{heading.ja}」", f", {heading.en}") if heading else ("", "")
            return Fault(Text(f"{self.number}行目{ja}：{message}", f"Line {self.number}{en}: {message}"))
        letter = dict(self.letters).get(column, "A")
        return Fault(Text(message, message), self.sheet, f"{letter}{self.number}")


def read(data: bytes) -> list[Row]:
    """The lines of a file. Raises Refused: not readable, columns missing, unknown or there twice, cells that hold no
    plain value, no line at all."""
    if data.startswith(b"PK"):
        return _read_workbook(data)
    try:
        records = csv.reader(io.StringIO(csv_file.decode(data), newline=""), strict=True)
        return _rows(([line(value) for value in record] for record in records), "")
    except (FileFaults, csv.Error) as error:
        raise Refused(NOT_CSV) from error


def _read_workbook(data: bytes) -> list[Row]:
    archive.inspect(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        page = book.worksheets[0]
        lines = list(page.iter_rows(min_row=1, max_row=MAX_ROWS + 2, max_col=26))
        wrong = [
            Fault(message, page.title, f"{cell.column_letter}{cell.row}")
            for row in lines
            for cell in row
            if cell.value is not None and (message := cells.not_a_value(cell))
        ]
        records = [[_text(cell.value) for cell in row] for row in lines]
    except Exception as error:  # openpyxl raises anything at all for a damaged file
        log.warning("An uploaded list of people could not be read", exc_info=True)
        raise Refused(workbook_faults.DAMAGED) from error
    if wrong:
        raise Refused(*wrong)
    return _rows(records, page.title)


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else line(str(value))


def _rows(records: Iterable[list[str]], sheet: str) -> list[Row]:
    numbered = ((number, record) for number, record in enumerate(records, 1) if any(record))
    filled = list(islice(numbered, MAX_ROWS + 2))  # one more than there may be: what follows need not be read
    if len(filled) < 2:
        raise Refused(NO_ROWS)
    if len(filled) > MAX_ROWS + 1:
        raise Refused(TOO_MANY)
    known = {name: column.name for column in COLUMNS for name in (column.name, column.heading.ja, column.heading.en)}
    heading = [known.get(name, "") for name in filled[0][1]]
    if found := list(_heading_faults(filled[0][1], heading)):
        raise Refused(*found)
    letters = tuple((name, get_column_letter(at)) for at, name in enumerate(heading, 1) if name)
    return [
        Row(number, {column.name: "" for column in COLUMNS} | _values(heading, record), sheet, letters)
        for number, record in filled[1:]
    ]


def _values(heading: list[str], record: list[str]) -> dict[str, str]:
    return {name: value for name, value in zip(heading, record, strict=False) if name}


def _heading_faults(names: list[str], heading: list[str]) -> Iterator[Text]:
    for name, column in zip(names, heading, strict=True):
        if name and not column:
            yield unknown(name)
    for each in COLUMNS:
        if each.required and each.name not in heading:
            yield missing(each.heading)
        if heading.count(each.name) > 1:
            yield repeated(each.heading)


_KNOWN = (
    "、".join(column.heading.ja for column in COLUMNS),
    ", ".join(column.heading.en for column in COLUMNS),
)
NOT_CSV = Text(
    "CSVとして読めません。この画面から受け取ったファイルに書き、ExcelブックかCSV UTF-8で保存し直してください。",
    "Not readable as CSV. Fill in the file from this page and save it as an Excel workbook or CSV UTF-8.",
)
NO_ROWS = Text(
    "人が1人も書かれていません。1行目の見出しの下に、1人を1行で書いてください。",
    "No person is in the file. Write one person a line below the headings of the first line.",
)

TOO_MANY = Text(
    f"{MAX_ROWS:,}行を超えています。都道府県ごとなどに分けて、読み込んでください。",
    f"There are more than {MAX_ROWS:,} lines; please split the file, by prefecture for example.",
)


def unknown(name: str) -> Text:
    return Text(
        f"1行目：見出し「{name}」はありません。使える見出しは、{_KNOWN[0]}です。",
        f"Line 1: there is no column {name!r}; known are {_KNOWN[1]}.",
    )


def missing(heading: Text) -> Text:
    return Text(
        f"1行目：見出し「{heading.ja}」の列がありません。列を足してください。",
        f"Line 1: the column {heading.en!r} is missing; please add it.",
    )


def repeated(heading: Text) -> Text:
    return Text(
        f"1行目：見出し「{heading.ja}」の列が2つあります。1つにしてください。",
        f"Line 1: the column {heading.en!r} is there twice; leave one.",
    )


def blank_csv(language: str) -> bytes:
    """The file to fill in: the headings alone, with a BOM so that Excel reads them."""
    return csv_file.write([column.heading.in_language(language) for column in COLUMNS], [], bom=True)


def blank_workbook(language: str, roles: list[str]) -> bytes:
    """The same as a workbook, its cells set to text, with the roles to choose from and a sheet that explains."""
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, plain = book.add_format({"bold": True, "bottom": 2}), book.add_format({"num_format": "@"})
    page, explained = (book.add_worksheet(text.in_language(language)) for text in (SHEET, HELP))
    for at, column in enumerate(COLUMNS):
        heading = column.heading.in_language(language)
        page.set_column(at, at, 24, plain)
        page.write(0, at, heading, bold)
        if column.name == "role":
            page.data_validation(1, at, MAX_ROWS, at, {"validate": "list", "source": roles})
        explained.write_row(at + 1, 0, [heading, column.help.in_language(language), column.example], plain)
    explained.write_row(0, 0, [text.in_language(language) for text in HELP_HEADINGS], bold)
    explained.set_column(0, 0, 18)
    explained.set_column(1, 1, 90)
    explained.set_column(2, 2, 24)
    page.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


HELP_HEADINGS = (Text("見出し", "Column"), Text("書き方", "What to write"), Text("例", "Example"))
NO_FILE = Text("ファイルが選ばれていません。記入した一覧を選んでください。", "No file is chosen yet; choose one.")
