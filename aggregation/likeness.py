"""The bodies most like one: of the same kind, the nearest population, the same region (地方) rather than not. Pure.

The rule, as pages print it (`RULE`): among the bodies of the same kind, those whose population is nearest in
proportion (the larger divided by the smaller). For a body of another region that quotient is first multiplied by
`ELSEWHERE`. `MOST` bodies; at the same distance the smaller code comes first. Answers play no part, so that nobody is
chosen for what they say, and whoever is like a body is so in every question.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

from surveys.questionnaire import Text

REGIONS = Path(__file__).parent / "data" / "regions.toml"
MOST = 10
ELSEWHERE = Fraction(5, 4)
RULE = Text(
    "同じ種類（指定都市、中核市、町など。都道府県は都道府県）の団体のうち、人口の比（多い方÷少ない方）が小さい順に"
    f"{MOST}団体です。ほかの地方の団体は、比を{float(ELSEWHERE)}倍にして比べます。同じときは団体コードの順です。"
    "回答の内容は見ていません。",
    f"The {MOST} bodies of the same kind (designated cities, towns …; prefectures among prefectures) whose populations "
    "are nearest: the larger divided by the smaller. For a body of another region the quotient is multiplied by "
    f"{float(ELSEWHERE)}. Ties go by code. What the bodies answered plays no part.",
)


class Described(Protocol):
    """What likeness looks at; `prefecture` is the 2-digit code."""

    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def prefecture(self) -> str: ...
    @property
    def population(self) -> int | None: ...


@dataclass(frozen=True)
class Regions:
    """The region of each prefecture, and where the division comes from."""

    source: Text
    of: Mapping[str, Text]


class Like(NamedTuple):
    """A body that is like another one, by code: the quotient of the populations, and whether both are of one region."""

    code: str
    ratio: Fraction
    is_near: bool

    @property
    def distance(self) -> Fraction:
        return self.ratio if self.is_near else self.ratio * ELSEWHERE

    @property
    def in_words(self) -> str:
        """The quotient to two places, half up: 1.04."""
        hundredths = int(self.ratio * 100 + Fraction(1, 2))
        return f"{hundredths // 100:,}.{hundredths % 100:02}"


@cache
def regions() -> Regions:
    data = tomllib.loads(REGIONS.read_text("utf-8"))
    of = {code: Text(**region["label"]) for region in data["region"] for code in region["prefectures"]}
    return Regions(Text(**data["source"]), of)


def ratio(one: int, other: int) -> Fraction:
    """The larger population divided by the smaller; one of nobody counts as one of a single person."""
    return Fraction(max(one, other, 1), max(min(one, other), 1))


def nearest(own: Described, bodies: Iterable[Described]) -> list[Like]:
    """The bodies most like one, the nearest first; none if its population is not registered."""
    if own.population is None:
        return []
    region = regions().of
    found = [
        Like(
            body.code, ratio(own.population, body.population), region.get(own.prefecture) == region.get(body.prefecture)
        )
        for body in bodies
        if body.kind == own.kind and body.code != own.code and body.population is not None
    ]
    return sorted(found, key=lambda like: (like.distance, like.code))[:MOST]
