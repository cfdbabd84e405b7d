"""Values that hold from a day on. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Known(NamedTuple):
    """A population as of a day, in persons, and where it was published."""

    date: date
    value: int
    source: str


def as_of(known: Iterable[Known], day: date) -> Known | None:
    """What counts on a day: the latest that is not of a later day, else the earliest known; None if none is."""
    found = sorted(known)
    return next((each for each in reversed(found) if each.date <= day), found[0] if found else None)
