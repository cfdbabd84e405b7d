"""From the bodies' answers to tables. Pure.

`build_all` makes all tables of a run. Rules: contract, "Statistical rules".
A base is the number of counted bodies that were asked: their gate was open and, for a row of one tier, they are of it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from aggregation.assemble import Source, assemble, counts, source
from aggregation.baseline import Published
from aggregation.collect import Collected, collect
from aggregation.estimate import procedures
from aggregation.groups import flags
from aggregation.series import extend
from aggregation.tables import (
    KIND_OF_QUESTION,
    NATIONAL,
    TOTAL,
    BodyRow,
    Cell,
    Entry,
    PrintedTop,
    Table,
    TableSpec,
    with_defaults,
)
from surveys.questionnaire import Questionnaire, Text


def build_all(
    questionnaire: Questionnaire,
    specs: Sequence[TableSpec],
    bodies: Sequence[BodyRow],
    past: Sequence[Published],
    year: int,
) -> list[Table]:
    """All tables of a round, in the order of its questionnaire; what `misfits` names is lacking in them."""
    return build(collect(questionnaire, bodies), specs, past, year)


def build(collected: Collected, specs: Sequence[TableSpec], past: Sequence[Published], year: int) -> list[Table]:
    """`build_all` from answers that are already collected."""
    made: dict[str, Table] = {}
    for spec in with_defaults(specs, collected.questionnaire):
        made[spec.id] = _build(spec, collected, past, year, made)
    return list(made.values())


def _build(
    spec: TableSpec, collected: Collected, past: Sequence[Published], year: int, made: Mapping[str, Table]
) -> Table:
    """One table; a series takes its own year from a table that is already made."""
    if spec.series is None:
        found = source(spec, collected)
        return _BUILDERS[KIND_OF_QUESTION[found.question.kind]](found)
    head = collected.questionnaire.derived_by_id[spec.id]
    return extend(spec, spec.series, head, made[spec.series.source], past, year)


def _choice(source: Source) -> Table:
    collected, question = source.collected, source.question
    base, groups = collected.base(question, source.sides), collected.grouping.of(source.sides)
    marks = collected.by_question[question.id].marks
    rows = [Entry(option.code, option.label) for option in question.options]
    cells = (cell for row in rows for cell in counts(row.code, "", marks.get((row.code, ""), 0), base, groups))
    return assemble(source, rows, (), cells)


def _matrix(source: Source) -> Table:
    table = assemble(source, *_entries(source), _matrix_cells(source))
    top = source.spec.printed_top
    if top is None or not {column.code for column in table.columns}.issuperset(top.columns):
        return table
    return _rank(table, top)


def _entries(source: Source) -> tuple[list[Entry], list[Entry]]:
    """The rows and columns of a matrix, all of them, in questionnaire order."""
    question = source.question
    rows = [Entry(row.code, row.label) for row in question.rows]
    return rows, [Entry(column.code, column.label) for column in question.columns]


def _matrix_cells(source: Source) -> Iterator[Cell]:
    collected, question = source.collected, source.question
    marks = collected.by_question[question.id].marks
    for row in question.rows:
        sides = collected.sides(question, row)
        base, groups = collected.base(question, sides), collected.grouping.of(sides)
        for column in question.columns:
            yield from counts(row.code, column.code, marks.get((row.code, column.code), 0), base, groups)


def _rank(table: Table, top: PrintedTop) -> Table:
    """Note which rows a figure prints that has room for the leading ones only.

    Ranked by the bodies of the whole country in any of the named columns; ties in questionnaire order. What ties with
    the last printed row and is left out is named under the table, and beside that row. Where no body has anything,
    nothing is ranked.
    """
    score = dict.fromkeys((row.code for row in table.rows), 0)
    for cell in table.cells:
        if cell.breakdown == NATIONAL and cell.group != TOTAL and cell.column in top.columns:
            score[cell.row] += cell.count or 0
    if not any(score.values()):
        return table
    ranked = sorted(table.rows, key=lambda row: -score[row.code])
    printed = tuple(row.code for row in ranked[: top.rows])
    tied = [row for row in ranked[top.rows :] if score[row.code] == score[printed[-1]]]
    if not tied:
        return replace(table, printed=printed)
    note = _tie_note(len(printed), tied)
    cells = (
        cell._replace(note=note) if cell.row == printed[-1] and cell.breakdown == NATIONAL else cell
        for cell in table.cells
    )
    return replace(table, printed=printed, cells=tuple(cells), notes=(*table.notes, note))


def _tie_note(place: int, tied: Sequence[Entry]) -> Text:
    ja = "、".join(f"「{row.label.ja}」" for row in tied)
    en = ", ".join(f"“{row.label.en}”" for row in tied)
    return Text(
        f"{place}位と同数で、調査票の順が後のため図に載らない項目：{ja}",
        f"Tied with no. {place} and left out of the figure, being later in the questionnaire: {en}",
    )


def _sums(source: Source) -> Table:
    return assemble(source, *_entries(source), _sum_cells(source))


def _sum_cells(source: Source) -> Iterator[Cell]:
    """Sums in the national groups. A group in which no body gave a number has no value."""
    collected, question = source.collected, source.question
    numbers = collected.by_question[question.id].numbers
    (column,) = question.columns
    for row in question.rows:
        sides = collected.sides(question, row)
        base = collected.base(question, sides)
        for group in collected.grouping.national(sides):
            asked = base & group.members
            is_asked = flags(asked, len(collected.bodies))
            given = [value for index, value in numbers.get(row.code, ()) if is_asked[index]]
            head = (row.code, column.code, group.breakdown, group.code, group.bodies, group.responded)
            yield Cell(*head, asked.bit_count(), None, None, sum(given) if given else None, question.unit)


_BUILDERS: dict[str, Callable[[Source], Table]] = {
    "choice": _choice,
    "matrix": _matrix,
    "sums": _sums,
    "procedures": procedures,
}
