"""Two rounds: the one of last year, which the city has submitted, and this year's."""

import pytest

from surveys.models import Body, Response, Survey
from tests.factories import answer, open_round
from tests.surveys.test_earlier import LAST

DAYS = {"days": {"cells": {"month": 10, "office": 5}}}
EARLIER = {**LAST, **DAYS, "history": {"values": ["cloud"]}, "cause": {"values": ["cost"]}}


@pytest.fixture
def earlier(survey: Survey, city: Body) -> Response:
    """The response of the city in the round before, submitted."""
    return answer(survey, city, EARLIER, submit=True)


@pytest.fixture
def now(earlier: Response, city: Body) -> Response:
    """The response of the city in the round of this year."""
    return Response.objects.get(survey=open_round(2021, "pages"), body=city)
