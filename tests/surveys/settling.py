"""A city with ten times the outside staff of the round before, and what two people say to that."""

import re
from typing import Any

import pytest

from surveys.models import Body, Response, Survey, User
from tests.conftest import signed_in
from tests.factories import answer, open_round
from tests.surveys.test_doubts import CALM
from tests.surveys.web_page import WebPage, open_page

HOME = "/2021/202037/"
URL, REVIEW = f"{HOME}people/", f"{HOME}review/"
KEY = "staff-tenfold.staff.outside.count"
TENFOLD = {**CALM, "staff": {"cells": {"own": 20, "outside": 30}}}
WHY = "基幹系システムの更改のため、開発要員を委託先に置いている。"


@pytest.fixture
def survey(city: Body) -> Survey:
    """A round in which the city has answered as in the round before, but for ten times the outside staff."""
    earlier = open_round(2020, "doubts")
    answer(earlier, city, CALM, submit=True)
    return open_round(2021, "doubts")


@pytest.fixture
def response(survey: Survey, city: Body) -> Response:
    return answer(survey, city, TENFOLD)


@pytest.fixture
def page(response: Response, officer: User) -> WebPage:
    return open_page(signed_in(officer), URL)


@pytest.fixture
def other(response: Response, approver: User) -> WebPage:
    return open_page(signed_in(approver), URL)


def reasons(response: Response) -> dict[str, Any]:
    return {key: (reason["text"], reason["name"]) for key, reason in response.reasons().items()}


def settle(page: WebPage, why: str = WHY, key: str = KEY) -> WebPage:
    return page.fill({f"settled|{key}": "right", f"reason|{key}": why}).save()


def page_values(html: str, name: str) -> str:
    """The value of a field in a part of a page."""
    found = re.search(rf'name="{re.escape(name)}"(?:\s+value="([^"]*)"|>([^<]*)<)', html)
    assert found
    return found[1] or found[2] or ""


def live(page: WebPage, **headers: str) -> str:
    """A save while typing."""
    return page.client.post(page.url, page.values, headers={"HX-Request": "true"}).content.decode()
