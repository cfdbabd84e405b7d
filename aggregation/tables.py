"""What goes into tables and what comes out: bodies, table definitions, cells. Pure.

A `TableSpec` says what no question says about a table; the shipped ones stand in `aggregation/data/tables.toml`.
A `Table` is made by `aggregation.tabulate`; `to_document` and `from_document` are its JSON form in a run.
"""

import json
import tomllib
from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from aggregation.baseline import GROUPS
from surveys.answers import canonical
from surveys.definition import Reader  # one reader of definitions, so that all are read with the same care
from surveys.questionnaire import DefinitionError, Question, Questionnaire, Text

SHIPPED = Path(__file__).parent / "data" / "tables.toml"
NATIONAL, TOTAL = "national", "total"
KIND_OF_QUESTION = {
    "single-choice": "choice",
    "multiple-choice": "choice",
    "matrix": "matrix",
    "tick-matrix": "matrix",
    "matrix-integer": "sums",
    "procedures": "procedures",
}
SERIES = "series"  # the kind of a table over the years
PERIODS = {"fiscal-year": ("{}年度", "FY{}"), "survey-year": ("{}年", "{}")}
ALL = "all"  # the row that adds all procedures up
PROCEDURE_COLUMNS = ("estimate", "online_count", "rate", "exists", "online")


@dataclass(frozen=True, slots=True)
class BodyRow:
    """One body of the register as tables see it.

    `prefecture` is the 2-digit code; `population` in persons, None where none is registered (that of a prefecture is
    the sum of its municipalities'); `answers` the last submitted snapshot by question id, which holds only answers
    that apply, and None while the body is not counted (未回答).
    """

    code: str
    name: str
    kind: str
    prefecture: str
    population: int | None
    answers: Mapping[str, Any] | None
    synthetic: bool


class Entry(NamedTuple):
    """A row or column of a table; `group` is the row that adds it up with others (第2-1表), else empty."""

    code: str
    label: Text
    group: str = ""


class Cell(NamedTuple):
    """One number of a table with the base it stands on. What does not exist is None.

    `bodies` of the group are in the register, `responded` of them are counted, `base` of those were asked.
    A choice has `count` and `percent` (one place); sums, estimates and online counts have `value` in `unit`.
    """

    row: str
    column: str
    breakdown: str
    group: str
    bodies: int | None
    responded: int | None
    base: int | None
    count: int | None  # type: ignore[assignment]  # hides tuple.count, which nobody needs here
    percent: Decimal | None
    value: int | None = None
    unit: Text | None = None
    note: Text | None = None


class GroupLabel(NamedTuple):
    """A group that a table has cells for, in print order."""

    breakdown: str
    code: str
    label: Text


@dataclass(frozen=True)
class Table:
    """One finished table. `number` and `heading` are those of the report; face items have no number.

    `gated`: some question behind it is not asked of every body, so that its bases differ from all bodies.
    `printed`: for a figure that prints only its leading rows, the codes of those rows in rank order.
    """

    id: str
    kind: str
    number: Text | None
    title: Text
    heading: Text
    chapter: str
    gated: bool
    rows: tuple[Entry, ...]
    columns: tuple[Entry, ...]
    groups: tuple[GroupLabel, ...]
    cells: tuple[Cell, ...]
    notes: tuple[Text, ...] = ()
    printed: tuple[str, ...] = ()

    def head(self) -> dict[str, Any]:
        """What the table is, as JSON-able values; texts are [ja, en]."""
        return {
            "id": self.id,
            "number": self.number and _pair(self.number),
            "title": _pair(self.title),
            "heading": _pair(self.heading),
            "chapter": self.chapter,
        }

    def to_text(self) -> str:
        """The table as canonical JSON: equal tables give equal texts."""
        return canonical(to_document(self))


@dataclass(frozen=True)
class Named:
    """A label of a row, column or group of rows that no question has."""

    code: str
    label: Text


@dataclass(frozen=True)
class PrintedTop:
    """The figure prints only `rows` rows: those with most bodies in any of `columns`, ties in questionnaire order."""

    rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Series:
    """A table over the years. The round's own values come from `row` of the table `source`.

    Its column is the round's year less `lag`; `period` names how a year is written.
    """

    source: str
    row: str
    period: str
    lag: int
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Redefined:
    """From the year `at` on the numbers of a series mean something else than before."""

    at: int
    why: Text


@dataclass(frozen=True)
class TableSpec:
    """What no question says about a table. `id` is the public id of its question or, with `series`, its own.

    `rows` and `columns` are labels: of the groups, all and the columns of procedures, or of the rows of a series.
    `breaks`: where a series does not go on.
    `nothing` are columns of a matrix that say there is nothing, which its figure leaves white.
    """

    id: str
    printed_top: PrintedTop | None = None
    series: Series | None = None
    row_order: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    notes: tuple[Text, ...] = field(default=(), metadata={"key": "note"})
    rows: tuple[Named, ...] = field(default=(), metadata={"key": "row"})
    columns: tuple[Named, ...] = field(default=(), metadata={"key": "column"})
    breaks: tuple[Redefined, ...] = field(default=(), metadata={"key": "break"})


def load_specs(path: Path = SHIPPED) -> tuple[TableSpec, ...]:
    """The table definitions of a TOML file.

    Raises DefinitionError with every fault: not TOML, unknown or missing key, missing translation, repeated id, what a
    table of its sort needs and is not there, or may not have.
    """
    reader = Reader()
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DefinitionError([f"{path.name}: not readable as TOML in UTF-8: {error}"]) from error
    for key in data.keys() - {"table"}:
        reader.fault(path.name, f"unknown key {key!r}")
    found = reader.sequence(TableSpec, data.get("table"), f"{path.name}: table")
    specs = [spec for spec in found if spec is not None]
    seen: set[str] = set()
    for spec in specs:
        for what in _faults(spec, seen):
            reader.fault(f"{path.name}: table {spec.id}", what)
        seen.add(spec.id)
    if reader.faults:
        raise DefinitionError(reader.faults)
    return tuple(specs)


def _faults(spec: TableSpec, before: set[str]) -> Iterator[str]:
    """What a definition lacks, or has too much of. `before`: the ids that stand before it."""
    if spec.id in before:
        yield "this id is there twice"
    if spec.series is not None:
        yield from _series_faults(spec, spec.series)
    elif [column.code for column in spec.columns] not in ([], [*PROCEDURE_COLUMNS]):
        yield f"the columns are {', '.join(PROCEDURE_COLUMNS)}"
    elif spec.breaks:
        yield "only a series has breaks: those of a question are seen in its definitions"
    if spec.printed_top is not None and (spec.printed_top.rows < 1 or not spec.printed_top.columns):
        yield "printed_top needs at least one row and one column"


def _series_faults(spec: TableSpec, series: Series) -> Iterator[str]:
    if series.period not in PERIODS:
        yield f"series: period {series.period!r} is not one of {', '.join(PERIODS)}"
    for group in [code for code in series.groups if code not in GROUPS]:
        yield f"series: group {group!r} is not one of {', '.join(GROUPS)}"
    if not spec.rows or not series.groups:
        yield "a series needs rows and groups"
    if spec.printed_top or spec.row_order or spec.columns:
        yield "a series has no printed_top, row_order or columns"


def with_defaults(specs: Sequence[TableSpec], questionnaire: Questionnaire) -> list[TableSpec]:
    """A spec for each table of a questionnaire, in its order: a plain one for a question that has none.

    So a question added for a new round has its table at once and in its place. A series follows the table of its source
    if the questionnaire says how it is numbered and called. What is left out, `misfits` says.
    """
    own = {spec.id: spec for spec in specs if spec.series is None}
    found = []
    for id, parts in questionnaire.parts.items():
        if kind_of(parts) is not None:
            derived = (spec for spec in specs if spec.series and spec.series.source == id)
            found += [own.get(id, TableSpec(id)), *(spec for spec in derived if spec.id in questionnaire.derived_by_id)]
    return found


def kind_of(parts: Sequence[Question]) -> str | None:
    """The kind of table that the questions behind a public id make; None if they make none together."""
    kinds = {KIND_OF_QUESTION[question.kind] for question in parts}
    return kinds.pop() if len(parts) == 1 or kinds == {"procedures"} else None


def codes_of(parts: Sequence[Question]) -> tuple[set[str], set[str]]:
    """The rows and the columns of the table that some questions make."""
    rows = {code for part in parts for code in (*part.option_by_code, *part.row_by_code)}
    if kind_of(parts) == "procedures":
        return rows | {ALL} | {part.group for part in parts if part.group}, set(PROCEDURE_COLUMNS)
    return rows, {code for part in parts for code in part.column_by_code}


def _pair(text: Text) -> list[str]:
    return [text.ja, text.en]


def _texts(pairs: list[list[str]]) -> tuple[Text, ...]:
    return tuple(Text(*pair) for pair in pairs)


def _entry(code: str, ja: str, en: str, group: str = "") -> Entry:
    return Entry(code, Text(ja, en), group)


def to_document(table: Table) -> dict[str, Any]:
    """The table as JSON-able values; equal tables give equal documents.

    `heads` are the distinct (breakdown, group, bodies, responded), and `texts` the distinct units and notes.
    `lines` are [row, column, cells], where a cell is [head, base, count, percent, value, unit, note] with what is
    empty at its end left out, head, unit and note being positions.
    """
    heads = _positions(cell[2:6] for cell in table.cells)
    texts = _positions(text for cell in table.cells for text in (cell.unit, cell.note) if text is not None)
    lines = [
        [row, column, [_short(cell, heads, texts) for cell in cells]]
        for (row, column), cells in groupby(table.cells, attrgetter("row", "column"))
    ]
    return {
        **table.head(),
        "kind": table.kind,
        "gated": table.gated,
        "rows": [[row.code, *_pair(row.label), row.group] for row in table.rows],
        "columns": [[column.code, *_pair(column.label)] for column in table.columns],
        "groups": [[group.breakdown, group.code, *_pair(group.label)] for group in table.groups],
        "notes": [_pair(note) for note in table.notes],
        "printed": list(table.printed),
        "heads": [list(head) for head in heads],
        "texts": [_pair(text) for text in texts],
        "lines": lines,
    }


def _positions(values: Iterable[Hashable]) -> dict[Any, int]:
    return {value: position for position, value in enumerate(dict.fromkeys(values))}


def _short(cell: Cell, heads: Mapping[Any, int], texts: Mapping[Text, int]) -> list[Any]:
    if cell.value is None and cell.unit is None and cell.note is None and cell.percent is not None:
        return [heads[cell[2:6]], cell.base, cell.count, str(cell.percent)]  # as most cells are
    percent = None if cell.percent is None else str(cell.percent)
    unit, note = (None if text is None else texts[text] for text in (cell.unit, cell.note))
    values = [heads[cell[2:6]], cell.base, cell.count, percent, cell.value, unit, note]
    while values[-1] is None:
        values.pop()
    return values


def from_document(document: Mapping[str, Any], breakdowns: Container[str] | None = None) -> Table:
    """The table of a document made by `to_document`; with the cells of some breakdowns only, which is much faster."""
    heads, texts = document["heads"], _texts(document["texts"])
    wanted = {place for place, head in enumerate(heads) if breakdowns is None or head[0] in breakdowns}
    cells = tuple(
        _long(row, column, values, heads, texts)
        for row, column, cells in document["lines"]
        for values in cells
        if values[0] in wanted
    )
    return Table(
        id=document["id"],
        kind=document["kind"],
        number=document["number"] and Text(*document["number"]),
        title=Text(*document["title"]),
        heading=Text(*document["heading"]),
        chapter=document["chapter"],
        gated=document["gated"],
        rows=tuple(_entry(*row) for row in document["rows"]),
        columns=tuple(_entry(*column) for column in document["columns"]),
        groups=tuple(GroupLabel(breakdown, code, Text(ja, en)) for breakdown, code, ja, en in document["groups"]),
        cells=cells,
        notes=_texts(document["notes"]),
        printed=tuple(document["printed"]),
    )


def from_text(text: str, breakdowns: Container[str] | None = None) -> Table:
    """The table of a text made by `Table.to_text`, whole or with the cells of some breakdowns only."""
    return from_document(json.loads(text), breakdowns)


def _long(row: str, column: str, values: list[Any], heads: list[list[Any]], texts: Sequence[Text]) -> Cell:
    head, base, count, percent, value, unit, note = values + [None] * (7 - len(values))
    breakdown, group, bodies, responded = heads[head]
    share = None if percent is None else _decimal(percent)
    unit_text = None if unit is None else texts[unit]
    note_text = None if note is None else texts[note]
    return Cell(row, column, breakdown, group, bodies, responded, base, count, share, value, unit_text, note_text)


_decimal = cache(Decimal)  # some hundred different shares in some ten thousand cells
