"""Databases beside the one of a place, thrown away at the end: empty ones, and copies."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.bench.frame import Place


@contextmanager
def another(place: Place, name: str, *, copy: bool) -> Iterator[str]:
    """The address of an empty database, or of one like that of the place; it goes when the block ends."""
    if place.database == "sqlite":
        path = place.folder / f"{name}.sqlite3"
        if copy:
            shutil.copyfile(place.url.removeprefix("sqlite:///"), path)
        yield f"sqlite:///{path}"
        for left in place.folder.glob(f"{path.name}*"):
            left.unlink()
        return
    server, _slash, own = place.url.rpartition("/")
    with psycopg.connect(f"{server}/template1", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {own if copy else 'template0'}")
        yield f"{server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
