"""What the synthetic answers must add up to: published counts, bases of gated questions, and hints. Pure."""

import random
import tomllib
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aggregation.baseline import Baseline
from surveys.questionnaire import MUNICIPALITY, PREFECTURE, Question, Questionnaire

Key = tuple[str, str]  # table, group
SIDES = (PREFECTURE, MUNICIPALITY)


@dataclass(frozen=True)
class Hints:
    """What a baseline does not print but the report's words or plain sense ask for (data/demo-*.toml)."""

    weights: dict[str, float]
    below: dict[Key, str] = field(default_factory=dict)
    above: dict[Key, str] = field(default_factory=dict)
    counts: dict[tuple[str, str, str], int] = field(default_factory=dict)
    others: dict[Key, int] = field(default_factory=dict)
    reach: dict[Key, int] = field(default_factory=dict)
    idle: frozenset[str] = frozenset()


def load_hints(path: Path) -> Hints:
    """The hints of a TOML file; see the comments there."""
    data = tomllib.loads(path.read_text("utf-8"))

    def by_key(name: str, value: str) -> dict[Key, Any]:
        return {(entry["table"], entry["group"]): entry[value] for entry in data.get(name, []) if value in entry}

    counts = {
        (entry["table"], entry["group"], code): entry["count"]
        for entry in data.get("count", [])
        for code in entry.get("codes", [])
    }
    others = {
        (entry["table"], entry["group"]): entry["count"] for entry in data.get("count", []) if "codes" not in entry
    }
    return Hints(
        data["weights"],
        by_key("bound", "below"),
        by_key("bound", "above"),
        counts,
        others,
        by_key("reach", "count"),
        frozenset(data.get("idle", [])),
    )


class Plan:
    """The targets for one questionnaire: published counts, counts that a gated question's base implies, bounds."""

    def __init__(self, questionnaire: Questionnaire, baseline: Baseline, hints: Hints) -> None:
        self.baseline, self.hints = baseline, hints
        self.counts: dict[tuple[str, str, str], int] = dict(hints.counts)
        self.reach: dict[tuple[str, str, tuple[str, ...]], int] = {}
        for cell in baseline.cells:
            if cell.count is not None:
                self.counts[cell.table, cell.group, cell.row] = cell.count
        for question in questionnaire.question_by_id.values():
            for side in SIDES:
                self._base(question, side)

    def _base(self, question: Question, side: str) -> None:
        """The printed base of a gated question says how many bodies gave the answers that open its gate."""
        gate, base = question.gate, self.baseline.base(question.public_id, side, gated=True)
        if gate is None or base is None:
            return
        for id in gate.questions:
            if gate.operator == "is_one_of" and len(gate.values) == 1:
                self.counts[id, side, gate.values[0]] = base
            else:
                self.reach[id, side, gate.values] = base

    def count(self, question: Question, side: str, code: str) -> int | None:
        """The number of bodies that must choose a code, if it is known."""
        return self.counts.get((question.public_id, side, code))

    def reached(self, question: Question, side: str) -> int | None:
        """How many bodies choose anything but the exclusive option, if it is known."""
        known = [number for (id, group, _), number in self.reach.items() if (id, group) == (question.id, side)]
        return known[0] if known else self.hints.reach.get((question.id, side))

    def reaches(self, question: Question, side: str) -> list[tuple[tuple[str, ...], int]]:
        """Sets of columns of a matrix, each with the number of bodies that have it in any row."""
        found = {
            values: number for (id, group, values), number in self.reach.items() if (id, group) == (question.id, side)
        }
        return list(found.items())

    def free_count(self, question: Question, side: str, code: str, asked: int, rng: random.Random) -> int:
        """A plausible number of bodies for a code that is not published, within the bounds of the report's words.

        Each code has a share of its own that is the same for every seed, give or take a little.
        """
        key = (question.public_id, side)
        if key in self.hints.others:
            return self.hints.others[key]
        own = zlib.crc32(f"{question.id} {code}".encode()) / 2**32
        share = self.hints.weights.get(code, 0.15 + 0.55 * own) * rng.uniform(0.93, 1.07)
        low, high = 0, asked
        if key in self.hints.below:
            high = self.counts[(*key, self.hints.below[key])] - 1
        if key in self.hints.above:
            low = self.counts[(*key, self.hints.above[key])] + 1
            share = low / asked + share * (high - low) / asked
        return min(high, max(low, round(share * asked)))

    def weight(self, question: Question, code: str) -> float:
        """The weight of an option or state among those that are not published."""
        own = zlib.crc32(f"{question.id} {code}".encode()) / 2**32
        weights = self.hints.weights
        return weights.get(f"{question.id} {code}", weights.get(code, 0.2 + own))
