"""The shipped set-up of production: what its files name is there, and it runs, logs no person and says when it is not
ready."""

import configparser
import contextlib
import json
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from config import health_views
from config.logs import LOGGING, Formatter
from surveys.models import Invitation, Response, Task, User
from surveys.models.invitations import Guest
from tests.conftest import signed_in
from tests.factories import PASSWORD
from tests.nodes import collected
from tests.test_settings import PRODUCTION

ROOT = Path(__file__).parents[1]
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
READ = re.compile(r"""env\.\w+\(\s*f?"([A-Z_{}a-z]+)\"""")


# What stands in the files


def settings_read() -> set[str]:
    found = set(READ.findall((ROOT / "config" / "settings.py").read_text()))
    kept = {name for name in found if "{" in name}
    assert kept == {"BACKUP_KEEP_{each}"}
    found |= {f"BACKUP_KEEP_{each}" for each in ("DAYS", "WEEKS", "MONTHS")}
    found |= set(re.findall(r'environ\.get\("(\w+)"', (ROOT / "deploy" / "gunicorn.conf.py").read_text()))
    return found - kept


def test_the_example_of_settings_names_each_that_is_read_and_no_other() -> None:
    lines = (ROOT / "deploy" / "env.example").read_text().splitlines()
    named = [match[1] for line in lines if (match := re.match(r"#?([A-Z_]+)=", line))]
    assert sorted(named) == sorted(settings_read())


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_are_whole_and_run_what_there_is(path: Path) -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.read(path)
    if path.suffix == ".timer":
        assert path.with_suffix(".service").exists() and unit["Timer"]["OnCalendar"]
        return
    service = unit["Service"]
    assert service["User"] == "survey" and service["NoNewPrivileges"] == "yes" and service["ProtectSystem"] == "strict"
    commands = re.findall(r"^Exec\w+=(/srv/survey/\S+) (.*)$", path.read_text(), re.M)
    assert commands
    for program, arguments in commands:
        assert (ROOT / program.removeprefix("/srv/survey/")).exists(), program
        if program.endswith("/python"):
            help = subprocess.run([sys.executable, *arguments.split(), "--help"], cwd=ROOT, capture_output=True)
            assert help.returncode == 0, arguments


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """Where it is installed: another reader than ours. The programs are not at their places here."""
    if not (verify := shutil.which("systemd-analyze")):
        return
    found = subprocess.run([verify, "verify", *map(str, UNITS)], capture_output=True, text=True)
    lines = [line for line in found.stderr.splitlines() if "/srv/survey" not in line and "survey-" in line]
    assert [line for line in lines if "Unknown" in line or "Failed to parse" in line] == []


def test_the_image_is_made_of_what_there_is() -> None:
    text = (ROOT / "deploy" / "Containerfile").read_text()
    for line in re.findall(r"^COPY (?!--from)(.+) \./$", text, re.M):
        assert [name for name in line.split() if not (ROOT / name).exists()] == []
    for name in re.findall(r"deploy/[\w.]+", text):
        assert (ROOT / name).exists(), name
    targets = set(re.findall(r"^([\w./-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert {name for line in re.findall(r"^RUN make (.+?)(?: &&|$)", text, re.M) for name in line.split()} <= targets
    assert re.search(r"^USER survey$", text, re.M) and "HEALTHCHECK" in text


def test_the_proxy_takes_no_less_than_the_program(settings: Any) -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    (size,) = re.findall(r"client_max_body_size (\d+)m;", text)
    assert int(size) * 1_000_000 > settings.MOST_UPLOADED
    assert "$remote_addr;  # set" in text and "$proxy_add_x_forwarded_for" not in text
    (logged,) = re.findall(r"log_format survey '(.+?)';", text)
    assert not {"$request ", "$request_uri", "$uri", "$remote_addr", "$args"} & {f"{word} " for word in logged.split()}
    assert not re.findall(r"\$(request_uri|uri|args|remote_addr|http_\w+)", logged)


# Health


@pytest.mark.django_db
def test_a_process_that_can_work_says_so() -> None:
    found = Client().get("/readyz")
    assert (found.status_code, found.content.decode()) == (
        200,
        "database: ok\nmigrations: ok\ncache: ok\nqueue: ok\n",
    )
    assert "no-store" in found.headers["Cache-Control"] and not found.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(health_views.CHECKS))
def test_what_is_not_ready_is_named_and_nothing_else_is_told(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> bool:
        raise OperationalError("connection to db.example failed for user survey")

    monkeypatch.setitem(health_views.CHECKS, name, fail)
    found = Client().get("/readyz")
    text = found.content.decode()
    assert found.status_code == 503 and f"{name}: not ready" in text and text.count(": ok") == 3
    assert "db.example" not in text


@pytest.mark.django_db
def test_a_migration_that_is_missing_is_not_ready() -> None:
    with connection.cursor() as cursor:
        last = "SELECT max(name) FROM django_migrations WHERE app = 'surveys'"
        cursor.execute(f"DELETE FROM django_migrations WHERE app = 'surveys' AND name = ({last})")  # noqa: S608  ours
    assert "migrations: not ready" in Client().get("/readyz").content.decode()


def test_a_process_answers_without_a_database() -> None:
    """This test may not ask the database, and neither does the page."""
    assert Client().get("/healthz").content == b"ok\n"


# Logs


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """What is logged, each line as production writes it."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Keep()
    handler.setFormatter(Formatter())
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lines
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.django_db
def test_logs_tell_what_happened_and_nothing_of_people(
    response: Response, officer: User, logged: list[str], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    made = Invitation.invite(
        response, Guest("柳沢 由紀", "市民課", "yuki@example.jp"), ["people"], Task(), key="a", by=officer
    )
    client = signed_in(officer)
    client.get("/2020/202037/people/?secret=question")
    client.get(f"/invitation/{made.token}/")
    client.get("/none/of/these/柳沢/")
    Client().post("/accounts/login/", {"login": "officer", "password": "wrong-secret"})
    Client().post("/accounts/login/", {"login": "officer", "password": PASSWORD})
    client.get("/report/", headers={"Host": "evil.example"})
    monkeypatch.setattr("surveys.papers.answers", _fail)
    Client(raise_request_exception=False).get("/2020/202037/answers.pdf")
    broken = Client(raise_request_exception=False)
    broken.force_login(officer)
    broken.get("/2020/202037/answers.pdf?name=柳沢")
    lines = [json.loads(line) for line in logged]
    text = "\n".join(logged)
    for word in ("柳沢", "小林", "市民課", "yuki", made.token, "202037", "question", "wrong-secret", PASSWORD, "evil"):
        assert word not in text, word
    assert '"officer"' not in text
    requests = [line for line in lines if line["logger"] == "survey.requests"]
    assert {(line["route"], line["status"]) for line in requests} >= {("section", 200), ("paper-answers", 500)}
    assert all(line["id"] and line["ms"] >= 0 and line["at"] for line in requests)
    assert officer.pk in {line["user"] for line in requests}
    (error,) = [line for line in lines if line.get("error") == "ValueError"]
    assert any("_fail" in frame for frame in error["frames"])
    assert "paper-answers" in error["message"]


def _fail(*_: object) -> None:
    raise ValueError("柳沢 由紀 yuki@example.jp 202037")


def test_the_id_of_a_request_is_believed_of_a_proxy_only(settings: Any) -> None:
    given = "0123456789abcdef"
    settings.BEHIND_PROXY = False
    assert Client().get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] != given
    settings.BEHIND_PROXY = True
    assert Client().get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given
    assert Client().get("/healthz", headers={"X-Request-ID": "a b"}).headers["X-Request-ID"] != "a b"


# The whole


@pytest.fixture
def production(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """gunicorn with the shipped configuration and the settings of production; its port and what it logs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    own = {"DATABASE_URL": database, "ALLOW_SQLITE": "1", "WEB_BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "2"}
    environment = {**os.environ, **PRODUCTION, **own, "BEHIND_PROXY": "1", "EMAIL_URL": "none"}
    log = tmp_path / "log"
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "config.wsgi"]
    with collected(environment), log.open("wb") as file:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=file, stdout=file)
        try:
            yield port, log
        finally:
            server.send_signal(signal.SIGTERM)
            assert server.wait(40) == 0, log.read_text()


def asked(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """An answer as the proxy gets it; asked for until the server is up."""
    for _ in range(300):
        try:
            with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=30)) as server:
                server.request("GET", path, headers={"Host": "survey.example", **headers})
                found = server.getresponse()
                return found.status, dict(found.headers), found.read().decode("utf-8", "replace")
        except ConnectionError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


def test_the_shipped_set_up_runs(production: tuple[int, Path]) -> None:
    port, log = production
    assert asked(port, "/healthz")[::2] == (200, "ok\n")
    status, _, text = asked(port, "/readyz")
    assert status == 503 and "migrations: not ready" in text and "database: ok" in text
    assert asked(port, "/accounts/login/")[0] == 301
    https = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    status, headers, page = asked(port, "/accounts/login/", **https, **{"X-Request-ID": "abcdef0123456789"})
    assert status in (200, 500), page  # the database is empty
    assert headers["X-Request-ID"] == "abcdef0123456789" and "Strict-Transport-Security" in headers
    style = re.search(r"/static/surveys/base\.\w+\.css", page)
    if style:
        status, headers, _ = asked(port, style[0], **https)
        assert status == 200 and "immutable" in headers["Cache-Control"]
    for line in log.read_text().splitlines():
        assert json.loads(line)["logger"], line
    assert "192.0.2.1" not in log.read_text()


def test_nothing_is_mailed_to_administrators() -> None:
    """Django's default would send them what was posted."""
    assert LOGGING["loggers"]["django"] == {"handlers": [], "level": "INFO", "propagate": True}
