"""`verify_backup`: a backup is restored into a database of its own, and everything in it is verified there."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from aggregation.management.commands import verify_backup
from aggregation.models import Run, RunTable
from surveys.backup import keys, retention, store
from tests.backups import programs
from tests.factories import COMPLETE, answer, make_body, open_round, publish

pytestmark = pytest.mark.django_db(transaction=True)
SECRET, PUBLIC = keys.new_pair()


@pytest.fixture(autouse=True)
def surroundings(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs(monkeypatch)
    settings.BACKUP_FOLDER, settings.BACKUP_RECIPIENT = str(tmp_path / "backups"), [PUBLIC]
    (tmp_path / "key.txt").write_text(SECRET)


def test_every_run_is_verified_and_the_one_that_was_tampered_with_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = make_body()
    survey = open_round()
    answer(survey, body, COMPLETE, submit=True)
    good = publish(survey)
    other = Run.objects.get(pk=good.pk)
    other.pk = other.edition = other.published_at = other.published_by = None
    other.save()
    for table in RunTable.objects.filter(run=good):
        document = table.document.replace('"100.0"', '"99.0"', 1)
        RunTable.objects.create(
            run=other, table=table.table, position=table.position, head=table.head, document=document
        )
    call_command("backup")
    with pytest.raises(CommandError, match="not verified: verify_run$"):
        call_command("verify_backup", key=tmp_path / "key.txt")
    said = capsys.readouterr().out
    assert "intact: " in said and "entries" in said
    assert f"{good}: identical" in said and "percent 99.0 / recomputed" in said
    assert not list((tmp_path / "backups").glob(f"*{retention.VERIFIED}"))


def test_what_is_verified_is_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not run here: the commands, which have tests of their own."""
    called: list[Any] = []

    def run(self: object, *command: str, **environment: str) -> list[str]:
        called.append((command[0], environment["DATABASE_URL"]))
        return []

    monkeypatch.setattr(verify_backup.Command, "run", run)
    make_body()
    open_round()
    call_command("backup")
    (path,) = (tmp_path / "backups").iterdir()
    call_command("verify_backup", key=tmp_path / "key.txt")
    assert "verified (backup of " in capsys.readouterr().out
    assert retention.VERIFIED in "".join(each.name for each in path.parent.iterdir())
    assert [name for name, _ in called] == ["restore", "verify_audit"]
    assert connection.settings_dict["NAME"] not in [url for _, url in called]
    known = store.migrations()
    monkeypatch.setattr(store, "migrations", lambda: known | {("surveys", "9999_next")})
    monkeypatch.setattr(Path, "write_text", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    call_command("verify_backup", path, key=tmp_path / "key.txt")
    assert [name for name, _ in called[2:]] == ["restore", "migrate", "verify_audit"]
    assert "It could not be marked as verified: Permission denied" in capsys.readouterr().err


def test_what_cannot_be_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="There is no backup in .*: run manage.py backup"):
        call_command("verify_backup")
    call_command("backup", key=None)
    with pytest.raises(CommandError, match="it is encrypted: give the file of its key"):
        call_command("verify_backup")
    monkeypatch.setattr(store, "read", lambda *_: {"vendor": "postgresql"})
    monkeypatch.setattr(connection, "vendor", "sqlite")
    with pytest.raises(CommandError, match="set DATABASE_URL to a server on which a database can be made"):
        call_command("verify_backup")


def test_what_is_not_restored_is_not_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_backup.Command, "run", lambda self, name, *_, **__: [name])
    call_command("backup")
    with pytest.raises(CommandError, match="not verified: restore$"):
        call_command("verify_backup", key=tmp_path / "key.txt")
