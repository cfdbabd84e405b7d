"""The file of a backup: what is damaged, cut off or locked is told and never restored; what is kept of a folder."""

import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from surveys.backup import Fault, container, facts, keys, postgresql, retention
from surveys.backup.retention import Keep

PIECES = [b"first", b"x" * 700, b"last"]
SECRET, PUBLIC = keys.new_pair()
FACTS = {"head": "", "migrations": [], "rows": {"a": 1}, "vendor": "sqlite"}


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "key.txt"
    file.write_text(SECRET)
    return file


def backup(folder: Path, *, encrypted: bool) -> Path:
    target = io.BytesIO()
    content = container.packed(PIECES, FACTS)
    if encrypted:
        keys.encrypt(content, target, keys.recipients([PUBLIC]))
    else:
        target.writelines(content)
    path = folder / "backup"
    path.write_bytes(target.getvalue())
    return path


def taken_out(path: Path, key: Path | None) -> list[bytes]:
    with keys.opened(path, key) as source:
        return list(container.unpacked(source))


@pytest.mark.parametrize("encrypted", [False, True])
def test_what_went_in_comes_out(tmp_path: Path, key: Path, encrypted: bool) -> None:
    path = backup(tmp_path, encrypted=encrypted)
    assert taken_out(path, key) == PIECES
    with keys.opened(path, key) as source:
        manifest = container.manifest_of(source)
    assert manifest["rows"] == {"a": 1} and manifest["dump"]["bytes"] == 709
    assert (b"x" * 100 in path.read_bytes()) is not encrypted


@pytest.mark.parametrize("encrypted", [False, True])
def test_no_changed_byte_goes_by(tmp_path: Path, key: Path, encrypted: bool) -> None:
    """Each is refused, but for one in the empty space of a tar, which changes nothing."""
    path = backup(tmp_path, encrypted=encrypted)
    whole, refused = path.read_bytes(), 0
    places = range(0, len(whole), 13)
    for at in places:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :])
        try:
            assert taken_out(path, key) == PIECES
        except Fault:
            refused += 1
    assert refused == len(places) if encrypted else refused > len(places) / 3


@pytest.mark.parametrize("encrypted", [False, True])
def test_what_is_cut_off_is_refused(tmp_path: Path, key: Path, encrypted: bool) -> None:
    path = backup(tmp_path, encrypted=encrypted)
    whole = path.read_bytes()
    needed = len(whole) if encrypted else len(whole.rstrip(b"\0"))
    for length in [*range(0, needed, 97), needed - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(Fault):
            taken_out(path, key)


def test_a_piece_that_is_gone_or_foreign_is_refused(tmp_path: Path) -> None:
    whole = b"".join(container.packed(PIECES, FACTS))
    first = 2 * 512  # the header of a piece and its block
    for content in (whole[first:], whole[:first] + whole[:first] + whole[first:]):
        with pytest.raises(Fault, match="damaged"):
            list(container.unpacked(io.BytesIO(content)))
    manifest = {**FACTS, "dump": {"sha256": "", "pieces": 0}}
    text = json.dumps(manifest).encode()
    other = b"".join(container._member(container._manifest_name(text), text))
    seen: list[bytes] = []
    with pytest.raises(Fault, match="the SHA-256 of the dump differs"):
        seen.extend(container.unpacked(io.BytesIO(whole[:first] + other + bytes(1024))))
    assert seen == [], "nobody gets the end of a dump that is not the one that was written"
    with pytest.raises(Fault, match="its end is missing"):
        list(container.unpacked(io.BytesIO(whole[:first] + bytes(1024))))


def test_keys(tmp_path: Path, key: Path) -> None:
    path = backup(tmp_path, encrypted=True)
    other = tmp_path / "other.txt"
    call_command("backup_key", other)
    assert other.stat().st_mode & 0o777 == 0o600
    public = keys.recipients([other.read_text().split()[3]])
    assert [str(each) for each in public] == [str(keys.identities(other)[0].to_public())]
    for wrong, message in ((other, "this key does not open it"), (None, "give the file of its key")):
        with pytest.raises(Fault, match=message):
            taken_out(path, wrong)
    with pytest.raises(CommandError, match="there is a file of this name already"):
        call_command("backup_key", other)
    recipients = tmp_path / "recipients.txt"
    recipients.write_text(f"# two officers\n{PUBLIC}\n\n{public[0]}\n")
    assert [str(each) for each in keys.recipients([str(recipients)])] == [PUBLIC, str(public[0])]


@pytest.mark.parametrize(
    ("text", "message"),
    [(b"AGE-SECRET-KEY-1XX", "no file of a key"), (b"", "no file of a key"), (b"\xff", "it is no text")],
)
def test_what_is_no_key(tmp_path: Path, text: bytes, message: str) -> None:
    file = tmp_path / "key.txt"
    file.write_bytes(text)
    with pytest.raises(Fault, match=message):
        keys.identities(file)
    with pytest.raises(Fault, match="No such file"):
        keys.identities(tmp_path / "none")
    with pytest.raises(Fault, match="this is no public key of age"):
        keys.recipients(["age1xx"])


def test_a_fault_while_a_piece_is_made_is_told_as_it_is() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"one"
        raise Fault("the dump failed")

    with pytest.raises(Fault, match="the dump failed"):
        keys.encrypt(pieces(), io.BytesIO(), keys.recipients([PUBLIC]))
    with open("/dev/full", "wb", buffering=0) as full, pytest.raises(OSError, match="No space left"):
        keys.encrypt(iter([b"x" * 300_000]), full, keys.recipients([PUBLIC]))


def test_who_has_seen_enough_of_an_encrypted_backup_leaves(tmp_path: Path, key: Path) -> None:
    path = tmp_path / "backup"
    with path.open("wb") as target:
        keys.encrypt(container.packed([b"x" * 300_000], FACTS), target, keys.recipients([PUBLIC]))
    with keys.opened(path, key) as source:
        assert source.read(11) == container.START


def test_what_differs_is_named() -> None:
    found: dict[str, Any] = {**FACTS, "rows": {"a": 2, "b": 1}, "head": "x"}
    assert list(facts.differences(FACTS, found)) == [
        "table a: 1 rows backed up, 2 rows restored",
        "table b: no such table backed up, 1 rows restored",
        "head: not the same as when it was backed up",
    ]
    assert facts.unknown([["a", "1"], ["a", "2"], ["gone", "1"]], {("a", "1")}) == ["a.2"]


# What is kept

NOW = datetime(2026, 11, 27, 18, tzinfo=UTC)
EVERY_TWO_HOURS = [retention.file_name(NOW - timedelta(hours=2 * n), encrypted=True) for n in range(12 * 365 * 2)]


def test_all_of_the_last_days_then_one_a_week_then_one_a_month() -> None:
    kept = sorted(set(EVERY_TWO_HOURS) - set(retention.superfluous(EVERY_TWO_HOURS, Keep(14, 8, 13))))
    days = [retention.made_at(name) or NOW for name in kept]
    whole = [at for at in days if at >= datetime(2026, 11, 14, tzinfo=UTC)]
    assert len(whole) == 13 * 12 + 10
    older = [f"{at:%m-%d %H}" for at in days if at < datetime(2026, 11, 14, tzinfo=UTC)]
    assert older == [
        *("11-30 22", "12-31 22", "01-31 22", "02-28 22", "03-31 22", "04-30 22", "05-31 22", "06-30 22"),
        *("07-31 22", "08-31 22", "09-30 22", "10-11 22", "10-18 22", "10-25 22", "10-31 22", "11-01 22", "11-08 22"),
    ]


@given(st.sets(st.sampled_from(EVERY_TWO_HOURS[::50]), min_size=1, max_size=30), st.data())
def test_the_newest_and_the_newest_verified_stay_whatever_the_settings(names: set[str], data: st.DataObject) -> None:
    verified = data.draw(st.sets(st.sampled_from(sorted(names))))
    foreign = {"notes.txt", "survey-2026.tar", "survey-99999999T999999Z.tar.age", "asurvey-20200101T000000Z.tar"}
    there = names | foreign | {name + retention.VERIFIED for name in verified}
    removed = set(retention.superfluous(there, Keep(*data.draw(st.tuples(*[st.integers(0, 3)] * 3)))))
    assert removed <= names - {max(names)} - {max(verified, default="")}


def test_only_files_of_ours_are_removed(tmp_path: Path) -> None:
    old, new = (retention.file_name(NOW - timedelta(days=n), encrypted=False) for n in (9, 0))
    part, fresh, other = (f".{new}.0123456{end}" for end in ("7.part", "8.part", ".part"))
    for name in (old, old + retention.VERIFIED, new, new + retention.VERIFIED, part, fresh, other, "notes.txt"):
        (tmp_path / name).touch()
    later = (tmp_path / part).stat().st_mtime
    os.utime(tmp_path / part, (later, later - 25 * 60 * 60))
    now = datetime.fromtimestamp(later, UTC)
    assert retention.newest(tmp_path) == tmp_path / new
    assert retention.prune(tmp_path, Keep(1, 0, 0), now) == [old]
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {new, new + retention.VERIFIED, fresh, other, "notes.txt"}


# Which pg_dump


def program(folder: Path, says: str) -> None:
    folder.mkdir(parents=True)
    (folder / "pg_dump").write_text(f"#!/bin/sh\necho '{says}'\n")
    (folder / "pg_dump").chmod(0o755)


def test_the_program_is_that_of_the_server_or_the_next_newer_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "path", "pg_dump (PostgreSQL) 18.6")
    program(tmp_path / "broken", "?")
    program(tmp_path / "16" / "bin", "pg_dump (PostgreSQL) 16.4 (Debian 16.4-1)")
    program(tmp_path / "17" / "bin", "pg_dump (PostgreSQL) 17beta2")
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}::{tmp_path / 'broken'}")
    monkeypatch.setattr(postgresql, "DEBIAN", tmp_path)
    for server, folder in ((15, "16/bin"), (16, "16/bin"), (17, "17/bin"), (18, "path")):
        assert postgresql.tool("pg_dump", server) == str(tmp_path / folder / "pg_dump")
    with pytest.raises(Fault, match="only an older one is here: install the client programs.*postgresql-client-19"):
        postgresql.tool("pg_dump", 19)
    with pytest.raises(Fault, match="it is not here"):
        postgresql.tool("pg_restore", 15)
