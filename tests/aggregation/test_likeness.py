"""The bodies most like one, held against a second implementation that compares each pair by itself."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.groups import PREFECTURES_IN_ENGLISH
from aggregation.likeness import MOST, Like, nearest, regions
from tests.aggregation.makers import KINDS, POPULATIONS


class Somebody(NamedTuple):
    code: str
    kind: str
    prefecture: str
    population: int | None


def body(code: str, population: int | None, kind: str = "city") -> Somebody:
    return Somebody(code, kind, code[:2], population)


@st.composite
def country(draw: st.DrawFn) -> list[Somebody]:
    found = []
    for number in range(draw(st.integers(1, 40))):
        prefecture = draw(st.sampled_from(["08", "13", "20", "47"]))
        population = draw(st.sampled_from([*POPULATIONS, 6_000, 7_500, 12_000]))
        found.append(body(f"{prefecture}{number:04}", population, draw(st.sampled_from(KINDS[4:7]))))
    return found


def naive(own: Somebody, bodies: list[Somebody]) -> list[str]:
    """Take the one that nobody is nearer than, ten times; all in whole numbers."""
    near = {prefecture for prefecture in PREFECTURES_IN_ENGLISH if region(prefecture) == region(own.prefecture)}

    def terms(other: Somebody) -> tuple[int, int]:
        one, two = max(own.population or 0, 1), max(other.population or 0, 1)
        large, small = (one, two) if one > two else (two, one)
        return (large * 4, small * 4) if other.prefecture in near else (large * 5, small * 4)

    def is_nearer(one: Somebody, two: Somebody) -> bool:
        (a, b), (c, d) = terms(one), terms(two)
        return a * d < c * b or (a * d == c * b and one.code < two.code)

    left = [each for each in bodies if each.kind == own.kind and each.code != own.code and each.population is not None]
    found: list[str] = []
    while left and len(found) < 10:
        best = left[0]
        for each in left:
            if is_nearer(each, best):
                best = each
        left.remove(best)
        found.append(best.code)
    return found


def region(prefecture: str) -> str:
    return regions().of[prefecture].ja


@given(country())
def test_the_rule_against_a_naive_one(bodies: list[Somebody]) -> None:
    for own in bodies:
        found = [like.code for like in nearest(own, reversed(bodies))]
        assert found == ([] if own.population is None else naive(own, bodies))


def test_a_body_of_another_region_counts_as_a_quarter_further_off() -> None:
    own = body("200001", 10_000)
    others = [body("200002", 12_400), body("400003", 10_000), body("080004", 12_600), body("200005", None)]
    others += [body("200006", 10_000, "town")]
    assert nearest(own, [own, *others]) == [
        Like("200002", 124 * nearest(own, [body("1", 10_000)])[0].ratio / 100, True),
        Like("400003", nearest(own, [body("1", 10_000)])[0].ratio, False),
        Like("080004", 126 * nearest(own, [body("1", 10_000)])[0].ratio / 100, True),
    ]


@pytest.mark.parametrize(
    ("population", "words"), [(10_000, "1.00"), (12_345, "1.23"), (12_350, "1.24"), (0, "10,000.00")]
)
def test_the_quotient_in_words(population: int, words: str) -> None:
    (found,) = nearest(body("200001", 10_000), [body("200002", population)])
    assert found.in_words == words


def test_no_more_than_ten_and_none_without_a_population() -> None:
    others = [body(f"2001{n:02}", 1_000 + n) for n in range(30)]
    assert [like.code for like in nearest(body("200001", 1_000), others)] == [each.code for each in others[:MOST]]
    assert nearest(body("200001", None), others) == []


def test_each_prefecture_is_in_one_region() -> None:
    assert sorted(regions().of) == sorted(PREFECTURES_IN_ENGLISH)
    assert len({label.ja for label in regions().of.values()}) == 10
    assert regions().source.ja and regions().source.en
