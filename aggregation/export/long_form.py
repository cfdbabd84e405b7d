"""Tables in the long form, one line a cell (contract, "Tables, long form"), as CSV and JSON. Pure."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from aggregation.baseline import Baseline
from aggregation.compare import Compared, compare
from aggregation.tables import NATIONAL, Cell, Table
from surveys.csv_file import neutralise
from surveys.questionnaire import Text

COLUMNS = (
    "year",
    "table",
    "title",
    "row",
    "row_label",
    "column",
    "column_label",
    "breakdown",
    "group",
    "group_label",
    "bodies",
    "responded",
    "count",
    "base",
    "percent",
    "value",
    "unit",
    "baseline_count",
    "baseline_base",
    "baseline_percent",
    "baseline_value",
    "change",
    "origin",
    "note",
)
Value = str | int | Decimal | None
NOTHING_PUBLISHED = Compared(None, None, None, None, None)


@dataclass(frozen=True)
class LongForm:
    """Lines with a value for each column. `origin`: reported or synthetic."""

    year: int
    origin: str
    rows: tuple[tuple[Value, ...], ...]
    columns: tuple[str, ...] = COLUMNS


def long_form(tables: Sequence[Table], baseline: Baseline | None, year: int, origin: str) -> LongForm:
    """All cells of some tables beside what was published, in Japanese."""
    return LongForm(year, origin, tuple(row for table in tables for row in _rows(table, baseline, year, origin)))


def _rows(table: Table, baseline: Baseline | None, year: int, origin: str) -> Iterator[tuple[Value, ...]]:
    compared = compare(table, baseline)
    rows, columns = ({entry.code: entry.label.ja for entry in entries} for entries in (table.rows, table.columns))
    groups = {group[:2]: group.label.ja for group in table.groups}
    for cell in table.cells:
        key = (cell.row, cell.column, cell.group)
        published = compared.get(key, NOTHING_PUBLISHED) if cell.breakdown == NATIONAL else NOTHING_PUBLISHED
        labels = (rows[cell.row], columns.get(cell.column, ""), groups[cell.breakdown, cell.group])
        yield (year, table.id, table.title.ja, *_line(cell, labels, published, origin))


def _line(cell: Cell, labels: tuple[str, str, str], published: Compared, origin: str) -> Iterator[Value]:
    """A base stands beside a count or a percentage; a sum of persons or cases has none in this form."""
    row, column, group = labels
    share = cell.count is not None or cell.percent is not None
    yield from (cell.row, row, cell.column, column, cell.breakdown, cell.group, group, cell.bodies, cell.responded)
    yield from (cell.count, cell.base if share else None, cell.percent, cell.value, _words(cell.unit))
    yield from (published.baseline_count, published.baseline_base, published.baseline_percent)
    yield from (published.baseline_value, published.change, origin)
    yield "；".join(note for note in (_words(cell.note), published.note) if note)


def _words(text: Text | None) -> str:
    return "" if text is None else text.ja


def to_csv(form: LongForm) -> bytes:
    """CSV in UTF-8 with BOM; a text that a spreadsheet would take for a formula begins with '."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(form.columns)
    writer.writerows(map(_printed, form.rows))
    return out.getvalue().encode("utf-8-sig")


def _printed(row: Sequence[Value]) -> list[str]:
    return ["" if value is None else neutralise(value) if isinstance(value, str) else str(value) for value in row]


def to_json(form: LongForm) -> bytes:
    """JSON in UTF-8: year, origin, columns, and rows as lists in the order of the columns; what is empty is null."""
    rows = [[_plain(value) for value in row] for row in form.rows]
    document = {"year": form.year, "origin": form.origin, "columns": form.columns, "rows": rows}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: Value) -> str | int | float | None:
    """Percentages become floats: one decimal place survives that. An empty text is nothing."""
    return float(value) if isinstance(value, Decimal) else None if value == "" else value
