"""All national tables of 1,788 complete responses from the stored answers, beside the bare reading of these answers,
and beside the same counts with pandas and polars from the same database.

Ours also makes the statistics of each kind and size of body and stores everything as a run; the others only count.
A whole process runs from its start to its end, imports included; warm is inside one process, after the first time.
"""

from collections.abc import Iterator
from typing import Any

from tests.bench.frame import Cost, Place, Row, median

OURS = "tests.bench.recompute_ours"
OTHERS = {  # a name for the table, and how many times as long ours may take
    "bare": ("reading and decoding alone", 2.0),
    "pandas": ("pandas", 1.0),
    "polars": ("polars", 1.0),
}
TIMES = 7


def rows(place: Place) -> Iterator[Row]:
    try:
        yield from _whole(place)
        yield from _warm(place)
    finally:
        place.process("-m", OURS, "forget")


def _whole(place: Place) -> Iterator[Row]:
    """By turns, so that whatever else the machine does meets all of them."""
    costs: dict[str, list[Cost]] = {name: [] for name in ("ours", *OTHERS)}
    for _ in range(2 if place.quick else TIMES):
        for name, found in costs.items():
            found.append(place.process("-m", f"tests.bench.recompute_{name}", BENCH_TIMES="0"))
    seconds = {name: median([cost.seconds for cost in found]) for name, found in costs.items()}
    peaks = {name: max(cost.peak for cost in found) for name, found in costs.items()}
    note = f"peak {peaks['ours']:.0f} MiB, of it {peaks['bare']:.0f} for reading alone"
    yield from _beside("manage.py recompute, whole process", seconds, note)
    for name, (beside, _) in OTHERS.items():
        if name != "bare":
            yield Row("recompute", "peak memory", peaks["ours"], "MiB", beside, peaks[name])


def _warm(place: Place) -> Iterator[Row]:
    times = str(2 if place.quick else TIMES)
    said = {
        name: place.process("-m", f"tests.bench.recompute_{name}", BENCH_TIMES=times).said for name in ("ours", *OTHERS)
    }
    for name in ("pandas", "polars"):
        _must_agree(name, said["ours"]["found"], said[name]["found"])
    yield from _beside("warm", {name: each["warm"] for name, each in said.items()}, "")


def _beside(what: str, seconds: dict[str, float], note: str) -> Iterator[Row]:
    for name, (beside, goal) in OTHERS.items():
        yield Row("recompute", what, seconds["ours"], "s", beside, seconds[name], goal, note)
        note = ""


def _must_agree(name: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Whoever counts something else is not to be compared with."""
    differing = sorted(key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key))
    if differing or not ours:
        shown = ", ".join(f"{key}: {ours.get(key)} and {theirs.get(key)}" for key in differing[:5])
        raise AssertionError(f"{name} counts otherwise than we do in {len(differing)} of {len(ours)} numbers: {shown}")
