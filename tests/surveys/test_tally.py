"""Shares, the steps of the map, the bar, and the places of the tiles."""

from decimal import Decimal

import pytest

from surveys import tally
from surveys.tally import Share, Tally
from surveys.tiles import PLACES


@pytest.mark.parametrize(
    ("count", "base", "expected"), [(913, 1788, "51.1"), (1, 16, "6.3"), (1, 1, "100.0"), (0, 3, "0.0"), (0, 0, None)]
)
def test_a_share_is_exact_and_half_goes_up(count: int, base: int, expected: str | None) -> None:
    assert Share(count, base).percent == (Decimal(expected) if expected else None)
    assert Share(count, base).meter == (70 * count // base if base else 0)


@pytest.mark.parametrize(
    ("accepted", "total", "percent", "step"),
    [(0, 5, 0, 0), (1, 5, 20, 0), (1, 4, 25, 1), (2, 4, 50, 2), (3, 4, 75, 3), (199, 200, 99, 3), (4, 4, 100, 4)],
)
def test_a_tile_is_cut_so_that_100_means_all(accepted: int, total: int, percent: int, step: int) -> None:
    found = Tally("20", "長野県", {tally.ACCEPTED: accepted, tally.DRAFT: total - accepted})
    assert (found.whole_percent, found.step) == (percent, step)


def test_every_part_of_the_bar_can_be_seen_and_together_they_fill_it() -> None:
    found = Tally("", "", {tally.RETURNED: 1, tally.NOT_STARTED: 1787, tally.DRAFT: 0}).bar
    assert [part.standing for part in found] == [tally.RETURNED, tally.NOT_STARTED]
    assert all(part.width >= 2.9 for part in found)
    assert found[1].start == pytest.approx(found[0].width + tally.GAP, abs=0.1)
    assert found[-1].start + found[-1].width == pytest.approx(tally.BAR, abs=0.2)


def test_the_lowest_share_comes_first_and_ties_stay_in_order() -> None:
    shares = {"01": 3, "02": 1, "03": 3, "04": 0}
    found = [Tally(key, key, {tally.SUBMITTED: count, tally.DRAFT: 4 - count}) for key, count in shares.items()]
    assert [each.key for each in tally.lowest_first(found)] == ["04", "02", "01", "03"]


def test_the_map_has_a_place_for_each_prefecture_and_none_in_its_gap() -> None:
    assert list(PLACES) == [f"{code:02}" for code in range(1, 48)]
    places = {(place.column, place.row) for place in PLACES.values()}
    assert len(places) == 47
    assert all(1 <= column <= 12 and 1 <= row <= 13 and row != 2 for column, row in places)
