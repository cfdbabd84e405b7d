"""What can be said of a file before it is opened as a workbook: its sort, its size unpacked, what it carries. Pure.

Nothing is written to disk. What is let through is small, has no macros, links or entities, and is read by openpyxl.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator

from surveys.csv_file import FileFaults, decode
from surveys.questionnaire import Text
from surveys.workbook import faults
from surveys.workbook.faults import Refused

MAX_BYTES = 5 * 1024 * 1024
MAX_PARTS = 200  # ours has 35
MAX_UNPACKED = 30 * 1024 * 1024
MAX_RATIO = 200
MAX_TAGS = 200_000  # ours has about 20,000; at this many openpyxl takes some two seconds
WORKBOOK, CONTENT_TYPES = "xl/workbook.xml", "[Content_Types].xml"

# How a file begins that is not a ZIP, and what it is then.
BEGINNINGS: tuple[tuple[tuple[bytes, ...], Text], ...] = (
    ((b"%PDF",), faults.PDF),
    ((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*"), faults.IMAGE),
    ((b"{\\rtf",), faults.RTF),
    ((b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b"), faults.ARCHIVE),
)
# What an old Office file holds: the name of a stream, in UTF-16.
STREAMS: tuple[tuple[str, Text], ...] = (
    ("EncryptedPackage", faults.PASSWORD),
    ("WordDocument", faults.DOC),
    ("PowerPoint Document", faults.PPT),
    ("Workbook", faults.XLS),
    ("Book", faults.XLS),
)
# What the name of a part inside a ZIP tells.
PARTS: tuple[tuple[str, Text], ...] = (
    (r"word/document\.xml", faults.DOCX),
    (r"ppt/presentation\.xml", faults.PPTX),
    (r"Index/.*\.iwa|Index\.zip", faults.NUMBERS),
    (r"xl/workbook\.bin", faults.XLSB),
    (r".*vbaProject\.bin", faults.MACRO),
    (r"xl/externalLinks/.*", faults.EXTERNAL),
    (r"xl/(embeddings|activeX|ctrlProps)/.*", faults.EMBEDDED),
)


def inspect(data: bytes) -> None:
    """Raises Refused unless this can be an Excel workbook without macros, of a decent size."""
    if not data:
        raise Refused(faults.EMPTY)
    if len(data) > MAX_BYTES:
        raise Refused(faults.TOO_LARGE)
    if not data.startswith(b"PK"):
        raise Refused(_sort(data))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _parts(archive)
            _contents(archive)
    except zipfile.BadZipFile as error:
        is_whole = zipfile.is_zipfile(io.BytesIO(data))
        raise Refused(faults.DAMAGED if is_whole else faults.TRUNCATED) from error
    # zipfile raises NotImplementedError for a way of packing that it does not know.
    except (zlib.error, NotImplementedError, EOFError, ValueError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(faults.DAMAGED) from error


def _sort(data: bytes) -> Text:
    """What a file is that is no ZIP."""
    for signs, message in BEGINNINGS:
        if data.startswith(signs):
            return message
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return next((message for name, message in STREAMS if name.encode("utf-16-le") in data), faults.OLD_OFFICE)
    try:
        text = decode(data).lstrip().lower()
    except FileFaults:
        return faults.UNKNOWN_FILE
    if "\0" in text:
        return faults.UNKNOWN_FILE
    if text.startswith(("<html", "<!doctype html")):
        return faults.HTML
    return faults.XML if text.startswith("<") else faults.CSV


def _parts(archive: zipfile.ZipFile) -> None:
    """Look at the list of parts only."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    names = [part.filename for part in parts]
    for is_so, message in (
        (len(parts) > MAX_PARTS, faults.TOO_MANY_PARTS),
        (any(part.flag_bits & 1 for part in parts), faults.ZIP_PASSWORD),
        (unpacked > MAX_UNPACKED, faults.BOMB),
        (any(part.file_size > MAX_RATIO * max(part.compress_size, 1000) for part in parts), faults.BOMB),
        (len(set(names)) < len(names), faults.DAMAGED),
    ):
        if is_so:
            raise Refused(message)
    for pattern, message in PARTS:
        if any(re.fullmatch(pattern, name) for name in names):
            raise Refused(message)
    if WORKBOOK not in names:
        raise Refused(_without_workbook(archive, names))


def _without_workbook(archive: zipfile.ZipFile, names: list[str]) -> Text:
    if "mimetype" in names and b"opendocument" in _read(archive, "mimetype"):
        return faults.ODS
    is_zipped = any(name.lower().endswith((".xlsx", ".xlsm", ".xls")) for name in names)
    return faults.ZIPPED if is_zipped else faults.NO_WORKBOOK


def _contents(archive: zipfile.ZipFile) -> None:
    """Look into every part that openpyxl may parse."""
    tags = 0
    for name, content in _texts(archive):
        tags += content.count(b"<")
        if tags > MAX_TAGS:
            raise Refused(faults.TOO_MANY_CELLS)
        for is_so, message in CONTENTS:
            if is_so(name, content):
                raise Refused(message)
    if CONTENT_TYPES not in archive.namelist():
        raise Refused(faults.DAMAGED)


def _texts(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    for name in archive.namelist():
        content = _read(archive, name)  # also proves the check value of pictures and the like
        if name.endswith((".xml", ".rels", ".vml")):
            yield name, content


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part, of which no more is unpacked than its size in the list of parts, though that be a lie."""
    with archive.open(name) as part:
        return part.read(archive.getinfo(name).file_size + 1)


def _is_encoded_otherwise(name: str, content: bytes) -> bool:
    """Whether a part is not in UTF-8: then a search for what must not be in it would find nothing."""
    declared = re.search(rb"<\?xml[^>]*encoding=[\"']([^\"']+)", content[:200])
    return b"\0" in content or (declared is not None and declared[1].lower() not in (b"utf-8", b"us-ascii"))


CONTENTS: tuple[tuple[Callable[[str, bytes], bool], Text], ...] = (
    (_is_encoded_otherwise, faults.DAMAGED),
    (lambda name, content: b"<!DOCTYPE" in content or b"<!ENTITY" in content, faults.ENTITIES),
    (lambda name, content: name == CONTENT_TYPES and b"macroEnabled" in content, faults.MACRO),
    (lambda name, content: name == WORKBOOK and b"purl.oclc.org/ooxml" in content, faults.STRICT),
)
