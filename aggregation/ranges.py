"""The range of each number entered, among bodies of a kind and of a kind and population band. Pure.

A range is what is left without the smallest and the largest 5 % (nearest rank) of at least 10 bodies, so that one wrong
answer does not widen it. It never names a body, and of more than 20 bodies it does not show the extremes. The document
holds [low, high, bodies] by table, row, column, kind and band ("" for the whole kind).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from aggregation.collect import Collected, Gathered
from surveys.bands import band
from surveys.past import FEWEST_PEERS, PeerNumbers
from surveys.questionnaire import PREFECTURE, Question


def read(peers: str) -> Iterator[PeerNumbers]:
    """The ranges in what a run keeps of its peers (`aggregation.peers`); a run of an older version has none."""
    found: dict[str, Any] = json.loads(peers).get("ranges", {}) if peers else {}
    for table, rows in found.items():
        for row, columns in rows.items():
            for column, kinds in columns.items():
                for kind, bands in kinds.items():
                    for code, (low, high, bodies) in bands.items():
                        yield PeerNumbers(table, row, column, kind, code, low, high, bodies)


def document(collected: Collected, kinds: Mapping[str, list[int]]) -> dict[str, Any]:
    """The ranges of all numbers, as a run keeps them; `kinds` are the positions of the counted bodies of each kind.

    The parts of a table have rows of their own.
    """
    groups = {kind: _bands(collected, members) for kind, members in kinds.items()}
    found: dict[str, Any] = {}
    for question in collected.questionnaire.question_by_id.values():
        for (row, column), values in _entered(collected.by_question[question.id], question).items():
            cut = {kind: own for kind, bands in groups.items() if (own := _cut(bands, values))}
            if cut:
                found.setdefault(question.public_id, {}).setdefault(row, {})[column] = cut
    return found


def _bands(collected: Collected, members: Iterable[int]) -> dict[str, list[int]]:
    """The positions of the bodies of a kind: all, and by population band. Prefectures are compared as a whole."""
    found: dict[str, list[int]] = {"": list(members)}
    for n in found[""]:
        body = collected.bodies[n]
        if body.population is not None and body.kind != PREFECTURE:
            found.setdefault(band(body.population), []).append(n)
    return found


def _entered(gathered: Gathered, question: Question) -> dict[tuple[str, str], dict[int, int]]:
    """The numbers that bodies entered, by place and body; computed rows are left out."""
    found = {
        (row, "count"): dict(given) for row, given in gathered.numbers.items() if not question.row_by_code[row].computed
    }
    for row, known in gathered.known.items():
        found[row, "total"] = {n: total for n, total, _ in known}
        found[row, "online_count"] = {n: online_count for n, _, online_count in known}
    return found


def _cut(bands: Mapping[str, list[int]], values: Mapping[int, int]) -> dict[str, list[int]]:
    """The range of each group that is large enough."""
    own = {code: sorted(values[n] for n in members if n in values) for code, members in bands.items()}
    return {code: _nine_tenths(ordered) for code, ordered in own.items() if len(ordered) >= FEWEST_PEERS}


def _nine_tenths(ordered: Sequence[int]) -> list[int]:
    """[low, high, bodies] without the smallest and the largest 5 %, by nearest rank."""
    left_out = (len(ordered) - 1) // 20
    return [ordered[left_out], ordered[-1 - left_out], len(ordered)]
