"""The published ranges of peers: which of them a body is held against, and what the database refuses."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from surveys.models import Body, PeerRange, Survey
from surveys.models.ranges import band_of, ranges_of
from surveys.past import Range
from tests.factories import make_body, make_prefecture, make_round

pytestmark = pytest.mark.django_db
PLACE = ("staff", "own", "count")


def make_range(survey: Survey, **fields: Any) -> PeerRange:
    place = dict(zip(("question", "row", "column"), PLACE, strict=True))
    return PeerRange(survey=survey, **{**place, "kind": "city", "low": 1, "high": 5, "bodies": 10, **fields})


@pytest.fixture
def survey() -> Survey:
    return make_round(2020)


def own(body: Body, survey: Survey) -> Range | None:
    return ranges_of(body.kind, band_of(body.kind, body.known), PeerRange.objects.before(survey).rows()).get(PLACE)


def test_a_body_is_held_against_its_kind_and_band(survey: Survey) -> None:
    now = make_round(2021)
    PeerRange.objects.publish(
        survey, [make_range(survey, high=high, band=band) for band, high in (("100k-300k", 9), ("lt5k", 3), ("", 7))]
    )
    known = {"population_source": "国勢調査", "population_date": "2020-10-01"}
    large, small = make_body(population=150_000, **known), make_body("202011", population=60_000, **known)
    assert own(large, now) == Range(2020, 1, 9, 10, True)
    assert own(small, now) == Range(2020, 1, 7, 10, False), "its band has too few bodies"
    assert own(make_body("202045"), now) == Range(2020, 1, 7, 10, False), "no population is registered"
    assert own(make_body("203041", kind="village"), now) is None
    PeerRange.objects.publish(survey, [make_range(survey, kind="prefecture", band="")])
    assert own(make_prefecture(), now) and own(large, now) is None, "published anew in place of the former"


def test_only_the_latest_round_before_counts(survey: Survey) -> None:
    later, now = make_round(2021), make_round(2022)
    body = make_body()
    PeerRange.objects.publish(survey, [make_range(survey)])
    assert own(body, survey) is None, "not the own round"
    assert own(body, now) == Range(2020, 1, 5, 10, False)
    PeerRange.objects.publish(later, [make_range(later, high=6)])
    assert own(body, now) == Range(2021, 1, 6, 10, False)
    assert own(body, later) == Range(2020, 1, 5, 10, False)
    assert str(make_range(later)) == "staff own count: 1-5"


@pytest.mark.parametrize(
    "fields", [{"low": 6}, {"bodies": 9}, {"kind": "hamlet"}, {"band": "huge"}, {"high": -1, "low": -1}]
)
def test_the_database_refuses_impossible_ranges(survey: Survey, fields: dict[str, Any]) -> None:
    PeerRange.objects.publish(survey, [make_range(survey)])
    for bad in (make_range(survey, row="outside", **fields), make_range(survey)):
        with pytest.raises(IntegrityError), transaction.atomic():
            bad.save()


def test_ranges_are_replaced_as_a_whole_or_not_at_all(survey: Survey) -> None:
    PeerRange.objects.publish(survey, [make_range(survey)])
    with pytest.raises(IntegrityError), transaction.atomic():
        PeerRange.objects.publish(survey, [make_range(survey, high=8), make_range(survey, high=9)])
    assert PeerRange.objects.get().high == 5
