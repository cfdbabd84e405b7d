"""A lock that one process holds at a time and that dies with it, so that what it left behind can be told."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def one_at_a_time(number: int) -> Iterator[None]:
    """Wait until nobody else on this database holds the lock of this number; hold it meanwhile.

    PostgreSQL: a lock of the session, outside any transaction. SQLite: a lock on a file beside the database.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [number])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
    else:
        with open(f"{connection.settings_dict['NAME']}.lock-{number}", "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
