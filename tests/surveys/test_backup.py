"""Backup and restore of a small database, on SQLite and on PostgreSQL."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from surveys import audit
from surveys.backup import Fault, container, facts, keys, postgresql, retention, store
from surveys.models import Body, Event, Response, Survey, User
from surveys.models.events import Entry
from tests.backups import connected, empty_database, programs
from tests.factories import COMPLETE, PASSWORD, answer, make_body, make_member, open_round

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
SECRET, PUBLIC = keys.new_pair()


@pytest.fixture(autouse=True)
def surroundings(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs(monkeypatch)
    settings.BACKUP_FOLDER, settings.BACKUP_RECIPIENT = str(tmp_path / "backups"), [PUBLIC]
    (tmp_path / "key.txt").write_text(SECRET)


@pytest.fixture
def survey() -> Survey:
    body, _ = make_body(), make_body("202088", "小諸市")
    found = open_round()
    answer(found, body, COMPLETE, submit=True)
    make_member(body, "approver", "approver")
    return found


def made(tmp_path: Path) -> Path:
    call_command("backup")
    (path,) = (tmp_path / "backups").glob("survey-*.tar.age")
    return path


def restored(path: Path, tmp_path: Path) -> None:
    call_command("restore", path, key=tmp_path / "key.txt")


def note(subject: str = "test") -> None:
    Event.objects.record([Entry("test.noted", subject)], actor=None)


def meanwhile(work: Any) -> None:
    """By another connection, as another process does it."""

    def and_close() -> None:
        work()
        connection.close()

    thread = Thread(target=and_close)
    thread.start()
    thread.join()


def test_what_is_restored_is_what_was_there_and_goes_on(
    survey: Survey, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600 and [*path.parent.iterdir()] == [path]
    said = capsys.readouterr().out
    assert "bytes, encrypted" in said and "round 2020: open" in said
    before, response = audit.verify(), Response.objects.get(body__code="202037")
    with empty_database(tmp_path) as other, connected(other):
        restored(path, tmp_path)
        assert f"head {before.head}" in capsys.readouterr().out
        assert audit.verify() == before
        assert User.objects.get(sign_in_id="approver").check_password(PASSWORD)
        assert Response.objects.get(body__code="202037").submission == response.submission
        newest = Event.objects.latest("id").pk
        note()
        assert Event.objects.latest("id").pk > newest and audit.verify().entries == before.entries + 1
        assert make_body("202100", "東御市").pk > response.body_id
        if connection.vendor == "postgresql":
            with pytest.raises(DatabaseError, match="append-only: UPDATE is refused"), transaction.atomic():
                Event.objects.update(reason="")
        with pytest.raises(CommandError, match="is not empty .* nothing is ever restored over another one"):
            restored(path, tmp_path)
        assert Event.objects.filter(kind="test.noted").exists()
    assert audit.verify() == before, "the database that was backed up is as it was"


def states() -> list[str]:
    return sorted(Response.objects.values_list("state", flat=True))


def test_a_writer_meanwhile_is_in_it_whole_or_not_at_all(
    survey: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The facts are read, somebody writes, the dump begins: both are of the same moment, so that the restore agrees."""
    packed, head = container.packed, audit.verify().head

    def after_a_save(pieces: Iterable[bytes], found: Mapping[str, Any]) -> Iterator[bytes]:
        meanwhile(lambda: answer(survey, Body.objects.get(code="202088"), COMPLETE, submit=True))
        return packed(pieces, found)

    monkeypatch.setattr(store, "packed", after_a_save)
    path = made(tmp_path)
    assert audit.verify().head != head and states() == ["submitted", "submitted"]
    with empty_database(tmp_path) as other, connected(other):
        restored(path, tmp_path)
        assert audit.verify().head == head and states() == ["draft", "submitted"]


def test_unencrypted_to_a_file_it_says_so(
    settings: Settings, survey: Survey, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.BACKUP_RECIPIENT = []
    path = tmp_path / "mine.tar"
    call_command("backup", to=path)
    found = capsys.readouterr()
    assert "not encrypted" in found.out and "Whoever gets this file can read all of it" in found.err
    with pytest.raises(CommandError, match="a file of this name already. No backup was made"):
        call_command("backup", to=path)
    with pytest.raises(CommandError, match="none/b.tar: it cannot be written: No such file"):
        call_command("backup", to=tmp_path / "none" / "b.tar")
    with pytest.raises(CommandError, match="no public key of age"):
        call_command("backup", key=["age1wrong"])
    with empty_database(tmp_path) as other, connected(other):
        call_command("restore", path)
        assert Response.objects.exists()


def test_old_ones_are_removed_after_a_new_one_only_from_the_folder_of_backups(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.BACKUP_KEEP = (1, 0, 0)
    folder = tmp_path / "backups"
    folder.mkdir()
    old = folder / retention.file_name(datetime.now(UTC) - timedelta(days=9), encrypted=True)
    old.touch()
    call_command("backup", to=folder)
    assert old.exists()
    for path in {*folder.iterdir()} - {old}:
        path.unlink()  # the next one may be of the same second
    call_command("backup")
    assert not old.exists() and f"removed: {old.name}" in capsys.readouterr().out


def remade(tmp_path: Path, path: Path, change: Any = None, **facts_changed: Any) -> Path:
    """A backup with another dump or other facts, which its manifest vouches for."""
    with keys.opened(path, tmp_path / "key.txt") as source:
        manifest = container.manifest_of(source)
    with keys.opened(path, tmp_path / "key.txt") as source:
        pieces = list(container.unpacked(source))
    target = tmp_path / "remade.tar"
    with target.open("wb") as file:
        file.writelines(container.packed(change(pieces) if change else pieces, {**manifest, **facts_changed}))
    return target


def refused(path: Path, tmp_path: Path, message: str) -> list[str]:
    """The tables that are there after the refusal."""
    with empty_database(tmp_path) as other, connected(other):
        with pytest.raises(CommandError, match=message):
            restored(path, tmp_path)
        with connection.cursor() as cursor:
            return facts.tables(cursor, connection.vendor)


def test_a_restore_that_fails_half_way_leaves_nothing(survey: Survey, tmp_path: Path) -> None:
    path = made(tmp_path)

    def damaged(pieces: list[bytes]) -> list[bytes]:
        whole = b"".join(pieces)
        at = len(whole) * 4 // 5
        return [whole[:at] + bytes(200) + whole[at + 200 :]]

    message = "pg_restore failed, and nothing was restored: pg_restore: error|it cannot be unpacked"
    assert refused(remade(tmp_path, path, damaged), tmp_path, message) == []
    cut = remade(tmp_path, path, lambda pieces: [b"".join(pieces)[:2000]])
    assert refused(cut, tmp_path, message) == []


def test_a_file_that_changes_while_it_is_restored_leaves_nothing(
    survey: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(tmp_path)

    def cut_off(source: Any) -> Iterator[bytes]:
        piece = next(container.unpacked(source))
        yield piece[:2000] if connection.vendor == "postgresql" else piece
        raise Fault(container.CUT_OFF)

    monkeypatch.setattr(store, "unpacked", cut_off)
    assert refused(path, tmp_path, "it is cut off or damaged") == []


def test_what_came_out_is_held_against_what_was_backed_up(survey: Survey, tmp_path: Path) -> None:
    other = remade(tmp_path, made(tmp_path), head="0" * 64)
    left = refused(other, tmp_path, "what came out is not what was backed up.*\nhead: not the same")
    assert bool(left) is (connection.vendor == "postgresql"), "there it is said that it must not be used"


def test_what_is_of_another_kind_or_newer_is_refused(survey: Survey, tmp_path: Path) -> None:
    path = made(tmp_path)
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    assert refused(remade(tmp_path, path, vendor=other), tmp_path, f"made from {other}, and DATABASE_URL names") == []
    newer = remade(tmp_path, path, migrations=[["surveys", "9999_next"]], commit="")
    message = r"surveys.9999_next is unknown here\): install version 0.1.0, commit unknown"
    assert refused(newer, tmp_path, message) == []
    assert refused(tmp_path / "none", tmp_path, "it cannot be read: No such file") == []
    path.write_bytes(path.read_bytes()[:-1])
    assert refused(path, tmp_path, "it is cut off or damaged") == []


def test_an_older_backup_says_that_migrate_is_next(
    survey: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, known = made(tmp_path), store.migrations()
    monkeypatch.setattr(store, "migrations", lambda: known | {("surveys", "9999_next")})
    with empty_database(tmp_path) as other, connected(other):
        restored(path, tmp_path)
    assert "This version has 1 migrations more: run manage.py migrate now." in capsys.readouterr().out


def test_a_full_disk_leaves_no_file(survey: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, hard = before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))  # no file may be longer: the same as a disk that is full
    try:
        with pytest.raises(CommandError, match="cannot be written: .*File too large|could not be copied"):
            call_command("backup")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [*(tmp_path / "backups").iterdir()] == []


KILLED = """
import time
import django
django.setup()
from surveys.backup import store
packed = store.packed
def slowly(pieces, found):
    for n, each in enumerate(packed(pieces, found)):
        yield each
        if n == 1:
            yield bytes(200_000)  # over the bounds of every buffer, so that something is on the disk
            print("in the middle", flush=True)
            time.sleep(60)
store.packed = slowly
from django.core.management import call_command
call_command("backup")
"""


def test_a_killed_backup_leaves_nothing_that_looks_whole(survey: Survey, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    environment = {**os.environ, **here(), "DJANGO_SETTINGS_MODULE": "config.settings", "BACKUP_FOLDER": str(folder)}
    running = subprocess.Popen(
        [sys.executable, "-c", KILLED],
        cwd=ROOT,
        env={**environment, "BACKUP_RECIPIENT": PUBLIC},
        stdout=subprocess.PIPE,
    )
    assert running.stdout and running.stdout.readline() == b"in the middle\n"
    running.send_signal(signal.SIGKILL)
    running.communicate()
    left = [*folder.iterdir()]
    assert left and all(retention.PART.fullmatch(path.name) for path in left), left
    assert any(path.stat().st_size for path in left) and retention.newest(folder) is None
    assert retention.prune(folder, retention.Keep(1, 0, 0), datetime.now(UTC) + timedelta(days=2)) == []
    assert [*folder.iterdir()] == []


def here() -> dict[str, str]:
    """The environment of a process that works on the database of the tests."""
    if connection.vendor == "sqlite":
        return {"DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}"}
    found = postgresql.environment(connection)
    return {**found, "DATABASE_URL": f"postgres:///{found['PGDATABASE']}"}


# What only one of the two does


def test_a_dump_that_fails_leaves_no_file(survey: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        return
    program, real = tmp_path / "pg_dump", postgresql.tool("pg_dump", connection.pg_version // 10_000)
    program.write_text(f'#!/bin/sh\n"{real}" "$@" | head -c 5000\necho "the connection was lost" >&2\nexit 3\n')
    program.chmod(0o755)
    monkeypatch.setattr(postgresql, "tool", lambda *_: str(program))
    with pytest.raises(CommandError, match="pg_dump failed: the connection was lost"):
        call_command("backup")
    program.write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(CommandError, match="pg_dump failed: exit code 3"):
        call_command("backup")
    assert [*(tmp_path / "backups").iterdir()] == []


def test_a_restore_that_gives_up_at_once_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        return
    program = tmp_path / "pg_restore"
    program.write_text("#!/bin/sh\necho 'no room' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(postgresql, "tool", lambda *_: str(program))
    with pytest.raises(Fault, match="pg_restore failed, and nothing was restored: no room"):
        postgresql.restore(connection, iter([bytes(1_000_000)] * 2), {})


def test_who_may_make_no_database_is_told(survey: Survey, tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        return
    with transaction.atomic(), connection.cursor():  # where PostgreSQL makes none either
        with pytest.raises(Fault, match="Let this user make one"), empty_database(tmp_path):
            pass
        transaction.set_rollback(True)


def test_no_password_stands_on_a_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        return
    given = {"password": "hidden", "dbname": "x", "sslmode": "require", "pool": {}, "port": None}
    connection.ensure_connection()
    monkeypatch.setattr(connection, "get_connection_params", lambda: given)
    found = postgresql.environment(connection)
    assert found["PGPASSWORD"] == "hidden" and found["PGDATABASE"] == connection.settings_dict["NAME"]
    assert found["PGSSLMODE"] in ("require", "prefer") and "pool" not in found


def test_a_file_that_a_server_holds_is_not_replaced(survey: Survey, tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        return
    path = made(tmp_path)
    with empty_database(tmp_path) as other, connected(other):
        held = sqlite3.connect(connection.settings_dict["NAME"])
        held.execute("PRAGMA journal_mode=WAL")
        held.execute("SELECT * FROM sqlite_master").fetchall()
        with closing(held), pytest.raises(CommandError, match="stop the server and the worker first"):
            restored(path, tmp_path)


def test_the_commit_is_known_where_there_is_a_repository(settings: Settings, tmp_path: Path) -> None:
    assert len(store.commit()) in (0, 40)
    settings.BASE_DIR = tmp_path
    assert store.commit() == ""
