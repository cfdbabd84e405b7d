"""The shipped set-up under load: gunicorn with deploy/gunicorn.conf.py and the settings of production."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.bench.frame import Place
from tests.faults.servers import Server, environment, free_port

HOST = "127.0.0.1"
THREADS = 4  # of each process, as shipped
# As the proxy of deploy/nginx.conf tells it; without these the program sends everybody to https.
OF_THE_PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
SESSION, CSRF = "__Host-sessionid", "__Host-csrftoken"


def workers() -> int:
    """A process for each processor: more only wait for each other."""
    return max(2, os.cpu_count() or 2)


def production(folder: Path, url: str) -> dict[str, str]:
    """The settings of production; mails go nowhere, and no queue is served."""
    return {
        **environment(folder, url),
        "DEBUG": "0",
        "ALLOW_SQLITE": "1",
        "BEHIND_PROXY": "1",
        "DEMO_PASSWORD": "",
        "EMAIL_URL": "none",
        "MAIL_FROM": "survey@survey.example",
        "PUBLIC_URL": "https://survey.example",
    }


class Site(Server):
    """The program as it is shipped, on a port of its own."""

    def __init__(self, place: Place, threads: int = THREADS, **extra: str) -> None:
        self.port, self.starts, self.folder = free_port(), 0, place.folder
        own = {"WEB_BIND": f"{HOST}:{self.port}", "WEB_WORKERS": str(workers()), "WEB_THREADS": str(threads)}
        self.environment = {**production(place.folder, place.url), **own, **extra}
        self.command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "config.wsgi"]
        self.workers_wanted = workers()
        self.start()

    def __enter__(self) -> "Site":
        try:
            self.wait()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop()

    def answers(self) -> bool:
        connection = HTTPConnection(HOST, self.port, timeout=20)
        with contextlib.suppress(OSError, HTTPException), contextlib.closing(connection):
            connection.request("GET", "/robots.txt", headers=OF_THE_PROXY)
            return connection.getresponse().status in (200, 404)  # a plain site has no such page
        return False

    def stop(self) -> None:
        """In good order; what is left after a while is killed."""
        with contextlib.suppress(subprocess.TimeoutExpired, ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(40)
        self.kill()


def headers(session: str, csrf: str, port: int) -> Mapping[str, str]:
    """What a browser sends that is signed in, and what the proxy adds."""
    cookies = f"{CSRF}={csrf}" + (f"; {SESSION}={session}" if session else "")
    return {**OF_THE_PROXY, "Cookie": cookies, "Referer": f"https://{HOST}:{port}/"}


def set_up() -> str:
    """For the note of a row: on what the figures were had."""
    count = os.cpu_count() or 0
    return f"{workers()} processes × {THREADS} threads; the load comes from the same {count} processors"
