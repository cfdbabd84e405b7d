"""Register and people at the ministry's desk: every change is in the history, and who may do what."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from surveys.models import Body, Event, Membership, User
from surveys.models.details import opened
from tests.conftest import signed_in
from tests.factories import (
    COMPLETE,
    PASSWORD,
    answer,
    make_body,
    make_groups,
    make_member,
    make_ministry,
    make_prefecture,
    make_user,
    open_round,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return make_user("manager", is_staff=True, is_superuser=True)


@pytest.fixture
def desk(manager: User) -> Client:
    return signed_in(manager)


def memberships(*rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """The fields of the roles of a person as the page posts them."""
    found = {"memberships-TOTAL_FORMS": len(rows), "memberships-INITIAL_FORMS": initial}
    return found | {f"memberships-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}


def kinds(*beginnings: str) -> list[tuple[str, str, Any, Any]]:
    """What the history says, from after the people of the test were made."""
    events = Event.objects.exclude(kind="user.added").order_by("id")
    return [
        (event.kind, event.subject, *opened([event.before, event.after]))
        for event in events
        if event.kind.startswith(beginnings)
    ]


def test_a_user_is_added(desk: Client, manager: User) -> None:
    assert desk.get(reverse("admin:surveys_user_add")).status_code == 200
    data = {
        "sign_in_id": "ueda.tanto",
        "name": "小林",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    desk.post(reverse("admin:surveys_user_add"), data)
    user = User.objects.get(sign_in_id="ueda.tanto")
    assert user.check_password(PASSWORD)
    event = Event.objects.get(kind="user.added", subject=user.subject)
    assert (event.actor, event.before, *opened([event.after])) == (manager, None, user.facts())
    assert not LogEntry.objects.exists()


def test_a_change_of_a_user_and_of_roles_is_in_the_history(desk: Client, manager: User) -> None:
    body, other = make_body(), make_prefecture()
    user = make_member(body, "editor", "ueda.tanto")
    viewer = Group.objects.get_or_create(name="viewer")[0]
    url = reverse("admin:surveys_user_change", args=[user.pk])
    assert 'value="202037"' in desk.get(url).content.decode()
    held = {"id": user.memberships.get().pk, "user": user.pk, "body": "202037", "role": "approver"}
    new = {"user": user.pk, "body": "200000", "role": "coordinator"}
    desk.post(url, {"name": "中村", "is_staff": "on", "groups": [viewer.pk], **memberships(held, new, initial=1)})
    assert user.places() == {("202037", "approver"), ("200000", "coordinator")}
    assert kinds("user.changed", "membership") == [
        (
            "user.changed",
            user.subject,
            {"name": "小林 直樹", "is_staff": False, "groups": []},
            {"name": "中村", "is_staff": True, "groups": ["viewer"]},
        ),
        ("membership.added", f"membership 200000 {user.pk}", None, {"role": "coordinator"}),
        ("membership.added", f"membership 202037 {user.pk}", None, {"role": "approver"}),
        ("membership.removed", f"membership 202037 {user.pk}", {"role": "editor"}, None),
    ]
    assert other.memberships.get().user == user


def test_only_an_editor_is_limited_to_delegated_sections(desk: Client) -> None:
    make_body()
    user = make_user("ueda.shimin")
    url = reverse("admin:surveys_user_change", args=[user.pk])
    for role, places in (("approver", set()), ("editor", {("202037", "delegate")})):
        row = {"user": user.pk, "body": "202037", "role": role, "limited": "on"}
        page = desk.post(url, {"name": "柳沢", **memberships(row)}, follow=True).content.decode()
        assert ("「分担した項目だけ」にできるのは、担当者だけです。" in page) == (role == "approver")
        assert user.places() == places


def test_a_role_that_came_meanwhile_is_named(desk: Client) -> None:
    user, body = make_user("ueda.tanto"), make_body()
    url = reverse("admin:surveys_user_change", args=[user.pk])
    row = {"user": user.pk, "body": "202037", "role": "editor"}
    for said in (False, True):  # the second page was opened before the first was saved
        page = desk.post(url, {"name": "柳沢", **memberships(row)}, follow=True).content.decode()
        assert ("この団体でのこの役割は、すでにあります。" in page) == said
    assert [(found.body, found.role) for found in user.memberships.all()] == [(body, "editor")]


def test_each_row_names_its_own_body_when_another_came_before_it(desk: Client) -> None:
    body, other = make_body(), make_body("202011", "長野市")
    user = make_member(body, "editor", "ueda.tanto")
    held = {"id": user.memberships.get().pk, "user": user.pk, "body": "202037", "role": "editor"}
    user.join(other, "editor")
    new = {"user": user.pk, "body": "202011", "role": "editor"}
    url = reverse("admin:surveys_user_change", args=[user.pk])
    page = desk.post(url, {"name": "柳沢", **memberships(held, new, initial=1)}).content.decode()
    rows = page.split("form-row has_original")[1:]
    assert len(rows) == 1 and "長野県上田市" in rows[0].split("</td>")[0]


def test_a_role_needs_a_body_that_exists(desk: Client) -> None:
    user = make_user("ueda.tanto")
    url = reverse("admin:surveys_user_change", args=[user.pk])
    page = desk.post(url, {"name": "小林", **memberships({"user": user.pk, "body": "999999", "role": "editor"})})
    assert "この団体コードの団体はありません" in page.content.decode() and 'value="999999"' in page.content.decode()
    assert not Membership.objects.exists()


def test_a_password_is_set_or_switched_off_with_an_event(desk: Client, manager: User) -> None:
    user = make_user("ueda.tanto")
    url = reverse("admin:auth_user_password_change", args=[user.pk])
    again = {"usable_password": "true", "password1": "another-good-secret", "password2": "another-good-secret"}
    for data in ({**again, "password2": "x"}, {"usable_password": "false"}, {**again, "set-password": "1"}):
        desk.post(url, data)
    user.refresh_from_db()
    assert user.check_password("another-good-secret")
    desk.post(url, {"usable_password": "false", "unset-password": "1"})
    found = Event.objects.filter(kind="user.password").order_by("id")
    assert [(event.subject, event.after, event.actor) for event in found] == [
        (user.subject, {"usable": True}, manager),
        (user.subject, {"usable": False}, manager),
    ]


def test_ones_own_new_password_is_in_the_history(db: None) -> None:
    user = make_user("ueda.tanto")
    new = "another-good-secret"
    signed_in(user).post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert Event.objects.get(kind="user.password").actor == user


def test_signing_in_is_stopped_and_nobody_is_deleted(desk: Client) -> None:
    user = make_user("ueda.tanto")
    for name, active, other in (("deactivate", False, "activate"), ("activate", True, "deactivate")):
        desk.post(reverse("admin:surveys_user_step", args=[user.pk, name]))
        user.refresh_from_db()
        assert user.is_active is active
        page = desk.post(reverse("admin:surveys_user_step", args=[user.pk, name]), follow=True)
        assert "すでに" in str(list(page.context["messages"])[-1])
        assert [button.url.split("/")[-2] for button in page.context["buttons"]][2:] == [other]
    assert [entry[3] for entry in kinds("user.changed")] == [{"is_active": False}, {"is_active": True}]
    assert desk.post(reverse("admin:surveys_user_delete", args=[user.pk]), {"post": "yes"}).status_code == 403


def test_joining_twice_is_one_event(desk: Client) -> None:
    user, body = make_user("ueda.tanto"), make_body()
    user.join(body, "editor")
    user.join(body, "editor")
    assert kinds("membership") == [("membership.added", f"membership 202037 {user.pk}", None, {"role": "editor"})]


def test_a_body_is_added_changed_and_removed_with_events(desk: Client, manager: User) -> None:
    data = {
        "code": "202037",
        "name": "上田市",
        "name_kana": "うえだし",
        "kind": "city",
        "prefecture_code": "20",
        "prefecture": "長野県",
        "population_source": "",
    }
    desk.post(reverse("admin:surveys_body_add"), data)
    body = Body.objects.get()
    inline = memberships()
    desk.post(
        reverse("admin:surveys_body_change", args=[body.pk]),
        {**data, "code": "200000", "valid_to": "2021-04-01", "name": "新上田市", **inline},
    )
    body.refresh_from_db()
    assert (body.code, body.name) == ("202037", "新上田市")
    facts = body.facts()
    desk.post(reverse("admin:surveys_body_delete", args=[body.pk]), {"post": "yes"})
    assert not Body.objects.exists()
    added, changed, removed = Event.objects.filter(subject="body 202037").order_by("id")
    assert (added.kind, added.before, added.actor) == ("body.added", None, manager)
    assert changed.after == {"name": "新上田市", "valid_to": "2021-04-01"}
    assert (removed.kind, removed.before, removed.after) == ("body.removed", facts, None)


def test_bodies_are_removed_from_the_list_with_events(desk: Client) -> None:
    body = make_body()
    data = {"action": "delete_selected", "_selected_action": [body.pk], "post": "yes"}
    desk.post(reverse("admin:surveys_body_changelist"), data)
    assert not Body.objects.exists() and Event.objects.filter(kind="body.removed").exists()


# Who may do what


@pytest.mark.past_the_history
@pytest.mark.parametrize("group", ["viewer", "reviewer", "manager", None])
def test_what_the_first_page_shows_to_a_group(group: str | None) -> None:
    make_groups()
    body = make_body()
    answer(open_round(), body, COMPLETE, submit=True)
    person = make_user("person", is_staff=True)
    person.groups.set(Group.objects.filter(name=group))
    index = signed_in(person).get(reverse("admin:index"))
    assert bool(index.context["lines"]) is bool(index.context["figures"]) is (group is not None)
    assert ("まだ権限がありません" in index.content.decode()) is (group is None)


def test_a_manager_makes_no_superuser() -> None:
    person, above, user = make_ministry("manager"), make_user(is_superuser=True), make_user()
    client = signed_in(person)
    client.post(
        reverse("admin:surveys_user_change", args=[user.pk]), {"name": "新", "is_superuser": "on", **memberships()}
    )
    user.refresh_from_db()
    assert (user.name, user.is_superuser) == ("新", False)
    assert client.post(reverse("admin:auth_user_password_change", args=[above.pk]), {}).status_code == 403
