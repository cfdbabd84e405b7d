"""The data package of an edition: valid by its own description, the same bytes again, and nothing that is closed."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from frictionless import Package

from aggregation import dataset, open_data
from aggregation.export.package import ARCHIVE, DATAPACKAGE, FILES, TITLES, licences
from aggregation.models import Run
from surveys.models import Body, Correction, Disclosure, Response
from tests.factories import answer, make_body, make_ministry, make_prefecture, open_round, publish
from tests.random_answers import complete_answers


@pytest.fixture(autouse=True)
def empty_store() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture
def run(db: None) -> Run:
    """A published run of all kinds of questions: two cities have answered, the prefecture has not."""
    cities = [make_body(), make_body("202088", "小諸市")]
    make_prefecture()
    survey = open_round(name="pages")
    for n, city in enumerate(cities):
        answer(survey, city, complete_answers(survey.questionnaire, "city", Random(n)), submit=True)
    return publish(survey)


def url(file: str, edition: Any = 2020) -> str:
    return reverse("report-data-file", args=[edition, file])


def lines(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def faults(folder: Path) -> list[Any]:
    return list(Package(str(folder / DATAPACKAGE)).validate().flatten(["type", "fieldName", "message"]))


def name_of(response: HttpResponse) -> str:
    return response["Content-Disposition"].removeprefix('attachment; filename="').removesuffix('"')


def test_the_package_is_valid_and_its_description_is_held_to(run: Run, tmp_path: Path) -> None:
    call_command("export_data", 2020, out=tmp_path / "data")
    assert faults(tmp_path / "data") == []
    assert {path.name for path in (tmp_path / "data").iterdir()} == {*TITLES, DATAPACKAGE, ARCHIVE}
    (tmp_path / "data" / "bodies.csv").write_text("body,prefecture_code,prefecture,name,kind\n202037,20,,,city\n")
    states = tmp_path / "data" / "answers-states.csv"
    states.write_bytes(states.read_bytes().replace(b"answered", b"maybe", 1))
    assert {fault[0] for fault in faults(tmp_path / "data")} == {"foreign-key", "constraint-error"}


def test_the_zip_is_the_same_again_and_valid_as_it_is(run: Run, tmp_path: Path) -> None:
    made = open_data.archive(run)
    assert made == open_data.archive(Run.objects.get())
    (tmp_path / ARCHIVE).write_bytes(made)
    assert Package(str(tmp_path / ARCHIVE)).validate().valid
    with ZipFile(tmp_path / ARCHIVE) as found:
        assert {*found.namelist()} == {*TITLES, DATAPACKAGE}
        assert run.published_at and {each.date_time[:5] for each in found.infolist()} == {
            run.published_at.utctimetuple()[:5]
        }, "a ZIP counts two seconds as one"


def test_what_the_package_says_of_itself(run: Run, client: Client) -> None:
    found = json.loads(client.get(url(DATAPACKAGE)).content)
    assert found["citation"] == f"総務省「地方自治情報管理概要（電子自治体の推進状況）」令和2年度　r1（{run}）"
    assert [each["path"] for each in found["licenses"]] == [each.path for each in licences()]
    facts = ("edition", "run", "fingerprint", "synthetic", "year")
    assert [found[name] for name in facts] == ["r1", str(run), run.answers_fingerprint, False, 2020]
    assert {each["path"] for each in found["resources"]} == set(TITLES)


def test_synthetic_data_say_so(run: Run, client: Client) -> None:
    Run.objects.update(synthetic=True)
    found = Run.objects.get()
    names = set(dict(open_data.files(found)))
    assert {name for name in names if name.startswith("synthetic-")} == {
        f"synthetic-{name}" for name in TITLES if name.startswith(("tables", "answers"))
    }
    descriptor = json.loads(dict(open_data.files(found))[DATAPACKAGE])
    assert descriptor["synthetic"] and "合成データ" in descriptor["description"] + descriptor["citation"]
    assert {each["path"] for each in descriptor["resources"]} == names - {DATAPACKAGE}
    assert {line["origin"] for line in lines(client.get(url("answers-codes.csv")).content)} == {"synthetic"}
    assert name_of(client.get(url("answers-codes.csv"))) == "synthetic-answers-codes-2020.csv"
    assert name_of(client.get(reverse("report-data-archive", args=[2020]))) == "synthetic-data-2020.zip"


@pytest.mark.parametrize("file", [*FILES, ARCHIVE])
def test_anybody_gets_each_file_and_a_second_time_nothing(run: Run, client: Client, file: str) -> None:
    address = f"/report/2020/{file}"
    first = client.get(address)
    stem, _, suffix = file.rpartition(".")
    assert (first.status_code, name_of(first)) == (200, f"{stem}-2020.{suffix}")
    assert first["Cache-Control"] == "public, no-cache"
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.post(address).status_code == 405
    assert client.get(f"/report/2021/{file}").status_code == 404
    assert client.get(address, headers={"Origin": "https://example.jp"})["Access-Control-Allow-Origin"] == "*"


def test_pages_are_not_open_to_other_sites(run: Run, client: Client) -> None:
    for page in ("/report/2020/", "/report/2020/data/", "/2020/202037/compare.csv"):
        assert "Access-Control-Allow-Origin" not in client.get(page, headers={"Origin": "https://example.jp"})


def test_what_is_closed_is_in_no_file_at_once(run: Run, client: Client) -> None:
    first = client.get(url("answers-codes.csv"))
    assert "cio" in lines(first.content)[0]
    Disclosure.objects.decide(run.survey, {"cio": (False, None)}, by=None)
    second = client.get(url("answers-codes.csv"), headers={"If-None-Match": first["ETag"]})
    assert {"cio", "post", "days.month"}.isdisjoint(lines(second.content)[0]) and "staff.own" in lines(second.content)[
        0
    ]
    assert {"cio", "post", "days"}.isdisjoint(line["table"] for line in lines(dict(open_data.files(run))["tables.csv"]))


def test_each_edition_keeps_the_answers_it_counted(run: Run, client: Client) -> None:
    response = Response.objects.get(body__code="202037")
    assert response.submission
    before = {line["body"]: line for line in lines(client.get(url("answers-codes.csv")).content)}
    number = int(before["202037"]["staff.own"]) + 1
    changed = {**response.answers()["staff"]["cells"], "own": number}
    by = make_ministry("reviewer", "reviewer")
    seen = response.submission.receipt
    Correction.enter(response, {"staff": {"cells": changed}}, "数え直しました。", seen=seen, by=by)
    publish(run.survey, by=make_ministry("manager", "manager"))
    after = {line["body"]: line for line in lines(client.get(url("answers-codes.csv")).content)}
    kept = {line["body"]: line for line in lines(client.get(url("answers-codes.csv", "2020-r1")).content)}
    assert kept == before
    assert (after["202037"]["staff.own"], after["202037"]["edition"]) == (str(number), "r2")
    assert after["202088"] == {**before["202088"], "edition": "r2"}


def test_names_are_those_of_the_round(run: Run) -> None:
    Body.objects.filter(code="202037").update(name="新上田市")
    (found,) = dataset.all_rows(run, ["202037"])
    assert found.name == "上田市" and found.answers
    (found,) = dataset.all_rows(run, ["202037"], answered=False)
    assert found.answers is None


def test_the_command_says_what_it_wrote(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    call_command("export_data", 2020, run=run.pk)
    assert capsys.readouterr().out.startswith(f"{run} written to data-2020: 9 files, made in ")
    assert (tmp_path / "data-2020" / ARCHIVE).read_bytes() == open_data.archive(run)
    with pytest.raises(CommandError, match="There is no run 99 of 2020; run: manage.py recompute 2020"):
        call_command("export_data", 2020, run=99)
    Run.objects.all().delete()
    with pytest.raises(CommandError, match="There is no run of 2020"):
        call_command("export_data", 2020)
