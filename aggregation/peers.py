"""What a run keeps of bodies of the same kind beside its tables: means and medians, never anybody's answers. Pure.

The document of a run, by section or question: `sections` and `all` hold, for each kind of body, how many measures its
bodies have in place (`aggregation.measures`); `numbers` hold each number asked, by row, for each kind and side.
Each entry is [bodies, sum, median]. A measure behind a closed gate is not in place.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from aggregation.baseline import quotient
from aggregation.collect import Collected
from aggregation.groups import pick
from aggregation.measures import measures
from surveys.answers import canonical
from surveys.questionnaire import MUNICIPALITY, Section

Entry = list[int | str]


class Statistic(NamedTuple):
    """The mean and the median of the bodies of a group, exact, half up to one place."""

    bodies: int
    mean: Decimal | None
    median: Decimal

    @property
    def median_words(self) -> str:
        """The median without needless decimals: 6, 6.5."""
        return f"{self.median:,}".removesuffix(".0")


@dataclass(frozen=True)
class Peers:
    """The statistics of a run. What it does not hold is None: no body of the group has answered."""

    document: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_text(cls, text: str) -> "Peers":
        """From what `to_text` made; a run of an older version has an empty text."""
        return cls(json.loads(text)) if text else cls()

    def measures(self, kind: str, section: str = "") -> Statistic | None:
        """Measures in place in the bodies of a kind: of one section, or of all."""
        found = self.document.get("sections", {}).get(section, {}) if section else self.document.get("all", {})
        return _statistic(found.get(kind))

    def number(self, table: str, row: str, group: str) -> Statistic | None:
        return _statistic(self.document.get("numbers", {}).get(table, {}).get(row, {}).get(group))


def _statistic(entry: Sequence[Any] | None) -> Statistic | None:
    return Statistic(entry[0], quotient(entry[1], entry[0]), Decimal(entry[2])) if entry else None


def to_text(collected: Collected) -> str:
    """The statistics of a run as canonical JSON: equal answers give equal texts."""
    kinds = {kind: list(_positions(collected, kind)) for kind in {body.kind: None for body in collected.bodies}}
    everything = [0] * len(collected.bodies)
    sections = {}
    for section in collected.questionnaire.sections:
        counts = _in_place(collected, section)
        everything = [sum(pair) for pair in zip(everything, counts, strict=True)]
        if any(measures(section, kind) for kind in kinds):
            sections[section.id] = _by_group(kinds, counts)
    numbers = {id: rows for id in collected.by_question if (rows := _numbers(collected, id, kinds))}
    return canonical({"sections": sections, "all": _by_group(kinds, everything), "numbers": numbers})


def _positions(collected: Collected, kind: str) -> Iterable[int]:
    """The positions of the counted bodies of a kind."""
    return (n for n, body in enumerate(collected.bodies) if body.kind == kind and body.answers is not None)


def _in_place(collected: Collected, section: Section) -> list[int]:
    """How many measures of a section each body has in place."""
    counts = [0] * len(collected.bodies)
    for side, members in collected.grouping.tiers.items():
        for measure in measures(section, side):
            marks, having = collected.by_question[measure.question.id].marks, 0
            for place in measure.places:
                having |= marks.get(place, 0)
            for index in pick(range(len(counts)), having & members):
                counts[index] += 1
    return counts


def _by_group(groups: Mapping[str, Iterable[int]], values: Sequence[int]) -> dict[str, Entry]:
    return {group: _entry([values[n] for n in members]) for group, members in groups.items() if members}


def _numbers(collected: Collected, id: str, kinds: Mapping[str, list[int]]) -> dict[str, dict[str, Entry]]:
    """The numbers of a question by row; prefectures are a kind and a side."""
    municipal = list(pick(range(len(collected.bodies)), collected.grouping.tiers[MUNICIPALITY]))
    found = {}
    for row, given in collected.by_question[id].numbers.items():
        values = dict(given)
        groups = {code: [values[n] for n in members if n in values] for code, members in kinds.items()}
        groups[MUNICIPALITY] = [values[n] for n in municipal if n in values]
        found[row] = {code: _entry(own) for code, own in groups.items() if own}
    return found


def _entry(values: Sequence[int]) -> Entry:
    ordered, size = sorted(values), len(values)
    middle = quotient(ordered[(size - 1) // 2] + ordered[size // 2], 2)
    return [size, sum(values), str(middle)]
