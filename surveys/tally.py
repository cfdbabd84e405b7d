"""How many responses stand where: shares, steps of the map, the bar. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

ACCEPTED, SUBMITTED, RETURNED, DRAFT, NOT_STARTED = "accepted", "submitted", "returned", "draft", "not_started"
ORDER = (ACCEPTED, SUBMITTED, RETURNED, DRAFT, NOT_STARTED)
STEPS = (25, 50, 75, 100)  # percent; the last step of the map is "all"
BAR, GAP, LEAST = 1000, 2, 3  # units: the whole bar, between two parts, a part of one body


class Count(NamedTuple):
    """So many responses of a kind of body in a prefecture stand somewhere; of some the answers are synthetic."""

    prefecture_code: str
    prefecture: str
    kind: str
    standing: str
    bodies: int
    synthetic: int


class Part(NamedTuple):
    """A part of the bar, in units of 1000."""

    standing: str
    start: float
    width: float


def percent(count: int, base: int) -> Decimal | None:
    """Exact, half up to one place; nothing where there is no base."""
    return Decimal((count * 2000 + base) // (base * 2)).scaleb(-1) if base else None


@dataclass(frozen=True)
class Share:
    """A number out of a total."""

    count: int
    total: int

    @property
    def percent(self) -> Decimal | None:
        return percent(self.count, self.total)

    @property
    def meter(self) -> int:
        """The filled part of a meter 70 wide."""
        return 70 * self.count // self.total if self.total else 0

    @property
    def is_full(self) -> bool:
        return self.count == self.total

    @property
    def left(self) -> int:
        return self.total - self.count

    @property
    def whole_percent(self) -> int:
        """As a tile prints it: cut, so that 100 means all."""
        return self.count * 100 // self.total

    @property
    def step(self) -> int:
        """The step of the map's scale, 0 to 4."""
        return sum(self.whole_percent >= step for step in STEPS)


@dataclass(frozen=True)
class Tally:
    """The responses of a group of bodies by where they stand."""

    key: str
    label: Any
    by_standing: Mapping[str, int]
    synthetic: int = 0

    @property
    def total(self) -> int:
        return sum(self.by_standing.values())

    @property
    def submitted(self) -> Share:
        """Submitted or accepted, out of all."""
        return Share(self.by_standing.get(SUBMITTED, 0) + self.by_standing.get(ACCEPTED, 0), self.total)

    @property
    def shares(self) -> dict[str, Share]:
        return {standing: Share(self.by_standing.get(standing, 0), self.total) for standing in ORDER}

    @property
    def whole_percent(self) -> int:
        return self.submitted.whole_percent

    @property
    def step(self) -> int:
        return self.submitted.step

    @property
    def bar(self) -> list[Part]:
        """The parts of the bar that are not empty, from left to right; however few bodies, a part can be seen."""
        found = {standing: count for standing, count in self.by_standing.items() if count}
        room = BAR - GAP * (len(found) - 1)
        widths = {standing: max(LEAST, room * count / self.total) for standing, count in found.items()}
        scale, start, parts = room / sum(widths.values()), 0.0, []
        for standing in ORDER:
            if standing in widths:
                parts.append(Part(standing, round(start, 1), round(widths[standing] * scale, 1)))
                start += widths[standing] * scale + GAP
        return parts


def tally(counts: Iterable[Count], key: str = "", label: Any = "") -> Tally:
    """All of them in one group."""
    found: dict[str, int] = {}
    synthetic = 0
    for each in counts:
        found[each.standing] = found.get(each.standing, 0) + each.bodies
        synthetic += each.synthetic
    return Tally(key, label, found, synthetic)


def by(key: Callable[[Count], str], label: Callable[[Count], Any], counts: Iterable[Count]) -> list[Tally]:
    """A group for each key, in the order of the keys."""
    groups: dict[str, list[Count]] = {}
    for each in counts:
        groups.setdefault(key(each), []).append(each)
    return [tally(found, name, label(found[0])) for name, found in sorted(groups.items())]


def lowest_first(tallies: Iterable[Tally]) -> list[Tally]:
    """By the share submitted; ties in the order given."""
    return sorted(tallies, key=lambda found: found.submitted.count / found.total)
