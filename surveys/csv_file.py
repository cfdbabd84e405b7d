"""Reading and writing the CSV files that people give us: encodings, headers, line numbers, formula-safe texts. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DANGEROUS = ("=", "+", "-", "@", "'", "\t", "\r")


class FileFaults(ValueError):
    """A file that is refused whole; `faults` names each fault with its line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Line:
    """One record of a file and the line it stands on (counted from 1, the header included)."""

    number: int
    values: dict[str, str]


def decode(data: bytes) -> str:
    """The text of a file in UTF-8 (with or without BOM) or cp932. Raises FileFaults for anything else."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileFaults(["line 1: the file is neither UTF-8 nor cp932 (Shift_JIS); save it as CSV UTF-8"])


def read(data: bytes, required: Sequence[str], optional: Sequence[str] = ()) -> list[Line]:
    """The records of a CSV file with a header. Blank lines are skipped.

    Raises FileFaults: wrong encoding, missing, unknown or repeated column, a record of another length.
    """
    reader = csv.reader(io.StringIO(decode(data), newline=""))
    try:
        records = [(reader.line_num, record) for record in reader if any(record)]
    except csv.Error as error:
        raise FileFaults([f"line {reader.line_num}: not readable as CSV: {error}"]) from None
    header = [name.strip() for name in records[0][1]] if records else []
    faults = [f"line 1: column {name!r} is missing" for name in required if name not in header]
    known = (*required, *optional)
    faults += [f"line 1: unknown column {name!r}" for name in dict.fromkeys(header) if name not in known]
    faults += [f"line 1: column {name!r} is there twice" for name in dict.fromkeys(header) if header.count(name) > 1]
    faults += [
        f"line {number}: {len(record)} values, but the header has {len(header)} columns"
        for number, record in records[1:]
        if len(record) != len(header)
    ]
    if faults:
        raise FileFaults(faults)
    return [Line(number, dict(zip(header, record, strict=True))) for number, record in records[1:]]


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
