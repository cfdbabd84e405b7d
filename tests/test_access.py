"""Role × URL × method × object, generated from what is there; tests/access.py and access_bodies.py say who may.

Every cell is asked, in one world for the roles of a group. What a cell would change is undone, and what it must not
change is counted. The admin: tests/test_access_admin.py.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, path

from surveys.models import Event
from tests import access, access_files
from tests.access_bodies import BODIES, STANDING, Status, expected
from tests.access_urls import PUBLIC, admin_places, all_actions, names, of
from tests.conftest import signed_in
from tests.world import SUBMITTED, YEARS, Thing, World, counts, make_world, undone

pytestmark = pytest.mark.django_db
SIGN_IN = ("/accounts/login/", "/admin/login/")
GROUPS = [
    ("officer", "approver", "delegate"),
    ("prefecture", "elsewhere", "without_group"),
    ("viewer", "nobody", "anonymous"),
    ("reviewer", "manager"),
]
COLUMN = {"officer": 0, "approver": 0, "delegate": 0, "nobody": 2, "without_group": 2, "anonymous": 3}
UNKNOWN_METHODS = ("put", "patch", "delete", "options")
DRAWN = {  # what takes time to make, and what stands for it
    "django.template.backends.django.Template.render": "",
    "surveys.paper.render.pdf": b"",
    "surveys.workbook_views.write": b"",
}


def rows() -> dict[str, str]:
    """Every URL outside the admin that has a row, with the table it stands in."""
    tables: dict[str, Any] = {
        **{"GET": access.GET, "BY_ROLE": access.BY_ROLE | access.POST_BY_ROLE},
        **{"EVERYBODY": access.EVERYBODY, "BODIES": BODIES},
    }
    return {name: table for table, found in tables.items() for name in found}


def without_row(patterns: list[Any]) -> set[str]:
    return {name for name in names(patterns, without="admin") if name} - rows().keys()


def test_each_url_and_each_action_has_a_row() -> None:
    assert without_row(get_resolver().url_patterns) == set()
    assert rows().keys() <= set(names(get_resolver().url_patterns, without="admin"))
    assert sorted(admin_places()) == sorted(access.ADMIN)
    assert sorted(all_actions()) == sorted(access.ACTIONS)
    assert access.POSTS.keys() <= access.GET.keys() and rows().keys() >= access.LIVE
    assert {role for group in GROUPS for role in group} == STANDING.keys()


def test_a_url_that_is_added_without_a_row_is_found() -> None:
    added: URLPattern = path("new/", lambda request: None, name="new")
    assert without_row([*get_resolver().url_patterns, added]) == {"new"}
    assert all(pattern.name for pattern in _leaves(get_resolver()))  # a URL without a name would escape


def _leaves(resolver: Any) -> Iterator[URLPattern]:
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            yield each
        elif each.namespace != "admin":
            yield from _leaves(each)


class Asking:
    """The cells of one role: what each answered, where that is not what its row says."""

    def __init__(self, world: World, role: str) -> None:
        self.world, self.role = world, role
        self.client = Client() if role == "anonymous" else signed_in(world.people[role])
        self.wrong: list[str] = []
        self.asked = 0

    def cell(self, method: str, url: str, status: Status, **headers: str) -> None:
        """Ask for one cell that only reads; what is not public leaves one event if it is taken as a file."""
        with undone():
            found = getattr(self.client, method)(url, headers=headers)
            kinds = self.kinds()
        self.compare(method, url, status, found)
        wanted = access_files.events_of(found, self.role) if method == "get" else 0
        if len(kinds) != wanted or not set(kinds) <= access_files.TAKEN:
            self.wrong.append(f"{self.role} {method} {url}: left {kinds}, not {wanted} events")

    def kinds(self) -> list[str]:
        """What has happened since the world was made."""
        return list(Event.objects.filter(pk__gt=self.world.events).values_list("kind", flat=True))

    def compare(self, method: str, url: str, status: Status, found: Any) -> None:
        wanted = 302 if status == access.DONE else status
        self.asked += 1
        if found.status_code != wanted:
            self.wrong.append(f"{self.role} {method} {url}: {found.status_code}, not {status}")
        elif status == 302 and self.role == "anonymous" and url not in access.LEADS_ON:
            to = found.headers["Location"]
            if not to.startswith(SIGN_IN):
                self.wrong.append(f"{self.role} {method} {url}: sent to {to}")

    def post(self, url: str, status: Status) -> None:
        """Ask for one cell that may write, and undo it. Only one that is DONE leaves an event."""
        with undone():
            found = self.client.post(url)
            kinds = self.kinds()
        self.compare("post", url, status, found)
        if bool(kinds) != (status == access.DONE):
            self.wrong.append(f"{self.role} post {url}: left {kinds}")

    def client_again(self) -> Client:
        """The same person, signed in anew: signing out is among what is asked."""
        return Client() if self.role == "anonymous" else signed_in(self.world.people[self.role])


def ask_bodies(asking: Asking) -> None:
    for thing in asking.world.things:
        for name, row in BODIES.items():
            url = of(name, thing.arguments)
            with drawn(is_first(thing)):
                if row.get is not None or is_first(thing):
                    asking.cell("get", url, expected(row.get, asking.role, thing.body, thing.state))
                if row.post is not None or is_first(thing):
                    asking.post(url, expected(row.post, asking.role, thing.body, thing.state))


def is_first(thing: Thing) -> bool:
    """A method that no view takes is refused before anything is looked up: one response stands for all."""
    return (thing.body, thing.state) == ("own", SUBMITTED)


@contextmanager
def drawn(whole: bool) -> Iterator[None]:
    """Whether pages and files are drawn. Who may is settled before that: it is done at one response, to see that no
    role makes a page fail."""
    stubs: list[Any] = [] if whole else [patch(name, return_value=made) for name, made in DRAWN.items()]
    with ExitStack() as stack:
        for stub in stubs:
            stack.enter_context(stub)
        yield


def ask_other_ways(asking: Asking) -> None:
    """HEAD and htmx: the same page by the same rules, at the first response."""
    thing = asking.world.thing("own", SUBMITTED)
    for name, row in BODIES.items():
        if row.get is None:
            continue
        url, status = of(name, thing.arguments), expected(row.get, asking.role, thing.body, thing.state)
        is_told = asking.role == "anonymous" and name in access.LIVE
        with drawn(False):
            asking.cell("head", url, status)
            asking.cell("get", url, 401 if is_told else status, **{"HX-Request": "true"})


def ask_rounds(asking: Asking) -> None:
    anonymous = asking.role == "anonymous"
    for year in YEARS.values():
        for name, who in access.BY_ROLE.items():
            status = 302 if anonymous else 200 if asking.role in who else 404
            asking.cell("get", of(name, {"year": year}), status)
        for name, who in access.POST_BY_ROLE.items():
            asking.post(of(name, {"year": year}), 302 if anonymous or asking.role in who else 404)
    live = of("progress", {"year": 2021})
    asking.cell(
        "get", live, 401 if anonymous else 200 if asking.role in access.OVERSEEING else 404, **{"HX-Request": "true"}
    )


def ask_public(asking: Asking) -> None:
    column = COLUMN.get(asking.role, 1)
    for name, statuses in access.GET.items():
        url, is_api = of(name, PUBLIC), name.startswith("api")
        asking.cell("get", url, statuses[column])
        if asking.role == "anonymous":
            asking.cell("head", url, statuses[column])
        posted = access.POSTS.get(name, (404 if name == "api-nothing" else 405,) * 4)
        is_asked = statuses[column] == 302 and name in ("progress-latest", *access.POSTS)
        asking.post(url, 302 if is_asked and asking.role == "anonymous" else posted[column])
        if is_api:
            asking.cell("options", url, 404 if name == "api-nothing" else 204)


def ask_everybody(asking: Asking) -> None:
    """No page of those that make no difference fails, or does anything when nothing is said."""
    for name in access.EVERYBODY:
        for method in ("get", "post"):
            with undone():
                found = getattr(asking.client_again(), method)(of(name, PUBLIC))
                assert found.status_code < 500, name
                assert asking.kinds() == access.TOLD.get((name, method, asking.role != "anonymous"), []), name
            asking.asked += 1


def ask_unknown_methods(asking: Asking) -> None:
    arguments = {**PUBLIC, **asking.world.thing("own", SUBMITTED).arguments}
    for name in rows():
        url, is_api = of(name, arguments), name.startswith("api")
        for method in UNKNOWN_METHODS:
            if not is_api:
                asking.cell(method, url, 405)
            elif method != "options":
                asking.cell(method, url, 404 if name == "api-nothing" else 405)


ASKED: tuple[Callable[[Asking], None], ...] = (
    *(ask_bodies, ask_other_ways, ask_rounds, ask_public, ask_everybody, ask_unknown_methods),
)


@pytest.mark.parametrize("roles", GROUPS, ids="-".join)
def test_every_role_at_every_page_of_every_object(roles: tuple[str, ...]) -> None:
    world = make_world()
    wrong, asked = [], 0
    for role in roles:
        before, asking = counts(), Asking(world, role)
        for ask in ASKED:
            ask(asking)
        assert counts() == before, role
        wrong += asking.wrong
        asked += asking.asked
    assert "\n".join(wrong) == ""
    assert asked > 500 * len(roles)
