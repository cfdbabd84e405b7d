"""A round with a deadline, a town hall with its people, and a mail server."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django import Settings

from surveys.models import Response, Survey, User
from tests.factories import make_body, make_member, make_membership, make_ministry, make_user, open_round
from tests.smtp import Post, serving, use
from tests.surveys.reminders.helpers import Commit, due_in


@pytest.fixture
def smtp(settings: Settings) -> Iterator[Post]:
    post = Post()
    with serving(post) as port:
        use(settings, port)
        yield post


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Commit:
    """Do something and commit it: what waits for the commit is done, though a test's transaction is rolled back."""

    def run(act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return act(*args, **kwargs)

    return run


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """Two share an address; one has none, one has left, one only coordinates, one holds some sections."""
    city = make_body()
    found = {
        "officer": make_member(city, "editor", "officer", name="小林 直樹", email="Joho@ueda.example"),
        "approver": make_member(city, "approver", "approver", name="宮澤 明子", email="joho@ueda.example"),
        "other": make_member(city, "editor", "other", name="中村 真理", email="nakamura@ueda.example"),
        "silent": make_member(city, "editor", "silent", name="無言 守"),
        "left": make_member(city, "editor", "left", email="left@ueda.example", is_active=False),
        "coordinator": make_member(city, "coordinator", "coordinator", email="pref@nagano.example"),
        "limited": make_user("limited", email="shimin@ueda.example"),
        "ministry": make_ministry("reviewer", "ministry", email="soumu@ministry.example"),
    }
    make_membership(found["limited"], city, "editor", limited=True)
    return found


@pytest.fixture
def survey(people: dict[str, User]) -> Survey:
    """An open round, due in three days."""
    survey = open_round()
    due_in(survey, 3)
    return survey


@pytest.fixture
def response(survey: Survey) -> Response:
    return Response.objects.get(survey=survey, body__code="202037")
