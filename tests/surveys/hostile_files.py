"""Files made to cost time or memory, each given to a reader of uploads; run by test_hostile_files.py in a process with
limits of its own. Prints what each reader said, as JSON."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import django
import openpyxl

django.setup()

from surveys import people_file, register_file  # noqa: E402  models need settings
from surveys.csv_file import FileFaults  # noqa: E402  models need settings
from surveys.definition_book.read import read as read_definition  # noqa: E402  models need settings
from surveys.workbook.faults import Refused  # noqa: E402  models need settings
from surveys.workbook.read import read as read_answers  # noqa: E402  models need settings
from tests.factories import questionnaire  # noqa: E402  models need settings
from tests.workbooks import definition_book, made, owner, part, repacked, replaced, zipped  # noqa: E402  models need settings

ALL = b"A1:XFD1048576"
LIE = 700_000_000  # bytes, more than the process may have
SHEET = "xl/worksheets/sheet2.xml"


@cache
def lying(name: str, unpacked: int) -> bytes:
    """A part that says it has 1,000 bytes, and unpacks to far more."""
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = b"".join(pack.compress(bytes(1_000_000)) for _ in range(unpacked // 1_000_000)) + pack.flush()
    data = bytearray(zipped({name: b"x" * 1000, "xl/workbook.xml": b"<x/>"}))
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        old = found.getinfo(name).compress_size
    at = 30 + len(name)
    data[at : at + old] = content
    struct.pack_into("<I", data, 18, len(content))
    start = data.find(b"PK\x01\x02")
    struct.pack_into("<I", data, start + 20, len(content))
    second = data.find(b"PK\x01\x02", start + 4)
    struct.pack_into("<I", data, second + 42, struct.unpack_from("<I", data, second + 42)[0] + len(content) - old)
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<I", data, end + 16, start)
    return bytes(data)


def mimetype() -> bytes:
    return lying("mimetype", LIE).replace(b"xl/workbook", b"xl/w0rkbook")


def overlapping() -> bytes:
    """Many parts in the list that are one and the same in the file."""
    data = bytearray(zipped({"xl/a00.xml": bytes(900_000), "xl/workbook.xml": b"<x/>"}))
    start, end = data.find(b"PK\x01\x02"), data.rfind(b"PK\x05\x06")
    first = data[start : data.find(b"PK\x01\x02", start + 4)]
    rest = data[start + len(first) : end]
    entries = b"".join(first.replace(b"xl/a00.xml", b"xl/a%02d.xml" % at) for at in range(90))
    whole = data[:start] + entries + rest + data[end:]
    struct.pack_into("<HHI", whole, len(whole) - 14, 91, 91, len(entries) + len(rest))
    return bytes(whole)


def with_area(data: bytes, sheet: str) -> bytes:
    """A sheet that says it reaches to the last cell there can be."""
    content = part(data, sheet)
    begin = content.index(b'<dimension ref="') + 16
    return repacked(data, {sheet: content[:begin] + ALL + content[content.index(b'"', begin) :]})


def far_away(data: bytes, sheet: str) -> bytes:
    """One cell in the last column of the last row."""
    cell = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    return replaced(data, sheet, b"</sheetData>", cell)


def styles(data: bytes) -> bytes:
    return replaced(data, "xl/styles.xml", b"<cellXfs", b"<cellXfs>" + b"<xf/>" * 250_000 + b"</cellXfs><cellXfs")


def strings(data: bytes) -> bytes:
    return repacked(data, {"xl/sharedStrings.xml": b"<sst>" + b"<si><t>x</t></si>" * 120_000 + b"</sst>"})


def sheets() -> bytes:
    book = openpyxl.Workbook()
    for at in range(250):
        book.create_sheet(f"s{at}")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def deep() -> bytes:
    return repacked(BOOKS["answers"][0], {SHEET: b"<a>" * 150_000})


READERS: dict[str, Callable[[bytes], Any]] = {
    "answers": lambda data: read_answers(data, questionnaire("pages"), owner()),
    "definition": lambda data: read_definition(data, 2020),
    "people": people_file.read,
    "register": lambda data: register_file.read(data, frozenset({"city"})),
}
BOOKS = {
    "answers": (made(), SHEET),
    "definition": (definition_book("pages"), "xl/worksheets/sheet4.xml"),
    "people": (people_file.blank_workbook("ja", ["決裁者"]), "xl/worksheets/sheet1.xml"),
}
HEAD = {"people": "name,email,body,role\n", "register": ",".join(register_file.REQUIRED) + "\n"}


def cases() -> dict[tuple[str, str], Callable[[], bytes]]:
    found: dict[tuple[str, str], Callable[[], bytes]] = {}
    for reader, (data, sheet) in BOOKS.items():
        found |= {
            (reader, "a size that lies"): lambda: lying("xl/styles.xml", LIE),
            (reader, "a mimetype that lies"): mimetype,
            (reader, "overlapping parts"): overlapping,
            (reader, "a zip in a zip"): lambda: zipped({"a.zip": zipped({"b.zip": bytes(30_000_000)})}),
            (reader, "an area of everything"): lambda data=data, sheet=sheet: with_area(data, sheet),
            (reader, "a cell far away"): lambda data=data, sheet=sheet: far_away(data, sheet),
            (reader, "many styles"): lambda data=data: styles(data),
            (reader, "many texts"): lambda data=data: strings(data),
            (reader, "many sheets"): sheets,
            (reader, "parts in parts"): deep,
        }
    for reader, head in HEAD.items():
        found |= {
            (reader, "a long line"): lambda head=head: head.encode() + b"x" * 1_900_000,
            (reader, "a million lines"): lambda head=head: head.encode() + b"x\n" * 940_000,
            (reader, "many columns"): lambda head=head: head.encode() + b"," * 1_900_000,
            (reader, "wrong values"): lambda head=head: head.encode() + b"1,,,,,\n" * 130_000 + b"1,,,\n" * 130_000,
            (reader, "quotes without end"): lambda head=head: head.encode() + b'"\n' * 900_000,
            (reader, "NUL"): lambda head=head: head.encode() + b"\0" * 1_900_000,
            (reader, "UTF-16"): lambda head=head: (head + "x" * 900_000).encode("utf-16"),
        }
    return found


def said(reader: str, make: Callable[[], bytes]) -> str:
    try:
        READERS[reader](make())
    except Refused as refusal:
        return refusal.faults[0].in_language("en")
    except FileFaults as faults:
        return faults.faults[0]
    return "read"


if __name__ == "__main__":
    print(json.dumps({f"{reader}: {name}": said(reader, make) for (reader, name), make in cases().items()}))
