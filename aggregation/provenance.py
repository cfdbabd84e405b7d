"""Where a number comes from: how each body of its group stands to one cell of a table. Pure.

Of a group's bodies those `COUNTED` make up the count; with `OTHERWISE`, `UNKNOWN` and `BLANK` they are the base
(対象団体数), with `NOT_ASKED` and `NOT_APPLICABLE` the bodies that responded, and with `NO_RESPONSE` all bodies of the
group. A number that is a sum counts the bodies that gave a part of it, and an estimate those that it is projected from;
`UNKNOWN` are those that have a procedure online and answered 不明.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from aggregation.collect import sides_asked
from aggregation.estimate import ESTIMATE, EXISTS, ONLINE, ONLINE_COUNT, RATE, projected
from aggregation.groups import KIND, POPULATION_BAND
from aggregation.members import Member
from aggregation.tables import NATIONAL, TOTAL, BodyRow, Cell
from surveys.answers import UNKNOWN as NOT_KNOWN
from surveys.bands import band
from surveys.questionnaire import MUNICIPALITY, PREFECTURE, Question, Questionnaire, tier
from surveys.rules import asked, totals

COUNTED, OTHERWISE, UNKNOWN, BLANK = "counted", "otherwise", "unknown", "blank"
NOT_ASKED, NOT_APPLICABLE, NO_RESPONSE = "not_asked", "not_applicable", "no_response"
STANDINGS = (COUNTED, OTHERWISE, UNKNOWN, BLANK, NOT_ASKED, NOT_APPLICABLE, NO_RESPONSE)
IN_BASE, BEYOND = (COUNTED, OTHERWISE, UNKNOWN, BLANK), (NOT_ASKED, NOT_APPLICABLE)
ESTIMATED = (ESTIMATE, ONLINE_COUNT, RATE)  # the columns of procedures that are estimates or parts of one
Answer = Mapping[str, Any]
Standing = tuple[str, int | None]


@dataclass(frozen=True)
class Place:
    """A row and a column of a table, and the question behind them; `sides` have bodies in the table's groups there."""

    questionnaire: Questionnaire
    question: Question
    row: str
    column: str
    sides: frozenset[str]

    @property
    def is_estimate(self) -> bool:
        return self.question.kind == "procedures" and self.column in ESTIMATED

    def questions(self) -> list[str]:
        """The questions whose answers decide how a body stands: its own, and those that open the way to it."""
        found = [self.question.id]
        for id in found:
            gate = self.questionnaire.question_by_id[id].gate
            found += [each for each in (gate.questions if gate else ()) if each not in found]
        return found


class Stood(NamedTuple):
    """A body and how it stands to a cell; `value` is the number that it adds to a sum."""

    body: BodyRow
    standing: str
    value: int | None = None


def place_of(questionnaire: Questionnaire, table: str, row: str, column: str) -> Place | None:
    """The place of a row and column; None for a row that adds others up, and for tables over the years."""
    parts = questionnaire.parts.get(table, ())
    for question in parts:
        if row in question.option_by_code or row in question.row_by_code:
            sides = sides_asked(question, question.row_by_code.get(row))
            if question.kind == "procedures" and column in ESTIMATED:
                sides = frozenset(side for part in parts for side in sides_asked(part))
            return Place(questionnaire, question, row, column, sides)
    return None


def belongs(body: BodyRow | Member, place: Place, breakdown: str, group: str) -> bool:
    """Whether a body is of the group of a cell."""
    side = tier(body.kind)
    if breakdown == NATIONAL:
        return side in place.sides and group in (side, TOTAL)
    if side != MUNICIPALITY:
        return False
    if breakdown == POPULATION_BAND:
        return body.population is not None and band(body.population) == group
    return (body.kind if breakdown == KIND else body.prefecture) == group


def stand(place: Place, bodies: Iterable[BodyRow]) -> list[Stood]:
    """How each body stands to a cell at this place."""
    return [_stand(place, body) for body in bodies]


def _stand(place: Place, body: BodyRow) -> Stood:
    question, row = place.question, place.question.row_by_code.get(place.row)
    if body.answers is None:
        return Stood(body, NO_RESPONSE)
    if tier(body.kind) not in sides_asked(question, row):
        return Stood(body, NOT_APPLICABLE)
    section = place.questionnaire.section_of[question.id]
    if question.id not in asked(section, body.kind, body.answers):
        return Stood(body, NOT_ASKED)
    return Stood(body, *_READERS[question.kind](place, body.answers.get(question.id, {})))


def _chosen(is_chosen: bool) -> Standing:
    return COUNTED if is_chosen else OTHERWISE, None


def _said(answer: Answer, key: str, wanted: str) -> Standing:
    return _chosen(answer[key] == wanted) if key in answer else (BLANK, None)


def _single(place: Place, answer: Answer) -> Standing:
    return _said(answer, "value", place.row)


def _multiple(place: Place, answer: Answer) -> Standing:
    return _chosen(place.row in answer["values"]) if answer.get("values") else (BLANK, None)


def _matrix(place: Place, answer: Answer) -> Standing:
    return _said(answer.get("cells", {}), place.row, place.column)


def _ticks(place: Place, answer: Answer) -> Standing:
    """A row that is not ticked is an answer, if any row is."""
    cells = answer.get("cells")
    return _chosen(cells.get(place.row) == place.column) if cells else (BLANK, None)


def _integers(place: Place, answer: Answer) -> Standing:
    cells = answer.get("cells", {})
    value = (cells | totals(place.question, cells)).get(place.row)
    return BLANK if value is None else COUNTED, value


def _procedures(place: Place, answer: Answer) -> Standing:
    cell = answer.get("cells", {}).get(place.row, {})
    if place.column == EXISTS:
        return _said(cell, "exists", "yes")
    if cell.get("exists") != "yes":
        return NOT_ASKED, None
    standing = _said(cell, "online", "done")
    if place.column == ONLINE or standing != (COUNTED, None):
        return standing
    numbers = [cell.get(part) for part in ("total", "online_count")]
    if None in numbers:
        return BLANK, None
    if NOT_KNOWN in numbers:
        return UNKNOWN, None
    return COUNTED, dict(zip((ESTIMATE, ONLINE_COUNT), numbers, strict=True)).get(place.column)


_READERS: dict[str, Callable[[Place, Answer], Standing]] = {
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
    """Whether the bodies found give exactly the numbers of a cell that counts or adds up bodies; an estimate is shown
    with its own reckoning (`reckon`)."""
    everybody = sum(map(len, found.values()))
    if (cell.bodies, cell.responded) != (everybody, everybody - len(found[NO_RESPONSE])):
        return False
    if cell.base is None:
        return True
    base = sum(len(found[standing]) for standing in IN_BASE)
    given = [each.value for each in found[COUNTED] if each.value is not None]
    if cell.count is None:
        return (cell.base, cell.value) == (base, sum(given) if given else None)
    return (cell.base, cell.count) == (base, len(found[COUNTED]))


class Share(NamedTuple):
    """A part of the bodies of a group, or a sum of the parts before it."""

    name: str
    bodies: int
    is_sum: bool = False


# Where no body is named: those that answered otherwise or left it blank, and those that responded but were not asked.
ELSE, NOT_COUNTED = "else", "not_counted"
BASE, RESPONDED, EVERYBODY = "base", "responded", "everybody"


def shares(cell: Cell, found: Mapping[str, Sequence[Stood]] | None) -> Iterator[Share]:
    """The bodies of the group of a cell, part by part: each sum is that of all parts before it. Without `found` as far
    as the numbers of the cell tell. A part without bodies is left out, but for no response."""
    within, base, beyond = _told(cell) if found is None else _counted(found)
    yield from (share for share in within if share.bodies)
    if base is not None:
        yield Share(BASE, base, is_sum=True)
    yield from (share for share in beyond if share.bodies)
    responded, everybody = cell.responded or 0, cell.bodies or 0
    yield Share(RESPONDED, responded, is_sum=True)
    yield Share(NO_RESPONSE, everybody - responded)
    yield Share(EVERYBODY, everybody, is_sum=True)


def _counted(found: Mapping[str, Sequence[Stood]]) -> tuple[list[Share], int, list[Share]]:
    within, beyond = ([Share(name, len(found[name])) for name in names] for names in (IN_BASE, BEYOND))
    return within, sum(share.bodies for share in within), beyond


def _told(cell: Cell) -> tuple[list[Share], int | None, list[Share]]:
    if cell.base is None:
        return [], None, []
    within = [] if cell.count is None else [Share(COUNTED, cell.count), Share(ELSE, cell.base - cell.count)]
    return within, cell.base, [Share(NOT_COUNTED, (cell.responded or 0) - cell.base)]


def quotient(number: int, divisor: int) -> str:
    """A quotient to three places, with … where it goes on: 74.468…"""
    thousandths, rest = divmod(number * 1000, divisor)
    whole, places = divmod(thousandths, 1000)
    digits = f"{places:03}" if rest else f"{places:03}".rstrip("0")
    return f"{whole:,}{digits and f'.{digits}'}{'…' if rest else ''}"


class Reckoned(NamedTuple):
    """The estimate of a procedure for one side with its numbers: cases and population of the `known` bodies, which
    gave their numbers, projected on the population of all `having` the procedure."""

    side: str
    having: int
    known: int
    total: int
    online: int
    reached: int
    population: int
    estimate: int

    @property
    def exact(self) -> str:
        """The estimate before it is rounded."""
        return quotient(self.total * self.population, self.reached)


def reckon(place: Place, stood: Iterable[Stood]) -> list[Reckoned]:
    """The estimate of a procedure, side by side; a side without numbers to project, or without people, has none."""
    listed = list(stood)
    found = (_reckoned(place, side, [each for each in listed if tier(each.body.kind) == side])
             for side in (PREFECTURE, MUNICIPALITY))  # fmt: skip
    return [each for each in found if each is not None]


def _reckoned(place: Place, side: str, stood: Sequence[Stood]) -> Reckoned | None:
    having = [each.body for each in stood if each.standing in IN_BASE]
    known = [each.body for each in stood if each.standing == COUNTED]
    reached = sum(body.population or 0 for body in known)
    if not reached or any(body.population is None for body in having):
        return None
    cells = [(body.answers or {})[place.question.id]["cells"][place.row] for body in known]
    total, online = (sum(cell[part] for cell in cells) for part in ("total", "online_count"))
    population = sum(body.population or 0 for body in having)
    estimate = projected(total, population, reached)
    return Reckoned(side, len(having), len(known), total, online, reached, population, estimate)
