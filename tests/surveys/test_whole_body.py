"""A form that is cut short on its way stores nothing."""

import io
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from surveys.models import Response, SectionAnswers, User
from surveys.whole_body import CutShort, WholeBody, whole_bodies
from tests.surveys.web_page import open_page

PEOPLE = "/2020/202037/people/"


class Slow(io.BytesIO):
    """Gives a few bytes at a time, as a connection does."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or 0, 3))


def test_a_body_is_read_in_parts_and_not_beyond_its_end() -> None:
    body = WholeBody(Slow(b"one\ntwo\nnext request"), 8)
    assert (body.readline(), body.read(2), body.read(), body.read(), body.readline()) == (
        b"one\n",
        b"tw",
        b"o\n",
        b"",
        b"",
    )
    assert WholeBody(Slow(b"one\n"), 4).read(None) == WholeBody(Slow(b"one\n"), 4).readline(10) == b"one\n"


def test_a_body_that_ends_too_early_is_refused() -> None:
    for read in (WholeBody.read, WholeBody.readline):
        with pytest.raises(CutShort, match="4 bytes before"):
            read(WholeBody(io.BytesIO(b""), 4))
    with pytest.raises(CutShort, match="1 bytes before"):
        WholeBody(Slow(b"one"), 4).read()


def test_half_of_a_form_stores_nothing(response: Response, officer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer)
    page = open_page(client, PEOPLE).fill({"cio": "yes", "training": ["course"]})
    body = urlencode({**page.values, "then": ""}, doseq=True).encode()
    assert status(client, body[: body.index(b"seen%7Ctraining")], len(body)) == 400
    assert not SectionAnswers.objects.exists()
    assert status(client, body, len(body)) == 302
    assert SectionAnswers.objects.get().answers.keys() == {"cio", "training"}


def status(client: Client, body: bytes, length: int) -> int:
    """What the server says to a post of which this much comes."""
    came: dict[str, Any] = {"wsgi.input": WholeBody(io.BytesIO(body), length), "CONTENT_LENGTH": str(length)}
    return client.generic("POST", PEOPLE, body, "application/x-www-form-urlencoded", **came).status_code


def test_what_is_announced_is_expected() -> None:
    seen: list[Any] = []
    application = whole_bodies(lambda environ, start: seen.append(environ["wsgi.input"]) or [])
    application({"wsgi.input": io.BytesIO(b"one"), "CONTENT_LENGTH": "4"}, None)
    with pytest.raises(CutShort):
        seen[0].read()


def test_a_request_without_a_length_has_no_body() -> None:
    seen: list[Any] = []
    whole_bodies(lambda environ, start: seen.append(environ["wsgi.input"]) or [])({"wsgi.input": None}, None)
    assert seen == [None]
