"""Two rounds: the one of last year, which the city has submitted, and this year's. Every test that uses the database
ends by comparing permissions with the history, but for those marked `past_the_history`."""

import pytest

from surveys.models import Body, Response, Survey
from tests.conftest import uses_database
from tests.factories import answer, open_round
from tests.surveys.test_earlier import LAST

DAYS = {"days": {"cells": {"month": 10, "office": 5}}}
EARLIER = {**LAST, **DAYS, "history": {"values": ["cloud"]}, "cause": {"values": ["cost"]}}


@pytest.fixture(autouse=True)
def follow_history(request: pytest.FixtureRequest) -> None:
    if uses_database(request.node) and not request.node.get_closest_marker("past_the_history"):
        request.getfixturevalue("permissions_follow_history")


@pytest.fixture
def earlier(survey: Survey, city: Body) -> Response:
    """The response of the city in the round before, submitted."""
    return answer(survey, city, EARLIER, submit=True)


@pytest.fixture
def now(earlier: Response, city: Body) -> Response:
    """The response of the city in the round of this year."""
    return Response.objects.get(survey=open_round(2021, "pages"), body=city)
