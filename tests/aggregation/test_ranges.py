"""The ranges a run keeps of its bodies' numbers, and that only publishing puts them in force."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

from aggregation import report
from aggregation.collect import collect
from aggregation.models import Run
from aggregation.peers import to_text
from aggregation.ranges import PeerNumbers, read
from aggregation.tables import BodyRow
from surveys.bands import band
from surveys.models import PeerRange, Survey, User
from tests.aggregation.makers import bodies, body, questionnaire
from tests.factories import answer, make_body, open_round, publish


def staff(own: int, outside: int = 0) -> dict[str, Any]:
    return {"staff": {"cells": {"own": own, "outside": outside}}}


def ranges(rows: list[BodyRow], name: str = "doubts") -> dict[tuple[str, ...], PeerNumbers]:
    found = list(read(to_text(collect(questionnaire(name), rows))))
    by_place = {(each.question, each.row, each.column, each.kind, each.band): each for each in found}
    assert len(by_place) == len(found)
    return by_place


@pytest.mark.parametrize(
    ("count", "expected"),
    [(9, None), (10, (1, 10)), (20, (1, 20)), (21, (2, 20)), (40, (2, 39)), (41, (3, 39)), (100, (5, 96))],
)
def test_what_is_left_without_the_ends(count: int, expected: tuple[int, int] | None) -> None:
    """Nearest rank: of 1 to n, each body with its own number, in any order."""
    numbers = [*range(1, count + 1)]
    Random(count).shuffle(numbers)
    found = ranges([body(f"20{n:04}", answers=staff(n)) for n in numbers])
    own = found.get(("staff", "own", "count", "city", ""))
    assert (own and (own.low, own.high, own.bodies)) == (expected and (*expected, count))


def test_numbers_are_cut_by_kind_and_band_and_computed_rows_are_left_out() -> None:
    towns = [body(f"20{n:04}", "town", staff(n), 4_000) for n in range(12)]
    cities = [body(f"21{n:04}", "city", staff(n), 4_000 if n else None) for n in range(10)]
    prefectures = [body(f"{n:02}0000", "prefecture", staff(n), 1_000_000) for n in range(1, 12)]
    found = ranges([*towns, *cities, *prefectures])
    assert {(row, kind, code) for _, row, _, kind, code in found} == {
        *((row, "town", code) for row in ("own", "outside") for code in ("", "lt5k")),
        *((row, "city", "") for row in ("own", "outside")),
        *((row, "prefecture", "") for row in ("own", "outside")),
    }


def test_of_procedures_the_numbers_that_are_known() -> None:
    def use(total: int | str) -> dict[str, Any]:
        cell = {"exists": "yes", "online": "done", "total": total, "online_count": 1}
        return {"use-school": {"cells": {"lending": cell}}}

    rows = [body(f"20{n:04}", answers=use(n if n else "unknown")) for n in range(11)]
    found = ranges(rows)
    assert found["use", "lending", "total", "city", ""][5:] == (1, 10, 10)
    assert found["use", "lending", "online_count", "city", ""][5:] == (1, 1, 10)


@settings(max_examples=20, deadline=None)
@given(rows=bodies("doubts", 60))
def test_every_range_lies_within_the_answers_of_its_group(rows: list[BodyRow]) -> None:
    for place, found in ranges(rows).items():
        _, row, column, kind, code = place
        own = [each for each in rows if each.kind == kind and each.answers]
        if code:
            own = [each for each in own if each.population is not None and band(each.population) == code]
        assert found.bodies <= len(own) and found.low <= found.high
        if column == "count":
            values = [each.answers["staff"]["cells"][row] for each in own if each.answers]
            assert {found.low, found.high} <= set(values) and found.bodies == len(values)


def test_a_run_of_an_older_version_has_none() -> None:
    assert list(read("")) == [] == list(read('{"numbers": {}}'))


@pytest.fixture
def survey(db: None) -> Survey:
    cities = [make_body(f"20{n:04}", f"市{n}") for n in range(10)]
    survey = open_round(2020, "doubts")
    for number, city in enumerate(cities):
        answers = {
            **staff(number),
            "chief": {"value": "no"},
            "measures": {"values": ["none"]},
            "system": {"cells": {"register": "none", "tax": "none"}},
            "product": {"cells": {"register": "none", "tax": "none"}},
            "use-school": {"cells": {"lending": {"exists": "no"}}},
        }
        answer(survey, city, answers, submit=True)
    return survey


def test_only_a_published_run_puts_its_ranges_in_force(survey: Survey, ministry: User) -> None:
    report.compute(survey)
    assert not PeerRange.objects.exists()
    run = publish(survey, by=ministry)
    own = PeerRange.objects.get(row="own", kind="city")
    assert (own.survey, own.low, own.high, own.bodies, own.band) == (survey, 0, 9, 10, "")
    PeerRange.objects.update(high=99)
    run.publish(by=ministry)
    assert PeerRange.objects.get(row="own").high == 99, "publishing it again changes nothing"
    Run.objects.update(edition=None, published_at=None, published_by=None, peers="")
    Run.objects.get().publish(by=ministry)
    assert not PeerRange.objects.exists(), "those of the run that is published now"
