"""The bodies that are given synthetic answers: populations, and how likely a body is to have things in place. Pure."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

# Median population and spread (of the logarithm) by kind: rough orders of size, enough for a plausible demo.
POPULATIONS = {
    "designated_city": (1_200_000, 0.5),
    "core_city": (370_000, 0.25),
    "special_city": (260_000, 0.2),
    "city": (60_000, 0.6),
    "special_ward": (350_000, 0.6),
    "town": (11_000, 0.7),
    "village": (3_000, 0.8),
}


@dataclass(frozen=True)
class SyntheticBody:
    """A body to be given answers. A prefecture's population is the sum of its municipalities'."""

    code: str
    kind: str
    prefecture: str
    population: int


def synthetic_population(kind: str, rng: random.Random) -> int:
    """A made-up population for a municipality of this kind."""
    median, spread = POPULATIONS[kind]
    return max(200, round(rng.lognormvariate(math.log(median), spread)))


class Crowd:
    """The bodies of one side (prefectures or municipalities) with their readiness: larger bodies have more in place,
    and some are ahead of their size."""

    def __init__(self, bodies: Sequence[SyntheticBody], rng: random.Random) -> None:
        self.bodies = list(bodies)
        self.rng = rng
        self._ready = {
            body.code: 0.5 * math.log((body.population + 1) / 30_000) + rng.gauss(0, 0.8) for body in self.bodies
        }

    def shuffled(self, bodies: Sequence[SyntheticBody], *, ready: float = 1.0) -> list[SyntheticBody]:
        """The bodies, the readier ones (ready > 0) or the less ready ones (ready < 0) more likely first."""
        scores = {body.code: ready * self._ready[body.code] + self.rng.gauss(0, 1) for body in bodies}
        return sorted(bodies, key=lambda body: -scores[body.code])


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers that add up to `total`, in proportion to the weights (largest remainder)."""
    scale = sum(weights)
    exact = [total * weight / scale for weight in weights]
    parts = [int(value) for value in exact]
    order = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in order[: total - sum(parts)]:
        parts[n] += 1
    return parts
