"""The bodies that answered in two years: their numbers beside those of all, and when these tell too much. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from aggregation.disclosure import LEAST
from aggregation.pages import signed
from aggregation.tables import Entry
from aggregation.trend import Point
from surveys.questionnaire import MUNICIPALITY, PREFECTURE, tier


def telling(matched: frozenset[str], counted: Mapping[str, str], earlier: frozenset[str] = frozenset()) -> bool:
    """Whether numbers of the `matched` bodies of a year give a small group away, beside those of all its counted bodies
    (code to kind) by side and by kind, and beside those of the bodies that were matched with the year before."""
    for side in (PREFECTURE, MUNICIPALITY):
        everyone = {code for code, kind in counted.items() if tier(kind) == side}
        own, before = matched & everyone, earlier & everyone
        split = {counted[code] for code in everyone - own}  # kinds of which some are not matched
        groups = [own, everyone - own, {code for code in own if counted[code] in split}]
        groups += [own - before, before - own] if before else []
        if any(0 < len(group) < LEAST for group in groups):
            return True
    return False


class Changed(NamedTuple):
    """A line in two years: all bodies, and those that answered in both."""

    entry: Entry
    all: tuple[Point | None, Point | None]
    matched: tuple[Point | None, Point | None]

    @property
    def words(self) -> str:
        return signed(difference(*self.all))

    @property
    def matched_words(self) -> str:
        return signed(difference(*self.matched))


def difference(before: Point | None, after: Point | None) -> Decimal | int | None:
    """Points between two percentages, each rounded first; of values their difference."""
    if before is None or after is None:
        return None
    if before.percent is not None and after.percent is not None:
        return after.percent - before.percent
    return after.value - before.value if before.value is not None and after.value is not None else None
