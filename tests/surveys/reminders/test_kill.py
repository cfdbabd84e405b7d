"""Reminders sent by processes of their own to a real mail server, killed again and again: no mail twice, none lost."""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from surveys.models import Event, Mailing, MailingItem, ReminderRule, Survey
from surveys.models.dates import Dates
from surveys.reminder_text import BY_HAND
from tests.factories import make_body, make_member, make_ministry, open_round
from tests.smtp import Post, serving

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[3]
BODIES = 30
KILLS = 5


class SlowPost(Post):
    """Takes a while before and after it has a message, so that a kill meets every moment of the sending."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(0.01)
        self.take(envelope)
        await asyncio.sleep(0.01)
        return "250 OK"


@pytest.fixture
def survey() -> Survey:
    """An open round with an active rule of today, and bodies of which each has one address."""
    for number in range(BODIES):
        body = make_body(f"{200000 + number}", f"第{number}市")
        make_member(body, "editor", email=f"{number}@city.example")
    survey = open_round()
    survey.set_dates(Dates(timezone.now() + timedelta(days=3)), by=None)
    ReminderRule.objects.filter(days=-3).update(active=True)
    return survey


@pytest.fixture
def post() -> Iterator[tuple[SlowPost, int]]:
    found = SlowPost()
    with serving(found) as port:
        yield found, port


def command(port: int, *command: str) -> "subprocess.Popen[str]":
    """A management command in a process of its own, on the database of this test; `send_reminders` if none is named."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{found['NAME']}"
    else:
        url = f"postgres://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"
    environment = {**os.environ, "DATABASE_URL": url, "EMAIL_URL": f"smtp://127.0.0.1:{port}", "BACKGROUND_WORKER": "1"}
    return subprocess.Popen(
        [sys.executable, "manage.py", *(command or ("send_reminders",))],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kill_in_the_middle(post: Post, port: int) -> None:
    """Let the command hand over a few mails and kill it then."""
    running = command(port)
    enough = len(post.messages) + random.randint(1, 4)
    while len(post.messages) < enough and running.poll() is None:
        time.sleep(0.001)
    time.sleep(random.random() * 0.03)
    running.kill()
    running.communicate()
    assert running.returncode == -9, "the command was done before it could be killed"


def test_killed_in_the_middle_and_run_again_it_sends_no_mail_twice_and_loses_none(
    survey: Survey, post: tuple[SlowPost, int]
) -> None:
    server, port = post
    for _ in range(KILLS):
        kill_in_the_middle(server, port)
    last = command(port)
    out, err = last.communicate(timeout=60)
    taken = Counter(server.addresses)
    assert set(taken.values()) == {1}, "a mail twice"
    states = dict(MailingItem.objects.values_list("address", "state"))
    assert len(states) == BODIES and set(states.values()) <= {"sent", "unknown"}
    unknown = [address for address, state in states.items() if state == "unknown"]
    assert len(unknown) <= KILLS
    assert all(taken[address] == 1 for address in states if address not in unknown), "a mail lost"
    assert f"unknown {len(unknown)}" in out and (last.returncode == 0) == (not unknown), err
    # Every mail has its place in the history, which names no address.
    events = Event.objects.filter(kind__startswith="mail")
    assert events.filter(kind__in=["mail.sent", "mail.unknown"]).count() == BODIES
    assert "@city.example" not in str(list(events.values()))


def test_two_commands_at_once_send_each_mail_once(survey: Survey, post: tuple[SlowPost, int]) -> None:
    server, port = post
    both = [command(port) for _ in range(2)]
    said = [running.communicate(timeout=60) for running in both]
    assert [running.returncode for running in both] == [0, 0], said
    assert sorted(server.addresses) == sorted(f"{number}@city.example" for number in range(BODIES))
    assert set(MailingItem.objects.values_list("state", flat=True)) == {"sent"}
    assert Event.objects.filter(kind="mailing.started").count() == 1


def test_what_a_page_has_queued_is_sent_by_the_worker(
    survey: Survey, post: tuple[SlowPost, int], settings: Settings
) -> None:
    server, port = post
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    Mailing.start(survey.responses.all()[:3], BY_HAND, by=make_ministry("reviewer"), key="page")
    assert set(MailingItem.objects.values_list("state", flat=True)) == {"waiting"}
    said = command(port, "db_worker", "--batch", "--no-startup-delay").communicate(timeout=60)
    assert len(server.messages) == 3, said
    assert set(MailingItem.objects.values_list("state", flat=True)) == {"sent"}
