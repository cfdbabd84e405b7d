"""A table of municipal populations in e-Stat's CSV form. Pure.

Above the header row stands a block of any lines (name of the table, notes). The header names a column of area codes
(「地域 コード」, 「標準地域コード」, `area_code` …) and one of values (`value`, or a name with 人口). A code has
the 5 digits of JIS X 0402, or 6 with the check digit. What is not known or not published is "-", "***", "X" or "…".
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from surveys.codes import is_code
from surveys.csv_file import FileFaults, decode

NONE = frozenset(("", "-", "‐", "－", "―", "***", "X", "x", "…", "...", "･･･"))
MOST = 2**31 - 1  # what the database holds
AREAS = ("地域", "市区町村", "市町村", "団体")


class Row(NamedTuple):
    """The population of an area; `code` are the 5 digits of JIS X 0402, `value` is None if none is published."""

    line: int
    code: str
    name: str
    value: int | None


class _Columns(NamedTuple):
    line: int
    names: list[str]
    code: int
    value: int


def read(data: bytes, column: str = "") -> list[Row]:
    """The rows that have a code. `column` names the column of values, where that is not plain.

    Raises csv_file.FileFaults naming every fault by line.
    """
    reader = csv.reader(io.StringIO(decode(data), newline=""))
    try:
        records = [(reader.line_num, record) for record in reader]
    except csv.Error as error:
        raise FileFaults([f"line {reader.line_num}: not readable as CSV: {error}"]) from None
    columns = _columns(records, column)
    below = [(number, record) for number, record in records if number > columns.line]
    faults, rows = [], []
    for number, record in below:
        found = _row(number, record, columns)
        if isinstance(found, str):
            faults.append(f"line {number}: {found}")
        elif found:
            rows.append(found)
    faults += _repeated(rows)
    if not rows and not faults:
        faults = [f"line {columns.line}: there is no row with a code under the header"]
    if faults:
        raise FileFaults(faults)
    return rows


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def _is_code_column(name: str) -> bool:
    return name == "area_code" or (name.endswith("コード") and any(area in name for area in AREAS))


def _columns(records: Sequence[tuple[int, list[str]]], column: str) -> _Columns:
    """The header row, and the columns that matter. Raises FileFaults."""
    for line, record in records:
        names = [_plain(name) for name in record]
        codes = [at for at, name in enumerate(names) if _is_code_column(name)]
        if codes and len(names) > 1:
            if len(codes) > 1:
                found = ", ".join(record[at] for at in codes)
                raise FileFaults([f"line {line}: several columns of area codes: {found}; keep one"])
            return _Columns(line, names, codes[0], _value_column(line, record, names, column))
    raise FileFaults(["line 1: no header row with a column of area codes (such as 地域 コード) was found"])


def _value_column(line: int, record: list[str], names: list[str], column: str) -> int:
    if column:
        found = [at for at, name in enumerate(names) if name == _plain(column)]
    elif "value" in names:
        found = [names.index("value")]
    else:
        found = [at for at, name in enumerate(names) if "人口" in name and not name.endswith("コード")]
    if len(found) != 1:
        columns = ", ".join(filter(None, record))
        raise FileFaults(
            [f"line {line}: which column holds the populations? Name it with --column; there are {columns}"]
        )
    return found[0]


def _row(number: int, record: list[str], columns: _Columns) -> Row | str | None:
    """A row, what is wrong with it, or None for a line without a code, such as a note under the table."""
    code, value = (_plain(record[at]) if at < len(record) else "" for at in (columns.code, columns.value))
    if not code.isdigit():
        return f"code {code!r} is not a number" if value not in NONE and code not in NONE else None
    if len(record) != len(columns.names):
        return f"{len(record)} values, but the header has {len(columns.names)} columns"
    if len(code) not in (5, 6):
        return f"code {code!r} has {len(code)} digits instead of 5 or 6 (does its leading 0 miss?)"
    if len(code) == 6 and not is_code(code):
        return f"code {code}: wrong check digit"
    amount = value.replace(",", "")
    if value not in NONE and not (amount.isascii() and amount.isdigit() and int(amount) <= MOST):
        return f"population {value!r} of {code} is not a number of persons"
    name = record[columns.code + 1].strip() if columns.code + 1 < len(record) else ""
    return Row(number, code[:5], name, None if value in NONE else int(amount))


def _repeated(rows: Sequence[Row]) -> Iterator[str]:
    first: dict[str, Row] = {}
    for row in rows:
        if first.setdefault(row.code, row) is not row:
            yield (
                f"line {row.line}: code {row.code} stands already in line {first[row.code].line}; "
                "keep one row for each area (one year, both sexes)"
            )
