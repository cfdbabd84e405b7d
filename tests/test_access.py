"""Every role at every URL and every action, generated from what is there; tests/access.py says who may."""

from collections.abc import Iterable, Iterator
from datetime import date
from random import Random
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from surveys.models import (
    Comment,
    Correction,
    Event,
    Guest,
    Invitation,
    Mailing,
    Query,
    RegisterChange,
    ReminderRule,
    Response,
    Task,
    User,
)
from surveys.models.proposals import ChangeKind, Proposal
from tests import access
from tests.conftest import signed_in
from tests.factories import answer, make_ministry, publish
from tests.random_answers import complete_answers
from tests.surveys.reminders.helpers import BY_HAND

pytestmark = pytest.mark.django_db
SIGN_IN = ("/accounts/login/", "/admin/login/")
MINISTRY = ["manager", "reviewer", "viewer", "without_group"]
MODELS = ("surveys_", "aggregation_")
ROLES = [*MINISTRY, "officer", "prefecture", "elsewhere", "anonymous"]
# The standing of a role before the response of the city, in the order of the columns of access.GET.
STANDING = {"officer": 0, "prefecture": 1, "elsewhere": 2, "without_group": 2, "anonymous": 3}


@pytest.fixture
def manager(db: None) -> User:
    return make_ministry("manager", "manager")


@pytest.fixture
def reviewer(db: None) -> User:
    return make_ministry("reviewer", "reviewer")


@pytest.fixture
def viewer(ministry: User) -> User:
    return ministry


@pytest.fixture
def client(role: str, request: pytest.FixtureRequest) -> Client:
    return Client() if role == "anonymous" else signed_in(request.getfixturevalue(role))


@pytest.fixture
def submitted(response: Response) -> Response:
    answers = complete_answers(response.survey.questionnaire, "city", Random(1))
    return answer(response.survey, response.body, answers, submit=True)


@pytest.fixture
def things(submitted: Response, officer: User) -> dict[str, Any]:
    """One thing of each model of the admin, by the beginning of the names of its URLs."""
    mailing = Mailing.objects.create(survey=submitted.survey, by=officer, key="key", **BY_HAND._asdict())
    item = mailing.items.create(response=submitted, address="one@example.jp", due=timezone.now(), key="key")
    submitted.comment("cio", "ministry", "去年と同じです。", by=officer, page="page")
    Invitation.invite(submitted, Guest("柳沢 由紀"), ["people"], Task(), key="page", by=officer)
    run = publish(submitted.survey)
    assert submitted.submission
    asked = Correction.ask(
        submitted, {"cio": {"value": "no"}}, "数え直しました。", seen=submitted.submission.receipt, by=officer
    )
    renamed = Proposal(date(2020, 10, 1), ChangeKind.RENAME, "告示", (submitted.body,), name="上田", name_kana="うえだ")
    return {
        "surveys_correction": asked,
        "surveys_mailingitem": item,
        "surveys_mailing": mailing,
        "surveys_registerchange": RegisterChange.make(renamed, by=None),
        "surveys_reminderrule": ReminderRule.objects.earliest("pk"),
        "surveys_body": submitted.body,
        "surveys_event": Event.objects.earliest("id"),
        "surveys_response": submitted,
        "surveys_survey": submitted.survey,
        "surveys_user": officer,
        "auth_user": officer,
        "aggregation_run": run,
    }


def names(patterns: Iterable[URLPattern | URLResolver], without: str = "") -> Iterator[str | None]:
    """The names of URLs, with the namespace before them; those of one namespace left out on request."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name
        elif pattern.namespace != without:
            own = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from (name and own + name for name in names(pattern.url_patterns, without))


def admin_places() -> Iterator[str]:
    """Every named URL of the admin; of the URL of steps one for each step that there is."""
    for name in names(admin.site.get_urls()):
        if name in access.LEFT_OUT:
            continue
        assert name
        if name.endswith("_step"):
            yield from (f"{name}:{step.name}" for step in desk_of(name.removesuffix("_step")).steps)  # type: ignore[attr-defined]
        else:
            yield name


def desk_of(model: str) -> "ModelAdmin[Any]":
    label = model.replace("_", ".")
    return next(desk for each, desk in admin.site._registry.items() if each._meta.label_lower == label)


def address(place: str, things: dict[str, Any]) -> str:
    """The URL of a place of the admin, with the thing it is about."""
    name, _, step = place.partition(":")
    thing = next((found for model, found in things.items() if name.startswith(model)), None)
    pk = thing.pk if thing else None
    found = {"object_id": pk, "id": pk, "name": step, "year": 2020, "table": "cio", "suffix": "csv", "item": "1-2"}
    found |= {"app_label": "surveys", "pk": pk}
    return reverse(f"admin:{name}", kwargs={key: found[key] for key in wanted(f"admin:{name}")})


def wanted(name: str) -> set[str]:
    """What a URL has to be given."""
    resolver = get_resolver()
    *namespace, own = name.split(":")
    for each in namespace:
        _prefix, resolver = resolver.namespace_dict[each]
    possible = resolver.reverse_dict.getlist(own)
    return set(possible[0][0][0][1])


def test_each_place_of_the_admin_and_each_action_has_a_row() -> None:
    assert sorted(admin_places()) == sorted(access.ADMIN)
    changes = {place for place in admin_places() if place.endswith("_change") and place.startswith(MODELS)}
    assert changes == set(access.POSTED_BY)
    assert sorted(all_actions()) == sorted(access.ACTIONS)
    site = set(names(get_resolver().url_patterns, without="admin"))
    assert site == {*access.GET, *access.POST, *access.BY_ROLE, *access.ASKED_ELSEWHERE, *access.EVERYBODY}


@pytest.mark.parametrize("role", ROLES)
def test_every_role_at_every_place_of_the_admin(role: str, client: Client, things: dict[str, Any]) -> None:
    for place, who in access.ADMIN.items():
        url = address(place, things)
        found = client.post(url) if place in access.ONLY_POST else client.get(url)
        to = found.headers.get("Location", "")
        if role in who:
            is_page = found.status_code == 200 or (found.status_code == 302 and not to.startswith(SIGN_IN))
            assert is_page or found.status_code == access.ANSWERED.get(place), place
        elif role in MINISTRY:
            assert found.status_code in (403, 404), (place, found.status_code)
        else:
            assert found.status_code == 302 and to.startswith(SIGN_IN), (place, found.status_code)


@pytest.mark.parametrize("role", ROLES)
def test_nothing_happens_at_a_place_that_is_closed_to_a_role(role: str, client: Client, things: dict[str, Any]) -> None:
    count = Event.objects.count()
    data = {"reason": "試し", "name": "試し", "post": "yes", "key": "page", "way": "paper"}
    data["people"] = things["surveys_user"].pk
    for place, who in {**access.ADMIN, **access.POSTED_BY}.items():
        if role not in who:
            assert client.post(address(place, things), data).status_code in (302, 403, 404, 405), place
    assert Event.objects.count() == count


def all_actions() -> Iterator[str]:
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_active=True)
    for model, desk in admin.site._registry.items():
        yield from (f"{model._meta.label_lower.replace('.', '_')}:{name}" for name in desk.get_actions(request))


@pytest.mark.parametrize("role", ROLES)
def test_every_role_with_every_action(role: str, client: Client, things: dict[str, Any]) -> None:
    """An action that is not a role's is neither offered nor done, though somebody posts it."""
    count = Event.objects.count()
    for each, who in access.ACTIONS.items():
        model, name = each.split(":")
        url = reverse(f"admin:{model}_changelist")
        page = client.get(url)
        offered = page.status_code == 200 and any(
            name == option for option, _label in desk_of(model).get_action_choices(page.wsgi_request)
        )
        assert offered is (role in who), each
        if role not in who:
            data = {"action": name, "_selected_action": things[model].pk, "reason": "試し"}
            assert client.post(url, {**data, "confirmed": "1", "post": "yes"}).status_code in (200, 302, 403), each
    assert Event.objects.count() == count


# The pages of bodies and the public


@pytest.fixture
def about(things: dict[str, Any], response: Response, officer: User, approver: User) -> dict[str, Any]:
    """What the URLs of the site are given."""
    comment = Comment.objects.get()
    found: dict[str, Any] = {"year": 2020, "edition": 2020, "code": "202037", "section_id": "people"}
    found |= {"id": "cio", "table": "cio", "suffix": "csv", "item": "1-2", "file": "bodies.csv", "question": "cio"}
    found |= {"row": "yes", "column": "-", "breakdown": "national", "group": "municipality"}
    query = Query.ask(response, "cio", "いつからですか。", by=make_ministry("reviewer"))
    found |= {"query": query.pk, "pk": query.pk, "correction": things["surveys_correction"].pk}
    return {
        **found,
        "token": "none",
        "invitation": Invitation.objects.get().pk,
        "user": approver.pk,
        "comment": comment.pk,
    }


@pytest.mark.parametrize("role", ROLES)
def test_every_role_at_every_page(role: str, client: Client, about: dict[str, Any]) -> None:
    column = STANDING.get(role, 1)
    for method, rows in (("get", access.GET), ("post", access.POST)):
        for name, expected in rows.items():
            url = reverse(name, kwargs={key: about[key] for key in wanted(name)})
            found = getattr(client, method)(url)
            assert found.status_code == expected[column], name
            if column == 3 and expected[column] == 302:
                assert found.headers["Location"].startswith(SIGN_IN), name


@pytest.mark.parametrize("role", ROLES)
def test_what_is_there_for_certain_roles_only(role: str, client: Client, about: dict[str, Any]) -> None:
    for name, who in access.BY_ROLE.items():
        found = client.get(reverse(name, kwargs={key: about[key] for key in wanted(name)}))
        if role == "anonymous":
            assert found.status_code == 302 and found.headers["Location"].startswith(SIGN_IN), name
        else:
            assert found.status_code == (200 if role in who else 404), name


@pytest.mark.parametrize("role", ["elsewhere", "without_group"])
def test_who_may_not_know_of_a_body_posts_nothing_about_it(role: str, client: Client, about: dict[str, Any]) -> None:
    """A coordinator of another prefecture among them."""
    count = Event.objects.count()
    for name in (access.ASKED_ELSEWHERE | access.POST.keys()) - {"prefecture-endorse"}:
        assert client.post(reverse(name, kwargs={key: about[key] for key in wanted(name)})).status_code == 404, name
    assert Event.objects.count() == count
