"""The peers of a body: those of its kind and size, against a naive count over all answers."""

import statistics
from dataclasses import replace
from functools import cache
from random import Random

import pytest

from aggregation import peers
from aggregation.collect import collect
from aggregation.comparison import Comparison, Now, Own, compare_body
from aggregation.export.comparison_form import comparison_form
from aggregation.export.long_form import to_csv
from aggregation.groups import BAND_LABELS, KIND_LABELS, SMALLEST, ByKindAndBand, kind_and_band, label
from aggregation.tables import BodyRow
from aggregation.tabulate import build, build_all
from tests.aggregation.makers import body, questionnaire, specs
from tests.aggregation.test_comparison import asked, gave, in_place, numbers, own, points, to_one_place
from tests.aggregation.test_long_form import read
from tests.random_answers import complete_answers

SHIPPED = questionnaire("2020")
MIDDLE = "city:50k-100k"


@cache
def country() -> tuple[BodyRow, ...]:
    """Six counted cities of one size and one that has not answered, four counted ones of another, and others."""
    rng, rows = Random(7), []
    sizes = (
        [("city", 60_000)] * 7 + [("city", 20_000)] * 4 + [("town", 60_000)] * 2 + [("city", None), ("prefecture", 9)]
    )
    for number, (kind, population) in enumerate(sizes):
        answers = None if number == 6 else complete_answers(SHIPPED, kind, rng)
        rows.append(body(f"01{number:04}", kind, answers, population))
    return tuple(rows)


@cache
def kept() -> dict[str, str]:
    collected = collect(SHIPPED, country())
    grouping = ByKindAndBand(country())
    made = build(replace(collected, grouping=grouping), specs(SHIPPED), (), 2020)
    return peers.by_kind_and_band(collected, grouping.groups, made)


def beside_peers(mine: BodyRow) -> Comparison:
    group = kind_and_band(mine.kind, mine.population)
    found = peers.Peers.from_texts(peers.to_text(collect(SHIPPED, country())), group, kept().get(group, ""))
    body = Own(mine.code, mine.name, mine.kind, 2020, False, mine.answers or {}, mine.population)
    return compare_body(body, SHIPPED, Now(build_all(SHIPPED, specs(SHIPPED), country(), (), 2020), found, False), None)


def test_only_groups_of_enough_counted_bodies_are_kept() -> None:
    assert SMALLEST == 5
    assert list(kept()) == [MIDDLE], "four cities, two towns, no population and a prefecture are no group"
    assert kept() == kept.__wrapped__(), "the same answers give the same texts"


def test_the_shares_of_the_same_kind_and_size_are_those_of_a_naive_count() -> None:
    found, members, checked = beside_peers(country()[0]), country()[:6], 0
    assert found.group == MIDDLE
    for question, point, beside in points(found):
        if beside.group != MIDDLE or question.kind == "matrix-integer":
            continue
        concerned = [row for row in members if asked(row, question, point)]
        count = sum(gave((row.answers or {}).get(question.id, {}), point) for row in concerned)
        cell = beside.cell
        assert cell is not None
        assert (cell.count, cell.base, cell.bodies, cell.responded) == (count, len(concerned), 7, 6), point
        assert cell.percent == (to_one_place(count * 100 / len(concerned)) if concerned else None)
        checked += 1
    assert checked > 500


def test_their_means_and_medians_are_those_of_a_naive_count() -> None:
    found, members, checked = beside_peers(country()[0]), country()[:6], 0
    for question, point, beside in points(found):
        if beside.group == MIDDLE and question.kind == "matrix-integer":
            given = [value for row in members if (value := numbers(row, question)[point.row.code]) is not None]
            assert beside.statistic is not None and beside.statistic.bodies == len(given)
            assert beside.statistic.median == to_one_place(statistics.median(given))
            checked += 1
    assert checked == 10
    everything = [sum(in_place(row, section) for section in SHIPPED.section_by_id) for row in members]
    assert found.peers is not None
    assert (found.peers.bodies, found.peers.median) == (6, to_one_place(statistics.median(everything)))


@pytest.mark.parametrize("place", [7, 11, 13], ids=["too few cities", "too few towns", "no population"])
def test_without_such_a_group_the_kind_stands_in(place: int) -> None:
    mine = country()[place]
    found = beside_peers(mine)
    assert found.group == mine.kind and found.peers is not None
    assert found.peers.bodies == sum(row.kind == mine.kind and row.answers is not None for row in country())
    assert {beside.group for _, _, beside in points(found)} == {mine.kind, "municipality", "total"}


def test_the_file_has_lines_for_the_same_kind_and_size() -> None:
    lines = read(to_csv(comparison_form(beside_peers(country()[0]))))
    shares = [line for line in lines if line["question"] == "fig-01"]
    assert list(dict.fromkeys(line["group"] for line in shares)) == [MIDDLE, "city", "municipality"]
    assert {line["base"] for line in shares if line["group"] == MIDDLE} == {"6"}


def test_every_group_has_a_name() -> None:
    assert str(label(MIDDLE)) == "人口５万人以上10万人未満の一般市"
    assert label("town:lt5k").en == "Towns with under 5,000 people"
    names = {label(f"{kind}:{band}") for kind in KIND_LABELS for band in BAND_LABELS}
    assert len(names) == len(KIND_LABELS) * len(BAND_LABELS)
    assert kind_and_band("prefecture", 60_000) == kind_and_band("city", None) == ""
    assert own(country()[0]).peers == "", "without a registered population"
