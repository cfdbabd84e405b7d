"""The workbook without the pages: what is written reads back the same, and an edit is exactly that change."""

import io
from random import Random
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.chart import BarChart

from surveys.questionnaire import checksum
from surveys.workbook import gates
from surveys.workbook.layout import plan
from surveys.workbook.merge import CellChange, cell_changes, settle
from surveys.workbook.read import Upload, read
from surveys.workbook.stamp import SHEET
from tests.factories import document, questionnaire
from tests.random_answers import complete_answers, draft_answers
from tests.workbooks import cell_of, edited, made, owner, replaced

PAGES = questionnaire("pages")
ANSWERS: dict[str, Any] = {
    "cio": {"value": "yes"},
    "post": {"value": "other", "other_text": {"other": "情報監"}},
    "staff": {"cells": {"own": 1200, "outside": 1}},
    "training": {"values": ["course", "other"], "other_text": {"other": "=1+1"}},
    "state": {"cells": {"tax": "done"}},
    "use-school": {"cells": {"lending": {"exists": "yes", "online": "done", "total": "unknown", "online_count": 7}}},
}


def at(question: str, row: str = "", column: str = "", code: str = "") -> tuple[str, str]:
    return cell_of(PAGES, question, row, column, code)


def taken(data: bytes) -> Upload:
    return read(data, PAGES, owner())


@pytest.mark.parametrize("kind", ["city", "prefecture", "village"])
@pytest.mark.parametrize("make", [complete_answers, draft_answers])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_shipped_questionnaire_reads_back_as_it_was_written(kind: str, make: Any, language: str) -> None:
    found = questionnaire("2020")
    answers = make(found, kind, Random(f"{kind} {language}"))
    upload = read(made(answers, name="2020", kind=kind, language=language), found, owner("2020", kind))
    assert {id: answer for id, answer in upload.answers.items() if answer} == answers
    assert (upload.changes, upload.faults, upload.ignored) == ({}, {}, [])


def test_the_same_issue_gives_the_same_bytes() -> None:
    assert made(ANSWERS) == made(ANSWERS)


@pytest.mark.parametrize("text", ["=1+1", "'quoted", "<r>bold</r>", "１行目\n２行目", "-", "_x0041_", "<&>\"'"])
def test_any_text_comes_back(text: str) -> None:
    answers = {"training": {"values": ["other"], "other_text": {"other": text}}}
    upload = taken(made(answers))
    assert upload.answers["training"] == answers["training"]
    assert upload.changes == {}


def test_edits_are_exactly_the_changes() -> None:
    data = edited(
        made(ANSWERS),
        (*at("cio"), "任命していない"),
        (*at("staff", "own", "count"), 1300),
        (*at("staff", "resident", "count"), "０"),
        (*at("training", code="course"), None),
        (*at("training", code="online"), "〇"),
        (*at("state", "register"), "導入 予定"),
        (*at("shared", "bidding"), "Ｏ"),
        (*at("use-school", "lending", "total"), 12.0),
        (*at("use-school", "lending", "online_count"), "不明"),
        (*at("use-school", "booking", "exists"), " 無"),
    )
    upload = taken(data)
    assert upload.faults == {}
    lending = {"exists": "yes", "online": "done", "total": 12, "online_count": "unknown"}
    assert upload.changes == {
        "people": {
            "cio": {"value": "no"},
            "staff": {"cells": {"own": 1300, "outside": 1, "resident": 0}},
            "training": {"values": ["online", "other"], "other_text": {"other": "=1+1"}},
        },
        "systems": {
            "state": {"cells": {"register": "planned", "tax": "done"}},
            "shared": {"cells": {"bidding": "used"}},
        },
        "procedures": {"use-school": {"cells": {"lending": lending, "booking": {"exists": "no"}}}},
    }


def test_a_phrase_with_readings_as_japanese_excel_saves_it() -> None:
    """Excel keeps how a word was typed beside it."""
    shared = "xl/sharedStrings.xml"
    typed = '<t>情報監</t><phoneticPr fontId="1"/>'.encode()
    reading = '<t>情報監</t><rPh sb="0" eb="3"><t>ジョウホウカン</t></rPh><phoneticPr fontId="1"/>'.encode()
    data = replaced(made(ANSWERS), shared, "<t>情報監</t>".encode(), typed)
    assert taken(replaced(data, shared, typed, reading)).changes == {}


def test_a_blank_workbook_changes_only_what_is_filled_in() -> None:
    assert taken(made()).changes == {}
    assert taken(edited(made(), (*at("cio"), "任命している"))).changes == {"people": {"cio": {"value": "yes"}}}


def test_sheets_that_are_added_are_left_aside() -> None:
    def add(book: Any) -> None:
        book.create_sheet("メモ")["A1"] = "覚え書き"
        book.create_chartsheet("図").add_chart(BarChart())

    upload = taken(edited(made(ANSWERS), change=add))
    assert (upload.changes, upload.ignored) == ({}, ["メモ", "図"])


def test_what_does_not_apply_is_neither_checked_nor_wiped_out() -> None:
    data = edited(
        made(ANSWERS), (*at("cio"), "任命していない"), (*at("post"), "部長"), (*at("days", "month", "count"), "x")
    )
    changes, faults = settle(taken(data), PAGES, "city", ANSWERS)
    assert (changes, faults) == ({"people": {"cio": {"value": "no"}}}, [])
    data = edited(data, (*at("cio"), "任命している"))
    changes, faults = settle(taken(data), PAGES, "city", ANSWERS)
    assert changes == {}
    assert [fault.cell for fault in faults] == [at("post")[1], at("days", "month", "count")[1]]


def test_changes_are_told_cell_by_cell() -> None:
    block = plan(PAGES, "city", "ja")[0].block_by_id["post"]
    answer = {"value": "head", "other_text": {"other": "'副'"}}
    cell, text = at("post")[1], at("post", "other", "other_text")[1]
    assert cell_changes(block, ANSWERS["post"], answer) == [
        CellChange("", "1", cell, "その他", "首長"),
        CellChange("「その他」の内容", "1", text, "情報監", "'副'"),
    ]
    staff = plan(PAGES, "city", "en")[0].block_by_id["staff"]
    assert cell_changes(staff, ANSWERS["staff"], {}) == [
        CellChange("Own", "1", at("staff", "own", "count")[1], "1,200", ""),
        CellChange("Outside", "1", at("staff", "outside", "count")[1], "1", ""),
    ]


def test_answers_to_rows_of_another_kind_of_body_are_no_change() -> None:
    assert taken(made({"staff": {"cells": {"own": 1, "police": 5}}})).changes == {}


# What stands in the file


@pytest.fixture(scope="module")
def book() -> Any:
    return load_workbook(io.BytesIO(made(ANSWERS, strip="合成データ")))


def test_only_answer_cells_can_be_changed(book: Any) -> None:
    assert book.security.lockStructure
    assert all(book[name].protection.sheet and book[name].protection.password is None for name in book.sheetnames)
    for sheet in plan(PAGES, "city", "ja"):
        fields = {each.cell for block in sheet.blocks for each in block.fields.values()}
        unlocked = {cell.coordinate for row in book[sheet.name] for cell in row if not cell.protection.locked}
        assert unlocked == fields


def test_sheets_are_named_by_their_numbers_and_only_the_service_sheets_are_hidden(book: Any) -> None:
    assert book.sheetnames == ["はじめに", "1", "2", "3", "用語", "lists", SHEET]
    assert [name for name in book.sheetnames if book[name].sheet_state != "visible"] == ["lists", SHEET]
    assert book["1"].freeze_panes == "A5"
    assert (book["1"].page_setup.paperSize, book["1"].page_setup.fitToHeight) == (9, 0)
    assert book["はじめに"]["B2"].value == "合成データ"
    assert book["用語"]["B4"].value == "CIO（情報化統括責任者）"
    assert "例：週に3日の人も1人と数えます。" in {cell.value for cell in book["1"]["C"]}


def test_choices_are_lists(book: Any) -> None:
    rules = {str(rule.sqref): rule for rule in book["2"].data_validations.dataValidation}
    listed = rules[at("state", "tax")[1]]
    name = listed.formula1.lstrip("=")
    cells = book[book.defined_names[name].attr_text.split("!")[0]][book.defined_names[name].attr_text.split("!")[1]]
    assert [row[0].value for row in cells] == ["導入済", "導入予定", "予定なし"]
    assert rules[at("shared", "bidding")[1]].formula1 == '"○"'
    numbers = {str(rule.sqref): rule for rule in book["1"].data_validations.dataValidation}
    staff = numbers[at("staff", "own", "count")[1]]
    assert (staff.type, staff.formula1, staff.formula2) == ("whole", "0", "9999")
    assert numbers[at("post", "other", "other_text")[1]].type == "textLength"


def test_sums_are_formulas_with_their_value(book: Any) -> None:
    own, outside = (at("staff", row, "count")[1] for row in ("own", "outside"))
    cell = f"D{int(outside[1:]) + 1}"
    assert book["1"][cell].value == f'=IF(COUNT({own},{outside})=2,SUM({own},{outside}),"")'
    assert load_workbook(io.BytesIO(made(ANSWERS)), data_only=True)["1"][cell].value == 1201


def conditions(book: Any, sheet: str) -> dict[str, str]:
    found = book[sheet].conditional_formatting
    return {str(area.sqref): rule.formula[0] for area in found for rule in area.rules}


def test_what_does_not_apply_turns_grey(book: Any) -> None:
    people, systems, procedures = (conditions(book, name) for name in "123")
    cio = at("cio")[1].replace("D", "$D$")
    assert list(people.values()).count(f'NOT(OR(OR({cio}="任命している")))') == 2
    assert people[at("post", "other", "other_text")[1]] == f'NOT(AND(OR({at("post")[1].replace("D", "$D$")}="その他")))'
    first, last = (at("state", row)[1].replace("D", "$D$") for row in ("register", "other"))
    history = f'OR((COUNTIF({first}:{last},"=導入済")+COUNTIF({first}:{last},"=導入予定"))>0)'
    assert f"NOT({history})" in systems.values()
    cloud = at("history", code="cloud")[1].replace("D", "$D$")
    assert f"NOT(OR(AND({history},COUNTA({cloud}:{cloud})>0)))" in systems.values()
    exists, online = (at("use-school", "lending", name)[1] for name in ("exists", "online"))
    needs = f'OR($D${exists[1:]}="有"),OR($E${online[1:]}="済")'
    assert procedures[at("use-school", "lending", "total")[1]] == f"NOT(AND({needs}))"


def test_rows_apart_are_counted_apart() -> None:
    found = questionnaire("2020")
    for sheet in plan(found, "city", "ja"):
        for block in sheet.blocks:
            formula = gates.is_open(block, sheet)
            assert bool(formula) == bool(block.question.gate)
            assert len(formula) < 8000
    assert gates.quoted('a"b') == '"a""b"'


def test_another_questionnaire_has_another_check_value() -> None:
    assert checksum(document("pages")) != checksum(document("pages", 2021))
