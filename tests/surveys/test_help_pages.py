"""Help where it is needed: examples at numbers, the contact line, the guide of a first visit."""

import pytest
from django.test import Client
from pytest_django import Settings

from surveys.models import Response, Survey, User
from tests.conftest import signed_in
from tests.surveys.test_pages import HOME, PEOPLE
from tests.surveys.web_page import open_page

GUIDE = "/guide/"


def test_an_example_stands_at_its_numbers(response: Response, officer: User) -> None:
    page = open_page(signed_in(officer), PEOPLE)
    assert "例：週に3日の人も1人と数えます。" in page.words
    assert 'aria-describedby="staff.help staff.example"' in page.html


def test_the_contact_line_says_when_somebody_answers(client: Client, db: None, settings: Settings) -> None:
    assert "（平日" not in open_page(client, "/report/").words
    settings.CONTACT_TELEPHONE, settings.CONTACT_HOURS = "03-0000-0000", "9:30～17:00"
    assert "総務省 調査担当 03-0000-0000 （平日9:30～17:00）" in open_page(client, "/report/").words
    settings.CONTACT_HOURS = ""
    assert "03-0000-0000" in open_page(client, "/report/").words


@pytest.mark.parametrize("person", ["officer", "approver", "prefecture", "ministry", "without_group", "nobody"])
def test_everybody_who_signs_in_can_read_the_guide(person: str, request: pytest.FixtureRequest) -> None:
    page = open_page(signed_in(request.getfixturevalue(person)), GUIDE)
    assert "どの項目からでも答えられます。" in page.words
    assert Client().get(GUIDE).headers["Location"] == f"/accounts/login/?next={GUIDE}"


def test_the_guide_of_the_first_visit_stays_closed(response: Response, officer: User, approver: User) -> None:
    client = signed_in(officer)
    assert "はじめての方へ" in open_page(client, HOME).words
    for _ in range(2):
        assert client.post(GUIDE, {"next": HOME}).headers["Location"] == HOME
    assert "はじめての方へ" not in open_page(client, HOME).words
    assert f'href="{GUIDE}"' in open_page(client, HOME).html
    assert "はじめての方へ" in open_page(signed_in(approver), HOME).words, "a first visit is each person's own"


@pytest.mark.parametrize("place", ["", "https://elsewhere.example/", "//elsewhere.example/"])
def test_closing_the_guide_leads_nowhere_else(place: str, officer: User) -> None:
    assert signed_in(officer).post(GUIDE, {"next": place}).headers["Location"] == "/"


def test_only_who_answers_is_guided(response: Response, prefecture: User, officer: User, survey: Survey) -> None:
    assert "はじめての方へ" not in open_page(signed_in(prefecture), HOME).words
    survey.close()
    assert "はじめての方へ" not in open_page(signed_in(officer), HOME).words
