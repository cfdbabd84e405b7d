"""The published numbers a recomputed table is held against, each with its place in print. Pure: no Django, no clock.

Two files of one long form (UTF-8, one published datum a line), columns as in FIELDS:
- `data/baseline-2020.csv`: what 地方自治情報管理概要（電子自治体の推進状況）令和2年度 prints, and nothing else.
  `count` and `base` are bodies, `percent` is per cent to one place, `value` has its `unit` (人 or 件).
  A printed base (「35団体中」) is a line of its own, row and column empty; table `bodies` holds the 47 and the 1,741.
- `data/series.csv`: past values of the two series, column = fiscal or survey year, from the pages named in `source`.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

FIELDS = ("table", "row", "column", "group", "count", "base", "percent", "value", "unit", "source", "note")
GROUPS = ("prefecture", "municipality", "total")
BODIES = "bodies"  # the table whose lines are the number of bodies surveyed

Key = tuple[str, str, str, str]  # table, row, column, group

_INTEGER = re.compile(r"[0-9]+")
_PERCENT = re.compile(r"100(\.0)?|[0-9]{1,2}(\.[0-9])?")


@dataclass(frozen=True)
class Published:
    """One published datum; what is not printed is None (never 0). `group` is one of GROUPS."""

    table: str
    row: str
    column: str
    group: str
    count: int | None
    base: int | None
    percent: Decimal | None
    value: int | None
    unit: str
    source: str
    note: str

    @property
    def key(self) -> Key:
        return self.table, self.row, self.column, self.group


class Number(NamedTuple):
    """One single published number: which of the four it is, and the cell it stands in."""

    cell: Published
    kind: Literal["count", "base", "value", "percent"]
    number: int | Decimal


class BadFile(ValueError):
    """A file that cannot be used: every fault on a line of its own, `file:line: fault`."""

    def __init__(self, path: Path, faults: list[tuple[int, str]]) -> None:
        super().__init__("\n".join(f"{path}:{line}: {fault}" for line, fault in faults))


@dataclass(frozen=True)
class Baseline:
    """The published numbers of one report, in its order."""

    cells: tuple[Published, ...]

    def get(self, table: str, row: str, column: str, group: str) -> Published | None:
        return self._by_key.get((table, row, column, group))

    def base(self, table: str, group: str, gated: bool) -> int | None:
        """Bodies asked: the base printed for the table, else all bodies of the group.

        None where neither holds: a `gated` table (only some bodies are asked) without a printed base,
        a table of persons or procedures, the group `total` (the report prints no 1,788).
        """
        printed = self.get(table, "", "", group)
        if printed is None and not gated and table not in self._tables_of_values:
            printed = self.get(BODIES, "", "", group)
        return printed.base if printed else None

    def numbers(self) -> Iterator[Number]:
        """Every published number once, as N counts them: counts, bases, values, and percentages without a count."""
        for cell in self.cells:
            if cell.count is not None:
                yield Number(cell, "count", cell.count)
            elif cell.percent is not None:
                yield Number(cell, "percent", cell.percent)
            if cell.base is not None:
                yield Number(cell, "base", cell.base)
            if cell.value is not None:
                yield Number(cell, "value", cell.value)

    def percentages(self) -> Iterator[Published]:
        """The cells with a percentage printed beside a count, contradictory ones included."""
        return (cell for cell in self.cells if cell.count is not None and cell.percent is not None)

    @cached_property
    def _by_key(self) -> dict[Key, Published]:
        return {cell.key: cell for cell in self.cells}

    @cached_property
    def _tables_of_values(self) -> frozenset[str]:
        return frozenset(cell.table for cell in self.cells if cell.value is not None)


def load(path: Path) -> Baseline:
    """The baseline file. Raises BadFile."""
    return Baseline(_read(path))


def load_series(path: Path) -> tuple[Published, ...]:
    """Past values of the series, in the order of the file. Raises BadFile."""
    return _read(path)


def percent(count: int, base: int) -> Decimal | None:
    """count × 100 ÷ base, exact, half up to one place (neither is negative); 0 ÷ 0 is no value."""
    return quotient(count * 100, base)


def quotient(number: int, parts: int) -> Decimal | None:
    """number ÷ parts, exact, half up to one place (neither is negative); ÷ 0 is no value.

    In whole tenths, because Decimal division would round twice.
    """
    if parts == 0:
        return None
    tenths = (number * 20 + parts) // (2 * parts)
    return Decimal(tenths).scaleb(-1)


def _read(path: Path) -> tuple[Published, ...]:
    cells: dict[Key, Published] = {}
    faults: list[tuple[int, str]] = []
    for line, record in _records(path):
        found = _faults(record)
        if not found:
            cell = _cell(record)
            if cell.key in cells:
                found = [f"duplicate key {','.join(cell.key)}"]
            cells.setdefault(cell.key, cell)
        faults += [(line, fault) for fault in found]
    if faults:
        raise BadFile(path, faults)
    return tuple(cells.values())


def _records(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines of the file by column, each with its number; blank lines are passed over."""
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        _check_header(path, list(reader.fieldnames or []))
        for record in reader:
            yield reader.line_num, record
    except csv.Error as error:
        raise BadFile(path, [(reader.reader.line_num, str(error))]) from error


def _text(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(path, [(raw.count(b"\n", 0, error.start) + 1, "not UTF-8")]) from error


def _check_header(path: Path, header: list[str]) -> None:
    faults = [f"missing column {name}" for name in FIELDS if name not in header]
    faults += [f"unknown column {name}" for name in header if name not in FIELDS]
    faults += [f"column {name} twice" for name in FIELDS if header.count(name) > 1]
    if faults:
        raise BadFile(path, [(1, fault) for fault in faults])


def _faults(record: dict[str, str]) -> list[str]:
    if any(record.get(name) is None for name in FIELDS) or len(record) > len(FIELDS):
        return [f"not {len(FIELDS)} values"]
    return [*_faults_of_texts(record), *_faults_of_numbers(record)]


def _faults_of_texts(record: dict[str, str]) -> Iterator[str]:
    for name in ("table", "source"):
        if not record[name]:
            yield f"{name} is empty"
    if record["group"] not in GROUPS:
        yield f"group {record['group']!r} is none of {', '.join(GROUPS)}"


def _faults_of_numbers(record: dict[str, str]) -> Iterator[str]:
    for name in ("count", "base", "value"):
        if record[name] and not _INTEGER.fullmatch(record[name]):
            yield f"{name} {record[name]!r} is not a whole number"
    if record["percent"] and not _PERCENT.fullmatch(record["percent"]):
        yield f"percent {record['percent']!r} is not a number from 0 to 100 with at most one decimal"
    if record["count"] and record["value"]:
        yield "both count and value"
    of_a_row = [name for name in ("count", "percent", "value") if record[name]]
    if not of_a_row and not record["base"]:
        yield "no number"
    if of_a_row and not record["row"]:
        yield f"{of_a_row[0]} without a row (only a base stands alone)"


def _cell(record: dict[str, str]) -> Published:
    return Published(
        table=record["table"],
        row=record["row"],
        column=record["column"],
        group=record["group"],
        count=_integer(record["count"]),
        base=_integer(record["base"]),
        percent=Decimal(record["percent"]) if record["percent"] else None,
        value=_integer(record["value"]),
        unit=record["unit"],
        source=record["source"],
        note=record["note"],
    )


def _integer(text: str) -> int | None:
    return int(text) if text else None
