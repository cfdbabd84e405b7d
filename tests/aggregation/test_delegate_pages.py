"""What is outside a delegate's sections comes out nowhere: every address of a response is opened and searched."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from pypdf import PdfReader

from aggregation import measure_list
from aggregation.export import FORMATS
from surveys.models import Delegation, Guest, Invitation, Response, Submission, Task, User
from tests.conftest import signed_in
from tests.factories import open_round

MARK, NUMBER = "ヒミツノコタエ", 987654
SECTIONS = ("people", "systems", "procedures", "police", "nothing")
ANSWERS: dict[str, dict[str, Any]] = {
    "people": {
        "cio": {"value": "yes"},
        "post": {"value": "other", "other_text": {"other": MARK}},
        "staff": {"cells": {"own": NUMBER, "outside": 1, "resident": 1}},
    },
    "systems": {"shared": {"values": []}},
}


def names(patterns: Any) -> Iterator[str]:
    """The name of every address."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name


def addresses(year: int, person: User, invitation: int) -> list[str]:
    """Every address of a response, whatever it takes besides the year and the code."""
    more = [("section_id", section) for section in SECTIONS] + [("suffix", suffix) for suffix in FORMATS]
    choices = [{}, {"user": person.pk}, {"invitation": invitation}, *({name: value} for name, value in more)]
    found = set()
    for name, choice in product(names(get_resolver().url_patterns), choices):
        with suppress(NoReverseMatch):
            found.add(reverse(name, kwargs={"year": year, "code": "202037", **choice}))
    lists = [f"/{year}/202037/compare/?show={show}" for show in measure_list.SHOWN]
    return sorted(found) + lists


def text(found: Any) -> str:
    """All that a page or file says: also inside PDF and Excel files."""
    data = found.content
    if data.startswith(b"%PDF"):
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return "".join(book.read(name).decode("utf-8", "ignore") for name in book.namelist())
    return str(data.decode("utf-8", "ignore"))


def leaks(client: Client, urls: list[str]) -> list[str]:
    found = []
    for url in urls:
        for method in (client.get, client.post):
            said = text(method(url)).replace(",", "").replace(" ", "").replace("\n", "")
            if MARK in said or str(NUMBER) in said:
                found.append(url)
    return sorted(set(found))


@pytest.fixture
def filled(response: Response, officer: User) -> Response:
    """A response with a marked answer that is free text, and a marked number."""
    for section, answers in ANSWERS.items():
        response.save_section(section, answers, seen={}, by=officer)
    return response


def submitted(response: Response) -> None:
    """Submitted as it stands, incomplete as it is."""
    submission = Submission.of(response, response.applicable_answers(), None)
    submission.save()
    Response.objects.filter(pk=response.pk).update(state="submitted", submission=submission)


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_no_address_says_an_answer_of_another_section(
    state: str, filled: Response, delegate: User, officer: User, approver: User
) -> None:
    Delegation.take_back(filled, ["people"], by=officer)
    Delegation.give(filled, ["systems"], delegate, Task(), by=officer)
    made = Invitation.invite(filled, Guest("滝沢"), ["people"], Task(note=MARK), key="page", by=officer)
    if state != "draft":
        submitted(filled)
    if state == "returned":
        Response.objects.filter(pk=filled.pk).update(state="returned", return_reason=MARK)
    later = open_round(2021, "pages").responses.get(body=filled.body)
    for section, answers in ANSWERS.items():
        later.save_section(section, answers, seen={}, by=officer)
    urls = [*addresses(2020, delegate, made.pk), *addresses(2021, delegate, made.pk)]
    assert len(urls) > 40
    assert leaks(signed_in(delegate), urls) == []
    Delegation.give(later, ["systems"], delegate, Task(), by=officer)
    assert leaks(signed_in(delegate), urls) == [], "nor as the round before"
    seen = leaks(signed_in(approver), [url for url in urls if "replace" not in url])
    assert {"/2020/202037/people/", "/2020/202037/answers/", "/2020/202037/answers.pdf"} <= set(seen)
    assert "/2020/202037/workbook/file/" in seen and any("compare" in url for url in seen), "the search can find it"


def test_a_delegate_compares_the_own_sections_only(filled: Response, delegate: User) -> None:
    client = signed_in(delegate)
    assert client.get("/2020/202037/compare/people/").status_code == 200
    assert client.get("/2020/202037/compare/systems/").status_code == 404
    page = client.get("/2020/202037/compare/").content.decode()
    assert "/compare/people/" in page and "/compare/systems/" not in page
    lines = client.get("/2020/202037/compare.csv").content.decode("utf-8-sig")
    assert ",cio," in lines and ",shared," not in lines and ",state," not in lines
