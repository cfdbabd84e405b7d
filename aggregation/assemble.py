"""What every kind of table is put together with: its source, its count cells, its head. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aggregation import baseline
from aggregation.collect import Collected
from aggregation.groups import Group
from aggregation.tables import KIND_OF_QUESTION, Cell, Entry, GroupLabel, Table, TableSpec
from surveys.questionnaire import Question

# The same few counts and bases come back in thousands of cells.
percent = lru_cache(maxsize=65_536)(baseline.percent)


@dataclass(frozen=True)
class Source:
    """What a table is made from: its spec, the questions behind it, and all that was answered."""

    spec: TableSpec
    questions: tuple[Question, ...]
    collected: Collected
    sides: frozenset[str]

    @property
    def question(self) -> Question:
        return self.questions[0]


def source(spec: TableSpec, collected: Collected) -> Source:
    """The source of a spec; its question must be there."""
    questions = collected.questionnaire.parts[spec.id]
    sides = frozenset(side for question in questions for side in collected.sides(question))
    return Source(spec, questions, collected, sides)


def counts(row: str, column: str, chosen: int, base: int, groups: Sequence[Group]) -> Iterator[Cell]:
    """The cells of one row and column: in each group, the bodies asked, and those of them that chose it."""
    chosen &= base
    for group in groups:
        asked = (base & group.members).bit_count()
        count = (chosen & group.members).bit_count()
        share = percent(count, asked)
        yield Cell(row, column, group.breakdown, group.code, group.bodies, group.responded, asked, count, share)


def assemble(source: Source, rows: Iterable[Entry], columns: Iterable[Entry], cells: Iterable[Cell]) -> Table:
    """A table with the head of its question and the notes of its spec."""
    spec, question = source.spec, source.question
    kept = tuple(cells)
    return Table(
        id=spec.id,
        kind=KIND_OF_QUESTION[question.kind],
        number=question.number,
        title=question.title,
        heading=question.heading,
        chapter=source.collected.questionnaire.section_of[question.id].chapter,
        gated=any(part.gate is not None for part in source.questions),
        rows=tuple(rows),
        columns=tuple(columns),
        groups=tuple(_labels(source, {(cell.breakdown, cell.group) for cell in kept})),
        cells=kept,
        notes=spec.notes,
    )


def _labels(source: Source, used: set[tuple[str, str]]) -> Iterator[GroupLabel]:
    """The groups that have cells; estimates have a total even where only one side is asked."""
    grouping = source.collected.grouping
    for group in dict.fromkeys((*grouping.of(source.sides), grouping.total(source.sides))):
        if (group.breakdown, group.code) in used:
            yield GroupLabel(group.breakdown, group.code, group.label)
