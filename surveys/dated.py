"""Values that hold from a day on. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Known(NamedTuple):
    """A population as of a day, in persons, and where it was published."""

    date: date
    value: int
    source: str


def as_of(known: Iterable[Known], day: date) -> Known:
    """What counts on a day, of one or more: the latest that is not of a later day, else the earliest known."""
    found = sorted(known)
    return max((each for each in found if each.date <= day), default=found[0])
