"""The workbooks, read again with another library."""

import gc
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from aggregation import report
from aggregation.baseline import Baseline, Published
from aggregation.export.book import COVER, DATA, INDEX, Book, Column, Names, Put, Sheet
from aggregation.export.chart_options import FONT
from aggregation.export.facts import Against, Facts
from aggregation.export.long_form import long_form
from aggregation.export.table_sheet import table_sheet
from aggregation.export.tables_book import TablesFile
from aggregation.export.xlsx import to_xlsx
from aggregation.tables import NATIONAL, Table
from aggregation.tabulate import build_all
from surveys.questionnaire import Text
from tests.aggregation.makers import everyone, questionnaire

CREATED = datetime(2021, 8, 31, 9, tzinfo=UTC)
FACTS = Facts(2020, date(2020, 4, 1), "run-0042", "r1", 16, CREATED, date(2021, 8, 31), "synthetic")
NUMBERS = ("count", "percent", "value", "baseline_count", "baseline_percent", "baseline_value", "change")


@cache
def against() -> Against:
    return Against(report.published(2020), 2020, report.past())


@cache
def tables() -> tuple[Table, ...]:
    return tuple(build_all(questionnaire("2020"), report.specs(), everyone(), report.past(), 2020))


@cache
def file() -> TablesFile:
    return TablesFile(FACTS, questionnaire("2020").chapters, tables(), against())


@cache
def data() -> bytes:
    return to_xlsx(file().book)


@cache
def book() -> Workbook:
    return load_workbook(io.BytesIO(data()))


def drawn(sheet: Sheet) -> Worksheet:
    found = load_workbook(io.BytesIO(to_xlsx(Book("", CREATED, (sheet,)))))
    return found.worksheets[0]


def values(sheet: Worksheet) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def lines(table: Table) -> Iterator[dict[str, Any]]:
    form = long_form([table], against().baseline, 2020, "synthetic")
    return (dict(zip(form.columns, row, strict=True)) for row in form.rows)


def plain(number: Any) -> Any:
    return float(number) if isinstance(number, Decimal) else number


def test_there_is_a_sheet_for_each_table_that_the_index_leads_to() -> None:
    names = [file().names[table.id] for table in tables()]
    assert book().sheetnames == [COVER, INDEX, *names, DATA]
    cells = [cell for row in book()[INDEX] for cell in row if cell.hyperlink]
    assert [cell.hyperlink.location for cell in cells] == [f"'{name}'!A1" for name in [*names, DATA]]
    assert [cell.value for cell in cells] == [*names, DATA]
    assert "第１図" in names and "ホームページの開設" in names


def test_the_cover_says_what_it_is_and_how_to_use_it() -> None:
    words = {row[0]: row[1] for row in values(book()[COVER])}
    assert {"地方自治情報管理概要", "電子自治体の推進状況　令和2年度", "読み方"} <= words.keys()
    assert any("政府標準利用規約（第2.0版）" in str(word) for word in words)
    source = "総務省「地方自治情報管理概要（電子自治体の推進状況）」令和2年度　r1（run-0042、合成データ）"
    assert f"出典の例：{source}" in words and (words["版"], words["計算番号"]) == ("r1", "run-0042")
    assert [cell.hyperlink.location for row in book()[COVER] for cell in row if cell.hyperlink] == [f"'{INDEX}'!A1"]
    assert words["公表"] == "令和3年8月31日（火）" and words["数えた団体"] == "16団体"
    assert (words["データの種類"], words["並べた公表値"]) == ("合成データ", "令和2年度の報告書")


@pytest.mark.parametrize("number", [1, 2])
def test_the_sheet_of_data_is_the_long_form(number: int) -> None:
    """Of a single table in full; of several, what is read: the nation and the kinds of bodies."""
    own = replace(file(), tables=tables()[1 : 1 + number])
    sheet = load_workbook(io.BytesIO(to_xlsx(own.book)))[DATA]
    found = values(sheet)
    head = found.index(own.form.columns)
    assert sheet.freeze_panes == f"A{head + 2}"
    assert sheet.auto_filter.ref == f"A{head + 1}:X{len(found)}"
    at = own.form.columns.index("breakdown")
    rows = [row for row in own.form.rows if number == 1 or row[at] in ("national", "kind")]
    assert found[head + 1 :] == [tuple(plain(value) if value != "" else None for value in row) for row in rows]
    assert len(rows) < len(own.form.rows) or number == 1


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.id)
def test_every_national_number_stands_in_its_row(table: Table) -> None:
    """Row by row, the numbers of a sheet are those of the long form; a base stands below or beside its counts."""
    sheet = values(book()[file().names[table.id]])
    turned = table.kind == "series"
    wanted: dict[str | int, list[Any]] = {}
    bases = set()
    for line in lines(table):
        if line["breakdown"] == NATIONAL:
            label = int(line["column"]) if turned else line["row_label"]
            wanted.setdefault(label, []).extend(plain(line[name]) for name in NUMBERS if line[name] is not None)
            bases |= {number for number in (line["base"], line["baseline_base"]) if number is not None}
    assert wanted
    found: dict[str | int, list[Any]] = {}
    for row in sheet:
        if row[0] in wanted or row[0] == "対象団体数":
            found.setdefault(row[0], []).extend(value for value in row[1:] if value is not None)
    for label, numbers in wanted.items():
        extra = list(found[label])
        for number in numbers:
            extra.remove(number)
        assert set(extra) <= bases, label
    shown = {value for numbers in found.values() for value in numbers}
    assert bases <= shown


def test_a_table_with_one_column_has_its_sides_beside_each_other() -> None:
    sheet = book()["第12図"]
    found = values(sheet)
    at = next(n for n, row in enumerate(found) if row[0] == "区分")
    assert [value for value in found[at] if value] == ["区分", "都道府県", "市区町村", "総数"]
    assert found[at + 1][1:6] == (
        "団体数", "割合（％）", "公表値（令和2年度）団体数", "公表値（令和2年度）割合（％）", "差（ポイント）"
    )  # fmt: skip
    promote = next(row for row in found if row[0] and row[0].startswith("申請・届出等オンライン利用促進"))
    assert promote[8:10] == (345, 19.6)
    assert next(row for row in found if row[0] == "対象団体数")[8] == 1741
    assert sheet.freeze_panes is None and sheet.print_title_rows == f"${at + 1}:${at + 2}"
    below = [row[0] for row in found if row[0]]
    assert any("345÷1,741＝19.8％" in words for words in below)
    assert any(words.startswith("公表値の出どころ　令和2年度の報告書　第２節 ３(1)") for words in below)


def test_numbers_are_formatted_as_what_they_are() -> None:
    sheet = book()["第12図"]
    row = next(cells for cells in sheet if str(cells[0].value).startswith("申請・届出等オンライン利用促進"))
    assert [cell.number_format for cell in row[6:11]] == ["#,##0", "0.0", "#,##0", "0.0", "+0.0;−0.0;0.0"]
    staff = next(cells for cells in book()["第１表"] if cells[0].value == "合計")
    assert staff[3].number_format == "+#,##0;−#,##0;0"


def test_several_columns_have_a_block_for_each_side_and_years_go_down() -> None:
    heads = [row for row in values(book()["第２－１表"]) if row[0] in ("総数", "都道府県", "市区町村")]
    assert [row[0] for row in heads] == ["総数", "都道府県", "市区町村"]
    assert book()["第２－１表"].freeze_panes == "B2"
    years = [row[0] for row in book()["第２－２表"] if row[0].number_format == '0"年度"']
    assert [year.value for year in years] == [2008, 2010, 2016, 2018, 2019]
    assert any(str(row[0]).startswith("過去の値の出どころ") for row in values(book()["第52図"]))


def test_a_note_that_stands_at_the_table_is_not_repeated_at_its_rows() -> None:
    notes = [row[0] for row in values(book()["第32図"]) if str(row[0]).startswith("注　15位と同数")]
    assert len(notes) <= 1


def test_where_nothing_was_printed_the_sheet_says_so() -> None:
    below = [row[0] for row in values(book()["第32図"])]
    assert "公表値　この表の数値は、令和2年度の報告書に印刷されていません。" in below
    without = table_sheet(tables()[0], "x", FACTS, Against())
    assert not any(str(put.value).startswith("公表値") for line in without.lines for put in line if put)


def test_a_table_that_nobody_is_counted_in_has_a_sheet() -> None:
    empty = [replace(body, answers=None) for body in everyone()]
    for table in build_all(questionnaire("2020"), report.specs(), empty, (), 2020):
        found = table_sheet(table, "x", FACTS, Against())
        assert {len(line) for line in found.lines} and "未回答" in str(found.lines)


def test_every_sheet_says_that_its_numbers_are_made_up() -> None:
    for sheet in book():
        assert any(str(row[0]).startswith("合成データ") for row in sheet.iter_rows(max_row=4, values_only=True)), sheet
    reported = TablesFile(replace(FACTS, origin="reported", published=None), file().chapters, tables()[:1], Against())
    found = load_workbook(io.BytesIO(to_xlsx(reported.book)))
    words = [str(value) for sheet in found for row in values(sheet) for value in row]
    assert not any("合成" in word for word in words)
    assert "公表前" in words and "団体の回答" in words


def test_the_font_is_japanese_in_every_cell() -> None:
    assert {cell.font.name for sheet in book() for row in sheet for cell in row} == {FONT}
    assert {cell.font.scheme for sheet in book() for row in sheet.iter_rows(max_row=9) for cell in row} == {None}
    assert b"Calibri" not in ZipFile(io.BytesIO(data())).read("xl/styles.xml")


def test_pages_are_a4_and_one_page_wide() -> None:
    """Landscape, but for long sheets with charts, which are one page."""
    upright = set()
    for sheet in book():
        assert sheet.page_setup.paperSize == 9 and sheet.sheet_properties.pageSetUpPr.fitToPage
        high = sheet.page_setup.fitToHeight
        assert (sheet.page_setup.orientation, high) in (("landscape", 0), ("portrait", None), ("portrait", 1))
        upright |= {sheet.title} if sheet.page_setup.orientation == "portrait" else set()
        assert (
            sheet.print_title_rows
            and sheet.print_area
            and FONT in sheet.oddFooter.left.font + str(sheet.oddFooter.left.text)
        )
    assert {"第８図", "第33図"} <= upright and not upright & {COVER, INDEX, "第１図", "第２－１表", DATA}


def test_the_collector_is_left_as_it_was() -> None:
    sheet = Sheet("x", (Column(9),), (), (0, 0), (0, 0))
    gc.disable()
    try:
        drawn(sheet)
        assert not gc.isenabled()
    finally:
        gc.enable()
    to_xlsx(Book("", CREATED, (sheet,)))
    assert gc.isenabled()


def test_the_same_numbers_give_the_same_bytes() -> None:
    assert to_xlsx(file().book) == data()
    assert book().properties.created == CREATED.replace(tzinfo=None)


@pytest.mark.parametrize("text", ["=1+1", "{=1}", "https://example.org", "12", "@x", "<r>x</r>", "", "-"])
def test_a_text_stays_a_text(text: str) -> None:
    sheet = Sheet("x", (Column(9),) * 2, ((Put(text), Put(text, across=1, down=2)), ()), (0, 0), (0, 0), [(text, 1)])
    found = drawn(sheet)
    cells = [found["A1"], found["B1"], found["A3"]]
    assert [(cell.value or "").removeprefix("\u200b") for cell in cells] == [text] * 3
    assert {cell.data_type for cell in cells if cell.value} <= {"s"} and not any(cell.hyperlink for cell in cells)


def test_there_are_no_formulas() -> None:
    archive = ZipFile(io.BytesIO(data()))
    assert not any(b"<f>" in archive.read(name) for name in archive.namelist() if "worksheets/sheet" in name)


def test_a_long_text_has_the_height_it_needs() -> None:
    found = drawn(Sheet("x", (Column(11),), ((Put("長い" * 10, "wrap"),), (Put("短い", "wrap"),)), (0, 0), (0, 0)))
    assert found.row_dimensions[1].height == pytest.approx(64, abs=0.5) and found.row_dimensions[2].height is None


def test_names_of_sheets_are_allowed_short_and_different() -> None:
    names = Names()
    assert names.take("a/b:c") == "a＿b＿c"
    assert [names.take("長" * 40) for _ in range(2)] == ["長" * 31, "長" * 29 + " 2"]
    assert names.take(DATA) == f"{DATA} 2"


def test_a_base_that_differs_from_row_to_row_stands_beside_its_counts() -> None:
    """And a printed base too."""
    table = next(table for table in tables() if table.id == "fig-01")
    cells = tuple(
        cell._replace(base=cell.base and cell.base + n) if cell.breakdown == NATIONAL else cell
        for n, cell in enumerate(table.cells)
    )
    rows = [row.code for row in table.rows]
    printed = tuple(
        Published("fig-01", row, "", "prefecture", 1, 10 + n, None, None, "", "", "") for n, row in enumerate(rows)
    )
    found = table_sheet(replace(table, cells=cells), "x", FACTS, Against(Baseline(printed), 2020))
    words = [put.value for line in found.lines for put in line if put]
    assert words.count("対象団体数") == 3 and "公表値（令和2年度）対象団体数" in words
    assert not any(line and line[0] and line[0].value == "対象団体数" for line in found.lines)


def test_a_face_item_is_called_by_its_title() -> None:
    table = replace(tables()[0], number=None, title=Text("表題", "Title"))
    assert table_sheet(table, "x", FACTS, Against()).lines[0] == [Put("表題", "title")]
