"""Who else is in a section, and whether a page that stays open is older than the answers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from surveys.models import Presence, Response, User
from tests.conftest import signed_in
from tests.surveys.web_page import open_page

URL = "/2020/202037/people/"
ASK = f"{URL}people/"


@pytest.fixture
def client_of(response: Response, officer: User) -> Client:
    return signed_in(officer)


def there(client: Client) -> str:
    return " ".join(client.get(ASK).content.decode().split())


def test_one_sees_who_looks_and_who_types(client_of: Client, approver: User) -> None:
    other = open_page(signed_in(approver), URL)
    assert "宮澤 明子さんがこの項目を見ています" in there(client_of)
    other.fill({"cio": "no"}).save()
    assert "宮澤 明子さんが入力しています" in there(client_of)
    assert "小林 直樹" not in there(client_of), "oneself is not told"
    assert [str(each) for each in Presence.objects.filter(user=approver)] == [
        "宮澤 明子（approver） 令和2年度 長野県上田市 people"
    ]


def test_who_was_last_seen_a_while_ago_has_left(client_of: Client, approver: User) -> None:
    open_page(signed_in(approver), URL)
    Presence.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    assert "宮澤" not in there(client_of)


def test_a_page_is_told_when_somebody_has_saved(client_of: Client, approver: User) -> None:
    assert "HX-Trigger" not in client_of.get(f"{ASK}?version=0").headers
    open_page(signed_in(approver), URL).fill({"cio": "no"}).save()
    assert client_of.get(f"{ASK}?version=0").headers["HX-Trigger"] == "stale"


def test_who_only_reads_is_neither_told_nor_noted(client_of: Client, prefecture: User) -> None:
    open_page(client_of, URL)
    assert "小林" not in there(signed_in(prefecture))
    assert not Presence.objects.filter(user=prefecture).exists()


def test_a_page_that_stays_open_is_told_that_nobody_is_signed_in(client_of: Client) -> None:
    client_of.logout()
    for url in (URL, ASK):
        assert client_of.get(url, headers={"HX-Request": "true"}).status_code == 401
        assert client_of.get(url).status_code == 302
