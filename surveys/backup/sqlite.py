"""Dump and restore of an SQLite file, as the demo has it: a copy taken while others write, gzipped piece by piece."""

import contextlib
import gzip
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from surveys.backup import Fault, facts
from surveys.backup.container import PIECE
from surveys.backup.files import part_of, whole

AT_ONCE = PIECE // 2  # what cannot be compressed grows a little


@contextmanager
def dumping(connection: Any, target: Path) -> Iterator[tuple[facts.Facts, Iterator[bytes]]]:
    copy = part_of(target.with_name(target.name + ".copy"))
    copy.touch(0o600)
    try:
        source = f"file:{quote(str(connection.settings_dict['NAME']))}?mode=rw"
        with closing(sqlite3.connect(source, uri=True)) as live, closing(sqlite3.connect(copy)) as made:
            live.backup(made)
            made.execute("PRAGMA journal_mode=DELETE")
            found = facts.read(made.cursor(), "sqlite")
        yield found, _pieces(copy)
    except sqlite3.Error as error:
        raise Fault(f"the database could not be copied: {error}") from None
    finally:
        copy.unlink()


def _pieces(copy: Path) -> Iterator[bytes]:
    with copy.open("rb") as file:
        while piece := file.read(AT_ONCE):
            yield gzip.compress(piece, 1, mtime=0)


def restore(connection: Any, pieces: Iterable[bytes], manifest: facts.Facts) -> None:
    """Into a file of its own beside the database, which takes its place when all is there and as it was."""
    connection.close()
    path = Path(connection.settings_dict["NAME"])
    if any(Path(f"{path}{end}").exists() for end in ("-wal", "-journal")):
        raise Fault(f"{path} is open in another process: stop the server and the worker first.")
    path.unlink(missing_ok=True)  # it holds no table
    with whole(path) as file:
        try:
            for piece in pieces:
                file.write(gzip.decompress(piece))
            file.flush()
            with closing(sqlite3.connect(file.name)) as made:
                found = facts.read(made.cursor(), "sqlite")
        except (gzip.BadGzipFile, EOFError, zlib.error, sqlite3.Error) as error:
            raise Fault(f"it cannot be unpacked ({error}); nothing was restored. Take another backup.") from None
        if lines := list(facts.differences(manifest, found)):
            raise Fault("\n".join(["what came out is not what was backed up; nothing was restored.", *lines]))


@contextmanager
def scratch(connection: Any, folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a process that works on a database of its own."""
    path = folder / "scratch.sqlite3"
    try:
        yield {"DATABASE_URL": f"sqlite:///{path}"}
    finally:
        for end in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                Path(f"{path}{end}").unlink()
