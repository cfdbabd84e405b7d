"""A sheet of XlsxWriter that writes its cells some times as fast. Pure.

XlsxWriter keeps each cell as an object, and asks of each what it is, how it looks and whether it must be escaped. Of
bare values none of this is needed: a column has one look, and a value is a text or a number.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import CellBlankTuple, CellNumberTuple, CellStringTuple, Worksheet

from aggregation.export.long_form import Value

# The kinds of cells that there are, as XlsxWriter names them.
ENDS: dict[str, Callable[[Any], str]] = {
    "Blank": lambda cell: "/>",
    "Number": lambda cell: f"><v>{cell.number:.16G}</v></c>",
    "String": lambda cell: f' t="s"><v>{cell.string}</v></c>',
}
column_name = cache(xl_col_to_name)


def shared(text: str) -> str:
    """XlsxWriter takes what stands between these marks for its own and lets it into the file as it is."""
    return f"\u200b{text}" if text.startswith("<r>") else text


class Page(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A worksheet with, below its cells, a body of bare values."""

    top = 0
    rows: Sequence[Sequence[Value]] = ()

    def reach(self, lines: int, columns: int) -> None:
        """So large is the sheet; `put` does not ask any more."""
        self._check_dimensions(0, 0)
        self._check_dimensions(max(lines - 1, 0), max(columns - 1, 0))

    def put(self, line: int, column: int, value: Value, look: Any) -> None:
        """One cell. The public methods look whether a name like "A1" was given, and at the size, each time."""
        if value is None or value == "":
            self.table[line][column] = CellBlankTuple(look)
        elif isinstance(value, str):
            index = self.str_table._get_shared_string_index(shared(value))
            self.table[line][column] = CellStringTuple(index, look)
        else:
            self.table[line][column] = CellNumberTuple(float(value), look)

    def set_body(self, top: int, rows: Sequence[Sequence[Value]]) -> None:
        """The body begins in line `top`, counted from 0, in the first column.

        Its texts are shared at once, since XlsxWriter sorts them before it writes; looks are numbered only then.
        """
        self.top, self.rows = top, rows
        self._check_dimensions(top + len(rows) - 1, max(map(len, rows)) - 1)
        self.ends = {value: self._end(value) for value in dict.fromkeys(chain.from_iterable(rows))}

    def _end(self, value: Value) -> str:
        """A cell from where its look has been written; empty if nothing stands in it."""
        if value is None or value == "":
            return ""
        if isinstance(value, str):
            return f' t="s"><v>{self.str_table._get_shared_string_index(shared(value))}</v></c>'
        return f"><v>{float(value):.16G}</v></c>"

    def _write_rows(self) -> None:
        super()._write_rows()
        self.fh.writelines(self._body_rows())

    def _body_rows(self) -> Iterator[str]:
        ends = self.ends if self.rows else {}
        heads = [(column_name(column), f'"{self._look(column)}') for column in range(self.dim_colmax + 1)]
        for number, row in enumerate(self.rows, self.top + 1):
            cells = [
                f'<c r="{name}{number}{look}{end}'
                for (name, look), value in zip(heads, row, strict=False)
                if (end := ends[value])
            ]
            yield f'<row r="{number}">{"".join(cells)}</row>'

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        """A cell of one of the three kinds, with its look."""
        look, end = cell.format._get_xf_index(), ENDS[type(cell).__name__](cell)
        self.fh.write(f'<c r="{column_name(col)}{row + 1}" s="{look}"{end}')

    def _look(self, column: int) -> str:
        found = self.col_info.get(column)
        return f' s="{found.column_format._get_xf_index()}"' if found and found.column_format else ""
