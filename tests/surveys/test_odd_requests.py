"""Requests that no page of ours makes, each of which once ended in an error: found by tests/fuzz."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
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


@pytest.mark.parametrize("query", ["x=1", "at__year=x", "kind__nothing=1", "p=9999", "o=99.x"])
def test_a_file_of_the_history_by_a_filter_that_is_none(query: str, manager: Client) -> None:
    answer = manager.get(f"{reverse('admin:surveys_event_file', args=['csv'])}?{query}")
    assert answer.status_code == 200 or answer.headers["Location"] == f"{reverse('admin:surveys_event_changelist')}?e=1"


LINE = "202037,20,長野県,{name},うえだし,city,{population}\n"
HEAD = "code,prefecture_code,prefecture,name,name_kana,kind,population\n"


def load(client: Client, data: str, name: str = "x.csv") -> Any:
    return client.post(reverse("admin:surveys_body_load"), {"file": SimpleUploadedFile(name, data.encode())})


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"name": "あ" * 41, "population": ""}, "列「name」が40字を超えています。"),
        ({"name": "上田市", "population": "9" * 10}, "が数字ではありません。"),
        ({"name": "上田市", "population": "9" * 5000}, "が数字ではありません。"),
    ],
)
def test_a_register_with_more_than_the_database_holds(values: dict[str, str], says: str, manager: Client) -> None:
    page = load(manager, HEAD + LINE.format(**values))
    assert (page.status_code, says in page.content.decode()) == (400, True)


def test_of_a_register_that_is_wrong_throughout_the_first_faults_are_listed(manager: Client) -> None:
    page = load(manager, HEAD + "x\n" * 300).content.decode()
    assert "直すところは全部で300つあります。" in page
    assert page.count("値が1個あります。") == 200


def test_the_name_of_a_register_is_kept_as_far_as_it_goes(manager: Client) -> None:
    """It is the source of the populations."""
    page = load(manager, HEAD + LINE.format(name="上田市", population="5"), "あ" * 150 + ".csv").content.decode()
    manager.post(reverse("admin:surveys_body_load"), {"proposal": re.search('name="proposal" value="([^"]+)', page)[1]})
    assert Body.objects.get().population_source == "あ" * 100
