"""What a run keeps of a body's peers beside its tables: means, medians and shares, never anybody's answers. Pure.

The document of a run, by section or question: `sections` and `all` hold, for each kind of body, how many measures its
bodies have in place (`aggregation.measures`); `numbers` hold each number asked, by row, for each kind and side.
Each entry is [bodies, sum, median]. A measure behind a closed gate is not in place. `ranges` are those of
`aggregation.ranges`.

The document of a kind and band is the same for this one group, with its shares: `bodies` and `responded` of the group,
and for each table its `cells` as [row, column, base, count].
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import add
from typing import Any, NamedTuple

from aggregation import ranges
from aggregation.baseline import percent, quotient
from aggregation.collect import Collected
from aggregation.groups import KIND_AND_BAND, Group, flags, pick
from aggregation.measures import measures
from aggregation.tables import Cell, Table
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
    """The statistics of a run. What it does not hold is None: no body of the group has answered.

    `group` is the kind and band of the body that is compared, if the run keeps it; `sized` is its document.
    """

    document: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""
    sized: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_texts(cls, text: str, group: str = "", sized: str = "") -> "Peers":
        """From what `to_text` and `by_kind_and_band` made; a run of an older version has an empty text, or no group."""
        return cls(json.loads(text) if text else {}, group if sized else "", json.loads(sized) if sized else {})

    def _of(self, group: str) -> Mapping[str, Any]:
        return self.sized if group == self.group else self.document

    def measures(self, group: str, section: str = "") -> Statistic | None:
        """Measures in place in the bodies of a group: of one section, or of all."""
        document = self._of(group)
        found = document.get("sections", {}).get(section, {}) if section else document.get("all", {})
        return _statistic(found.get(group))

    def number(self, table: str, row: str, group: str) -> Statistic | None:
        return _statistic(self._of(group).get("numbers", {}).get(table, {}).get(row, {}).get(group))

    def cells(self) -> Iterator[tuple[str, Cell]]:
        """The shares of the kind and band, each with the id of its table."""
        for table, lines in self.sized.get("cells", {}).items():
            for row, column, base, count in lines:
                head = (row, column, KIND_AND_BAND, self.group, self.sized["bodies"], self.sized["responded"])
                yield table, Cell(*head, base, count, percent(count, base))


def _statistic(entry: Sequence[Any] | None) -> Statistic | None:
    return Statistic(entry[0], quotient(entry[1], entry[0]), Decimal(entry[2])) if entry else None


def to_text(collected: Collected) -> str:
    """The statistics of a run as canonical JSON: equal answers give equal texts."""
    kinds = {kind: list(_positions(collected, kind)) for kind in {body.kind: None for body in collected.bodies}}
    municipal = list(pick(range(len(collected.bodies)), collected.grouping.tiers[MUNICIPALITY]))
    values = _values(collected)
    document = _document(_all_in_place(collected), values, kinds, {**kinds, MUNICIPALITY: municipal})
    return canonical({**document, "ranges": ranges.document(collected, kinds)})


def by_kind_and_band(collected: Collected, groups: Iterable[Group], tables: Sequence[Table]) -> dict[str, str]:
    """The document of each group of a kind and band; `tables` are broken down by these groups."""
    counts, values, found = _all_in_place(collected), _values(collected), {}
    for group in groups:
        members = list(pick(range(len(collected.bodies)), group.members & collected.grouping.counted))
        document = _document(counts, values, {group.code: members}, {group.code: members})
        document |= {"bodies": group.bodies, "responded": group.responded, "cells": _cells(tables, group.code)}
        found[group.code] = canonical(document)
    return found


def _cells(tables: Sequence[Table], group: str) -> dict[str, list[list[Any]]]:
    own = {
        table.id: [
            [cell.row, cell.column, cell.base, cell.count]
            for cell in table.cells
            if cell.group == group and cell.count is not None
        ]
        for table in tables
    }
    return {id: cells for id, cells in own.items() if cells}


def _all_in_place(collected: Collected) -> dict[str, list[int]]:
    """How many measures each body has in place, by section, of those that name any."""
    return {
        section.id: _in_place(collected, section)
        for section in collected.questionnaire.sections
        if any(measures(section, kind) for kind in {body.kind for body in collected.bodies})
    }


def _document(
    counts: Mapping[str, list[int]],
    values: Mapping[str, Mapping[str, Mapping[int, int]]],
    groups: Mapping[str, list[int]],
    groups_of_numbers: Mapping[str, list[int]],
) -> dict[str, Any]:
    everything = {group: [sum(own[n] for own in counts.values()) for n in members] for group, members in groups.items()}
    return {
        "sections": {id: _by_group(groups, own) for id, own in counts.items()},
        "all": {group: _entry(own) for group, own in everything.items() if own},
        "numbers": {id: _numbers(rows, groups_of_numbers) for id, rows in values.items()},
    }


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
            counts = [*map(add, counts, flags(having & members, len(counts)))]
    return counts


def _by_group(groups: Mapping[str, Iterable[int]], values: Sequence[int]) -> dict[str, Entry]:
    return {group: _entry([values[n] for n in members]) for group, members in groups.items() if members}


def _values(collected: Collected) -> dict[str, dict[str, dict[int, int]]]:
    """The numbers that bodies gave, by question, row and position of the body."""
    found = {id: gathered.numbers for id, gathered in collected.by_question.items() if gathered.numbers}
    return {id: {row: dict(given) for row, given in rows.items()} for id, rows in found.items()}


def _numbers(rows: Mapping[str, Mapping[int, int]], groups: Mapping[str, list[int]]) -> dict[str, dict[str, Entry]]:
    """The numbers of a question by row and group; prefectures are a kind and a side."""
    found = {}
    for row, values in rows.items():
        by_group = {code: [values[n] for n in members if n in values] for code, members in groups.items()}
        found[row] = {code: _entry(own) for code, own in by_group.items() if own}
    return found


def _entry(values: Sequence[int]) -> Entry:
    ordered, size = sorted(values), len(values)
    middle = quotient(ordered[(size - 1) // 2] + ordered[size // 2], 2)
    return [size, sum(values), str(middle)]
