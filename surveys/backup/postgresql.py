"""Dump and restore with PostgreSQL's own pg_dump and pg_restore, through pipes: nothing is laid down on the way.

How to connect goes to them in libpq's environment variables, so that no password stands on a command line.
"""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import IO, Any

from django.db import DatabaseError, transaction
from psycopg.pq import Conninfo

from surveys.backup import Fault, facts
from surveys.backup.container import PIECE

DEBIAN = Path("/usr/lib/postgresql")


def tool(name: str, server: int) -> str:
    """Where pg_dump or pg_restore is: of the server's version, or else of the next newer one."""
    folders = [Path(each) for each in os.environ.get("PATH", "").split(os.pathsep) if each] + [*DEBIAN.glob("*/bin")]
    there = [found for folder in folders if (found := shutil.which(name, path=str(folder)))]
    versions = {version: path for path in reversed(there) if (version := _version(path)) >= server}
    if versions:
        return versions[min(versions)]
    found = "only an older one is here" if there else "it is not here"
    raise Fault(
        f"{name} of PostgreSQL {server} or later is needed, and {found}: install the client programs of the server's "
        f"version (Debian: postgresql-client-{server}) or put their folder on PATH."
    )


def _version(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout  # noqa: S603  a program that was found on the path
    found = re.search(r"(\d+)[.\d]* *(?:\(|$|devel|beta|rc)", said.strip())
    return int(found[1]) if found else 0


def environment(connection: Any) -> dict[str, str]:
    """How to reach the database, for pg_dump and the like."""
    connection.ensure_connection()
    given = {**connection.get_connection_params(), **connection.connection.info.get_parameters()}
    variables = {each.keyword.decode(): each.envvar.decode() for each in Conninfo.get_defaults() if each.envvar}
    return {variables[name]: str(value) for name, value in given.items() if name in variables and value is not None}


def _server(connection: Any) -> int:
    return int(connection.pg_version // 10_000)


@contextmanager
def dumping(connection: Any, target: Path) -> Iterator[tuple[facts.Facts, Iterator[bytes]]]:
    """The facts and the dump of one and the same moment, while others write."""
    program = tool("pg_dump", _server(connection))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        command = [program, "--format=custom", f"--snapshot={cursor.fetchone()[0]}"]
        yield facts.read(cursor, "postgresql"), _output(command, environment(connection))


def _output(command: list[str], variables: dict[str, str]) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env={**os.environ, **variables}, stdout=subprocess.PIPE, stderr=said)  # noqa: S603  ours
        assert process.stdout is not None
        try:
            while piece := process.stdout.read(PIECE):
                yield piece
        finally:
            process.stdout.close()  # a dump that nobody takes ends by itself
            code = process.wait()
        if code:
            raise Fault(f"pg_dump failed: {_said(said, code)}")


def _said(file: IO[bytes], code: int) -> str:
    file.seek(0)
    return file.read().decode(errors="replace").strip() or f"exit code {code}"


def restore(connection: Any, pieces: Iterable[bytes], manifest: facts.Facts) -> None:
    """Everything in one transaction; whoever restores owns it."""
    variables = environment(connection)
    command = [tool("pg_restore", _server(connection)), "--exit-on-error", "--single-transaction", "--no-owner"]
    command += ["--no-privileges", f"--dbname={variables['PGDATABASE']}"]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env={**os.environ, **variables}, stdin=subprocess.PIPE, stderr=said)  # noqa: S603  ours
        try:
            _feed(process, pieces)
        finally:
            code = process.wait()
        if code:
            raise Fault(f"pg_restore failed, and nothing was restored: {_said(said, code)}")
    _check(connection, manifest)


def _feed(process: subprocess.Popen[bytes], pieces: Iterable[bytes]) -> None:
    assert process.stdin is not None
    try:
        for piece in pieces:
            process.stdin.write(piece)
    except BrokenPipeError:
        pass  # it has given up, and says why
    except BaseException:
        process.kill()  # before it takes the end of the pipe for the end of the dump
        raise
    finally:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


def _check(connection: Any, manifest: facts.Facts) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # for the planner, which knows nothing of these tables yet
        found = facts.read(cursor, "postgresql")
    if lines := list(facts.differences(manifest, found)):
        raise Fault("\n".join(["what came out is not what was backed up; do not use this database.", *lines]))


@contextmanager
def scratch(connection: Any, folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a process that works on a database of its own, on the same server."""
    name = f"backup_check_{token_hex(4)}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database"
            " WHERE datname = current_database()"
        )
        kind = "ENCODING '{}' LC_COLLATE '{}' LC_CTYPE '{}'".format(*cursor.fetchone())
        try:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 {kind}")
        except DatabaseError as error:
            raise Fault(
                f"no database to restore into could be made: {error} Let this user make one (ALTER ROLE … CREATEDB), "
                "or check the backup on another server."
            ) from None
    found = {**environment(connection), "PGDATABASE": name, "DATABASE_URL": f"postgres:///{name}"}
    connection.close()  # it would be idle meanwhile, and may be cut off for that
    try:
        yield found
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
