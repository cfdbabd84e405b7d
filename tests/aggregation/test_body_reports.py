"""The reports of all bodies of a run: made in pieces, kept through any end, taken by those who may."""

import io
import multiprocessing
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader
from pytest_django import Settings

from aggregation import downloads, making, tasks
from aggregation.body_reports import BodyReports, JobState
from aggregation.export import COMPARISON_FORMATS
from aggregation.models import Run
from surveys.models import Event, NotAllowed, Response, User
from tests.conftest import signed_in
from tests.factories import answer, make_body, make_ministry, open_round, publish
from tests.random_answers import complete_answers
from tests.surveys.test_paper import words

pytestmark = pytest.mark.django_db
CODES = ["202011", "202029", "202037", "203211"]


def make_run() -> Run:
    """A published run of four bodies with answers; each has a number of staff of its own."""
    cities = [make_body("202011", "長野市", "core_city"), make_body("202029", "松本市"), make_body()]
    bodies = [*cities, make_body("203211", "軽井沢町", "town")]
    make_body("202045", "岡谷市")  # has not answered
    survey = open_round(2020, "pages")
    for number, body in enumerate(bodies):
        answers = complete_answers(survey.questionnaire, body.kind, Random(number))
        answers["staff"] = {"cells": {"own": 43210 + number * 1111, "outside": 0, "resident": 0}}
        answer(survey, body, answers, submit=True)
    return publish(survey)


@pytest.fixture(autouse=True)
def place(settings: Settings, tmp_path: Path) -> Path:
    settings.FILES_FOLDER, settings.REPORT_PROCESSES = str(tmp_path), 1
    making.Maker.of.cache_clear()
    return tmp_path


@pytest.fixture
def run() -> Run:
    return make_run()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs that somebody was sent to work on."""
    found: list[int] = []
    monkeypatch.setattr(tasks, "send_to_work", lambda job: found.append(job.pk))
    return found


def done(run: Run) -> BodyReports:
    job, _ = BodyReports.start(run, by=None)
    assert making.make(job.pk)
    job.refresh_from_db()
    return job


def again(run: Run) -> bytes:
    """The file as it comes out when nothing disturbs."""
    BodyReports.objects.all().delete()
    return done(run).path.read_bytes()


def content(response: Any) -> bytes:
    """The bytes of a file that is streamed, which is closed then; closing the response would close the database."""
    found = b"".join(response.streaming_content)
    for close in response._resource_closers:
        close()
    return found


def page(run: Run, user: User) -> str:
    response = signed_in(user).get(reverse("admin:aggregation_run_reports", args=[run.pk]))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_there_is_a_pair_for_each_body_that_the_run_counts(run: Run, place: Path) -> None:
    job = done(run)
    assert (job.state, job.done, job.total) == (JobState.DONE, 4, 4) and str(job) == f"{run} 団体ごとの報告"
    found = ZipFile(job.path)
    assert found.testzip() is None
    assert found.namelist() == [f"comparison-2020-{code}.{kind}" for code in CODES for kind in ("pdf", "xlsx")]
    for code in CODES:
        file = downloads.for_body(run, Response.objects.get(survey=run.survey, body__code=code))
        for kind in ("pdf", "xlsx"):
            assert found.read(f"comparison-2020-{code}.{kind}") == COMPARISON_FORMATS[kind](file), (code, kind)
    assert [path for path in place.rglob("*") if path.is_file()] == [job.path], "pieces are left"


def test_no_pair_holds_the_answers_of_another_body(run: Run) -> None:
    found = ZipFile(done(run).path)
    for at, code in enumerate(CODES):
        book = load_workbook(io.BytesIO(found.read(f"comparison-2020-{code}.xlsx")))
        cells = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
        text = words(PdfReader(io.BytesIO(found.read(f"comparison-2020-{code}.pdf"))))
        for other in range(len(CODES)):
            number = 43210 + other * 1111
            assert (str(number) in cells) == (other == at), (code, other)
            assert (f"{number:,}" in text) == (other == at), (code, other)


def test_the_answers_are_those_that_the_run_counts(run: Run) -> None:
    before = again(run)
    response = Response.objects.get(survey=run.survey, body__code="202037")
    submission = response.submission
    assert submission
    later = complete_answers(run.survey.questionnaire, "city", Random(99))
    type(submission).of(response, later, None).save()
    assert again(run) == before


class Ended(BaseException):
    """The process has ended."""


def ended_after(monkeypatch: pytest.MonkeyPatch, count: int, how: BaseException) -> list[str]:
    """Let the making end when so many bodies are done; the list of those made."""
    made: list[str] = []
    make = making.Maker.make

    def make_or_end(maker: making.Maker, own: Any) -> None:
        if len(made) == count:
            raise how
        make(maker, own)
        made.append(own.code)

    monkeypatch.setattr(making.Maker, "make", make_or_end)
    return made


@pytest.mark.parametrize("count", [0, 1, 3])
def test_ended_in_the_middle_it_goes_on_with_what_is_missing(
    run: Run, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    whole = again(run)
    BodyReports.objects.all().delete()
    monkeypatch.setattr(making, "AT_ONCE", 1)
    with monkeypatch.context() as context:
        made = ended_after(context, count, Ended())
        job, _ = BodyReports.start(run, by=None)
        with pytest.raises(Ended):
            making.make(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.file) == (JobState.WORKING, count, "")
    with monkeypatch.context() as context:
        rest = ended_after(context, 99, Ended())
        assert making.make(job.pk)
    assert sorted(made + rest) == CODES, "a body twice, or none"
    job.refresh_from_db()
    assert job.path.read_bytes() == whole


@pytest.mark.parametrize("step", ["join", "finish"])
def test_half_a_file_is_never_taken_for_the_whole(run: Run, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    whole = again(run)
    BodyReports.objects.all().delete()
    job, _ = BodyReports.start(run, by=None)

    def end(*args: Any) -> None:
        if step == "join":
            args[0].write(b"half")
        raise Ended

    with monkeypatch.context() as context:
        context.setattr(making.archive if step == "join" else BodyReports, step, end)
        with pytest.raises(Ended):
            making.make(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.WORKING and not job.is_there
    with monkeypatch.context() as context:
        assert ended_after(context, 0, Ended()) == []
        assert making.make(job.pk)
    job.refresh_from_db()
    assert job.path.read_bytes() == whole


def test_what_goes_wrong_is_said_and_the_rest_can_be_made(
    run: Run, monkeypatch: pytest.MonkeyPatch, sent: list[int]
) -> None:
    manager = make_ministry("manager")
    job, _ = BodyReports.start(run, by=None)
    with monkeypatch.context() as context:
        ended_after(context, 2, OSError("No space left on device"))
        with pytest.raises(OSError, match="No space"):
            making.make(job.pk)
    found = page(run, manager)
    assert "途中で失敗しました" in found and "理由：No space left on device" in found and "続きを作る" in found
    assert signed_in(manager).post(reverse("admin:aggregation_run_reports", args=[run.pk])).status_code == 302
    assert sent == [job.pk]
    assert making.make(job.pk)
    kinds = Event.objects.filter(kind__startswith="body_reports").order_by("id").values_list("kind", "actor")
    assert list(kinds) == [("body_reports.started", None), ("body_reports.resumed", manager.pk)]


def test_an_error_without_words_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    job, _ = BodyReports.start(run, by=None)
    ended_after(monkeypatch, 0, MemoryError())
    with pytest.raises(MemoryError):
        making.make(job.pk)
    job.refresh_from_db()
    assert job.reason == "MemoryError"


def test_what_another_version_of_the_code_has_made_is_not_mixed_in(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, _ = BodyReports.start(run, by=None)
    with monkeypatch.context() as context:
        ended_after(context, 2, Ended())
        with pytest.raises(Ended):
            making.make(job.pk)
    monkeypatch.setattr(making, "code_version", lambda: "another")
    making.Maker.of.cache_clear()
    made = ended_after(monkeypatch, 99, Ended())
    assert making.make(job.pk) and len(made) == 4
    assert [path.suffix for path in (place / "body-reports").iterdir()] == [".zip"], "older pieces are left"


def test_a_process_whose_parent_is_gone_stops(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ended_after(monkeypatch, 0, Ended())
    gone = SimpleNamespace(is_alive=lambda: False)
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: gone)
    making.make_some((run.pk, CODES))
    assert made == []


def test_a_task_makes_a_piece_and_leaves_the_rest_to_another(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "AT_ONCE", 1)
    monkeypatch.setattr(tasks, "SECONDS", 0)
    job, _ = BodyReports.start(run, by=None)
    queued: list[int] = []
    monkeypatch.setattr(type(tasks.make_body_reports), "enqueue", lambda task, job: queued.append(job))
    states = []
    for _ in range(4):
        tasks.make_body_reports.func(job.pk)
        job.refresh_from_db()
        states.append((job.state, job.done))
    assert states == [("working", 1), ("working", 2), ("working", 3), ("done", 4)]
    assert queued == [job.pk] * 3
    assert making.make(job.pk), "what is done is left alone"


def test_a_worker_or_a_process_of_its_own_does_the_work(
    run: Run, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    job, _ = BodyReports.start(run, by=None)
    queued: list[Any] = []
    monkeypatch.setattr(type(tasks.make_body_reports), "enqueue", lambda task, job: queued.append(job))
    monkeypatch.setattr(tasks.subprocess, "Popen", lambda command, **options: queued.append(command[2:]))
    settings.BACKGROUND_WORKER = True
    tasks.send_to_work(job)
    settings.BACKGROUND_WORKER = False
    tasks.send_to_work(job)
    assert queued == [job.pk, ["body_reports", "2020", "--run", str(run.pk)]]


# What cannot be


def test_who_is_at_it_is_left_alone_and_what_is_done_is_not_done_again(run: Run, sent: list[int]) -> None:
    manager = make_ministry("manager")
    _, begins = BodyReports.start(run, by=None)
    assert begins
    client = signed_in(manager)
    place = reverse("admin:aggregation_run_reports", args=[run.pk])
    client.post(place)
    assert sent == [] and BodyReports.objects.count() == 1
    assert Event.objects.filter(kind__startswith="body_reports").count() == 1
    making.make(BodyReports.objects.get().pk)
    assert "もうできています" in client.post(place, follow=True).content.decode()


def test_a_run_that_counts_nobody_has_no_reports(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(counted="{}")
    with pytest.raises(NotAllowed, match="数えた団体がありません"):
        BodyReports.start(Run.objects.get(pk=run.pk), by=None)
    with pytest.raises(CommandError, match="数えた団体がありません"):
        call_command("body_reports", 2020)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "asleep"},
        {"done": 5},
        {"state": "done", "done": 4, "ended_at": timezone.now()},
        {"state": "done", "done": 3, "file": "a.zip", "ended_at": timezone.now()},
        {"state": "done", "done": 4, "file": "a.zip"},
        {"state": "working", "file": "a.zip"},
        {"state": "working", "ended_at": timezone.now()},
        {"state": "failed"},
        {"state": "working", "reason": "…"},
    ],
)
def test_the_database_refuses_impossible_states(run: Run, change: dict[str, Any]) -> None:
    BodyReports.start(run, by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        BodyReports.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        BodyReports.objects.create(run=run, total=1)


# The command


def test_the_command_says_how_many_and_how_long(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "all.zip"
    call_command("body_reports", 2020, "--out", str(out))
    said = capsys.readouterr().out
    assert f"{run}: 4/4 body reports, " in said and f" s, {out}" in said
    monkeypatch.setattr(making, "make", lambda *args, **options: pytest.fail("made again"))
    call_command("body_reports", 2020, "--run", str(run.pk))
    assert str(BodyReports.objects.get().path) in capsys.readouterr().out
    assert out.read_bytes() == BodyReports.objects.get().path.read_bytes()
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("body_reports", 2020, "--out", str(tmp_path / "none" / "all.zip"))


@pytest.mark.parametrize(("more", "says"), [((), "no run of 2020"), (("--run", "9"), "no run 9 of 2020")])
def test_the_command_without_a_run(more: tuple[str, ...], says: str) -> None:
    make_body()
    open_round()
    with pytest.raises(CommandError, match=says):
        call_command("body_reports", 2020, *more)
