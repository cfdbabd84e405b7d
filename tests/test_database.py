"""The suite runs on the database it was told to run on."""

import os

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_the_one_asked_for() -> None:
    asked = os.environ.get("DATABASE_URL", "sqlite:///")
    assert connection.vendor == ("sqlite" if asked.startswith("sqlite") else "postgresql")


@pytest.mark.django_db
def test_sqlite_keeps_foreign_keys_and_a_write_ahead_log() -> None:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for pragma, value in (("foreign_keys", 1), ("journal_mode", "wal"), ("synchronous", 2)):
            assert cursor.execute(f"PRAGMA {pragma}").fetchone() == (value,)
