"""People with fixed roles: `officer`, `approver` and `delegate` (who holds "people") of a city, `neighbour` of another
one, the `prefecture`'s coordinator, one of `elsewhere`, and the `ministry`."""

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings

from surveys import session_limits
from surveys.models import Body, Response, Survey, User
from tests import permissions
from tests.factories import (
    make_body,
    make_delegate,
    make_member,
    make_membership,
    make_ministry,
    make_prefecture,
    make_user,
    open_round,
    unrecorded,
)

# A machine that is busy is no fault of an example.
hypothesis_settings.register_profile("any-machine", deadline=None)
hypothesis_settings.load_profile("any-machine")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What uses no database comes out the same on each: `make test` runs it once (ONLY_DATABASE leaves it out)."""
    if os.environ.get("ONLY_DATABASE"):
        apart = [item for item in items if not uses_database(item)]
        config.hook.pytest_deselected(items=apart)
        items[:] = [item for item in items if uses_database(item)]


def uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db", "live_server"})


@pytest.fixture(autouse=True)
def as_in_development(settings: Settings) -> None:
    """Japanese, static files looked up rather than collected (pytest-django turns DEBUG off), passwords that do not
    take a tenth of a second each, and no limit to how much a test asks for."""
    settings.WHITENOISE_AUTOREFRESH = True
    settings.RATELIMIT_ENABLE = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    translation.activate("ja")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests with transactions of their own end by emptying all tables, which the guard of the history refuses."""
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE surveys_event DISABLE TRIGGER event_table_is_never_emptied")


@pytest.fixture
def permissions_follow_history(request: pytest.FixtureRequest) -> Iterator[None]:
    """At the end the history tells all permissions as they are stored: none was changed without an event."""
    request.getfixturevalue("db")
    unrecorded.clear()
    yield
    assert permissions.differences(unrecorded) == []  # (what, as stored, as told)


@pytest.fixture
def city(db: None) -> Body:
    return make_body()


@pytest.fixture
def other_city(db: None) -> Body:
    return make_body("202011", "長野市", "core_city")


@pytest.fixture
def nagano(db: None) -> Body:
    return make_prefecture()


@pytest.fixture
def gunma(db: None) -> Body:
    return make_body("100005", "群馬県", "prefecture", prefecture="群馬県")


@pytest.fixture
def survey(city: Body, other_city: Body, nagano: Body, gunma: Body) -> Survey:
    """An open round of the questionnaire with one question of each kind."""
    return open_round(2020, "pages")


@pytest.fixture
def response(survey: Survey, city: Body) -> Response:
    """The response of the city."""
    return Response.objects.get(survey=survey, body=city)


@pytest.fixture
def officer(city: Body) -> User:
    return make_member(city, "editor", "officer", name="小林 直樹")


@pytest.fixture
def approver(city: Body) -> User:
    return make_member(city, "approver", "approver", name="宮澤 明子")


@pytest.fixture
def delegate(response: Response, officer: User) -> User:
    return make_delegate(response, "people", by=officer, sign_in_id="delegate")


@pytest.fixture
def neighbour(other_city: Body) -> User:
    return make_member(other_city, "editor", "neighbour", name="北原 進")


@pytest.fixture
def prefecture(nagano: Body) -> User:
    return make_member(nagano, "coordinator", "prefecture", name="滝沢 亮")


@pytest.fixture
def elsewhere(gunma: Body) -> User:
    return make_member(gunma, "coordinator", "elsewhere", name="太田 恵")


@pytest.fixture
def ministry(db: None) -> User:
    return make_ministry("viewer", "ministry")


@pytest.fixture
def without_group(db: None) -> User:
    """Staff of the ministry whom no group allows anything yet."""
    return make_user("without_group", "総務 花子", is_staff=True)


@pytest.fixture
def nobody(db: None) -> User:
    """Somebody who belongs to no body."""
    return make_user("nobody", "無所 属")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    now = time.time()
    session[session_limits.KEPT] = {"began": now, "acted": now, "strict": user.oversees}  # as signing in does
    session.save()
    return client


def member_too(user: User, body: Body, role: str) -> None:
    """Give a person one more role."""
    make_membership(user, body, role)
