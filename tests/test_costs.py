"""What the main pages cost, in numbers that are the same on every machine: queries, rows read, bytes sent.

Four bodies, the shipped questionnaire, a published round, and the next one half answered with last year's answers
beside. Whoever makes a page dearer has to say so here; whoever makes it cheaper lowers the number, so that it stays so.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from random import Random
from typing import Any, NamedTuple

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models.sql import compiler
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aggregation.models import Run
from surveys.models import Body
from tests import first_visit
from tests.conftest import signed_in
from tests.factories import answer, make_member, make_ministry, make_user, open_round, publish
from tests.random_answers import complete_answers
from tests.surveys.web_page import open_page

pytestmark = pytest.mark.django_db
OWN = "/2021/202037/"
API = "/api/v1/editions/2020/"
LARGEST, CELL = f"{OWN}platform-products/", "fig-35|resident"
BY = 1.05  # so much more than was measured may be sent: names and times are not always as long


class Cost(NamedTuple):
    queries: int
    rows: int
    size: int  # bytes of the answer, not compressed


PAGES: dict[str, dict[str, Cost]] = {
    "approver": {
        "/": Cost(8, 6, 5863),
        OWN: Cost(11, 28, 36764),
        LARGEST: Cost(14, 28, 146621),
        f"{OWN}organisation/": Cost(14, 28, 60869),
        f"{OWN}review/": Cost(10, 29, 19303),
        f"{OWN}answers/": Cost(10, 28, 91969),
        f"{OWN}compare/": Cost(11, 109, 406499),
        f"{OWN}compare/platform-products/": Cost(11, 56, 188211),
        f"{OWN}history/": Cost(11, 29, 84711),
        f"{OWN}team/": Cost(12, 32, 39815),
    },
    "prefecture": {"/prefecture/2021/": Cost(11, 54, 8960)},
    "viewer": {"/progress/2021/": Cost(8, 41, 31742), "/progress/2021/bodies/": Cost(8, 23, 16707)},
    "public": {
        "/accounts/login/": Cost(0, 0, 5530),
        "/report/": Cost(1, 1, 3950),
        "/report/2020/": Cost(4, 65, 23812),
        "/report/2020/items/1-1/": Cost(5, 64, 30142),
        "/report/2020/fig-01/": Cost(5, 64, 15674),
        "/report/2020/fig-34/": Cost(5, 63, 52016),
        "/report/trend/": Cost(2, 61, 18408),
        "/report/2020/explore/": Cost(8, 123, 19959),
        "/report/2020/bodies/": Cost(2, 5, 5433),
        "/report/2020/bodies/202037/": Cost(4, 6, 151213),
        "/report/2020/data/": Cost(2, 61, 9636),
        "/api/v1/": Cost(2, 1, 580),
        "/api/v1/rounds": Cost(3, 2, 559),
        f"{API}tables": Cost(4, 61, 27199),
        f"{API}tables/fig-01": Cost(5, 2, 1214),
        f"{API}cells": Cost(4, 61, 22535),
        f"{API}bodies": Cost(3, 5, 681),
        f"{API}bodies/202037/answers": Cost(5, 6, 44240),
        f"{API}questions/fig-01/answers": Cost(6, 12, 639),
    },
    "manager": {"/admin/": Cost(14, 17, 14521)},
}
# What is posted besides the form, and with which headers; on PostgreSQL the history is locked by one query more.
SAVES: dict[str, tuple[dict[str, str], dict[str, str], Cost]] = {
    "save while typing": ({}, {"HX-Request": "true"}, Cost(25, 54, 136428)),
    "save by the button": ({"then": ""}, {}, Cost(20, 54, 0)),
    "save and go on": ({"then": "next"}, {}, Cost(20, 54, 0)),
}
ADMIN = {
    "surveys_response": Cost(7, 14, 19428),
    "surveys_correction": Cost(6, 4, 8655),
    "surveys_event": Cost(10, 62, 31335),
    "surveys_mailing": Cost(6, 4, 8057),
    "surveys_mailingitem": Cost(6, 4, 8972),
    "surveys_user": Cost(7, 19, 17740),
    "surveys_body": Cost(6, 8, 13745),
    "surveys_registerchange": Cost(7, 2, 8805),
    "surveys_survey": Cost(5, 4, 11457),
    "surveys_reminderrule": Cost(6, 10, 11196),
    "aggregation_run": Cost(6, 5, 11753),
}
FIRST_VISIT = {
    "/accounts/login/": {"css": 285965, "js": 12233, "svg": 2109, "fonts": 575580},
    LARGEST: {"css": 284224, "js": 79196, "svg": 2109, "fonts": 1173460},
}
WHAT_TO_DO = """
The cost of a page is not what tests/test_costs.py says (queries, rows, bytes). If there are more queries or rows: look
for a query in a loop, or for one that reads what is not shown. If there are more bytes: see whether all are needed. If
it has to be so, or if the page has become cheaper, write the new numbers there.
"""


@pytest.fixture
def run(city: Body, other_city: Body, nagano: Body, gunma: Body) -> Run:
    before = open_round(2020, "2020")
    for body in (city, other_city, nagano):
        answer(before, body, complete_answers(before.questionnaire, body.kind, Random(1)), submit=True)
    published = publish(before)
    survey = open_round(2021, "2020")
    answer(survey, city, complete_answers(survey.questionnaire, city.kind, Random(1)))
    answer(survey, other_city, complete_answers(survey.questionnaire, other_city.kind, Random(1)), submit=True)
    return published


@pytest.fixture
def clients(run: Run, city: Body, nagano: Body) -> dict[str, Client]:
    return {
        "public": Client(),
        "approver": signed_in(make_member(city, "approver", "approver")),
        "prefecture": signed_in(make_member(nagano, "coordinator", "prefecture")),
        "manager": signed_in(make_user("desk", is_staff=True, is_superuser=True)),
        "viewer": signed_in(make_ministry("viewer", "viewer")),
    }


@contextmanager
def counted() -> Iterator[list[int]]:
    """The queries of a block, and the rows that were read by those that may have several."""
    found, read, rows = [], compiler.cursor_iter, 0

    def reading(*args: Any, **kwargs: Any) -> Iterator[Any]:
        nonlocal rows
        for chunk in read(*args, **kwargs):
            rows += len(chunk)
            yield chunk

    with pytest.MonkeyPatch.context() as patch, CaptureQueriesContext(connection) as asked:
        patch.setattr(compiler, "cursor_iter", reading)
        yield found
    found += [len(asked), rows]


def once(act: Callable[[], Any]) -> Cost:
    with counted() as found:
        answered = act()
    assert answered.status_code in (200, 302)
    return Cost(*found, len(answered.content))


def again(act: Callable[[], Any]) -> Cost:
    """Of the second of two goes: the first one fills what is kept."""
    act()
    return once(act)


def dearer(what: str, cost: Cost, known: Cost) -> Iterator[str]:
    """What is not as it is written here; of bytes only if there are more."""
    if cost[:2] != known[:2] or cost.size > known.size * BY:
        yield f"{what}: {tuple(cost)}, and not {tuple(known)}"


def of_pages(clients: dict[str, Client]) -> Iterator[str]:
    for who, pages in PAGES.items():
        for address, known in pages.items():
            yield from dearer(f"{address} for {who}", again(partial(clients[who].get, address)), known)
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        address = reverse(f"admin:{name}_changelist")
        yield from dearer(name, again(partial(clients["manager"].get, address)), ADMIN[name])


def of_first_visits(clients: dict[str, Client]) -> Iterator[str]:
    for address, known in FIRST_VISIT.items():
        client = clients["approver" if address.startswith(OWN) else "public"]
        sizes = first_visit.sizes(client.get(address).content.decode())
        if any(sizes[kind] > known[kind] * BY for kind in sizes):
            yield f"files that {address} loads: {sizes}, and not {known}"


def of_saves(client: Client) -> Iterator[str]:
    """Each changes one cell of the largest page, the second time with all that is kept."""
    for what, (extra, headers, known) in SAVES.items():
        for value in ("installed", "planned"):
            values = open_page(client, LARGEST).fill({CELL: value}).values
            cost = once(partial(client.post, LARGEST, {**values, **extra}, headers=headers))
        yield from dearer(what, cost._replace(queries=cost.queries - (connection.vendor == "postgresql")), known)


def test_pages_cost_what_they_did(clients: dict[str, Client]) -> None:
    found = [*of_pages(clients), *of_first_visits(clients), *of_saves(clients["approver"])]
    assert not found, WHAT_TO_DO + "\n".join(found)
