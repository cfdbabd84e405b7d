"""Reading and writing the CSV files that people give us: encodings, headers, line numbers, formula-safe texts. Pure."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from surveys.questionnaire import Text
from surveys.texts import clean

WRONG_ENCODING = Text(
    "ファイルの文字コードがUTF-8でもShift_JISでもありません。「CSV UTF-8」で保存し直してください。",
    "line 1: the file is neither UTF-8 nor cp932 (Shift_JIS); save it as CSV UTF-8",
)
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # as Excel writes "Unicode text"
MOST_FAULTS = 10_000
DANGEROUS = ("=", "+", "-", "@", "'", "\t", "\r")


class FileFaults(ValueError):
    """A file that is refused whole; `faults` names each fault with its line, in English as commands do. Pages say
    `texts`; a fault that only commands can meet is given in English alone."""

    def __init__(self, faults: Iterable[Text | str]) -> None:
        self.texts = [Text(fault, fault) if isinstance(fault, str) else fault for fault in faults]
        self.faults = [text.en for text in self.texts]
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True)
class Line:
    """One record of a file and the line it stands on (counted from 1, the header included)."""

    number: int
    values: dict[str, str]


def decode(data: bytes) -> str:
    """The text of a file in UTF-8 (with or without BOM) or cp932. Raises FileFaults for anything else."""
    if data.startswith(UTF_16):
        raise FileFaults([WRONG_ENCODING])  # what cp932 makes of it would be told as a fault of a line
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileFaults([WRONG_ENCODING])


def read(data: bytes, required: Sequence[str], optional: Sequence[str] = ()) -> list[Line]:
    """The records of a CSV file with a header. Blank lines are skipped.

    Raises FileFaults: wrong encoding, missing, unknown or repeated column, a record of another length.
    """
    reader = csv.reader(io.StringIO(decode(data), newline=""))
    try:
        records = [(reader.line_num, [*map(clean, record)]) for record in reader if any(record)]
    except csv.Error as error:
        raise FileFaults([at(reader.line_num, "CSVとして読めません。", f"not readable as CSV: {error}")]) from None
    header = [name.strip() for name in records[0][1]] if records else []
    if faults := first(_header_faults(header, required, optional), _length_faults(records[1:], len(header))):
        raise FileFaults(faults)
    return [Line(number, dict(zip(header, record, strict=True))) for number, record in records[1:]]


def first(*faults: Iterable[Text]) -> list[Text]:
    """The faults of a file, as many as anybody puts right: a file that is something else may have a million."""
    return list(islice(chain(*faults), MOST_FAULTS))


def at(line: int, ja: str, en: str) -> Text:
    """A fault with its line."""
    return Text(f"{line}行目：{ja}", f"line {line}: {en}")


def _header_faults(header: list[str], required: Sequence[str], optional: Sequence[str]) -> Iterator[Text]:
    names = dict.fromkeys(header)
    for name in (name for name in required if name not in names):
        yield at(1, f"列「{name}」がありません。", f"column {name!r} is missing")
    for name in (name for name in names if name not in (*required, *optional)):
        yield at(1, f"知らない列「{name}」があります。", f"unknown column {name!r}")
    for name in (name for name in names if header.count(name) > 1):
        yield at(1, f"列「{name}」が2回あります。", f"column {name!r} is there twice")


def _length_faults(records: Iterable[tuple[int, list[str]]], columns: int) -> Iterator[Text]:
    for line, found in ((line, len(record)) for line, record in records if len(record) != columns):
        en = f"{found} values, but the header has {columns} columns"
        yield at(line, f"値が{found}個あります。見出しの列は{columns}個です。", en)


def write(header: Sequence[str], rows: Iterable[Sequence[str]], *, bom: bool = False) -> bytes:
    """A CSV file in UTF-8 with LF line ends."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig" if bom else "utf-8")


def line(cells: Sequence[str]) -> bytes:
    """One line of such a file, for one that is written as it is read."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue().encode()


def neutralise(text: str) -> str:
    """A text that a spreadsheet would take for a formula gets one leading apostrophe."""
    return "'" + text if text.startswith(DANGEROUS) else text


def restore(text: str) -> str:
    """The reverse of `neutralise`: exactly one leading apostrophe goes."""
    return text.removeprefix("'")
