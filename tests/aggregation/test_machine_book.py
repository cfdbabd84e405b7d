"""The workbook for machines, and our published CSVs, by the ministry's rules; and that each rule can be broken."""

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from aggregation.export.errata_form import long_form as errata_form
from aggregation.export.long_form import long_form, to_csv
from aggregation.export.machine_book import Listed, machine_book
from aggregation.export.machine_words import COLUMNS, MISSING
from aggregation.export.plain_text import dependent, plain
from aggregation.export.tables_book import TablesFile
from aggregation.export.xlsx import to_xlsx
from aggregation.tables import Table
from surveys.questionnaire import Text
from tests.aggregation.makers import everyone
from tests.aggregation.test_comparison_book import file as comparison
from tests.aggregation.test_errata import corrected
from tests.aggregation.test_workbook import FACTS, against, file, lines, tables
from tests.aggregation.test_workbook import plain as number_of
from tests.machine_readable import ITEMS, RULES, check

EXTRA = ("この資料", "一覧", "公表値", "団体コード", "項目定義")


def listed() -> list[Listed]:
    return [Listed(body.code, body.name, body.kind, body.prefecture) for body in everyone()]


@cache
def machine() -> TablesFile:
    return replace(file(), bodies=listed)


@cache
def data() -> bytes:
    return to_xlsx(machine().machine_book)


@cache
def book() -> Workbook:
    return load_workbook(io.BytesIO(data()))


def rows(sheet: str) -> list[dict[str, Any]]:
    heads, *found = book()[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, heads), row, strict=True)) for row in found]


def test_it_keeps_all_fifteen_rules() -> None:
    assert len(ITEMS) == 15 and check("tables-2020-machine.xlsx", data()) == []


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(lambda: file().form, id="tables"),
        pytest.param(lambda: long_form(tables()[:1], against().baseline, 2020, "synthetic"), id="one table"),
        pytest.param(lambda: errata_form(corrected(), 2020, "r2", "reported"), id="errata"),
        pytest.param(lambda: comparison().form, id="comparison"),
    ],
)
def test_published_csvs_keep_them_as_far_as_they_apply(form: Callable[[], Any]) -> None:
    assert form().rows and check("x.csv", to_csv(form())) == []


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.id)
def test_every_number_of_a_table_stands_in_its_line(table: Table) -> None:
    """With the same numbers as the long form, in its order."""
    names = {"count": "団体数", "base": "対象団体数", "percent": "割合", "value": "値"}
    names |= {"bodies": "名簿の団体数", "responded": "回答団体数"}
    found = rows(table.id)
    wanted = list(lines(table))
    assert len(found) == len(wanted)
    for own, line in zip(found, wanted, strict=True):
        assert [own["行コード"], own["区分コード"], own["群コード"]] == [line["row"], line["breakdown"], line["group"]]
        assert own.get("列コード", "") == line["column"]
        for key, name in names.items():
            number = own.get(name, MISSING)
            assert (None if number == MISSING else number) == number_of(line[key]), (line, name)
        assert own.get("値の単位", "なし") == (line["unit"] or "なし")
        assert (own["調査年度（西暦）"], own["調査年度（和暦）"]) == (2020, "令和2年度")


def test_areas_have_their_codes() -> None:
    found = {(own["群コード"], own["標準地域コード"], own["地域の名称"]) for own in rows("fig-01")}
    assert ("total", "00000", "全国") in found
    assert ("01", "01000", everyone()[0].name) in found
    assert rows("団体コード")[1] == {
        **{"団体コード": "010001", "標準地域コード": "01000", "都道府県コード": "01", "データの種類": "名簿"},
        **{"都道府県の名称": everyone()[0].name, "団体の名称": everyone()[1].name, "この資料": "合成データ"},
        **{"団体の種類コード": "designated_city", "団体の種類": "指定都市"},
    }


def test_there_is_a_sheet_for_each_table_and_a_list_of_them() -> None:
    ids = [table.id for table in tables()]
    assert book().sheetnames == [*EXTRA[:2], *ids, *EXTRA[2:]]
    found = rows("一覧")
    assert [own["シート名"] for own in found] == ids
    assert {own["シート名"]: own["行数"] for own in found} == {table.id: len(table.cells) for table in tables()}
    face = next(own for own in found if own["表ID"] == "face-website")
    assert (face["表番号"], face["節の名称"]) == ("なし", "行政サービスの向上・高度化")


def test_what_was_published_stands_apart() -> None:
    found = {
        (own["行コード"], own["群コード"], own["指標の名称"]): own["値"]
        for own in rows("公表値")
        if own["表ID"] == "fig-01"
    }
    assert found["appointed", "prefecture", "団体数"] == 35 and found["appointed", "prefecture", "割合"] == 74.5
    without = machine_book(FACTS, file().chapters, tables()[:1], replace(against(), baseline=None, year=None), ())
    assert [sheet.name for sheet in without.sheets] == ["この資料", "一覧", "table-1", "項目定義"]


def test_each_column_is_explained() -> None:
    heads = {str(cell.value) for table in tables() for cell in next(book()[table.id].iter_rows(max_row=1))}
    assert {head for head in heads if not head.endswith("の単位")} <= COLUMNS.keys()


def test_every_sheet_says_what_it_is_made_of() -> None:
    for sheet in book():
        assert all("合成データ" in row for row in list(sheet.iter_rows(values_only=True))[1:]), sheet.title
    real = replace(FACTS, origin="reported", published=None, edition="")
    found = machine_book(real, file().chapters, tables()[:1], against(), ())
    words = [str(value) for sheet in found.sheets if sheet.name != "項目定義" for row in sheet.body for value in row]
    assert not any("合成" in word for word in words) and "団体の回答" in words and words.count("公表前") == 2


def test_a_table_of_which_nothing_may_be_public_has_no_sheet() -> None:
    withheld = replace(tables()[1], cells=(), groups=())
    found = machine_book(FACTS, file().chapters, [withheld, tables()[2]], against(), ())
    assert withheld.id not in {sheet.name for sheet in found.sheets}
    assert withheld.id not in str([sheet.body for sheet in found.sheets])


def test_the_same_numbers_give_the_same_bytes() -> None:
    assert to_xlsx(machine().machine_book) == data()


def test_platform_dependent_characters_are_replaced() -> None:
    assert plain("①②㎡Ⅳ㈱㌔㍻ｶﾞｲﾄﾞ髙　x\ny ") == "(1)(2)m2IV(株)キロ平成ガイド〓 x y"
    assert plain("第２－１表～、e-文書") == "第２－１表～、e-文書"
    table = replace(tables()[1], title=Text("①ｶﾀｶﾅ㎡", ""))
    found = machine_book(FACTS, file().chapters, [table], against(), ())
    assert check("x.xlsx", to_xlsx(found)) == []


def test_no_character_of_the_standard_is_platform_dependent() -> None:
    """By another codec: Shift_JIS without the rows of NEC and IBM."""
    for code in range(0x80, 0xD800):
        sign = chr(code)
        try:
            sign.encode("shift_jis")
        except UnicodeEncodeError:
            continue
        assert not dependent(sign) or sign in "¥‾" or "\uff61" <= sign <= "\uff9f", sign
    assert all(map(dependent, "①⑳Ⅰⅹ㎡㈱㍻髙﨑纊ｱﾞ😀\x00")) and not any(map(dependent, "aZ9 \t"))


# Files that break the rules.

HEADS = (
    "表ID",
    "調査年度（西暦）",
    "調査年度（和暦）",
    "行の名称",
    "標準地域コード",
    "地域の名称",
    "団体数",
    "団体数の単位",
)
LINES = [
    ("fig-01", 2020, "令和2年度", "任命している", "00000", "全国", 35, "団体"),
    ("fig-01", 2020, "令和2年度", "任命していない", "20000", "長野県", 12, "団体"),
    ("fig-01", 2020, "令和2年度", "その他", "13000", "東京都", "***", "団体"),
]


def good() -> Workbook:
    found = Workbook()
    sheet = found.active
    assert sheet is not None
    sheet.title = "fig-01"
    for line in (HEADS, *LINES):
        sheet.append(line)
    return found


def saved(found: Workbook) -> bytes:
    out = io.BytesIO()
    found.save(out)
    return out.getvalue()


def put(cell: str, value: Any) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet[cell] = value

    return change


def picture(sheet: Any) -> None:
    sheet["A2"].comment = Comment("注", "x")


def below(*values: Any) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet.append(values)

    return change


def apart(sheet: Any) -> None:
    sheet.insert_rows(3)


def second_table(sheet: Any) -> None:
    sheet.append(HEADS)
    sheet.append(LINES[0])


def far_away(sheet: Any) -> None:
    sheet["J2"] = 5


BREAKS: list[tuple[str, Callable[[Any], None]]] = [
    ("1-2", put("D2", "35（74.5）")),
    ("1-2", put("D2", "35、12")),
    ("1-2", put("D2", "10団体/20団体")),
    ("1-3", put("G3", "1,234")),
    ("1-3", put("G3", "12団体")),
    ("1-3", put("G3", "▲3")),
    ("1-4", lambda sheet: sheet.merge_cells("D3:D4")),
    ("1-5", put("D2", "　任命している")),
    ("1-5", put("D2", "総 数")),
    ("1-5", put("D2", "任命\nしている")),
    ("1-6", put("D1", None)),
    ("1-6", put("D1", "表ID")),
    ("1-6", put("D3", None)),
    ("1-7", put("G3", "=G2+1")),
    ("1-8", picture),
    ("1-9", put("H1", "備考")),
    ("1-9", put("H3", None)),
    ("1-10", put("D2", "①任命している")),
    ("1-10", put("D2", "ｶﾀｶﾅ")),
    ("1-10", put("D2", "延べ㎡")),
    ("1-11", put("B2", "不明")),
    ("1-12", put("F3", "長野")),
    ("1-12", put("E3", "20")),
    ("1-12", put("E1", "備考")),
    ("1-13", put("G3", "-")),
    ("1-13", put("G3", None)),
    ("2-1", apart),
    ("2-1", far_away),
    ("2-1", lambda sheet: sheet.insert_rows(1)),
    ("2-2", second_table),
    ("2-2", below("fig-02", "年", "年度", "行", "00000", "地域", "割合", "%")),
]
IN_CSV: list[tuple[str, str]] = [
    ("1-2", "x,year,unit\nt,2020,\n35（74.5）,2020,\n"),
    ("1-3", 'x,count\nt,1\nt,"1,234"\n'),
    ("1-5", 'x,count\n"a\nb",1\n'),
    ("1-6", "x,,count\nt,u,1\n"),
    ("1-7", "x,count\n=1+1,1\n"),
    ("1-9", "x,value\nt,1\n"),
    ("1-9", "x,value,unit\nt,1,\n"),
    ("1-10", "x,count\n①,1\n"),
    ("1-11", "x,count\n令和2年度,1\n"),
    ("1-12", "x,count\n長野,1\n"),
    ("1-13", "x,count\nt,1\nt,…\n"),
    ("2-1", "x,count\nt,1\n,\nt,2\n"),
    ("2-2", "x,count\nt,1\nx,count\nt,2\n"),
]


def test_the_good_workbook_is_good() -> None:
    assert check("good.xlsx", saved(good())) == []
    assert check("good.csv", b"x,count\nt,1\n") == []


@pytest.mark.parametrize(("item", "change"), BREAKS)
def test_each_rule_can_be_broken(item: str, change: Callable[[Any], None]) -> None:
    found = good()
    change(found.active)
    assert item in {fault.item for fault in check("bad.xlsx", saved(found))}


@pytest.mark.parametrize(("item", "text"), IN_CSV)
def test_each_rule_can_be_broken_in_a_csv(item: str, text: str) -> None:
    assert item in {fault.item for fault in check("bad.csv", text.encode())}


@pytest.mark.parametrize(
    ("name", "content"), [("bad.pdf", b"%PDF"), ("bad.xlsx", b"x"), ("bad.csv", "令和".encode("shift_jis"))]
)
def test_the_first_rule_can_be_broken(name: str, content: bytes) -> None:
    assert [fault.item for fault in check(name, content)] == ["1-1"]


def test_no_rule_goes_unbroken() -> None:
    assert {"1-1", *(item for item, _ in BREAKS)} == {*ITEMS} == {"1-1", *RULES}
