"""Requests that no page of ours makes, each of which once ended in an error: found by tests/fuzz."""

import pytest
from django.test import Client
from django.urls import reverse

from surveys.models import Body, Response, User
from tests.conftest import signed_in
from tests.factories import make_ministry

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(db: None) -> Client:
    return signed_in(make_ministry("manager"))


@pytest.mark.parametrize("number", ["x", "1.1", "\u0663", "9" * 30, "9" * 5000, "1_000"])
@pytest.mark.parametrize(
    "place", ["surveys/response/{}/change/", "surveys/mailing/{}/change/", "aggregation/run/{}/reports/"]
)
def test_what_is_no_number_is_nothing(place: str, number: str, manager: Client) -> None:
    assert manager.get(f"/admin/{place.format(number)}").status_code == 404


@pytest.mark.parametrize("chosen", ["x", "1.1", "", "\u0663", "9" * 5000])
def test_an_action_on_what_is_no_number_is_one_on_nothing(chosen: str, response: Response, manager: Client) -> None:
    url = reverse("admin:surveys_response_changelist")
    page = manager.post(url, {"action": "accept", "_selected_action": chosen}, follow=True)
    assert page.status_code == 200
    assert "操作を実行するには、対象を選択する必要があります。" in page.content.decode()


def test_a_list_of_people_that_is_longer_than_there_are(city: Body, officer: User, manager: Client) -> None:
    """The list under a body is only read; the page says the other faults and adds nobody."""
    data = {"name": "", "memberships-TOTAL_FORMS": "3", "memberships-INITIAL_FORMS": "3"}
    page = manager.post(reverse("admin:surveys_body_change", args=[city.pk]), data)
    assert page.status_code == 200
    assert city.memberships.count() == 1


@pytest.mark.parametrize("place", ["home", "\u3042", "x.y", "//example.com/", "javascript:alert(1)", ""])
def test_a_form_that_goes_on_to_no_page_goes_home(place: str, officer: User) -> None:
    answer = signed_in(officer).post(reverse("guide"), {"next": place})
    assert answer.headers["Location"] == reverse("home")
