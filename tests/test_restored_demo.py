"""The demo of all 1,788 bodies on PostgreSQL, backed up and restored by the commands: it is the same, and goes on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pytest_django import Settings

from aggregation.models import Run
from surveys import audit
from surveys.backup import facts
from surveys.models import Event, Response, Submission
from tests.backups import connected, empty_database, programs

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[1]
PASSWORD = "a-password-for-the-demo"
DEMO = """
import django
django.setup()
from aggregation.management.commands import demo
demo.TABLE_FORMATS = {}  # that the files of tables are made is seen elsewhere
from django.core.management import call_command
call_command("demo")
"""


@pytest.fixture
def databases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, str]]]:
    """The environments of processes: on the database of the demo, and on an empty one."""
    programs(monkeypatch)
    for name, value in (
        ("ALLOW_DEMO", "1"),
        ("DEMO_PASSWORD", PASSWORD),
        ("BACKUP_FOLDER", str(tmp_path / "backups")),
        ("DJANGO_SETTINGS_MODULE", "config.settings"),
    ):
        monkeypatch.setenv(name, value)
    with ExitStack() as stack:
        yield [stack.enter_context(empty_database(tmp_path)) for _ in range(2)]


def python(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return done.stdout


def held() -> facts.Facts:
    with connection.cursor() as cursor:
        return facts.read(cursor, connection.vendor)


def test_the_full_demo_is_restored_and_verified(
    databases: list[dict[str, str]], settings: Settings, tmp_path: Path
) -> None:
    if connection.vendor != "postgresql":
        return
    demo, restored = databases
    python(demo, "-c", DEMO)
    key = tmp_path / "key.txt"
    public = python(demo, "manage.py", "backup_key", str(key)).strip().removeprefix("BACKUP_RECIPIENT=")
    python({**demo, "BACKUP_RECIPIENT": public}, "manage.py", "backup")
    (file,) = (tmp_path / "backups").iterdir()
    python(restored, "manage.py", "restore", str(file), "--key", str(key))

    with connected(demo):
        before = held()
        documents = list(Submission.objects.order_by("pk").values_list("document", flat=True))
    assert before["rows"]["surveys_submission"] == 1788 == len(documents)
    (run,) = before["runs"]
    assert "identical (" in python(restored, "manage.py", "verify_run", str(run[0]))
    said = python(restored, "manage.py", "verify_audit", "--expect", before["head"])
    assert f"intact: {before['rows']['surveys_event']:,} entries" in said

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    with connected(restored):
        assert held() == before
        assert list(Submission.objects.order_by("pk").values_list("document", flat=True)) == documents
        goes_on(Run.objects.get().pk)


def goes_on(run: int) -> None:
    """The guards of the history are there, a person signs in, and what is new gets a number of its own."""
    with connection.cursor() as cursor:
        for sql, what in (
            ("UPDATE surveys_event SET reason = 'x'", "UPDATE"),
            ("DELETE FROM surveys_event", "DELETE"),
            ("TRUNCATE surveys_event CASCADE", "TRUNCATE"),
        ):
            with pytest.raises(DatabaseError, match=f"append-only: {what} is refused"), transaction.atomic():
                cursor.execute(sql)
    client = Client()
    page = client.post("/accounts/login/", {"login": "ueda.kessai", "password": PASSWORD})
    assert page.status_code == 302 and client.get("/2021/202037/").status_code == 200
    newest = Event.objects.latest("id").pk
    get_user_model().objects.create_user("new.person", by=None, name="新 人")
    assert Event.objects.latest("id").pk > newest and audit.verify().entries > 3000
    for model in (Response, Submission, Run, Event):
        assert next_id(model._meta.db_table) > model._default_manager.latest("pk").pk


def next_id(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        return int(cursor.fetchone()[0])
