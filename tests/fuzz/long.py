"""The long run, `python -m tests.fuzz --requests 100000 --seed 1`, on a database of its own, in two processes.

A failure names its batch: `--seed 1 --batch 1.7.42` makes that one again. Exit 1 on any failure.
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DEBUG": "1",
    "SECRET_KEY": "for-the-tests-only-for-the-tests-only-for-the-tests-only",
    "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
    "SHOW_DEMO_STRIP": "0",
    "DATABASE_POOL_SIZE": "0",
}


def work(requests: int, seed: int, part: int, parts: int, only: str) -> Any:
    """One process: its own test database, made and thrown away."""
    os.environ.update(ENVIRONMENT)
    import django

    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    from tests.fuzz.run import run

    setup_test_environment(debug=False)
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = f"{_test_name(connection)}_{part}"
    made = setup_databases(verbosity=0, interactive=False)
    try:
        return run(requests, seed, part=part, parts=parts, only=only)
    finally:
        teardown_databases(made, verbosity=0)


def _test_name(connection: Any) -> str:
    name = connection.settings_dict["TEST"]["NAME"] or f"test_{connection.settings_dict['NAME']}"
    return f"{name}_fuzz"


def long_run(requests: int, seed: int, processes: int = 2, only: str = "") -> Any:
    """The figures of all processes together."""
    parts = 1 if only else processes
    with ProcessPoolExecutor(parts, mp_context=get_context("spawn")) as pool:
        first, *others = pool.map(
            work, *zip(*((requests, seed, part, parts, only) for part in range(parts)), strict=True)
        )
    for each in others:
        first.add(each)
    return first


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--batch", default="", help="only this batch, as a failure names it")
    given = parser.parse_args()
    found = long_run(given.requests, given.seed, given.processes, given.batch)
    for route, count in sorted(found.by_route.items()):
        print(f"{count:>7}  {route}")
    for failure in found.failures.values():
        print(f"\n{failure}")
    answers = ", ".join(f"{count} x {status}" for status, count in sorted(found.by_status.items()))
    print(f"\nanswers: {answers}")
    print(
        f"requests {found.requests}, changes {found.changes}, routes {len(found.by_route)}, seconds {found.seconds:.0f}"
    )
    print(f"server errors {found.server_errors}, partial writes {found.partial_writes}")
    return 1 if found.failures else 0
