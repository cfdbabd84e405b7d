"""Synthetic numbers: persons with the published sums, procedures with the published estimates. Pure."""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from aggregation.baseline import Baseline, percent
from aggregation.synthetic.people import Crowd, SyntheticBody, apportion
from aggregation.synthetic.plan import Plan
from surveys.questionnaire import MUNICIPALITY, PREFECTURE, Question, Row
from surveys.questionnaire import tier as side_of

Answers = dict[str, dict[str, Any]]


def integers(question: Question, bodies: Sequence[SyntheticBody], crowd: Crowd, plan: Plan) -> Answers:
    """Numbers for each row whose sums are the published ones.

    A published computed row is shared out to bodies by size and then to its parts; a published entered row is drawn
    from the row that a check sets as its limit.
    """
    side, rng = side_of(bodies[0].kind), crowd.rng
    cells: dict[str, dict[str, int]] = {body.code: {} for body in bodies}
    sums: dict[str, dict[str, int]] = {}
    weights = [(body.population + 1) ** 0.45 * rng.lognormvariate(0, 0.5) for body in bodies]
    for row in question.rows:
        total = _published_sum(question, row, side, plan.baseline)
        if total is None or not row.computed or any(question.row_by_code[part].computed for part in row.computed):
            continue
        shares = apportion(total, [weight**1.2 * rng.lognormvariate(0, 0.3) for weight in weights])
        sums[row.code] = {body.code: share for body, share in zip(bodies, shares, strict=True)}
        for body, share in zip(bodies, shares, strict=True):
            parts = apportion(share, [0.05 + rng.random() / (1 + 9 * n) for n in range(len(row.computed))])
            cells[body.code].update(zip(row.computed, parts, strict=True))
    for check in question.checks:
        total = _published_sum(question, question.row_by_code[check.left], side, plan.baseline)
        places = [code for code, limit in sums[check.right].items() for _ in range(limit)]
        drawn = Counter(rng.sample(places, total if total is not None else len(places) // 3))
        for body in bodies:
            cells[body.code][check.left] = drawn[body.code]
    names = [row.code for row in question.rows if not row.computed]
    return {code: {"cells": {name: own.get(name, 0) for name in names}} for code, own in cells.items()}


def _published_sum(question: Question, row: Row, side: str, baseline: Baseline) -> int | None:
    cell = baseline.get(question.public_id, row.code, "count", side)
    return cell.value if cell else None


class Procedures:
    """Answers to the parts of 第2-1表, row by row over both sides, so that the estimate and its rate come out."""

    def __init__(self, plan: Plan, crowds: dict[str, Crowd]) -> None:
        self.plan, self.crowds = plan, crowds
        self.rng = crowds[MUNICIPALITY].rng

    def answer(self, question: Question) -> dict[str, Answers]:
        """By side, the answers of each body that is asked."""
        found: dict[str, Answers] = {}
        for side, crowd in self.crowds.items():
            asked = [body for body in crowd.bodies if question.asked_of(body.kind)]
            found[side] = {body.code: {"cells": {}} for body in asked}
        for row in question.rows:
            sides = [side for side in found if found[side] and row in question.rows_for(side)]
            self._row(question, row, sides, found)
        return found

    def _row(self, question: Question, row: Row, sides: list[str], found: dict[str, Answers]) -> None:
        estimate = self.plan.baseline.get(question.public_id, row.code, "estimate", "total")
        rate = self.plan.baseline.get(question.public_id, row.code, "rate", "total")
        total = estimate.value if estimate and estimate.value is not None else 0
        per_cent = float(rate.percent) if rate and rate.percent is not None else 0.0
        targets = self._targets(total, sides)
        online = _online(total, per_cent)
        shares = dict(zip(sides, apportion(online, [targets[side] or 1e-9 for side in sides]), strict=True))
        for side in sides:
            idle = total == 0 and row.code in self.plan.hints.idle
            cells = _Side(self.crowds[side], targets[side], shares[side], idle=idle).cells()
            for code, cell in cells.items():
                found[side][code]["cells"][row.code] = cell

    def _targets(self, total: int, sides: list[str]) -> dict[str, int]:
        """How much of the estimate each side makes up."""
        part = round(total * self.rng.uniform(0.08, 0.2)) if len(sides) > 1 else 0
        return {side: part if side == PREFECTURE and len(sides) > 1 else total - part for side in sides}


def _online(total: int, per_cent: float) -> int:
    """A number of online uses whose rate is the published one."""
    online = math.floor(total * per_cent / 100 + 0.5)
    if total and float(percent(online, total) or 0) != per_cent:
        raise ValueError(f"no whole number is {per_cent} % of {total}")
    return online


class _Side:
    """One procedure on one side: who has it, who does it online, and how many."""

    def __init__(self, crowd: Crowd, target: int, online: int, *, idle: bool) -> None:
        self.crowd, self.target, self.online, self.idle = crowd, target, online, idle

    def cells(self) -> dict[str, dict[str, Any]]:
        rng = self.crowd.rng
        having = [body for body in self.crowd.bodies if rng.random() < 0.93] or self.crowd.bodies
        counted, total = self._counted(having) if self.target or self.idle else ([], 0)
        inside = {body.code for body in counted}
        cells: dict[str, dict[str, Any]] = {body.code: {"exists": "no"} for body in self.crowd.bodies}
        cells.update({body.code: {"exists": "yes", "online": "not_done"} for body in having})
        if self.target or self.idle:
            for body in having:
                if body.code not in inside and rng.random() < 0.02:
                    cells[body.code] = {
                        "exists": "yes",
                        "online": "done",
                        "total": "unknown",
                        "online_count": "unknown",
                    }
        totals = apportion(total, [body.population * rng.lognormvariate(0, 0.3) for body in counted]) if counted else []
        uses = _within(self.online, totals)
        for body, own, used in zip(counted, totals, uses, strict=True):
            cells[body.code] = {"exists": "yes", "online": "done", "total": own, "online_count": used}
        return cells

    def _counted(self, having: list[SyntheticBody]) -> tuple[list[SyntheticBody], int]:
        """Bodies that do it online, and the sum of their totals from which the estimate is exactly the target."""
        if self.idle:
            return self.crowd.shuffled(having)[: max(1, len(having) // 10)], 0
        everybody = sum(body.population for body in having)
        # Uses cannot exceed the totals, so a high rate needs online bodies that make up most of the population.
        share = max(0.35, min(1.0, self.online / self.target * 1.15))
        while True:  # ends at the latest when all bodies are online: then the estimate is the sum itself
            share = min(1.0, share * self.crowd.rng.uniform(1.0, 1.02))
            counted = _covering(self.crowd.shuffled(having), share * everybody)
            own = sum(body.population for body in counted)
            guess = self.target * own // everybody
            for total in (guess, guess + 1):
                if total >= self.online and (2 * total * everybody + own) // (2 * own) == self.target:
                    return counted, total


def _covering(order: list[SyntheticBody], population: float) -> list[SyntheticBody]:
    """The first bodies that together reach a population; at least one."""
    before = accumulate(body.population for body in order)
    return order[: 1 + sum(taken < population for taken in before)]


def _within(uses: int, totals: Sequence[int]) -> list[int]:
    """Online uses in proportion to the totals, never more than a total."""
    return apportion(uses, totals) if uses else [0] * len(totals)
