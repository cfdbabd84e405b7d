"""Makes a database grow: a round with many times the bodies, or many rounds, copied within the database by SQL.

What a recompute reads is copied: bodies, responses, submissions. Codes of copies are no real codes, so in this database
the rule for codes does not hold.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tests.bench.reading import YEAR

STEP = 1_000_000  # between the keys of one copy and those of the next
BODY, RESPONSE, SUBMISSION = "surveys_body", "surveys_response", "surveys_submission"
Execute = Callable[[str], Any]


@contextmanager
def _database(url: str) -> Iterator[tuple[Execute, bool]]:
    """Executes in one transaction, with constraints as far out of the way as copies need; whether it is SQLite."""
    if url.startswith("sqlite:///"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("PRAGMA synchronous = OFF")
        with connection:
            yield connection.execute, True
        connection.close()
    else:
        with psycopg.connect(url) as server:
            yield server.execute, False
        with psycopg.connect(url, autocommit=True) as server:
            server.execute("VACUUM ANALYZE")


def more_bodies(url: str, times: int) -> None:
    """The round with `times` as many bodies as it had at first; a body and its copies are alike in all but their key.

    Copies are made from the first bodies alone, and those there are already stay.
    """
    with _database(url) as (execute, is_sqlite):
        if not is_sqlite:
            for name in ("body_code_is_six_digits", "body_code_begins_with_prefecture"):
                execute(f"ALTER TABLE {BODY} DROP CONSTRAINT IF EXISTS {name}")
        done = (execute(f"SELECT max(id) FROM {BODY}").fetchone()[0]) // STEP
        copies = _numbers(done + 1, times - 1, is_sqlite)
        ours = f"survey_id = (SELECT id FROM surveys_survey WHERE year = {YEAR})"
        responses = f"SELECT id FROM {RESPONSE} WHERE {ours} AND id < {STEP}"
        code = "printf('x%05x', id + n * 1800)" if is_sqlite else "'x' || lpad(to_hex(id + n * 1800), 5, '0')"
        _copy(execute, BODY, copies, f"id < {STEP}", {"id": f"id + n * {STEP}", "code": code})
        own = {
            "id": f"id + n * {STEP}",
            "body_id": f"body_id + n * {STEP}",
            "submission_id": f"submission_id + n * {STEP}",
        }
        _copy(execute, RESPONSE, copies, f"id IN ({responses})", own)
        own = {"id": f"id + n * {STEP}", "response_id": f"response_id + n * {STEP}", "receipt": "receipt || '-' || n"}
        _copy(execute, SUBMISSION, copies, f"response_id IN ({responses})", own)


def more_rounds(url: str, rounds: int) -> None:
    """As many rounds as wanted, of the same bodies with the same answers, in the years before."""
    with _database(url) as (execute, is_sqlite):
        survey = execute(f"SELECT id FROM surveys_survey WHERE year = {YEAR}").fetchone()[0]
        done = execute(f"SELECT count(*) FROM surveys_survey WHERE year <= {YEAR}").fetchone()[0]
        copies = _numbers(done, rounds - 1, is_sqlite)
        _copy(execute, "surveys_survey", copies, f"id = {survey}", {"id": f"id + n * {STEP}", "year": "year - n"})
        own = {
            "id": f"id + n * {STEP}",
            "survey_id": f"survey_id + n * {STEP}",
            "submission_id": f"submission_id + n * {STEP}",
        }
        _copy(execute, RESPONSE, copies, f"survey_id = {survey}", own)
        responses = f"SELECT id FROM {RESPONSE} WHERE survey_id = {survey}"
        own = {"id": f"id + n * {STEP}", "response_id": f"response_id + n * {STEP}", "receipt": "receipt || '-' || n"}
        _copy(execute, SUBMISSION, copies, f"response_id IN ({responses})", own)


def _numbers(first: int, last: int, is_sqlite: bool) -> str:
    """A table `copies` with the numbers of the copies to be made, as n."""
    if is_sqlite:
        rest = f"SELECT n + 1 FROM copies WHERE n < {last}"
        return f"WITH RECURSIVE copies(n) AS (SELECT {first} WHERE {first} <= {last} UNION ALL {rest})"
    return f"WITH copies AS (SELECT n FROM generate_series({first}, {last}) n)"


def _copy(execute: Execute, table: str, copies: str, where: str, own: dict[str, str]) -> None:
    """Copy rows of a table once for each number, with some columns of their own."""
    names = [column[0] for column in execute(f"SELECT * FROM {table} LIMIT 0").description]
    values = ", ".join(own.get(name, name) for name in names)
    source = f"SELECT {values} FROM {table}, copies WHERE {where}"  # noqa: S608  ours
    execute(f"{copies} INSERT INTO {table} ({', '.join(names)}) {source}")


@contextmanager
def copy_of(url: str) -> Iterator[str]:
    """The address of a copy of a whole database, which is removed in the end."""
    if url.startswith("sqlite:///"):
        path = f"{url.removeprefix('sqlite:///')}.copy"
        with sqlite3.connect(url.removeprefix("sqlite:///")) as source, sqlite3.connect(path) as target:
            source.backup(target)
        try:
            yield f"sqlite:///{path}"
        finally:
            os.unlink(path)
    else:
        head, _, name = url.rpartition("/")
        with psycopg.connect(f"{head}/template1", autocommit=True) as server:
            server.execute(f'CREATE DATABASE bench_copy TEMPLATE "{name}"')
            try:
                yield f"{head}/bench_copy"
            finally:
                server.execute("DROP DATABASE bench_copy WITH (FORCE)")
