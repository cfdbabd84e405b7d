"""正誤表 in the long form: one line a datum that differs. Pure."""

from collections.abc import Iterator

from aggregation.errata import Changed, Difference, Errata, Erratum, TableErrata
from aggregation.export.long_form import LongForm, Value

COLUMNS = (
    *("year", "edition", "table", "title", "row", "row_label", "column", "column_label"),
    *("breakdown", "group", "group_label", "what", "before", "after"),
    *("bodies", "receipts_before", "receipts_after", "reasons", "origin"),
)
AGAIN = "再提出"


def long_form(errata: Errata, year: int, edition: str, origin: str) -> LongForm:
    """All errata of an edition, in Japanese; what several bodies stand behind is joined by ；."""
    bodies = errata.body_by_code
    rows = tuple(
        (year, edition, *_line(table, cell, each), *_behind([bodies[code] for code in cell.bodies]), origin)
        for table in errata.tables
        for cell in table.cells
        for each in cell.differences
    )
    return LongForm(year, origin, rows, COLUMNS)


def _line(table: TableErrata, cell: Erratum, each: Difference) -> Iterator[Value]:
    yield from (table.id, table.title.ja, cell.row, cell.row_label.ja, cell.column, cell.column_label.ja)
    yield from (cell.breakdown, cell.group, cell.group_label.ja, each.what, each.before, each.after)


def _behind(bodies: list[Changed]) -> Iterator[str]:
    yield "；".join(body.code for body in bodies)
    yield "；".join(body.before for body in bodies)
    yield "；".join(body.after for body in bodies)
    yield "；".join(reason.text or AGAIN for body in bodies for reason in body.reasons)
