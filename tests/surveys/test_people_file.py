"""The list of people as a file: what is read from CSV and Excel, and what is refused, with its place."""

import io

import pytest
from openpyxl import Workbook, load_workbook

from surveys import people_file
from surveys.people_file import COLUMNS, MAX_ROWS
from surveys.workbook.faults import Refused

HEADING = ["氏名", "団体コード", "役割"]
LINE = ["小林 直樹", "202037", "決裁者"]


def csv(*lines: list[str], encoding: str = "utf-8") -> bytes:
    return "\n".join(",".join(line) for line in lines).encode(encoding)


def workbook(*lines: list[object], name: str = "利用者") -> bytes:
    book, out = Workbook(), io.BytesIO()
    page = book.worksheets[0]
    page.title = name
    for line in lines:
        page.append(line)
    book.save(out)
    return out.getvalue()


def refused(data: bytes) -> list[str]:
    with pytest.raises(Refused) as error:
        people_file.read(data)
    return [fault.in_language("ja") for fault in error.value.faults]


@pytest.mark.parametrize(
    "data",
    [
        csv(HEADING, LINE),
        csv(HEADING, LINE, encoding="utf-8-sig"),
        csv(HEADING, LINE, encoding="cp932"),
        csv(["name", "body", "role"], LINE),
        csv(["Name", "Code of the body", "Role"], [" 小林 直樹\t", *LINE[1:]]),
        workbook(list(HEADING), ["小林 直樹", 202037, "決裁者"]),
        workbook(["氏名", None, "団体コード", "役割"], ["小林 直樹", None, 202037.0, "決裁者"]),
    ],
)
def test_a_line_is_read_from_any_of_the_files_people_have(data: bytes) -> None:
    (row,) = people_file.read(data)
    assert {name: value for name, value in row.values.items() if value} == {
        "name": "小林 直樹",
        "body": "202037",
        "role": "決裁者",
    }


def test_a_fault_names_line_and_column_of_a_csv_and_the_cell_of_a_workbook() -> None:
    blank: list[str] = []
    (row,) = people_file.read(csv(HEADING, blank, LINE))
    assert row.fault("だめです。", "body").in_language("ja") == "3行目「団体コード」：だめです。"
    assert row.fault("Bad.", "body").in_language("en") == "Line 3, Code of the body: Bad."
    assert row.fault("だめです。").in_language("ja") == "3行目：だめです。"
    (row,) = people_file.read(workbook(list(HEADING), list(LINE)))
    assert row.fault("だめです。", "body").in_language("ja") == "シート「利用者」のB2：だめです。"


def test_files_that_are_no_list_are_refused_with_what_to_do() -> None:
    assert "保存し直して" in refused(b"\x81 ")[0]
    assert "保存し直して" in refused(csv(HEADING, ['"a"b', "", ""]))[0]
    assert "1人も書かれていません" in refused(b"")[0]
    assert "1人も書かれていません" in refused(csv(HEADING))[0]
    assert refused(csv(["氏名", "氏名", "電話"], ["a", "b", "c"])) == [
        "1行目：見出し「電話」はありません。使える見出しは、サインインID、氏名、所属、メールアドレス、団体コード、役割です。",
        "1行目：見出し「氏名」の列が2つあります。1つにしてください。",
        "1行目：見出し「団体コード」の列がありません。列を足してください。",
        "1行目：見出し「役割」の列がありません。列を足してください。",
    ]
    assert f"{MAX_ROWS:,}行を超えています" in refused(csv(HEADING, *[LINE] * (MAX_ROWS + 1)))[0]


def test_a_formula_is_refused_by_its_cell() -> None:
    assert refused(workbook(list(HEADING), ["=A1", 202037, "決裁者"]))[0].startswith("シート「利用者」のA2：")


def test_a_code_that_excel_holds_as_a_fraction_is_whole() -> None:
    assert people_file._text(202037.0) == "202037" and people_file._text(1.5) == "1.5"


def test_a_workbook_that_openpyxl_cannot_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise KeyError("styles")

    monkeypatch.setattr(people_file, "load_workbook", fails)
    assert "壊れていて" in refused(workbook(list(HEADING), list(LINE)))[0]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_blank_files_have_the_headings_that_are_read(language: str) -> None:
    headings = [column.heading.in_language(language) for column in COLUMNS]
    assert people_file.blank_csv(language) == (",".join(headings) + "\n").encode("utf-8-sig")
    book = load_workbook(io.BytesIO(people_file.blank_workbook(language, ["決裁者"])))
    page, explained = book.worksheets
    assert [cell.value for cell in page[1]] == headings
    assert page.data_validations.dataValidation[0].formula1 == '"決裁者"'
    assert [cell.value for cell in explained["A"]][1:] == headings
    page.append(["", "小林 直樹", "", "", "010006", "決裁者"])
    out = io.BytesIO()
    book.save(out)
    assert people_file.read(out.getvalue())[0].values["body"] == "010006"
