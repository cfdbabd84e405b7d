"""A table over the rounds: moments, lines, breaks; and when matched bodies tell too much."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation import report
from aggregation.breaks import Round
from aggregation.disclosure import LEAST
from aggregation.matched import Changed, difference, telling
from aggregation.tables import BodyRow, Entry, Redefined, Table, TableSpec
from aggregation.tabulate import build_all
from aggregation.trend import Moment, Point, Printed, Trend
from surveys.questionnaire import Text, tier
from tests.aggregation.makers import KINDS, body, questionnaire, table
from tests.random_answers import complete_answers

PAGES = questionnaire("pages")


def bodies(seed: int) -> list[BodyRow]:
    random = Random(seed)
    return [body(f"20{n:04}", kind, complete_answers(PAGES, kind, random), 10_000) for n, kind in enumerate(KINDS * 2)]


def a_round(year: int, id: str, *, asked: bool = True) -> Round:
    if not asked:
        return Round(year, None, ())
    return Round(year, table(id, PAGES, bodies(year)), PAGES.parts[id])


def trend(id: str, years: Iterable[int], *printed: Printed, row: str = "", without: int = 0) -> Trend:
    rounds = [a_round(year, id, asked=year != without) for year in years]
    return Trend(TableSpec(id), rounds, printed, row)


def by_side(found: Trend) -> Mapping[tuple[str, str], list[Point | None]]:
    return {
        (side.code, line.entry.code): [point for _, point in line.points] for side in found.sides for line in side.lines
    }


def test_each_number_of_each_round_stands_in_its_year() -> None:
    found = trend("cio", (2019, 2020, 2021))
    assert found.moments == [Moment(year, False, None) for year in (2019, 2020, 2021)]
    lines = by_side(found)
    assert list(lines)[:2] == [("prefecture", "yes"), ("prefecture", "no")] and len(lines) == 6
    for at, each in enumerate(found.rounds):
        assert each.table
        for cell in each.table.cells:
            if cell.breakdown == "national":
                point = lines[cell.group, cell.row][at]
                assert point and (point.count, point.base, point.percent) == (cell.count, cell.base, cell.percent)


def test_what_was_printed_stands_before_what_is_computed_and_never_after_the_last_round() -> None:
    here, later = (Printed(year, ("yes", "", "prefecture"), Point(35, 47, Decimal("74.5"))) for year in (2020, 2022))
    found = trend("cio", (2020, 2021), here, later)
    assert [moment[:2] for moment in found.moments] == [(2020, True), (2020, False), (2021, False)]
    assert by_side(found)["prefecture", "yes"][0] == here.point
    assert by_side(found)["prefecture", "no"][0] is None


def test_a_round_that_does_not_ask_leaves_a_gap_and_a_mark() -> None:
    found = trend("cio", (2019, 2020, 2021), without=2020)
    assert [point is None for point in by_side(found)["municipality", "yes"]] == [False, True, False]
    assert [(found.moments.index(each.at), each.why.en) for each in found.breaks] == [
        (1, "FY2020 did not ask this question."),
        (2, "Asked again from FY2021 on."),
    ]
    assert found.marked == set(found.moments[1:])
    assert found.table is found.rounds[-1].table


def test_of_a_matrix_the_columns_of_one_row_are_the_lines() -> None:
    found = trend("state", (2020, 2021), row="tax")
    assert found.is_matrix and found.row.code == "tax"
    assert {line for _, line in by_side(found)} == {"done", "planned", "none"}
    assert found.place("done", "total") == ("tax", "done", "total")
    assert trend("state", (2020,), row="nothing").row.code == "register"
    sums = trend("staff", (2020, 2021))
    assert not sums.is_matrix
    assert all(point and point.value is not None for points in by_side(sums).values() for point in points)


def test_what_only_an_earlier_round_has_stays_at_the_end() -> None:
    old, new = a_round(2020, "cio"), a_round(2021, "cio")
    assert old.table and new.table
    gone = Table(**{**vars(old.table), "rows": (Entry("once", Text("昔", "once")), *old.table.rows)})
    found = Trend(TableSpec("cio"), [Round(2020, gone, old.questions), new], ())
    assert [entry.code for entry in found.entries] == ["yes", "no", "once"]
    assert {line for _, line in by_side(found)} == {"yes", "no"}, "a line without any number is none"


# A series


def series_round(year: int) -> Round:
    shipped = questionnaire("2020")
    random = Random(year)
    rows = [body(f"20{n:04}", kind, complete_answers(shipped, kind, random), 10_000) for n, kind in enumerate(KINDS)]
    made = build_all(shipped, report.specs(), rows, report.past(), year)
    return Round(year, next(each for each in made if each.id == "table-2-2"), shipped.parts["table-2-1"])


def test_a_series_lags_behind_its_rounds_and_breaks_where_its_definition_says() -> None:
    (spec,) = (spec for spec in report.specs() if spec.id == "table-2-2")
    past = [Printed(year, ("rate", "", "total"), Point(percent=Decimal(year - 2000))) for year in (2016, 2018, 2020)]
    found = Trend(spec, [series_round(2020), series_round(2021)], past)
    assert [(moment.year, moment.is_printed) for moment in found.moments] == [
        (2016, True),
        (2018, True),
        (2019, False),
        (2020, True),
        (2020, False),
    ]
    assert [str(moment.label) for moment in found.moments][:2] == ["2016年度", "2018年度"]
    assert not found.is_matrix and found.place("rate", "total") == ("rate", "", "total")
    points = by_side(found)["total", "rate"]
    assert [point and point.percent for point in points][:2] == [16, 18] and all(points)
    (broken,) = found.breaks
    assert broken.at == found.moments[2] and "58" in broken.why.ja


@pytest.mark.parametrize("at", [2000, 2030])
def test_a_definition_that_never_changed_in_these_years_is_no_break(at: int) -> None:
    (spec,) = (spec for spec in report.specs() if spec.id == "table-2-2")
    other = TableSpec(spec.id, series=spec.series, breaks=(Redefined(at, Text("別", "other")),))
    assert Trend(other, [series_round(2020)], ()).breaks == []


def test_notes_are_said_once() -> None:
    note = Text("注", "note")
    printed = (Printed(2020, ("yes", "", group), Point(1, note=note)) for group in ("prefecture", "total"))
    assert trend("cio", (2020, 2021), *printed).notes == [note]


# Change, and the bodies that answered in both years


def test_a_change_is_in_points_or_in_numbers() -> None:
    before, after = Point(1, 3, Decimal("33.3")), Point(1, 2, Decimal("50.0"))
    assert difference(before, after) == Decimal("16.7")
    assert difference(Point(value=5), Point(value=3)) == -2
    assert difference(before, None) is difference(None, after) is difference(Point(value=1), after) is None
    changed = Changed(Entry("a", Text("", "")), (before, after), (None, None))
    assert (changed.words, changed.matched_words) == ("+16.7", "")


def codes(first: int, last: int) -> frozenset[str]:
    return frozenset(f"{number:06}" for number in range(first, last))


@pytest.mark.parametrize(
    ("matched", "tells"),
    [
        (codes(0, 40), False),  # all
        (codes(0, 30), False),  # 10 are not matched
        (codes(0, 31), True),  # 9 are not
        (codes(0, 9), True),
        (codes(0, 0), False),
        (codes(0, 10), False),
    ],
)
def test_a_small_rest_would_be_told(matched: frozenset[str], tells: bool) -> None:
    assert telling(matched, dict.fromkeys(codes(0, 40), "city")) is tells


def test_a_kind_of_which_a_few_are_matched_would_be_told() -> None:
    """All cities are matched and 3 of 20 towns: all matched less all cities are these 3."""
    kinds = dict.fromkeys(codes(0, 40), "city") | dict.fromkeys(codes(40, 60), "town")
    assert telling(codes(0, 43), kinds)
    assert not telling(codes(0, 50), kinds)


def test_those_matched_with_the_year_before_are_not_told_either() -> None:
    kinds = dict.fromkeys(codes(0, 100), "city")
    assert not telling(codes(0, 50), kinds, codes(0, 50))
    assert telling(codes(0, 50), kinds, codes(0, 45))
    assert telling(codes(0, 50), kinds, codes(0, 55))
    assert not telling(codes(0, 50), kinds, codes(0, 60))


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.booleans()), max_size=60), st.randoms())
def test_what_is_not_telling_leaves_no_small_difference(people: list[tuple[str, bool]], random: Random) -> None:
    """Against sums: no published sum of a side or kinds, less another one, is of one to nine bodies."""
    kinds = {f"{n:06}": kind for n, (kind, _) in enumerate(people)}
    matched = frozenset(f"{n:06}" for n, (_, is_matched) in enumerate(people) if is_matched)
    if telling(matched, kinds):
        return
    for side in ("prefecture", "municipality"):
        everyone = {code for code, kind in kinds.items() if tier(kind) == side}
        whole = {kind: {code for code in everyone if kinds[code] == kind} for kind in KINDS}
        own = matched & everyone
        inside = [kind for kind in KINDS if whole[kind] and whole[kind] <= own]
        for _ in range(5):
            some = set().union(*(whole[kind] for kind in random.sample(inside, random.randint(0, len(inside)))))
            if some == set().union(*(whole[kind] for kind in inside)):
                assert len(own - some) not in range(1, LEAST)
        assert len(everyone - own) not in range(1, LEAST)
