"""Files that cannot be taken: each kind with a message of its own, none stored, none an error of the server."""

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl.utils import get_column_letter

from surveys.answers import fingerprint
from surveys.models import Body, Event, Response, SectionAnswers, User
from surveys.workbook import archive, faults, read
from surveys.workbook.faults import Fault, Refused
from surveys.workbook.merge import settle
from surveys.workbook.stamp import SHEET
from tests.conftest import signed_in
from tests.factories import questionnaire
from tests.workbooks import cell_of, edited, made, owner, part, repacked, replaced, zipped

PAGES = questionnaire("pages")
URL = "/2020/202037/workbook/"
GOOD = made()
TYPES, BOOK, FIRST_SHEET = "[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet2.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


def at(question: str, row: str = "", column: str = "", code: str = "") -> tuple[str, str]:
    return cell_of(PAGES, question, row, column, code)


OWN, POST = at("staff", "own", "count"), at("post")
TEXT = at("post", "other", "other_text")


def old_office(stream: str) -> bytes:
    return OLE + stream.encode("utf-16-le") + bytes(100)


def with_value(place: tuple[str, str], value: Any, style: str = "") -> bytes:
    def change(book: Any) -> None:
        if style:
            book[place[0]][place[1]].number_format = style

    return edited(GOOD, (*place, value), change=change)


def on_sheet(work: Callable[[Any], None], name: str = "1") -> bytes:
    return edited(GOOD, change=lambda book: work(book[name]))


def in_book(work: Callable[[Any], None]) -> bytes:
    return edited(GOOD, change=work)


def stamped(**changes: Any) -> bytes:
    """With another stamp that is whole in itself."""

    def change(book: Any) -> None:
        content = json.loads(book[SHEET]["A1"].value)["content"] | changes
        book[SHEET]["A1"] = json.dumps({"check": fingerprint(content), "content": content})

    return in_book(change)


def encrypted_zip() -> bytes:
    """With the mark of a password on every part."""
    data = bytearray(GOOD)
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(sign)
        while start >= 0:
            data[start + place] |= 1
            start = data.find(sign, start + 4)
    return bytes(data)


def with_wrong_check_value() -> bytes:
    """With a part whose content is not what its check value says."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as found:
        place = found.getinfo(BOOK).header_offset
    data = bytearray(GOOD)
    data[place + 80] ^= 0xFF
    return bytes(data)


def twice() -> bytes:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as found, pytest.warns(UserWarning, match="Duplicate name"):
        found.writestr(BOOK, part(GOOD, BOOK))
    return out.getvalue()


def many_cells() -> bytes:
    rows = "".join(f'<row r="{at}"><c r="A{at}"/></row>' for at in range(1, 100_001))
    return replaced(GOOD, FIRST_SHEET, b"<sheetData>", f"<sheetData>{rows}".encode())


def entity_bomb() -> bytes:
    levels = "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 10))
    return replaced(GOOD, "xl/sharedStrings.xml", b"<sst", f'<!DOCTYPE x [<!ENTITY a0 "x">{levels}]><sst'.encode())


def without_sheet(name: str) -> bytes:
    return in_book(lambda book: book.remove(book[name]))


def rename(book: Any) -> None:
    book["2"].title = "システム"


# How to make the file; what is wrong with it, and where.
WHOLE: dict[str, tuple[Callable[[], bytes], Any]] = {
    "empty": (lambda: b"", faults.EMPTY),
    "gigantic": (lambda: b"PK" + bytes(archive.MAX_BYTES), faults.TOO_LARGE),
    "random bytes": (lambda: bytes(range(128, 256)) * 9, faults.UNKNOWN_FILE),
    "text with NUL": (lambda: b"abc\0def", faults.UNKNOWN_FILE),
    "csv": (lambda: "body,question,value\n202037,cio,yes\n".encode("utf-8-sig"), faults.CSV),
    "csv in Shift_JIS": (lambda: "団体,問,回答\n".encode("cp932"), faults.CSV),
    "html": (lambda: b"<html><table></table></html>", faults.HTML),
    "xml 2003": (lambda: b'<?xml version="1.0"?><Workbook/>', faults.XML),
    "rtf": (lambda: b"{\\rtf1 x}", faults.RTF),
    "pdf": (lambda: b"%PDF-1.7 ...", faults.PDF),
    "png": (lambda: b"\x89PNG\r\n\x1a\n...", faults.IMAGE),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c...", faults.ARCHIVE),
    "xls": (lambda: old_office("Workbook"), faults.XLS),
    "xls 95": (lambda: old_office("Book"), faults.XLS),
    "doc": (lambda: old_office("WordDocument"), faults.DOC),
    "ppt": (lambda: old_office("PowerPoint Document"), faults.PPT),
    "msg": (lambda: OLE, faults.OLD_OFFICE),
    "password": (lambda: old_office("EncryptedPackage"), faults.PASSWORD),
    "cut off": (lambda: GOOD[: len(GOOD) // 2], faults.TRUNCATED),
    "too many parts": (lambda: zipped({f"xl/{at}.xml": b"" for at in range(201)}), faults.TOO_MANY_PARTS),
    "zip with a password": (encrypted_zip, faults.ZIP_PASSWORD),
    "zip bomb": (lambda: repacked(GOOD, {"xl/media/image1.png": bytes(40 * 1024 * 1024)}), faults.BOMB),
    "small zip bomb": (lambda: repacked(GOOD, {"xl/media/image1.png": bytes(3 * 1024 * 1024)}), faults.BOMB),
    "wrong check value": (with_wrong_check_value, faults.DAMAGED),
    "a part twice": (twice, faults.DAMAGED),
    "damaged xml": (lambda: repacked(GOOD, {BOOK: b"<workbook"}), faults.DAMAGED),
    "damaged sheet": (lambda: replaced(GOOD, FIRST_SHEET, b"</sheetData>", b"<row>"), faults.DAMAGED),
    "not in UTF-8": (lambda: repacked(GOOD, {BOOK: part(GOOD, BOOK).decode().encode("utf-16")}), faults.DAMAGED),
    "another encoding": (lambda: replaced(GOOD, BOOK, b'encoding="UTF-8"', b'encoding="cp037"'), faults.DAMAGED),
    "no content types": (lambda: repacked(GOOD, {TYPES: None}), faults.DAMAGED),
    "a million styled cells": (many_cells, faults.TOO_MANY_CELLS),
    "entity bomb": (entity_bomb, faults.ENTITIES),
    "ods": (lambda: zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), faults.ODS),
    "docx": (lambda: zipped({TYPES: b"", "word/document.xml": b""}), faults.DOCX),
    "pptx": (lambda: zipped({TYPES: b"", "ppt/presentation.xml": b""}), faults.PPTX),
    "numbers": (lambda: zipped({"Index/Document.iwa": b""}), faults.NUMBERS),
    "xlsb": (lambda: zipped({TYPES: b"", "xl/workbook.bin": b""}), faults.XLSB),
    "xlsm": (lambda: repacked(GOOD, {"xl/vbaProject.bin": b"x"}), faults.MACRO),
    "xlsm without macros": (lambda: replaced(GOOD, TYPES, b"sheet.main", b"sheet.macroEnabled.main"), faults.MACRO),
    "links": (lambda: repacked(GOOD, {"xl/externalLinks/externalLink1.xml": b"<x/>"}), faults.EXTERNAL),
    "embedded": (lambda: repacked(GOOD, {"xl/embeddings/oleObject1.bin": b"x"}), faults.EMBEDDED),
    "a workbook in a zip": (lambda: zipped({"回答.xlsx": GOOD}), faults.ZIPPED),
    "another zip": (lambda: zipped({"readme.txt": b"x"}), faults.NO_WORKBOOK),
    "strict": (
        lambda: replaced(GOOD, BOOK, b"schemas.openxmlformats.org/spread", b"purl.oclc.org/ooxml/s"),
        faults.STRICT,
    ),
    "another workbook": (
        lambda: in_book(lambda book: [book.remove(book[name]) for name in (SHEET, "lists")]),
        faults.NO_STAMP,
    ),
    "no stamp": (lambda: without_sheet(SHEET), faults.STAMP_DELETED),
    "stamp emptied": (lambda: edited(GOOD, (SHEET, "A1", None)), faults.STAMP_DAMAGED),
    "stamp edited": (
        lambda: edited(GOOD, (SHEET, "A1", '{"check":"0","content":{"year":2021}}')),
        faults.STAMP_DAMAGED,
    ),
    "stamp of other things": (lambda: stamped(versions={"people": "1"}), faults.STAMP_DAMAGED),
    "stamp without fingerprints": (lambda: stamped(fingerprints=[]), faults.STAMP_DAMAGED),
    "stamp with more": (lambda: stamped(more=1), faults.STAMP_DAMAGED),
    "later format": (lambda: stamped(format=2), faults.OTHER_FORMAT),
    "another year": (
        lambda: stamped(year=2019),
        "令和元年度の調査票です。令和2年度のものを受け取り、写してから読み込んでください。",
    ),
    "another body": (
        lambda: stamped(body="202011", name="長野県長野市"),
        "長野県長野市（202011）の調査票です。長野県上田市の調査票を選んでください。",
    ),
    "another definition": (lambda: stamped(checksum="0" * 64), faults.OTHER_DEFINITION),
    "another kind of body": (lambda: stamped(kind="town"), faults.OTHER_KIND),
}
PLACES: dict[str, tuple[Callable[[], bytes], str]] = {
    "sheet deleted": (lambda: without_sheet("2"), "シート「2」：このシートがなくなっています。"),
    "sheet renamed": (lambda: in_book(rename), "シート「2」：このシートの名前が「システム」に変わっています。"),
    "sheet copied": (
        lambda: in_book(lambda book: book.copy_worksheet(book["2"])),
        "シート「2」：このシートの写し「2 Copy」があり、どちらを読み込むか決められません。",
    ),
    "line added": (lambda: on_sheet(lambda page: page.insert_rows(8)), "シート「1」のB10：この行から、行や列の並び"),
    "line deleted": (lambda: on_sheet(lambda page: page.delete_rows(6), "3"), "シート「3」のB7：この行から、"),
    "lines cut off": (lambda: on_sheet(lambda page: page.delete_rows(9, 90), "2"), "シート「2」のB9：この行から、"),
    "column added": (lambda: on_sheet(lambda page: page.insert_cols(5)), "シート「1」のB6：この行から、行や列の"),
    "cells merged": (
        lambda: on_sheet(lambda page: page.merge_cells(f"{OWN[1]}:E{OWN[1][1:]}")),
        f"シート「1」：セル{OWN[1]}:E{OWN[1][1:]}が結合されています。",
    ),
    "no such choice": (
        lambda: edited(with_value(at("cio"), "任命している"), (*POST, "部長")),
        f"シート「1」の{POST[1]}：「部長」は選べません。「首長」「副首長」「その他」から選び直してください。",
    ),
    "strange tick": (lambda: with_value(at("training", code="course"), "×"), "：「×」は読み取れません。"),
    "letters": (lambda: with_value(OWN, "3人"), f"の{OWN[1]}：数字だけを入れてください（例：1）。"),
    "a word for a number": (lambda: procedure("たくさん"), "のF7：数字だけを入れてください（例：1）。"),
    "decimals": (lambda: with_value(OWN, 2.5), "：小数は入れられません。"),
    "decimals as text": (lambda: with_value(OWN, "２．５"), "：小数は入れられません。"),
    "negative": (lambda: with_value(OWN, -3), "：0より小さい数字は入れられません。"),
    "too large a number": (lambda: with_value(OWN, 10000), "：9,999までの数字を入れてください。"),
    "an enormous number": (lambda: with_value(OWN, 1e300), "：9,999までの数字を入れてください。"),
    "date": (lambda: with_value(OWN, date(2021, 4, 1)), "：日付になっています。"),
    "percent": (lambda: with_value(OWN, 0.5, "0%"), "：％の付いた数字は読み込めません。"),
    "formula": (lambda: with_value(OWN, "=1+2"), "：数式が入っています。"),
    "error value": (lambda: with_value(OWN, "#REF!"), "：Excelのエラー「#REF!」になっています。"),
    "boolean": (lambda: with_value(OWN, True), "：TRUEやFALSEは読み込めません。"),
    "too long a text": (
        lambda: edited(with_value(at("cio"), "任命している"), (*TEXT, "あ" * 501)),
        f"シート「1」の{TEXT[1]}：500字までで書いてください。",
    ),
}  # fmt: skip


def procedure(total: str) -> bytes:
    place = at("use-school", "lending", "total")
    return edited(GOOD, (*at("use-school", "lending", "exists"), "有"), (*place, total))


CASES = {name: (make, str(expected)) for name, (make, expected) in {**WHOLE, **PLACES}.items()}


@pytest.fixture
def client_of(response: Response, officer: User) -> Any:
    return signed_in(officer)


def send(client: Any, data: bytes) -> Any:
    return client.post(URL, {"file": SimpleUploadedFile("回答.xlsx", data)})


@pytest.mark.parametrize("name", CASES)
def test_each_kind_of_bad_file_has_its_message_and_stores_nothing(name: str, client_of: Any) -> None:
    make, expected = CASES[name]
    page = send(client_of, make())
    assert page.status_code == 400
    assert expected in page.content.decode().replace("&quot;", '"')
    assert 'name="proposal"' not in page.content.decode()
    assert not SectionAnswers.objects.exists()
    assert not Event.objects.filter(kind="answers.saved").exists()


def test_there_are_forty_messages_and_more() -> None:
    told = {str(message) for _make, message in WHOLE.values()}
    told |= {message.split("：", 1)[-1] for _make, message in PLACES.values()}
    assert len(told) >= 60


def test_without_a_file(client_of: Any) -> None:
    page = client_of.post(URL)
    assert (page.status_code, str(faults.NO_FILE) in page.content.decode()) == (400, True)


def test_a_file_longer_than_it_said_is_refused_too() -> None:
    with pytest.raises(Refused, match="大きすぎます"):
        archive.inspect(b"PK" + bytes(archive.MAX_BYTES))


def test_every_fault_is_listed_in_order() -> None:
    outside = at("staff", "outside", "count")
    upload = read.read(edited(GOOD, (*outside, True), (*OWN, "x")), PAGES, owner())
    assert [fault.cell for fault in upload.faults["staff"]] == [OWN[1], outside[1]]


def test_faults_in_english() -> None:
    assert Fault(faults.DATE, "1", "D9").in_language("en").startswith("Sheet 1, D9: This is a date.")
    assert Fault(faults.SHEET_MISSING, "1").in_language("en").startswith("Sheet 1: This sheet is gone.")
    assert Fault(faults.DATE).in_language("en").startswith("This is a date.")


def test_an_area_of_a_whole_sheet_is_never_unfolded(client_of: Any) -> None:
    """openpyxl makes an object for each cell of a merged area: seventeen thousand million of them."""
    area = f"A1:{get_column_letter(16384)}1048576".encode()
    data = replaced(
        GOOD, FIRST_SHEET, b"<pageMargins", b'<mergeCells><mergeCell ref="' + area + b'"/></mergeCells><pageMargins'
    )
    assert "A1:XFD1048576が結合されています" in send(client_of, data).content.decode()


def test_a_picture_does_no_harm() -> None:
    assert read.read(repacked(GOOD, {"xl/media/image1.png": b"x"}), PAGES, owner()).changes == {}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_broken_is_refused_or_read(seed: int) -> None:
    """Parts with signs struck out, doubled or put elsewhere: never an error that the page does not know."""
    rng = Random(seed)
    with zipfile.ZipFile(io.BytesIO(GOOD)) as found:
        names = found.namelist()
    for _ in range(12):
        name = rng.choice(names)
        content = bytearray(part(GOOD, name))
        at = rng.randrange(len(content))
        content[at : at + rng.randint(0, 5)] = rng.choice((b"", b"<", b"9", b'"', content[at : at + 40]))
        with suppress(Refused):
            settle(read.read(repacked(GOOD, {name: bytes(content)}), PAGES, owner()), PAGES, "city", {})


def test_the_state_of_the_response_comes_first(
    client_of: Any, response: Response, survey: Any, prefecture: User, other_city: Body
) -> None:
    assert send(signed_in(prefecture), b"").status_code == 403
    survey.close()
    page = send(client_of, GOOD)
    assert page.status_code == 409
    assert "受付が終わったため、変更できません。" in page.content.decode()
