"""The history is as it was written, names of people stand beside it, and can be purged without breaking it."""

import hashlib
import io
import json
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys import audit
from surveys.models import Detail, Event, Guest, Invitation, Mailing, Response, Task, User
from surveys.models.details import opened
from surveys.models.events import Entry
from tests.conftest import signed_in
from tests.factories import PASSWORD, make_member, make_ministry, make_user
from tests.surveys.reminders.helpers import BY_HAND

pytestmark = [pytest.mark.django_db, pytest.mark.past_the_history]
NAME, DIVISION, EMAIL = "小林 直樹", "情報政策課", "kobayashi@example.jp"


@pytest.fixture
def history(response: Response, officer: User) -> list[Event]:
    """What some people did, and one of them was given a name, a division and an address."""
    user = User.objects.create_user("kobayashi", PASSWORD, by=officer, name=NAME, division=DIVISION, email=EMAIL)
    user.join(response.body, "editor", by=officer)
    response.save_section("people", {"cio": {"value": "yes"}}, seen={}, by=user)
    return list(Event.objects.order_by("id"))


@pytest.fixture
def unguarded(db: None) -> None:
    """The database lets the history be changed, as it would whoever owns it; put back when the test is rolled back."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE surveys_event DISABLE TRIGGER USER")


@pytest.fixture
def no_guard_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_check_guard", lambda: None)


def said(*arguments: str) -> str:
    out = io.StringIO()
    call_command("verify_audit", *arguments, stdout=out)
    return out.getvalue()


def stored() -> str:
    """All that the history itself holds of people and things."""
    return json.dumps(list(Event.objects.values_list("subject", "before", "after", "reason")), ensure_ascii=False)


def test_an_intact_history_says_how_long_it_is_and_where_it_ends(history: list[Event]) -> None:
    found = said()
    assert f"intact: {len(history):,} entries" in found and f"head: {history[-1].hash}" in found
    assert said("--expect", history[1].hash) == found
    said("--record")
    assert Event.objects.latest("id").after == {"entries": len(history), "head": history[-1].hash}
    assert f"intact: {len(history) + 1:,} entries" in said()


def test_an_empty_history_is_intact(db: None) -> None:
    assert audit.verify() == audit.Audit(0, "", 0, 0)
    assert "none yet" in said()


CHANGES: dict[str, Any] = {
    "actor": None,
    "kind": "answers.imported",
    "subject": "response 2020-202011",
    "before": {"cio": {"value": "no"}},
    "after": {"cio": {"value": "no"}},
    "reason": "別の理由",
    "at": F("at") + timedelta(microseconds=1),
    "previous": "0" * 64,
    "hash": Concat(Value("f"), F("kind")),
}


@pytest.mark.usefixtures("unguarded", "no_guard_wanted")
@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=st.integers(0, 30), column=st.sampled_from(sorted(CHANGES)))
def test_the_first_changed_entry_is_named_whatever_was_changed(history: list[Event], place: int, column: str) -> None:
    """Any column of any entry. The entry after a changed hash is the one that no longer follows."""
    event = history[place % len(history)]
    before = {column: getattr(event, column)}
    if before[column] == CHANGES[column]:
        return
    Event.objects.filter(pk=event.pk).update(**{column: CHANGES[column]})
    try:
        with pytest.raises(audit.Broken, match=rf"entry {event.pk} \("):
            audit.verify()
    finally:
        Event.objects.filter(pk=event.pk).update(**before)


@pytest.mark.usefixtures("unguarded", "no_guard_wanted")
def test_what_was_removed_shows(history: list[Event]) -> None:
    Event.objects.filter(pk=history[2].pk).delete()
    with pytest.raises(CommandError, match=rf"entry {history[3].pk} .*does not follow"):
        said()


@pytest.mark.usefixtures("unguarded", "no_guard_wanted")
def test_what_was_removed_from_the_end_shows_to_who_has_noted_the_head(history: list[Event]) -> None:
    noted = history[-1].hash
    Event.objects.filter(pk=history[-1].pk).delete()
    assert "intact" in said()
    with pytest.raises(CommandError, match=f"no entry has the hash {noted}"):
        said("--expect", noted)


def test_a_guard_that_is_switched_off_is_told(history: list[Event], unguarded: None) -> None:
    if connection.vendor == "postgresql":
        with pytest.raises(audit.Broken, match="switched off"):
            audit.verify()
    else:
        audit.verify()  # the embedded database has no such guard


def test_the_file_for_checking_needs_nothing_of_ours(history: list[Event]) -> None:
    """Whoever has it checks the chain in a few lines, and learns no name."""
    client = signed_in(make_ministry("viewer"))
    page = client.get(reverse("admin:surveys_event_changelist"), {"o": "1"})
    data = b"".join(client.get(page.context["buttons"][1].url).streaming_content).decode()
    last = ""
    for line in sorted(map(json.loads, data.splitlines()), key=lambda entry: entry["id"]):
        content = [line[name] for name in ("actor_id", "kind", "subject", "before", "after", "reason", "at")]
        text = json.dumps([last, content], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert line["previous"] == last and line["hash"] == hashlib.sha256(text.encode()).hexdigest()
        last = line["hash"]
    assert last == Event.objects.filter(kind="data.taken").latest("id").hash
    assert NAME not in data and EMAIL not in data


def test_the_desk_finds_and_names_a_person(history: list[Event]) -> None:
    """By the sign-in id, though the history has only a number."""
    client = signed_in(make_ministry("viewer"))
    user = User.objects.get(sign_in_id="kobayashi")
    page = client.get(reverse("admin:surveys_event_changelist"), {"q": "user kobayashi"})
    kinds = {event.kind for event in page.context["cl"].result_list}
    assert kinds == {"user.added", "membership.added", "answers.saved"}
    assert f"{user.subject}（{NAME}）" in page.content.decode()
    assert "まだ検査していません" in page.content.decode()
    added = Event.objects.get(kind="user.added", subject=user.subject)
    shown = client.get(reverse("admin:surveys_event_change", args=[added.pk])).content.decode()
    assert NAME in shown and EMAIL in shown
    said("--record")
    assert (
        "件すべてが書かれたときのままでした" in client.get(reverse("admin:surveys_event_changelist")).content.decode()
    )
    assert client.get("/admin/surveys/event/file.pdf").status_code == 404


def test_the_desk_names_whom_a_section_was_given_to(response: Response, delegate: User) -> None:
    given = Event.objects.get(kind="delegation.given")
    client = signed_in(make_ministry("viewer"))
    shown = client.get(reverse("admin:surveys_event_change", args=[given.pk])).content.decode()
    assert f"{delegate.name}（delegate）" in shown
    file = b"".join(client.get(reverse("admin:surveys_event_file", args=["csv"])).streaming_content).decode()
    assert f"{delegate.name}（delegate）" in file
    assert str(Detail.objects.first()).startswith("user ")


# Names


def test_the_history_holds_no_name_and_no_address(response: Response, officer: User, history: list[Event]) -> None:
    Invitation.invite(
        response, Guest("柳沢 由紀", "市民課", "yuki@example.jp"), ["people"], Task(), key="a", by=officer
    )
    text = stored()
    for word in (NAME, DIVISION, EMAIL, "柳沢", "市民課", "yuki", "kobayashi"):
        assert word not in text, word
    added = Event.objects.get(kind="user.added", subject=User.objects.get(sign_in_id="kobayashi").subject)
    (facts,) = opened([added.after])
    assert (facts["name"], facts["division"], facts["email"]) == (NAME, DIVISION, EMAIL)


def test_a_changed_name_beside_the_history_shows(history: list[Event]) -> None:
    Detail.objects.filter(value=NAME).update(value="別 人")
    with pytest.raises(audit.Broken, match="does not fit its seal"):
        audit.verify()


def test_a_name_that_went_without_being_purged_shows(history: list[Event]) -> None:
    Detail.objects.filter(value=EMAIL).delete()
    with pytest.raises(audit.Broken, match="1 names or addresses are missing and 0 were purged"):
        audit.verify()


def in_ten_years(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now() + timedelta(days=3653)
    monkeypatch.setattr(timezone, "now", lambda: now)


def test_who_has_left_is_purged_and_the_history_holds(
    response: Response, officer: User, history: list[Event], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    user = User.objects.get(sign_in_id="kobayashi")
    Invitation.invite(response, Guest("柳沢 由紀"), ["people"], Task(), key="a", by=officer)
    mailing = Mailing.objects.create(survey=response.survey, by=officer, key="key", **BY_HAND._asdict())
    mailing.items.create(response=response, address=EMAIL, due=timezone.now(), key="key")
    user.leave(response.body, by=officer)
    user.set_active(False, by=make_ministry("manager"))
    settings.PERSONAL_DETAILS_YEARS = 5
    call_command("purge_people", stdout=(early := io.StringIO()))
    assert "0 people" in early.getvalue() and "kobayashi" not in early.getvalue()
    in_ten_years(monkeypatch)
    call_command("purge_people", "--dry-run", stdout=(would := io.StringIO()))
    assert f"kobayashi (user {user.pk})" in would.getvalue() and "1 people and 1 invitations" in would.getvalue()
    call_command("purge_people", stdout=io.StringIO())
    user.refresh_from_db()
    assert (user.name, user.email, user.sign_in_id) == ("（消去済み）", "", f"purged-{user.pk}")
    assert not user.has_usable_password()
    assert not Detail.objects.filter(value__in=[NAME, EMAIL, DIVISION, "柳沢 由紀"], subject=user.subject).exists()
    assert Invitation.objects.get().name == "（消去済み）" and mailing.items.get().address.startswith("purged-")
    assert audit.verify().purged > 3
    added = Event.objects.get(kind="user.added", subject=user.subject)
    assert opened([added.after])[0]["name"] == "（消去済み）"
    call_command("purge_people", stdout=(again := io.StringIO()))
    assert "0 people" in again.getvalue()


def test_who_still_answers_is_not_purged(history: list[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    in_ten_years(monkeypatch)
    call_command("purge_people", "--before", "2030-01-01", stdout=io.StringIO())
    assert User.objects.filter(name=NAME, sign_in_id="kobayashi").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "set PERSONAL_DETAILS_YEARS"),
        (["--before", "soon"], "write a day"),
        (["--before", "2020-02-31"], "write a day"),
        (["--before", "2999-01-01"], "write a day that has been"),
    ],
)
def test_nothing_is_purged_without_a_day(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("purge_people", *arguments)


# Downloads


def test_taking_what_is_not_public_is_an_event(response: Response, prefecture: User) -> None:
    """What it says; which files leave one is asked at every cell of the matrix (tests/access_files.py)."""
    signed_in(prefecture).get("/2020/202037/history/file/")
    found = Event.objects.get(kind="data.taken")
    assert (found.subject, found.actor, found.after) == (response.subject, prefecture, {"file": "history.csv"})


def test_a_file_is_not_given_if_it_cannot_be_noted(
    response: Response, prefecture: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr("surveys.taking.taken", fail)
    with pytest.raises(RuntimeError, match="no room"):
        signed_in(prefecture).get("/2020/202037/history/file/")


# An installed database


@pytest.mark.usefixtures("unguarded")
def test_an_older_history_is_written_anew_without_names(response: Response, officer: User) -> None:
    """The entries as they were before: people by sign-in id, with names and addresses among the facts."""
    user = make_user("old.timer", NAME)
    make_member(response.body)
    Event.objects.all().delete()
    Detail.objects.all().delete()
    facts = {"name": NAME, "division": "", "email": EMAIL, "is_active": True}
    old = [
        Entry("user.added", "user old.timer", None, facts),
        Entry("membership.added", "membership 202037 old.timer", None, {"role": "editor"}),
        Entry("delegation.given", "response 2020-202037 people", None, {"to": "old.timer", "due": None, "note": ""}),
        Entry("invitation.accepted", "response 2020-202037", None, {"name": NAME, "user": "old.timer"}),
        Entry("body.changed", "body 202037", {"name": "旧市"}, {"name": "上田市"}),
    ]
    Event.objects.record(old, actor=officer)
    head = Event.objects.latest("id").hash
    migration = import_module("surveys.migrations.0017_details")
    migration.rewrite(apps, connection.schema_editor())
    assert NAME not in stored() and EMAIL not in stored() and "old.timer" not in stored()
    found = list(Event.objects.order_by("id"))
    assert [each.subject for each in found[:2]] == [user.subject, f"membership 202037 {user.pk}"]
    assert found[2].after["to"] == found[3].after["user"] == user.pk and found[4].after == {"name": "上田市"}
    assert opened([found[0].after]) == [facts]
    assert (found[-1].kind, found[-1].before) == ("history.rewritten", {"head": head})
    assert audit.verify().entries == 6
