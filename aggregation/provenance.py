"""Where a number comes from: how each body of its group stands to one cell of a table. Pure.

Of a group's bodies those `COUNTED` make up the count; with `OTHERWISE` and `BLANK` they are the base (対象団体数), with
`NOT_ASKED` and `NOT_APPLICABLE` the bodies that responded, and with `NO_RESPONSE` all bodies of the group.
A number that is a sum counts the bodies that gave a part of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from aggregation.collect import sides_asked
from aggregation.estimate import EXISTS, ONLINE
from aggregation.groups import Grouping
from aggregation.tables import BodyRow, Cell
from surveys.questionnaire import Question, Questionnaire
from surveys.rules import asked, totals

COUNTED, OTHERWISE, BLANK = "counted", "otherwise", "blank"
NOT_ASKED, NOT_APPLICABLE, NO_RESPONSE = "not_asked", "not_applicable", "no_response"
STANDINGS = (COUNTED, OTHERWISE, BLANK, NOT_ASKED, NOT_APPLICABLE, NO_RESPONSE)
IN_BASE = (COUNTED, OTHERWISE, BLANK)
Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """A row and a column of a table, and the question behind them."""

    questionnaire: Questionnaire
    question: Question
    row: str
    column: str


class Stood(NamedTuple):
    """A body and how it stands to a cell; `value` is the number that it adds to a sum."""

    body: BodyRow
    standing: str
    value: int | None = None


def question_of(questionnaire: Questionnaire, table: str, row: str) -> Question | None:
    """The question behind a row of a table; None for a row that adds others up, and for tables over the years."""
    for question in questionnaire.parts.get(table, ()):
        if row in question.option_by_code or row in question.row_by_code:
            return question
    return None


def group_of(place: Place, breakdown: str, group: str, bodies: Sequence[BodyRow]) -> list[BodyRow]:
    """The bodies of a cell's group, in code order."""
    sides, grouping = _sides(place), Grouping(bodies)
    groups = (*grouping.of(sides), grouping.total(sides))
    found = next(each for each in groups if (each.breakdown, each.code) == (breakdown, group))
    return [body for index, body in enumerate(bodies) if found.members >> index & 1]


def _sides(place: Place) -> frozenset[str]:
    """The sides in the groups of a cell: estimates stand on all bodies that their table concerns."""
    if place.question.kind == "procedures" and place.column not in (EXISTS, ONLINE):
        parts = place.questionnaire.parts[place.question.public_id]
        return frozenset(side for part in parts for side in sides_asked(part))
    return sides_asked(place.question, place.question.row_by_code.get(place.row))


def stand(place: Place, bodies: Iterable[BodyRow]) -> list[Stood]:
    """How each body stands to a cell at this place."""
    return [_stand(place, body) for body in bodies]


def _stand(place: Place, body: BodyRow) -> Stood:
    question, row = place.question, place.question.row_by_code.get(place.row)
    if body.answers is None:
        return Stood(body, NO_RESPONSE)
    if not question.asked_of(body.kind) or (row and row not in question.rows_for(body.kind) and not row.computed):
        return Stood(body, NOT_APPLICABLE)
    section = place.questionnaire.section_of[question.id]
    if question.id not in asked(section, body.kind, body.answers):
        return Stood(body, NOT_ASKED)
    return Stood(body, *_READERS[question.kind](place, body.answers.get(question.id, {})))


def _chosen(is_chosen: bool) -> tuple[str]:
    return (COUNTED if is_chosen else OTHERWISE,)


def _single(place: Place, answer: Answer) -> tuple[str]:
    return _chosen(answer["value"] == place.row) if "value" in answer else (BLANK,)


def _multiple(place: Place, answer: Answer) -> tuple[str]:
    return _chosen(place.row in answer["values"]) if answer.get("values") else (BLANK,)


def _matrix(place: Place, answer: Answer) -> tuple[str]:
    chosen = answer.get("cells", {}).get(place.row)
    return (BLANK,) if chosen is None else _chosen(chosen == place.column)


def _ticks(place: Place, answer: Answer) -> tuple[str]:
    cells = answer.get("cells")
    return _chosen(cells.get(place.row) == place.column) if cells else (BLANK,)


def _integers(place: Place, answer: Answer) -> tuple[str, int | None]:
    cells = answer.get("cells", {})
    value = (cells | totals(place.question, cells)).get(place.row)
    return (BLANK, None) if value is None else (COUNTED, value)


def _procedures(place: Place, answer: Answer) -> tuple[str]:
    cell = answer.get("cells", {}).get(place.row, {})
    if place.column == EXISTS:
        return _chosen(cell["exists"] == "yes") if "exists" in cell else (BLANK,)
    if cell.get("exists") != "yes":
        return (NOT_ASKED,)
    if place.column == ONLINE:
        return _chosen(cell["online"] == "done") if "online" in cell else (BLANK,)
    return _chosen(cell.get("online") == "done" and _known(cell))


def _known(cell: Answer) -> bool:
    return isinstance(cell.get("total"), int) and isinstance(cell.get("online_count"), int)


_READERS: dict[str, Callable[[Place, Answer], tuple[Any, ...]]] = {
    "single-choice": _single,
    "multiple-choice": _multiple,
    "matrix": _matrix,
    "tick-matrix": _ticks,
    "matrix-integer": _integers,
    "procedures": _procedures,
}


def by_standing(stood: Iterable[Stood]) -> dict[str, list[Stood]]:
    """The bodies of each standing, in their order."""
    found: dict[str, list[Stood]] = {standing: [] for standing in STANDINGS}
    for each in stood:
        found[each.standing].append(each)
    return found


def agrees(cell: Cell, found: Mapping[str, Sequence[Stood]]) -> bool:
    """Whether the bodies found give exactly the numbers of a cell."""
    everybody = sum(map(len, found.values()))
    base = sum(len(found[standing]) for standing in IN_BASE)
    if (cell.bodies, cell.responded) != (everybody, everybody - len(found[NO_RESPONSE])):
        return False
    if cell.count is not None:
        return (cell.count, cell.base) == (len(found[COUNTED]), base)
    if cell.base is None:
        return True  # an estimate is no count of bodies
    given = [each.value for each in found[COUNTED] if each.value is not None]
    return (cell.base, cell.value) == (base, sum(given) if given else None)
