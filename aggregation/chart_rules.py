"""What kind of chart shows a table; the same rule wherever charts are drawn. Pure."""

from collections import defaultdict

from aggregation.tables import NATIONAL, SERIES, Table

PIE, BAR, STACKED, LINE = "pie", "bar", "stacked", "line"


def chart_kind(table: Table) -> str | None:
    """Pies and stacked bars for the parts of a whole, bars for several answers, lines for years.

    None for tables of persons and cases, which the report prints as tables, and where nobody was asked.
    """
    if not any(cell.percent is not None for cell in table.cells if cell.breakdown == NATIONAL):
        return None
    if table.kind == SERIES:
        return LINE
    if table.kind == "matrix":
        return STACKED if len(table.columns) > 1 and _is_whole(table) else BAR
    if table.kind == "choice":
        return PIE if _is_whole(table) else BAR
    return None


def _is_whole(table: Table) -> bool:
    """Whether each body asked is counted exactly once: in one row or, in a matrix, in one column of every row."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    bases: dict[tuple[str, str], int] = defaultdict(int)
    for cell in table.cells:
        if cell.breakdown == NATIONAL:
            whole = cell.group, cell.row if table.columns else ""
            counts[whole] += cell.count or 0
            bases[whole] = cell.base or 0
    return counts == bases
