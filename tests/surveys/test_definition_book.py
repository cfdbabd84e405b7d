"""A definition as a workbook: out and in without a loss, and every fault by sheet and cell."""

import copy
import io
from collections.abc import Callable
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from surveys.definition import parse
from surveys.definition_book import cells, columns, faults, guide, rule_faults
from surveys.definition_book.read import read
from surveys.definition_book.write import write
from surveys.meaning import Refusal
from surveys.questionnaire import Document, Text
from surveys.workbook.faults import DAMAGED, Refused
from tests.factories import QUESTIONNAIRES, document
from tests.surveys import test_definition, test_soft_definition
from tests.workbooks import CREATED, definition_book, edited, made

NAMES = ["2020", *sorted(path.name for path in QUESTIONNAIRES.iterdir() if path.is_dir())]
# What a workbook has no place for, so that it cannot be wrong there.
NOT_IN_A_BOOK = {"unknown key", "third language", "text that is no text", "unknown key at the head", "not a list"}


def refused(data: bytes, language: str = "ja", **more: Any) -> list[str]:
    with pytest.raises(Refused) as refusal:
        read(data, 2020, **more)
    return [fault.in_language(language) for fault in refusal.value.faults]


@pytest.mark.parametrize("name", NAMES)
def test_out_and_in_is_the_identity(name: str) -> None:
    assert read(definition_book(name), 2020) == document(name)
    assert write(document(name), CREATED) == write(document(name), CREATED)


TEXTS = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="{"), min_size=1)


@given(st.lists(TEXTS, min_size=4, max_size=4), st.integers(1, 10**9), st.booleans())
def test_whatever_is_written_comes_back(texts: list[str], number: int, flag: bool) -> None:
    found = copy.deepcopy(document())
    question = found["01-people.toml"]["question"][0]
    normal = [normalize("NFC", text) for text in texts]
    question |= {"title": dict(zip(("ja", "en"), normal[:2], strict=True)), "maximum": number}
    question["option"][0] |= {"label": dict(zip(("ja", "en"), normal[2:], strict=True)), "other_text": flag}
    assert read(write(found, CREATED), 2020) == found


def test_lines_that_are_added_moved_and_noted_beside_are_read() -> None:
    def change(book: Any) -> None:
        book["章"].append(["2", "章の二", "Two"])
        book["章"].append([None, " "])  # a line with nothing in it
        book["章"]["E2"] = "メモ"
        book["用語"].move_range("A1:F9", cols=2)

    found = read(edited(definition_book(), change=change), 2020)
    assert [chapter["number"] for chapter in found["questionnaire.toml"]["chapter"]] == ["1", "2"]
    assert found["glossary.toml"] == document()["glossary.toml"]


def test_what_a_spreadsheet_makes_of_values_is_undone() -> None:
    cells = [("問", "W4", 999.0), ("章", "A2", 1), ("項目", "D2", 1), ("項目", "D3", "1 "), ("問", "Z2", " cio、")]
    assert read(definition_book("small", *cells), 2020) == document()


def bad(change: Callable[[Document], Any], name: str = "small") -> Document:
    changed = copy.deepcopy(document(name))
    change(changed)
    return changed


@pytest.mark.parametrize("change", [entry[1] for entry in test_definition.BAD if entry[0] not in NOT_IN_A_BOOK])
def test_every_fault_of_a_definition_has_its_cell_and_its_words(change: Any) -> None:
    with pytest.raises(Refused) as refusal:
        read(write(bad(change), CREATED), 2020)
    for fault in refusal.value.faults:
        assert fault.message.ja != fault.message.en
        assert fault.cell or fault.message == rule_faults.NO_SECTION


@pytest.mark.parametrize(
    ("file", "check"), [entry[:2] for entry in test_soft_definition.BAD if "colour" not in entry[1]]
)
def test_every_fault_of_a_soft_check_has_its_cell_and_its_words(file: str, check: dict[str, Any]) -> None:
    data = write(bad(lambda doc: doc[file].setdefault("soft", []).append(check), "doubts"), CREATED)
    with pytest.raises(Refused) as refusal:
        read(data, 2020)
    for fault in refusal.value.faults:
        assert fault.sheet == "確かめ" and fault.cell and fault.message.ja != fault.message.en


FAULTS: list[tuple[tuple[str, str, Any], str]] = [
    (("問", "C2", "single"), "シート「問」のC2：種類「single」はありません。single-choice、multiple-choice、"),
    (("問", "H2", None), "シート「問」のH2：「問の文（日）」が空です。入れてください。"),
    (("問", "H2", "{year}の問"), "シート「問」のH2：「{」は使えません。"),
    (("問", "A2", "nowhere"), "シート「問」のA2：「nowhere」がシート「項目」にありません。"),
    (("問", "A2", None), "シート「問」のA2：「項目のID」が空です。"),
    (("問", "A2", "No!"), "シート「問」のA2：「No!」は使えません。"),
    (("問", "W4", "=1+1"), "シート「問」のW4：数式が入っています。"),
    (("問", "W4", "many"), "シート「問」のW4：「many」は数字ではありません。"),
    (("問", "E2", None), "シート「問」のE2：「報告書での番号（英）」が空です。"),
    (("問", "Z2", "cio, Ä"), "シート「問」のZ2：「Ä」は使えません。"),
    (("選択肢", "A2", "cia"), "シート「選択肢」のA2：「cia」がシート「問」にありません。"),
    (("選択肢", "F2", None), "シート「選択肢」のF2：「出典」が空です。"),
    (("選択肢", "F2", "me"), "シート「選択肢」のF2：出典「me」はありません。"),
    (("選択肢", "H2", "maybe"), "シート「選択肢」のH2：ほかと選べない「maybe」はありません。yes、noから"),
    (("選択肢", "B9", "never"), "シート「選択肢」のB9：「never」がシート「列」にありません。"),
    (("選択肢", "F9", "ministry"), "シート「選択肢」のF9：列の中の選択肢には書けません。"),
    (("行", "I4", "own, nobody"), "シート「行」のI4：合計する行「nobody」が、この問にありません。"),
    (("条件", "C2", "ceo"), "シート「条件」のC2：元になる問「ceo」がありません。"),
    (("項目", "A3", "01-people"), "シート「項目」のA3：並び「01-people」は、上の行にもあります。"),
    (("項目", "A3", "glossary"), "シート「項目」のA3：並び「glossary」は使えません。"),
    (("表題", "A2", 2021), "シート「表題」のA2：2021年度の調査票です。この調査は2020年度です。"),
    (("表題", "A2", None), "シート「表題」のA2：「調査年度（西暦）」が空です。"),
    (("表題", "A3", 2020), "シート「表題」のA3：この行は余分です。"),
    (("章", "A1", "number"), "シート「章」：「番号」の列がありません。"),
    (("章", "E1", "色"), "シート「章」のE1：「色」という列はありません。"),
]


@pytest.mark.parametrize(
    ("cell", "fault"), FAULTS, ids=[f"{fault[0][0]}{fault[0][1]}{fault[0][2]}" for fault in FAULTS]
)
def test_a_fault_names_sheet_and_cell(cell: tuple[str, str, Any], fault: str) -> None:
    found = refused(definition_book("small", cell))
    assert any(message.startswith(fault) for message in found), found


@pytest.mark.parametrize("name", ["small", "doubts", "gates"])
def test_whatever_cell_is_emptied_the_book_is_read_or_the_cell_is_named(name: str) -> None:
    book, emptied = load_workbook(io.BytesIO(definition_book(name))), 0
    for sheet in book.worksheets:
        for cell in [cell for cell in sheet[2] if cell.value is not None] if sheet.max_row > 1 else ():
            try:
                read(definition_book(name, (sheet.title, cell.coordinate, None)), 2020)
            except Refused as refusal:
                emptied += 1
                assert (sheet.title, cell.coordinate) in {(fault.sheet, fault.cell) for fault in refusal.faults}
    assert emptied > 30


def test_a_soft_check_of_which_nothing_can_be_read_is_named_by_its_cells() -> None:
    found = refused(definition_book("doubts", ("確かめ", "A2", None), *[("確かめ", f"{c}2", "Ä") for c in "BCD"]))
    assert [message[:11] for message in found[:3]] == [f"シート「確かめ」の{c}2" for c in "BCD"]


def test_two_conditions_of_a_question_and_a_missing_title_are_named() -> None:
    again = edited(definition_book(), change=lambda book: book["条件"].append(["post", "is_one_of", "cio", "no"]))
    assert refused(again) == ["シート「条件」のA3：この問の条件は、上の行にもあります。1つの問に条件は1行だけです。"]
    empty = refused(edited(definition_book(), change=lambda book: book["表題"].delete_rows(2)))
    assert [message.split("：")[0][-2:] for message in empty] == ["A2", "B2", "C2"]


def test_lines_of_a_thing_that_is_gone_are_one_fault_a_sheet() -> None:
    found = refused(edited(definition_book(), change=lambda book: book["問"].delete_rows(4)))
    assert [message[:11] for message in found] == [
        "シート「行」のA2：「",
        "シート「列」のA2：「",
        "シート「点検」のA2：",
    ]
    assert "（4行）を消してください" in found[0]


def test_a_number_with_a_decimal_point_is_the_whole_number_it_is() -> None:
    assert cells.read(columns.QUESTIONS.column_by_key["maximum"], 999.0) == 999
    assert cells.read(columns.QUESTIONS.column_by_key["maximum"], 9.5) == faults.no_number("9.5")


def test_a_soft_check_of_an_unreadable_section_is_not_taken_for_one_between_sections() -> None:
    assert refused(definition_book("doubts", ("確かめ", "A2", "No!"))) == [
        "シート「確かめ」のA2：" + faults.no_code("No!").ja
    ]


def test_the_circle_of_computed_rows_stands_at_a_computed_row() -> None:
    assert [message[:10] for message in refused(definition_book("small", ("行", "I4", "all")))] == [
        "シート「行」のI4："
    ]


def test_all_faults_are_told_at_once_in_the_order_of_the_book_in_both_languages() -> None:
    cells = [("用語", "B2", None), ("条件", "D2", "maybe"), ("問", "C5", "x"), ("問", "H2", None)]
    found = refused(definition_book("small", *cells), "en")
    assert [message.split(":")[0] for message in found[:2]] == ["Sheet 問, H2", "Sheet 問, C5"]
    assert "Sheet 条件, D2: Gate: 'cio' has no 'maybe'." in found
    assert found[-1] == "Sheet 用語, B2: “Term (ja)” is empty; please fill it in."


def test_a_rule_that_is_not_known_here_is_still_told() -> None:
    for sentence in ("01-people.toml: cio: is purple", "purple"):
        fault = rule_faults._fault(sentence, {})
        assert (fault.sheet, fault.message) == ("問", Text(sentence, sentence))


@pytest.mark.parametrize(
    ("data", "message"),
    [(made(), faults.NOT_OURS.ja), (b"PK\x03\x04", "ファイル"), (b"a,b", "CSV")],
    ids=["the form of a body", "cut off", "no workbook"],
)
def test_a_file_that_is_no_definition_says_so(data: bytes, message: str) -> None:
    assert message in refused(data)[0]


def test_missing_sheets_are_named_together() -> None:
    def change(book: Any) -> None:
        del book["条件"]
        book["用語"].title = "言葉"

    assert [message.split("：")[0] for message in refused(edited(definition_book(), change=change))] == [
        "シート「条件」",
        "シート「用語」",
    ]


def test_a_file_that_openpyxl_cannot_read_is_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surveys.definition_book.read.load_workbook", lambda *args, **more: 1 / 0)
    assert refused(definition_book()) == [DAMAGED.ja]


def test_an_id_that_may_not_be_used_so_is_named_by_its_cell_after_all_other_faults() -> None:
    message = Text("意味", "meaning")
    given = [
        Refusal("question", "post", "", message),
        Refusal("option", "cio", "no", message),
        Refusal("row", "staff", "all", message),
        Refusal("column", "use-school", "total", message),
    ]
    found = refused(definition_book(), refusals=lambda document: given)
    assert found == [
        "シート「問」のB3：意味",
        "シート「選択肢」のC3：意味",
        "シート「行」のB4：意味",
        "シート「列」のB5：意味",
    ]
    with_fault = refused(definition_book("small", ("問", "H2", None)), refusals=lambda document: given)
    assert len(with_fault) == 1 and "H2" in with_fault[0]


def test_every_word_to_choose_from_is_explained_and_listed() -> None:
    offered = {word for sheet in columns.SHEETS for column in sheet.columns for word in column.words}
    assert offered == guide.MEANINGS.keys()

    def look(book: Any) -> None:
        assert book.sheetnames == ["使い方", *(sheet.name for sheet in columns.SHEETS)]
        lists = {str(each.sqref): each.formula1 for each in book["問"].data_validations.dataValidation}
        assert lists["C2:C5001"].startswith('"single-choice,multiple-choice')
        assert book["問"].freeze_panes == "D2"

    edited(definition_book(), change=look)


def test_parts_of_a_table_that_share_a_row_are_told_at_the_row() -> None:
    def twice(doc: Document) -> None:
        questions = doc["02-services.toml"]["question"]
        questions.append({**questions[1], "id": "use-again"})

    assert "シート「行」のB8：「lending」が、この表の2つの問にあります。" in refused(write(bad(twice), CREATED))


def test_a_derived_table_with_the_id_of_a_question_is_told() -> None:
    text = {"ja": "題", "en": "Title"}
    head = {"derived": [{"id": "cio", "number": text, "title": text}]}
    found = refused(write(bad(lambda doc: doc["questionnaire.toml"].update(head)), CREATED))
    assert found == ["シート「集計だけの図表」のA2：このIDは、問か別の図表にもあります。別のIDにします。"]


def test_a_document_read_is_one_that_parses() -> None:
    assert parse(read(definition_book("2020"), 2020)) == parse(document("2020"))
