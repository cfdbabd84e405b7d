"""What may be public: the one place that decides it. Pure.

A question is *open* if the answers of single bodies to it may be public. Of any other, numbers are public only for the
nation and by kind of body, of `LEAST` bodies asked or more, and nothing from which a smaller group could be subtracted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from aggregation.groups import KIND
from aggregation.tables import NATIONAL, TOTAL, Cell, Table
from surveys.questionnaire import MUNICIPALITY, PREFECTURE, Questionnaire

LEAST = 10  # bodies asked


@dataclass(frozen=True)
class Disclosed:
    """The open questions of a round on a day, by public id (or the id of a series that continues one)."""

    questions: frozenset[str]

    def individual(self, question: str) -> bool:
        """Whether the answers of single bodies to a question may be public."""
        return question in self.questions

    def publishable(self, question: str, breakdown: str, base: int | None) -> bool:
        """Whether a number about a question may be public that stands on `base` bodies asked."""
        return self.individual(question) or (breakdown in (NATIONAL, KIND) and base is not None and base >= LEAST)

    def table(self, table: Table) -> Table:
        """A table without the cells that may not be public; an open question's stays as it is."""
        if self.individual(table.id):
            return table
        cells = tuple(self._of(table))
        used = {(cell.breakdown, cell.group) for cell in cells}
        groups = tuple(group for group in table.groups if group[:2] in used)
        return replace(table, cells=cells, groups=groups)

    def _of(self, table: Table) -> Iterator[Cell]:
        """The cells that may be public, in their order. Without a count of bodies: published earlier."""
        places: dict[tuple[str, str], list[Cell]] = defaultdict(list)
        for cell in table.cells:
            if cell.bodies is not None:
                places[cell.row, cell.column].append(cell)
        kept = {cell[:4] for cells in places.values() for cell in self._safe(table.id, cells)}
        return (cell for cell in table.cells if cell.bodies is None or cell[:4] in kept)

    def _safe(self, question: str, cells: Sequence[Cell]) -> Iterator[Cell]:
        """Of the cells of one row and column those that may be public, sums without the parts they would give away."""
        kept = [cell for cell in cells if self.publishable(question, cell.breakdown, cell.base)]
        national = [cell for cell in kept if cell.breakdown == NATIONAL]
        hidden = _hidden((cell for cell in cells if cell.group in (PREFECTURE, MUNICIPALITY)), national)
        yield from (cell for cell in national if cell.group != TOTAL or not 0 < hidden < LEAST)
        if any(cell.group == MUNICIPALITY for cell in national):
            yield from _apart([cell for cell in cells if cell.breakdown == KIND], kept)


def behind_open_gates(questionnaire: Questionnaire, questions: frozenset[str]) -> frozenset[str]:
    """Of some questions those that tell nothing of any other: whether a body is asked what stands behind a gate says
    what it answered to the question that the gate looks at. By public id."""
    closed: set[str] = set()
    for question in questionnaire.question_by_id.values():
        sources = question.gate.questions if question.gate else ()
        told = {questionnaire.question_by_id[id].public_id for id in sources}
        if question.public_id not in questions or not told.isdisjoint(closed):
            closed.add(question.public_id)
    return questions - closed


def _hidden(parts: Iterable[Cell], kept: Sequence[Cell]) -> int:
    """The bodies asked in the parts that are not kept: what subtracting the kept ones from the sum leaves."""
    return sum(cell.base or 0 for cell in parts if cell not in kept)


def _apart(kinds: Sequence[Cell], kept: Sequence[Cell]) -> Sequence[Cell]:
    """The kinds that may stand beside their sum: the smallest go too, until what is hidden is no small group."""
    shown = sorted((cell for cell in kinds if cell in kept), key=lambda cell: cell.base or 0)
    while shown and 0 < _hidden(kinds, shown) < LEAST:
        shown.pop(0)
    return shown
