"""Synthetic answers to questions of choice: exact counts where they are known, plausible ones elsewhere. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from aggregation.synthetic.people import Crowd, SyntheticBody, apportion
from aggregation.synthetic.plan import Plan
from surveys.questionnaire import Option, Question, Row
from surveys.questionnaire import tier as side_of

Answers = dict[str, dict[str, Any]]
OTHER = "（合成データ）その他の例"
NEGATIVE = ("none", "no_plan", "not_appointed", "no", "not_open", "will_not", "undecided", "unknown")


def single(question: Question, bodies: Sequence[SyntheticBody], crowd: Crowd, plan: Plan) -> Answers:
    """One option for each body: the readier bodies get the options that stand first, as they stand in the report."""
    side = side_of(bodies[0].kind)
    known = {option.code: plan.count(question, side, option.code) for option in question.options}
    rest = len(bodies) - sum(count or 0 for count in known.values())
    free = [code for code, count in known.items() if count is None]
    spread = apportion(rest, [plan.weight(question, code) for code in free]) if free else []
    counts = {**{code: count or 0 for code, count in known.items()}, **dict(zip(free, spread, strict=True))}
    order = iter(crowd.shuffled(bodies, ready=1.0 if set(counts) & set(NEGATIVE) else 0.2))
    answers: Answers = {}
    for option in question.options:
        for _ in range(counts[option.code]):
            answers[next(order).code] = _with_text({"value": option.code}, [option])
    return answers


def multiple(question: Question, bodies: Sequence[SyntheticBody], crowd: Crowd, plan: Plan) -> Answers:
    """Options for each body, in the order of the definition."""
    chosen = _Choosing(question, question.options, bodies, crowd, plan).run()
    by_code = question.option_by_code
    ordered = {body: [code for code in by_code if code in codes] for body, codes in chosen.items()}
    return {body: _with_text({"values": codes}, [by_code[code] for code in codes]) for body, codes in ordered.items()}


def ticks(question: Question, bodies: Sequence[SyntheticBody], crowd: Crowd, plan: Plan) -> Answers:
    """Rows for each body of a tick matrix."""
    chosen = _Choosing(question, question.rows, bodies, crowd, plan).run()
    column, by_code = question.columns[0].code, question.row_by_code
    answers = {}
    for body, codes in chosen.items():
        rows = [by_code[code] for code in by_code if code in codes]
        answers[body] = _with_text({"cells": {row.code: column for row in rows}}, rows)
    return answers


def _with_text(answer: dict[str, Any], entries: Sequence[Option | Row]) -> dict[str, Any]:
    texts = {entry.code: OTHER for entry in entries if entry.other_text}
    return {**answer, "other_text": texts} if texts else answer


class _Choosing:
    """Which bodies choose which of several options, so that the counts are met and no body is left without one."""

    def __init__(
        self,
        question: Question,
        entries: Sequence[Option | Row],
        bodies: Sequence[SyntheticBody],
        crowd: Crowd,
        plan: Plan,
    ) -> None:
        self.question, self.crowd, self.plan = question, crowd, plan
        self.side = side_of(bodies[0].kind)
        self.exclusive = next((entry.code for entry in entries if entry.exclusive), None)
        self.codes = [entry.code for entry in entries if not entry.exclusive]
        self.bodies = list(bodies)
        self.chosen: dict[str, set[str]] = {body.code: set() for body in bodies}
        reached = plan.reached(question, self.side)
        self.active = crowd.shuffled(bodies)[:reached] if reached is not None else self.bodies
        self.must_cover = self.exclusive is None or reached is not None

    def run(self) -> Mapping[str, set[str]]:
        known = {code: self.plan.count(self.question, self.side, code) for code in self.codes}
        for code, count in known.items():
            if count is not None:
                self.pick(code, count)
        free = {
            code: self.plan.free_count(self.question, self.side, code, len(self.active), self.crowd.rng)
            for code, count in known.items()
            if count is None
        }
        if self.must_cover:
            self.cover(free)
        for code, count in free.items():
            self.pick(code, count - sum(code in codes for codes in self.chosen.values()))
        if self.exclusive is not None:
            for codes in self.chosen.values():
                if not codes:
                    codes.add(self.exclusive)
        return self.chosen

    def pick(self, code: str, count: int) -> None:
        """Let `count` more bodies choose the code, those without any choice first if none may be left without."""
        without = [body for body in self.active if code not in self.chosen[body.code]]
        order = self.crowd.shuffled(without)
        if self.must_cover:
            order.sort(key=lambda body: bool(self.chosen[body.code]))
        for body in order[: max(0, count)]:
            self.chosen[body.code].add(code)

    def cover(self, free: dict[str, int]) -> None:
        """Give every body that has chosen nothing yet one of the free options, within what these may reach."""
        empty = [body for body in self.active if not self.chosen[body.code]]
        room = [code for code, count in free.items() for _ in range(count)]
        self.crowd.rng.shuffle(room)
        for body, code in zip(empty, room, strict=False):
            self.chosen[body.code].add(code)


def matrix(question: Question, bodies: Sequence[SyntheticBody], crowd: Crowd, plan: Plan) -> Answers:
    """A state for each row; where a later question's base is known, so many bodies have such a state in any row."""
    side, rng = side_of(bodies[0].kind), crowd.rng
    groups = _groups(plan.reaches(question, side), bodies, crowd)
    columns = [column.code for column in question.columns]
    answers: Answers = {}
    for body in bodies:
        barred = {code for values, members in groups for code in values if body.code not in members}
        allowed = [code for code in columns if code not in barred]
        cells = {}
        for row in question.rows_for(body.kind):
            weights = [plan.weight(question, code) * (0.5 + rng.random()) for code in allowed]
            cells[row.code] = rng.choices(allowed, weights)[0]
        _reach(cells, [values for values, members in groups if body.code in members], rng)
        answers[body.code] = {"cells": cells}
        texts = {row.code: OTHER for row in question.rows if row.other_text and _present(question, cells.get(row.code))}
        if texts:
            answers[body.code]["other_text"] = texts
    return answers


def _present(question: Question, column: str | None) -> bool:
    return column is not None and not question.column_by_code[column].absent


def _groups(
    reaches: Sequence[tuple[tuple[str, ...], int]], bodies: Sequence[SyntheticBody], crowd: Crowd
) -> list[tuple[tuple[str, ...], set[str]]]:
    """For each set of columns the bodies that have one of them in some row; every body is in one of the groups.

    Groups are filled so that whoever is outside the first is inside the next.
    """
    found: list[tuple[tuple[str, ...], set[str]]] = []
    outside: set[str] = set()
    for values, count in reaches:
        order = crowd.shuffled(bodies, ready=1.0 if not found else -0.5)
        order.sort(key=lambda body: body.code not in outside)
        members = {body.code for body in order[:count]}
        outside = {body.code for body in bodies} - members
        found.append((values, members))
    return found


def _reach(cells: dict[str, str], wanted: Sequence[tuple[str, ...]], rng: Any) -> None:
    """Change a row where a wanted set of columns does not occur yet, a different row for each set."""
    kept: set[str] = set()
    for values in wanted:
        rows = [row for row, column in cells.items() if column in values and row not in kept]
        row = rows[0] if rows else rng.choice([row for row in cells if row not in kept])
        cells[row] = cells[row] if rows else values[0]
        kept.add(row)
