"""Every role at every place, step and action of the admin, by GET and POST; and no post without its token, anywhere."""

from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from surveys.models import Event
from tests import access, access_files
from tests.access_urls import PUBLIC, address, admin_places, desk_of, names, of
from tests.conftest import signed_in
from tests.world import SUBMITTED, World, counts, make_world, undone

pytestmark = pytest.mark.django_db
SIGN_IN = ("/accounts/login/", "/admin/login/")
MINISTRY = ("manager", "reviewer", "viewer", "without_group")
GROUPS = [("manager", "without_group"), ("reviewer", "viewer"), ("officer", "prefecture", "anonymous")]
DATA = {"reason": "試し", "name": "試し", "post": "yes", "key": "page", "way": "paper", "text": "試し"}


def client_of(world: World, role: str) -> Client:
    return Client() if role == "anonymous" else signed_in(world.people[role])


def expected_get(place: str, role: str) -> int:
    if role not in MINISTRY:
        return 302
    if place in access.POST_ONLY:
        return 405
    if role in access.ADMIN[place]:
        return access.ANSWERED.get(place, 200)
    return 404 if place in access.NOT_THERE_FOR_STAFF else 403


def expected_post(place: str, role: str) -> int | str:
    if role not in MINISTRY:
        return 302
    if place in access.ONLY_READ or place.endswith("_history"):
        return 405
    if role in access.POSTED_BY.get(place, access.ADMIN[place]):
        return access.POSTED.get(place, 200)
    return 404 if place in access.NOT_THERE_FOR_STAFF else 403


@pytest.mark.parametrize("roles", GROUPS, ids="-".join)
def test_every_role_at_every_place_of_the_admin(roles: tuple[str, ...]) -> None:
    world = make_world()
    before, wrong = counts(), []
    for role in roles:
        client = client_of(world, role)
        for place in access.ADMIN:
            url, posted = address(place, world.desk), expected_post(place, role)
            with undone():
                found = client.get(url)
                takings = Event.objects.filter(pk__gt=world.events, kind__in=access_files.TAKEN).count()
            wrong += [f"{role} get {place}: {takings} takings"] * (takings != access_files.events_of(found, role))
            wrong += [f"{role} get {place}: {found.status_code}"] * (found.status_code != expected_get(place, role))
            if posted != access.STARTS:
                with undone():
                    found = client.post(url)
                    happened = Event.objects.latest("id").pk != world.events
                done = posted == access.DONE
                is_right = found.status_code == (302 if done else posted) and happened == done
                wrong += [f"{role} post {place}: {found.status_code}"] * (not is_right)
            if role not in MINISTRY:
                assert found.headers["Location"].startswith(SIGN_IN), place
    assert wrong == []
    assert counts() == before


@pytest.mark.parametrize("roles", GROUPS, ids="-".join)
def test_nothing_happens_at_a_place_that_is_closed_to_a_role(roles: tuple[str, ...]) -> None:
    """Though somebody posts what its form would, and all actions of the lists."""
    world = make_world()
    before = counts()
    for role in roles:
        client, data = client_of(world, role), {**DATA, "people": world.people["officer"].pk}
        for place, who in {**access.ADMIN, **access.POSTED_BY}.items():
            if role not in who:
                assert client.post(address(place, world.desk), data).status_code in (302, 403, 404, 405), place
        for each, who in access.ACTIONS.items():
            _action(client, world, each, role in who)
    assert counts() == before


def _action(client: Client, world: World, each: str, may: bool) -> None:
    """An action that is not a role's is neither offered nor done, though somebody posts it."""
    model, name = each.split(":")
    url = reverse(f"admin:{model}_changelist")
    page = client.get(url)
    offered = page.status_code == 200 and any(
        name == option for option, _label in desk_of(model).get_action_choices(page.wsgi_request)
    )
    assert offered is may, each
    if not may:
        data: dict[str, Any] = {"action": name, "_selected_action": world.desk[model].pk, **DATA}
        assert client.post(url, {**data, "confirmed": "1"}).status_code in (200, 302, 403), each


def test_no_post_is_taken_without_its_token() -> None:
    """By nobody, anywhere: what takes a post at all asks for the token before it looks at anything else."""
    world = make_world()
    before, arguments = counts(), {**PUBLIC, **world.thing("own", SUBMITTED).arguments}
    urls = {str(name): of(str(name), arguments) for name in names(get_resolver().url_patterns, "admin")}
    urls |= {f"admin {place}": address(place, world.desk) for place in admin_places()}
    urls["admin login"] = reverse("admin:login")
    assert len(urls) > 180
    for role in ("anonymous", "approver", "prefecture", "manager"):
        strict = Client(enforce_csrf_checks=True)
        if role != "anonymous":
            strict.force_login(world.people[role])
        for name, url in urls.items():
            answered = strict.post(url, DATA).status_code
            assert answered == (404 if name == "api-nothing" else 405 if name.startswith("api:") else 403), (role, name)
    assert counts() == before
