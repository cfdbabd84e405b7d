"""Tables over the years: published values of past years, and the round's own from one of its tables. Pure.

Nothing is filled in: a year without a value has no cell, and a year after the round's own is not shown even if it is
known by now. The note of a past value, which marks a break of definition, stays with it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from aggregation.assemble import percent
from aggregation.baseline import Baseline, Published
from aggregation.groups import NATIONAL_LABELS
from aggregation.tables import NATIONAL, PERIODS, SERIES, Cell, Entry, GroupLabel, Series, Table, TableSpec
from surveys.questionnaire import Derived, Text


def extend(
    spec: TableSpec, series: Series, head: Derived, source: Table, past: Iterable[Published], year: int
) -> Table:
    """The series of a spec up to the round of a fiscal year; `source` is the table its own values come from.

    Of two past values for the same place the later one in `past` stands.
    """
    own = year - series.lag
    units = {cell.row: cell.unit for cell in _own(series, source, own)}
    known = {cell.key: cell for cell in past if cell.table == spec.id and int(cell.column) < own}
    cells = [*(_past(cell, units) for cell in known.values()), *_own(series, source, own)]
    cells = sorted(_of(spec, series, cells), key=lambda cell: _place(spec, series, cell))
    used = {cell.group for cell in cells}
    return Table(
        id=spec.id,
        kind=SERIES,
        number=head.number,
        title=head.title,
        heading=source.heading,
        chapter=source.chapter,
        gated=source.gated,
        rows=tuple(Entry(row.code, row.label) for row in spec.rows),
        columns=tuple(_columns(series, cells)),
        groups=tuple(GroupLabel(NATIONAL, code, NATIONAL_LABELS[code]) for code in series.groups if code in used),
        cells=tuple(cells),
        notes=spec.notes,
    )


def _own(series: Series, source: Table, year: int) -> Iterator[Cell]:
    """The cells of the source's row: its columns become the rows of the series, or the row itself if it has none."""
    for cell in source.cells:
        if cell.row == series.row and cell.breakdown == NATIONAL:
            yield cell._replace(row=cell.column or cell.row, column=str(year))


def _past(known: Published, units: dict[str, Text | None]) -> Cell:
    """A published value of an earlier year; how many bodies were in the register then is not known."""
    share = known.percent
    if share is None and known.count is not None and known.base is not None:
        share = percent(known.count, known.base)
    unit = None if known.value is None else units.get(known.row)
    note = Text(known.note, known.note) if known.note else None
    head = (known.row, known.column, NATIONAL, known.group, None, None)
    return Cell(*head, known.base, known.count, share, known.value, unit, note)


def _of(spec: TableSpec, series: Series, cells: Iterable[Cell]) -> Iterator[Cell]:
    rows = {row.code for row in spec.rows}
    return (cell for cell in cells if cell.row in rows and cell.group in series.groups)


def _place(spec: TableSpec, series: Series, cell: Cell) -> tuple[int, int, int]:
    rows = [row.code for row in spec.rows]
    return rows.index(cell.row), int(cell.column), series.groups.index(cell.group)


def _columns(series: Series, cells: Sequence[Cell]) -> Iterator[Entry]:
    ja, en = PERIODS[series.period]
    for year in sorted({int(cell.column) for cell in cells}):
        yield Entry(str(year), Text(ja.format(year), en.format(year)))


def from_baselines(specs: Iterable[TableSpec], baselines: Mapping[int, Baseline]) -> tuple[Published, ...]:
    """What published reports, by their year, print for the series: past values as `extend` takes them."""
    return tuple(
        cell
        for spec in specs
        if spec.series is not None
        for year, baseline in sorted(baselines.items())
        for cell in _published(spec.id, spec.series, baseline, year)
    )


def _published(id: str, series: Series, baseline: Baseline, year: int) -> Iterator[Published]:
    """The printed cells of the source's row, placed in the series as the round's own are (`_own`)."""
    for cell in baseline.cells:
        if (cell.table, cell.row) == (series.source, series.row):
            row, column = cell.column or cell.row, str(year - series.lag)
            yield replace(cell, table=id, row=row, column=column, base=_base(cell, baseline))


def _base(cell: Published, baseline: Baseline) -> int | None:
    """The bodies asked: the printed base or, if the printed count or percentage bears it out, all bodies.

    Whether all bodies were asked in that year only its report can tell, not the questionnaire of another year.
    """
    if cell.base is not None or cell.count is None:
        return cell.base
    everyone = baseline.base(cell.table, cell.group, gated=False)
    if everyone and (cell.count == everyone or cell.percent == percent(cell.count, everyone)):
        return everyone
    return baseline.base(cell.table, cell.group, gated=True)
