"""Two machines of the program behind a proxy, for a test: each gunicorn as it is shipped, with the settings of
production, on the database of the test."""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from django.db import connection

from tests.faults.servers import free_port
from tests.test_settings import FOR_TESTS_ONLY, PRODUCTION

ROOT = Path(__file__).parents[1]
OWN_OF_A_CONNECTION = ("connection", "transfer-encoding", "keep-alive")  # not passed on


class Nodes(NamedTuple):
    """The port of the proxy, those of the nodes, and the node that was asked for each request, in order."""

    proxy: int
    ports: list[int]
    asked: list[int]


def database_url() -> str:
    """The database of this test, for another process."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    return f"postgres://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


@contextlib.contextmanager
def two_nodes(folder: Path) -> Iterator[Nodes]:
    """Both with a worker, and a folder of files that they share."""
    ports = [free_port(), free_port()]
    inherited = {name: value for name, value in os.environ.items() if name not in FOR_TESTS_ONLY}
    own = {"DATABASE_URL": database_url(), "ALLOW_SQLITE": "1", "ALLOWED_HOSTS": "127.0.0.1", "EMAIL_URL": "none"}
    shared = {"BEHIND_PROXY": "1", "WEB_WORKERS": "1", "FILES_FOLDER": str(folder / "files")}
    environment = {**inherited, **PRODUCTION, **own, **shared}
    with contextlib.ExitStack() as stack:
        stack.enter_context(collected(environment))
        for port in ports:
            stack.enter_context(_node({**environment, "WEB_BIND": f"127.0.0.1:{port}"}, folder / f"log-{port}"))
        for port in ports:
            _wait(port)
        yield stack.enter_context(_proxy(ports))


@contextlib.contextmanager
def collected(environment: Mapping[str, str]) -> Iterator[None]:
    """The static files as production serves them. They are of all tests, so that no other collects them meanwhile."""
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    with (ROOT / "var" / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        yield


@contextlib.contextmanager
def _node(environment: dict[str, str], log: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "config.wsgi"]
    with log.open("wb") as file:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=file, stdout=file)
        try:
            yield
        finally:
            server.send_signal(signal.SIGTERM)
            assert server.wait(40) == 0, log.read_text()


def _wait(port: int) -> None:
    """Until a node says that it can work."""
    for _ in range(600):
        with contextlib.suppress(OSError), contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=30)) as node:
            node.request("GET", "/readyz")
            answer = node.getresponse()
            assert answer.status == 200, answer.read()
            return
        time.sleep(0.05)
    raise AssertionError("a node does not start")


@contextlib.contextmanager
def _proxy(ports: list[int]) -> Iterator[Nodes]:
    """A proxy that ends TLS, as far as the nodes can tell, and gives each request to the next node."""
    asked: list[int] = []
    turns = cycle(ports)

    class Turn(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(next(turns))
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            sent = {**dict(self.headers.items()), "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
            with contextlib.closing(HTTPConnection("127.0.0.1", asked[-1], timeout=60)) as node:
                node.request(self.command, self.path, body, sent)
                answer = node.getresponse()
                content = answer.read()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in OWN_OF_A_CONNECTION:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

    server = ThreadingHTTPServer(("127.0.0.1", 0), Turn)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Nodes(server.server_address[1], ports, asked)
    finally:
        server.shutdown()
        server.server_close()
