"""第2-1表: how many times a year each procedure is done in the whole country, and how many of these online. Pure.

Rule (contract, "Statistical rules"), per procedure and tier: C are the counted bodies that have the procedure, O those
of C that have it online and gave their numbers. Estimate = Σ_O total × Σ_C population ÷ Σ_O population, exact, rounded
half up once. A procedure's estimate is the sum over its tiers, a group's the sum over its procedures.

A body that gave `unknown` for either number leaves O and stays in C: it can say nothing about the rate.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from aggregation.assemble import Source, assemble, counts, percent
from aggregation.groups import NATIONAL_LABELS, flags, pick
from aggregation.tables import ALL, PROCEDURE_COLUMNS, Cell, Entry, Table
from surveys.questionnaire import MUNICIPALITY, PREFECTURE, Question, Row, Text

ESTIMATE, ONLINE_COUNT, RATE, EXISTS, ONLINE = "estimate", "online_count", "rate", "exists", "online"
ZERO = Decimal("0.0")
NO_BASIS = Text(
    "推計の基礎となるオンライン実施団体なし", "No body does this online, so there is nothing to estimate from"
)
NONE_OCCURRED = Text("実績なし", "None occurred")
NO_PEOPLE = Text(
    "オンライン実施団体の人口が０のため、推計できない",
    "Not estimated: the bodies that do this online have no population",
)


@dataclass(frozen=True)
class Estimate:
    """An estimate for a tier, a procedure, a group or all.

    `total`: cases a year in the whole country, None where it cannot be estimated. `online`: online cases of the
    bodies in O. `basis`: O is not empty. `without`: the bodies of C with no registered population that stand in the
    way. `lacking`: the tiers asked that add 0 because no body of theirs has the procedure online and knows its numbers.
    """

    total: int | None
    online: int
    basis: bool
    without: int = 0
    lacking: tuple[str, ...] = ()

    @property
    def rate(self) -> Decimal | None:
        """Online cases per estimated case in percent; 0.0 of an estimate of 0, as the report has it."""
        if self.total is None:
            return None
        return percent(self.online, self.total) if self.total else ZERO

    @property
    def note(self) -> Text | None:
        """Why the estimate is empty, is 0, or stands for one tier only."""
        if self.without:
            number = self.without.bit_count()
            return Text(
                f"人口が登録されていない団体が{number}団体あるため、推計できない",
                f"Not estimated: no population is registered for {number} of the bodies that have it",
            )
        if self.total is None:
            return NO_PEOPLE
        if not self.basis:
            return NO_BASIS
        notes = [*([NONE_OCCURRED] if self.total == 0 else []), *([self._lacking_note()] if self.lacking else [])]
        return Text("；".join(note.ja for note in notes), "; ".join(note.en for note in notes)) if notes else None

    def _lacking_note(self) -> Text:
        labels = [NATIONAL_LABELS[side] for side in self.lacking]
        ja, en = "・".join(label.ja for label in labels), ", ".join(label.en for label in labels)
        return Text(f"{ja}は{NO_BASIS.ja}", f"{en}: {NO_BASIS.en}")


def projected(total: int, population: int, reached: int) -> int:
    """The cases of some bodies on the population of all: total × population ÷ reached, rounded half up."""
    return (2 * total * population + reached) // (2 * reached)


def add(parts: Iterable[Estimate]) -> Estimate:
    """The sum of estimates that are already rounded; it is empty if one of them is."""
    parts = tuple(parts)
    totals = [part.total for part in parts if part.total is not None]
    without = 0
    for part in parts:
        without |= part.without
    return Estimate(
        total=sum(totals) if len(totals) == len(parts) else None,
        online=sum(part.online for part in parts),
        basis=any(part.basis for part in parts),
        without=without,
    )


class Estimator:
    """The estimates of the procedures of one table."""

    def __init__(self, source: Source) -> None:
        self.collected = source.collected
        self.populations = [body.population or 0 for body in self.collected.bodies]

    @cached_property
    def populated(self) -> int:
        return self.collected.grouping.where(body.population is not None for body in self.collected.bodies)

    def having(self, question: Question, row: Row, sides: frozenset[str]) -> int:
        """The counted bodies of some sides that have a procedure."""
        marks = self.collected.by_question[question.id].marks
        return marks.get((row.code, EXISTS), 0) & self.collected.base(question, sides)

    def of_row(self, question: Question, row: Row) -> Estimate:
        asked = self.collected.sides(question, row)
        sides = [side for side in (PREFECTURE, MUNICIPALITY) if side in asked]
        parts = {side: self.of_tier(question, row, side) for side in sides}
        return replace(add(parts.values()), lacking=tuple(side for side, part in parts.items() if not part.basis))

    def of_tier(self, question: Question, row: Row, side: str) -> Estimate:
        having = self.having(question, row, frozenset((side,)))
        given = self.collected.by_question[question.id].known.get(row.code, ())
        has = flags(having, len(self.populations))
        known = [numbers for numbers in given if has[numbers[0]]]
        if not known:
            return Estimate(0, 0, basis=False)
        online = sum(online for _, _, online in known)
        total = sum(total for _, total, _ in known)
        reached = sum(self.populations[index] for index, _, _ in known)
        if (without := having & ~self.populated) or not reached:
            return Estimate(None, online, basis=True, without=without)
        population = sum(pick(self.populations, having))
        return Estimate(projected(total, population, reached), online, basis=True)


def procedures(source: Source) -> Table:
    """第2-1表: for each group its procedures, and all; the estimates, and who has each procedure and has it online."""
    estimator = Estimator(source)
    asked = [(question, row) for question in source.questions for row in question.rows]
    order = {code: place for place, code in enumerate(source.spec.row_order)}
    asked.sort(key=lambda pair: order.get(pair[1].code, len(order)))
    single = {row.code: estimator.of_row(question, row) for question, row in asked}
    rows = [*_rows(source, asked)]
    sums = {ALL: add(single.values())}
    for group in {row.group for row in rows if row.group}:
        sums[group] = add(single[row.code] for row in rows if row.group == group)
    cells = [*_cells(source, estimator, rows, single | sums, {row.code: (question, row) for question, row in asked})]
    return assemble(source, rows, _columns(source), cells)


def _rows(source: Source, asked: Sequence[tuple[Question, Row]]) -> Iterator[Entry]:
    """Each group followed by its procedures, and all at the end."""
    labels = {named.code: named.label for named in source.spec.rows}
    for group in dict.fromkeys(question.group for question, _ in asked):
        if group:
            yield Entry(group, labels.get(group, Text(group, group)))
        yield from (Entry(row.code, row.label, group) for question, row in asked if question.group == group)
    yield Entry(ALL, labels.get(ALL, Text(ALL, ALL)))


def _columns(source: Source) -> Iterator[Entry]:
    labels = {named.code: named.label for named in source.spec.columns}
    return (Entry(code, labels.get(code, Text(code, code))) for code in PROCEDURE_COLUMNS)


def _cells(
    source: Source,
    estimator: Estimator,
    rows: Iterable[Entry],
    found: dict[str, Estimate],
    asked: dict[str, tuple[Question, Row]],
) -> Iterator[Cell]:
    for row in rows:
        yield from _estimate_cells(source, row.code, found[row.code])
        if row.code in asked:
            yield from _presence_cells(estimator, *asked[row.code])


def _estimate_cells(source: Source, row: str, found: Estimate) -> Iterator[Cell]:
    total, unit = source.collected.grouping.total(source.sides), source.question.unit
    where = (total.breakdown, total.code, total.bodies, total.responded, None, None)
    yield Cell(row, ESTIMATE, *where, None, found.total, unit, found.note)
    yield Cell(row, ONLINE_COUNT, *where, None, found.online, unit)
    yield Cell(row, RATE, *where, found.rate, note=found.note)


def _presence_cells(estimator: Estimator, question: Question, row: Row) -> Iterator[Cell]:
    """`exists` is asked of all, `online` of the bodies that have the procedure."""
    collected = estimator.collected
    sides = collected.sides(question, row)
    groups, marks = collected.grouping.of(sides), collected.by_question[question.id].marks
    having = estimator.having(question, row, sides)
    yield from counts(row.code, EXISTS, having, collected.base(question, sides), groups)
    yield from counts(row.code, ONLINE, marks.get((row.code, ONLINE), 0), having, groups)
