"""What a recompute takes as the survey grows: with 10 and 100 times the bodies, and with up to 20 rounds beside it.

Each is one process that recomputes the round of 2020 once, cold; its seconds are those that the product gives for the
recompute itself, so that the start of the process does not flatter the many bodies. Bodies are copies of those of the
demo with all their answers: nothing is sampled. The database is a copy of its own.
"""

from collections.abc import Iterator
from dataclasses import replace

from tests.bench import growth_round
from tests.bench.frame import Place, Row, median

OURS = "tests.bench.recompute_ours"
MANY = (10, 100)
ROUNDS = (5, 20)
FEW = (2, 3)  # bodies and rounds of a quick run
SLOWER, LARGER = 1.10, 1.5


def rows(place: Place) -> Iterator[Row]:
    with growth_round.copy_of(place.url) as url:
        grown = replace(place, url=url, environment={**place.environment, "DATABASE_URL": url})
        yield from _rounds(grown)
    with growth_round.copy_of(place.url) as url:
        grown = replace(place, url=url, environment={**place.environment, "DATABASE_URL": url})
        yield from _bodies(grown)


def _rounds(place: Place) -> Iterator[Row]:
    seconds, _, _ = _measured(place, 5)
    for rounds in FEW if place.quick else ROUNDS:
        growth_round.more_rounds(place.url, rounds)
        now, peak, _ = _measured(place, 5)
        what = f"recompute of a round, {rounds} rounds"
        yield Row("growth", what, now * 1000, "ms", "1 round", seconds * 1000, SLOWER, f"peak {peak:.0f} MiB")


def _bodies(place: Place) -> Iterator[Row]:
    seconds, peak, bodies = _measured(place, 5)
    each = seconds / bodies * 1000
    for times in FEW if place.quick else MANY:
        growth_round.more_bodies(place.url, times)
        now, most, many = _measured(place, 3 if times < 100 else 1)
        what = f"{many:,} bodies ({times} times)"
        note = f"the whole {now:.1f} s"
        yield Row("growth", f"time per body, {what}", now / many * 1000, "ms", f"{bodies:,}", each, SLOWER, note)
        yield Row("growth", f"peak memory, {what}", most, "MiB", f"{bodies:,}", peak, LARGER)


def _measured(place: Place, times: int) -> tuple[float, float, int]:
    """The median of the seconds of a recompute, the largest peak, and how many bodies were counted."""
    costs = place.repeated(times, "-m", OURS, "once") if times > 1 else [place.process("-m", OURS, "once")]
    return median([cost.said["seconds"] for cost in costs]), max(cost.peak for cost in costs), costs[0].said["bodies"]
