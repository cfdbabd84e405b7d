"""正誤表: which cells differ between two editions of the tables, and whose answers stand behind them. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from aggregation.tables import Table
from surveys.answers import canonical
from surveys.questionnaire import Text

WORDS = {
    "bodies": Text("団体数", "Bodies"),
    "responded": Text("回答団体数", "Bodies that responded"),
    "base": Text("対象団体数", "Bodies asked"),
    "count": Text("団体", "Count"),
    "percent": Text("割合（％）", "Share (%)"),
    "value": Text("値", "Value"),
    "note": Text("注", "Note"),
}
Value = int | str | None
WHAT = tuple(WORDS)  # of a cell; its unit never changes
Key = tuple[str, str, str, str]  # row, column, breakdown, group
NOTHING: dict[str, Value] = dict.fromkeys(WHAT)
NO_LABEL = Text("", "")


@dataclass(frozen=True)
class Reason:
    """A submission that came to be counted: its receipt number and why it was corrected; without a text it was simply
    submitted again."""

    receipt: str
    text: str


@dataclass(frozen=True)
class Changed:
    """A body whose counted submission is another one. `before` and `after` are receipt numbers, empty where nothing
    was counted."""

    code: str
    name: str
    before: str
    after: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Reach:
    """What the change of a body can reach: the tables made from the questions that it answered otherwise, and the
    (breakdown, code) of the groups it belongs to."""

    body: Changed
    tables: frozenset[str]
    groups: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Difference:
    """One datum of a cell: which (`WHAT`), before and after. Percentages and notes are texts."""

    what: str
    before: Value
    after: Value

    @property
    def words(self) -> Text:
        """What it is, in words."""
        return WORDS[self.what]


@dataclass(frozen=True)
class Erratum:
    """A cell that differs, with its labels. `bodies` are the codes of those behind it: none if no answer to this table
    differs in its group, as when a population in the register was corrected."""

    row: str
    row_label: Text
    column: str
    column_label: Text
    breakdown: str
    group: str
    group_label: Text
    differences: tuple[Difference, ...]
    bodies: tuple[str, ...]

    @property
    def key(self) -> Key:
        return self.row, self.column, self.breakdown, self.group

    @property
    def place(self) -> Text:
        """Where it stands in its table: row, column and group."""
        labels = [label for label in (self.row_label, self.column_label, self.group_label) if label != NO_LABEL]
        return Text("／".join(label.ja for label in labels), " / ".join(label.en for label in labels))


@dataclass(frozen=True)
class TableErrata:
    """The cells of one table that differ."""

    id: str
    number: Text | None
    title: Text
    cells: tuple[Erratum, ...]

    @property
    def name(self) -> Text:
        """Number and title of the table."""
        if self.number is None:
            return self.title
        return Text(f"{self.number.ja}　{self.title.ja}", f"{self.number.en}  {self.title.en}")


@dataclass(frozen=True)
class Errata:
    """What an edition changes against the one before it: the bodies counted otherwise, and the cells by table."""

    bodies: tuple[Changed, ...]
    tables: tuple[TableErrata, ...]

    @property
    def body_by_code(self) -> dict[str, Changed]:
        return {body.code: body for body in self.bodies}

    @property
    def count(self) -> int:
        """How many cells differ."""
        return sum(len(table.cells) for table in self.tables)

    def to_text(self) -> str:
        """As canonical JSON."""
        return canonical(asdict(self))


def errata(before: Sequence[Table], after: Sequence[Table], reaches: Sequence[Reach]) -> Errata:
    """Exactly the cells that differ, in the order of the later tables; a table of one side alone differs whole."""
    was, now = ({table.id: table for table in tables} for tables in (before, after))
    found = (_compared(was.get(id), now.get(id), reaches) for id in {**now, **was})
    return Errata(tuple(reach.body for reach in reaches), tuple(table for table in found if table.cells))


def _compared(was: Table | None, now: Table | None, reaches: Sequence[Reach]) -> TableErrata:
    table = now or was
    assert table is not None
    own = [reach for reach in reaches if table.id in reach.tables]
    before, after = _cells(was), _cells(now)
    labels = _Labels([side for side in (was, now) if side])
    cells = tuple(
        labels.erratum(key, differences, _behind(own, key))
        for key in {**after, **before}
        if (differences := tuple(_differences(before.get(key, NOTHING), after.get(key, NOTHING))))
    )
    return TableErrata(table.id, table.number, table.title, cells)


def _cells(table: Table | None) -> dict[Key, dict[str, Value]]:
    return {cell[:4]: {what: _plain(getattr(cell, what)) for what in WHAT} for cell in (table.cells if table else ())}


def _plain(value: int | Decimal | Text | None) -> Value:
    return value if value is None or isinstance(value, int) else str(value)


def _differences(before: Mapping[str, Value], after: Mapping[str, Value]) -> Iterator[Difference]:
    return (Difference(what, before[what], after[what]) for what in WHAT if before[what] != after[what])


def _behind(reaches: Iterable[Reach], key: Key) -> tuple[str, ...]:
    """The bodies of the group of a cell among those that reach its table."""
    return tuple(reach.body.code for reach in reaches if key[2:] in reach.groups)


class _Labels:
    """The words of rows, columns and groups, those of the later table where both have them."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.rows = {entry.code: entry.label for table in tables for entry in table.rows}
        self.columns = {entry.code: entry.label for table in tables for entry in table.columns}
        self.groups = {(group.breakdown, group.code): group.label for table in tables for group in table.groups}

    def erratum(self, key: Key, differences: tuple[Difference, ...], bodies: tuple[str, ...]) -> Erratum:
        row, column, breakdown, group = key
        column_label, group_label = self.columns.get(column, NO_LABEL), self.groups[breakdown, group]
        return Erratum(row, self.rows[row], column, column_label, breakdown, group, group_label, differences, bodies)


def public(found: Errata, withheld: Mapping[str, AbstractSet[Key]]) -> Errata:
    """What everybody may see of some errata.

    `withheld`: the tables of single bodies' answers that are not public, each with the cells that are. Such a table
    names no body, and why a body that it counts otherwise was corrected is not repeated, as it may tell the answer.
    """
    tables = [_public(table, withheld[table.id]) if table.id in withheld else table for table in found.tables]
    kept = tuple(table for table in tables if table.cells)
    quiet = {code for table in found.tables if table.id in withheld for cell in table.cells for code in cell.bodies}
    named = {code for table in kept for cell in table.cells for code in cell.bodies}
    bodies = (_reticent(body) if body.code in quiet else body for body in found.bodies if body.code in named)
    return Errata(tuple(bodies), kept)


def _public(table: TableErrata, cells: AbstractSet[Key]) -> TableErrata:
    return replace(table, cells=tuple(replace(cell, bodies=()) for cell in table.cells if cell.key in cells))


def _reticent(body: Changed) -> Changed:
    return replace(body, reasons=tuple(replace(reason, text="") for reason in body.reasons))


def from_text(text: str) -> Errata:
    """What `Errata.to_text` made."""
    document: dict[str, Any] = json.loads(text)
    bodies = (
        Changed(**{**body, "reasons": tuple(Reason(**reason) for reason in body["reasons"])})
        for body in document["bodies"]
    )
    return Errata(tuple(bodies), tuple(_table(**table) for table in document["tables"]))


def _table(id: str, number: Any, title: Any, cells: list[Any]) -> TableErrata:
    return TableErrata(id, number and Text(**number), Text(**title), tuple(_erratum(cell) for cell in cells))


def _erratum(values: dict[str, Any]) -> Erratum:
    labels = {name: Text(**values[name]) for name in ("row_label", "column_label", "group_label")}
    differences = tuple(Difference(**each) for each in values["differences"])
    return Erratum(**{**values, **labels, "differences": differences, "bodies": tuple(values["bodies"])})
