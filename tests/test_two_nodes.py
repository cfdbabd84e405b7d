"""More web nodes than one: whichever answers, a person goes on where they were, and what is counted is counted once."""

import contextlib
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from surveys.models import Event, Response, User
from surveys.questionnaire import Section
from tests.factories import PASSWORD, make_body, make_member, open_round
from tests.faults.client import Answer, Client, Page, Wire
from tests.faults.people import form_with
from tests.faults.typing import is_empty, on_page, type_in
from tests.nodes import Nodes, two_nodes

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "/2020/202037"
FILES = 60  # a minute of one person (config/limits.py)
FAILURES = 10  # before a sign-in id stops at an address


@pytest.fixture
def response(settings: Settings) -> Response:
    """An open round of two cities, one of which has an approver, with passwords as production keeps them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    city, other = make_body(), make_body("202011", "長野市")
    make_member(city, "approver", "approver")
    make_member(other, "editor", "neighbour")
    return Response.objects.get(survey=open_round(2020, "pages"), body=city)


@pytest.fixture
def nodes(response: Response, tmp_path: Path) -> Iterator[Nodes | None]:
    """On PostgreSQL: SQLite is a file of one machine."""
    if connection.vendor != "postgresql":
        yield None
        return
    with two_nodes(tmp_path) as found:
        yield found


class Browser(Client):
    """Somebody at the proxy; each request comes to another node than the one before."""

    def __init__(self, nodes: Nodes) -> None:
        super().__init__(Wire(nodes.proxy))
        self.headers = {"Referer": f"https://127.0.0.1:{nodes.proxy}/"}

    def sign_in(self, sign_in_id: str, password: str) -> Answer:
        form = form_with(self.get("/accounts/login/").page, "login") or {}
        return self.post("/accounts/login/", {**form, "login": [sign_in_id], "password": [password]})

    def page(self, path: str) -> Page:
        answer = self.get(path)
        assert answer.status == 200, (path, answer.status)
        return answer.page


def test_a_person_is_served_by_both_nodes_in_turn(nodes: Nodes | None, response: Response) -> None:
    if nodes is None:
        return
    browser, typed = Browser(nodes), {}
    assert browser.sign_in("approver", PASSWORD).location == "/"
    for section in response.survey.questionnaire.sections_for("city"):
        typed |= answered(browser, section)
    assert typed and response.answers() == typed
    form = form_with(browser.page(f"{HERE}/review/"), "reviewed") or {}
    assert browser.post(f"{HERE}/submit/", form).location == f"{HERE}/receipt/"
    receipts = [browser.page(f"{HERE}/receipt/").fingerprint for _ in nodes.ports]
    response.refresh_from_db()
    assert response.submission and receipts == [response.submission.fingerprint] * 2
    assert [browser.get(f"{HERE}/receipt.pdf").text[:5] for _ in nodes.ports] == ["%PDF-"] * 2
    assert nodes.asked == [nodes.ports[turn % 2] for turn in range(len(nodes.asked))] and len(nodes.asked) >= 20
    assert_chained()
    is_counted_once(nodes, browser)


def answered(browser: Browser, section: Section) -> dict[str, object]:
    """All questions of a section, those too that other answers open; saved while typing, and once by the button."""
    path, typed = f"{HERE}/{section.id}/", {}
    page = browser.page(path)
    for turn in range(1, 6):
        fields = {**page.questions}
        empty = [id for id in on_page(section, fields) if is_empty(section, id, fields)]
        if not empty:
            break
        typed |= type_in(section, empty, turn, fields)
        answer = browser.post(path, {**fields, "page": [f"{fields['page'][0]}.{turn}"]}, live=True)
        assert answer.status == 200 and not answer.page.unsaved
        page = answer.page
    assert browser.post(path, {**page.questions, "then": [""]}).status == 302
    return typed


def assert_chained() -> None:
    events = list(Event.objects.order_by("pk"))
    assert [event.previous for event in events] == ["", *(event.hash for event in events[:-1])]
    assert all(event.hash == event.expected_hash() for event in events)


def is_counted_once(nodes: Nodes, browser: Browser) -> None:
    """How many files a person takes, and how often a sign-in fails, is known at both nodes."""
    taken = 0
    while (status := direct(nodes.ports[0], browser)) == 200:
        taken += 1
    assert status == 429 and taken <= 2 * FILES  # a new minute may have begun
    assert direct(nodes.ports[1], browser) == 429
    other = Browser(nodes)
    for _ in range(FAILURES):
        assert other.sign_in("neighbour", "a-wrong-password").status != 302
    assert [other.sign_in("neighbour", PASSWORD).status for _ in nodes.ports] == [429, 429]
    assert not User.objects.get(sign_in_id="neighbour").last_login


def direct(port: int, browser: Browser) -> int:
    """A file asked for at one node."""
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    sent = {"Cookie": cookie, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=30)) as node:
        node.request("GET", f"{HERE}/history/file/", headers=sent)
        return node.getresponse().status
