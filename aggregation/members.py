"""The bodies of a round as a run takes them, and the fingerprint of all that it counts. Pure.

A run keeps them: populations may be put right later, and its numbers can then still be made again.
"""

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from surveys.answers import canonical
from surveys.answers import fingerprint as digest_of


class Member(NamedTuple):
    """A body of the register. `population` in persons, as tables see it; `made_up`: it is; `synthetic`: so are the
    answers by which the body is counted."""

    code: str
    name: str
    kind: str
    prefecture: str
    population: int | None
    made_up: bool
    synthetic: bool


def to_text(members: Iterable[Member]) -> str:
    return canonical([list(member) for member in members])


def from_text(text: str) -> list[Member]:
    return [Member(*fields) for fields in json.loads(text)]


def fingerprint(members: Iterable[Member], digests: Mapping[str, str]) -> str:
    """One SHA-256 of all bodies with the SHA-256 of the submission that counts each; empty for one not counted."""
    return digest_of(
        [
            (each.code, each.name, each.kind, each.population, each.made_up, each.synthetic, digests.get(each.code, ""))
            for each in members
        ]
    )
