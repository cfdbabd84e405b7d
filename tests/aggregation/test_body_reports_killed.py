"""The reports of all bodies, made by processes of their own: killed, and begun twice at once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import connection
from pytest_django import Settings

from aggregation import making
from aggregation.body_reports import BodyReports
from aggregation.models import Run
from surveys.models import Event
from tests.aggregation.test_body_reports import make_run

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run whose files go to a folder of this test, in this process and in those that it spawns."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{found['NAME']}"
    else:
        url = f"postgres://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("FILES_FOLDER", str(tmp_path))
    settings.FILES_FOLDER, settings.REPORT_PROCESSES = str(tmp_path), 1
    making.Maker.of.cache_clear()
    return make_run()


def whole(run: Run) -> bytes:
    job = BodyReports.objects.get(run=run)
    found = job.path.read_bytes()
    job.delete()
    return found


def test_killed_in_the_middle_and_run_again_it_gives_the_same_file(run: Run) -> None:
    job, _ = BodyReports.start(run, by=None)
    making.make(job.pk)
    undisturbed, folder = whole(run), making.folder_of(run)
    command = [sys.executable, "manage.py", "body_reports", "2020", "--processes", "1"]
    running = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    until = time.monotonic() + 60
    while not list(folder.glob("*.zip")) and time.monotonic() < until:
        time.sleep(0.005)
    os.killpg(running.pid, signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL, "the command was done before it could be killed"
    job = BodyReports.objects.get(run=run)
    assert job.state == "working" and list(folder.glob("*.zip")) and not job.is_there
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    assert "4/4 body reports" in said.stdout
    assert whole(run) == undisturbed


def test_several_processes_give_the_same_file_as_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    job, _ = BodyReports.start(run, by=None)
    making.make(job.pk)
    alone = whole(run)
    monkeypatch.setattr(making, "AT_ONCE", 2)
    job, _ = BodyReports.start(run, by=None)
    making.make(job.pk, processes=2)
    assert whole(run) == alone


def test_two_at_once_begin_one_job(run: Run) -> None:
    barrier, begun = Barrier(2), []

    def start() -> None:
        barrier.wait()
        begun.append(BodyReports.start(run, by=None)[1])
        connection.close()

    both = [Thread(target=start) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(begun) == [False, True]
    assert BodyReports.objects.count() == 1
    assert Event.objects.filter(kind="body_reports.started").count() == 1
