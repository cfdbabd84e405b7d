"""From submitted answers to a published run: what is counted, what a run keeps, and the commands around it."""

import csv
import gc
import io
import json
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from aggregation import dataset, downloads, report
from aggregation.models import Run, RunPeers, RunTable
from surveys.answers_file import SYNTHETIC, BodyAnswers
from surveys.bulk import take
from surveys.models import Event, Response, Survey
from tests.factories import COMPLETE, answer, make_body, make_prefecture, make_round, make_user, open_round
from tests.random_answers import complete_answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey() -> Survey:
    """A round of three bodies: 上田市 and 小諸市 of 長野県."""
    make_body(population=150_000, population_source="国勢調査", population_date="2020-10-01")
    make_body("202088", "小諸市")
    make_prefecture()
    return open_round()


def response(code: str) -> Response:
    return Response.objects.select_related("survey", "body").get(body__code=code)


def submit(survey: Survey, code: str, **changes: Any) -> Response:
    return answer(survey, response(code).body, {**COMPLETE, **changes}, submit=True)


def cell(run: Run, table: str, row: str, group: str = "municipality") -> tuple[int | None, ...]:
    """bodies, responded, base, count of a national cell."""
    found = report.one(run, table)
    assert found is not None
    (cell,) = (c for c in found.cells if (c.breakdown, c.row, c.group) == ("national", row, group))
    return cell.bodies, cell.responded, cell.base, cell.count


def test_counted_are_submitted_and_accepted_responses_by_their_last_snapshot(survey: Survey) -> None:
    ministry = make_user(is_staff=True)
    submit(survey, "202037")
    answer(survey, response("202088").body, COMPLETE)
    assert cell(report.compute(survey).run, "cio", "yes") == (2, 1, 1, 1)
    ueda = response("202037")
    ueda.accept(by=ministry)
    assert cell(report.compute(survey).run, "cio", "yes") == (2, 1, 1, 1)
    ueda.send_back("確かめてください。", by=ministry)
    assert cell(report.compute(survey).run, "cio", "yes") == (2, 0, 0, 0)
    submit(survey, "202037", cio={"value": "no"}, post={})
    assert cell(report.compute(survey).run, "cio", "no") == (2, 1, 1, 1)


def test_the_same_answers_are_the_same_run_and_give_byte_identical_tables(survey: Survey) -> None:
    submit(survey, "202037")
    first = report.compute(survey)
    again = report.compute(survey)
    assert (first.new, again.new, first.run) == (True, False, again.run)
    documents = list(first.run.tables.values_list("table", "document"))
    Run.objects.all().delete()
    assert list(report.compute(survey).run.tables.values_list("table", "document")) == documents
    submit(survey, "202088")
    assert report.compute(survey).new
    assert not report.compute(survey).new


def test_whatever_a_run_depends_on_makes_a_new_one(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    ueda = submit(survey, "202037").body
    report.compute(survey)

    def is_new() -> bool:
        return report.compute(survey).new and not report.compute(survey).new

    ueda.population = 151_000
    ueda.save()
    assert is_new()
    Response.objects.update(synthetic=True)
    assert is_new()
    Survey.objects.update(checksum="0" * 64)
    assert is_new()
    monkeypatch.setattr(report, "code_version", lambda: "another")
    assert is_new()


def test_a_body_that_was_abolished_before_the_reference_date_does_not_count(survey: Survey) -> None:
    make_body("202100", "駒ヶ根市", valid_to=survey.reference_date)
    assert "202100" not in [body.code for body in dataset.register(survey)]


def test_made_up_populations_make_the_numbers_synthetic(survey: Survey) -> None:
    submit(survey, "202037")
    assert not report.compute(survey).run.synthetic
    komoro = response("202088").body
    komoro.population, komoro.population_source, komoro.population_date = 42_000, SYNTHETIC, survey.reference_date
    komoro.save()
    run = report.compute(survey).run
    assert run.synthetic and report.file_name(run, "csv") == "synthetic-tables-2020.csv"


def test_the_collector_runs_again_after_a_run(survey: Survey) -> None:
    report.compute(survey)
    assert gc.isenabled()
    gc.disable()
    try:
        report.compute(survey)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_population_of_a_prefecture_is_the_sum_of_its_municipalities(survey: Survey) -> None:
    def population() -> int | None:
        return next(body.population for body in dataset.register(survey) if body.kind == "prefecture")

    assert population() is None
    komoro = response("202088").body
    komoro.population, komoro.population_source, komoro.population_date = 42_000, "国勢調査", survey.reference_date
    komoro.save()
    assert population() == 192_000


def test_recompute_says_what_it_made(survey: Survey, capsys: pytest.CaptureFixture[str]) -> None:
    submit(survey, "202037")
    call_command("recompute", 2020)
    call_command("recompute", 2020)
    first, second = capsys.readouterr().out.splitlines()
    id = Run.objects.get().pk
    name, facts = rf"run-{id:04} \(id {id}, ", r"\): 1 responses, \d+\.\d\d s, of which \d+% reading answers"
    assert re.fullmatch(f"{name}new{facts}", first)
    assert re.fullmatch(f"{name}nothing has changed since{facts}", second)


def test_recompute_warns_where_the_questionnaire_does_not_fit_the_tables(
    survey: Survey, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("recompute", 2020)
    warnings = capsys.readouterr().err.splitlines()
    assert any(warning.startswith("warning: table fig-52: ") for warning in warnings)


def test_the_shipped_questionnaire_fits_the_tables() -> None:
    assert report.misfits(make_round(2020, "2020")) == []


def test_a_later_round_has_the_year_before_in_its_series_and_its_change_since() -> None:
    body = make_body()
    later = open_round(2021, "2020")
    answer(later, body, complete_answers(later.questionnaire, body.kind, Random(1)), submit=True)
    run = report.compute(later).run
    found = {(line[1], line[3], line[5], line[8]): line for line in downloads.national(run).form.rows}
    made = found["fig-52", "made", "2020", "municipality"]
    assert (made[12], made[13], str(made[14])) == (759, 1741, "43.6")
    assert str(found["table-2-2", "rate", "2019", "total"][14]) == "47.5"
    assert ("fig-52", "made", "2021", "municipality") in found
    cio = found["fig-01", "appointed", "", "municipality"]
    assert cio[17] == 1474 and cio[21] is not None


def test_publishing_is_one_event(survey: Survey, capsys: pytest.CaptureFixture[str]) -> None:
    run = report.compute(survey).run
    with pytest.raises(CommandError, match="受付を終えて"):
        call_command("publish_run", run.pk)
    assert Run.objects.published_of(2020) is None
    survey.close()
    call_command("publish_run", run.pk)
    call_command("publish_run", run.pk)
    assert capsys.readouterr().out.splitlines()[0] == f"{run} of 2020 is published as r1"
    assert Run.objects.published_of(2020) == run
    assert Event.objects.filter(kind="run.published").count() == 1
    with pytest.raises(CommandError, match="There is no run 99999"):
        call_command("publish_run", 99999)


def test_a_run_without_answers_and_of_a_draft_round() -> None:
    make_body()
    run = report.compute(make_round()).run
    assert cell(run, "cio", "yes") == (1, 0, 0, 0)
    assert not run.synthetic


def test_the_database_refuses_impossible_runs(survey: Survey) -> None:
    run = report.compute(survey).run
    table = run.tables.first()
    assert table is not None and str(table) == f"{run} cio"
    for twin in (
        RunTable(run=run, table=table.table, position=99, head={}, document=""),
        RunTable(run=run, table="another", position=table.position, head={}, document=""),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save()
    group = RunPeers.objects.create(run=run, group="city:lt5k", document="{}")
    assert str(group) == f"{run} city:lt5k"
    with pytest.raises(IntegrityError), transaction.atomic():
        RunPeers.objects.create(run=run, group=group.group, document="{}")
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.update(published_by=make_user())


def lines(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))


def test_export_tables(survey: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match="There is no run of 2020; run: manage.py recompute 2020"):
        call_command("export_tables", 2020, format="csv")
    submit(survey, "202037")
    old = report.compute(survey).run
    submit(survey, "202088")
    report.compute(survey)
    call_command("export_tables", 2020, format="csv")
    call_command("export_tables", 2020, format="csv", run=old.pk, out=tmp_path / "old.csv")
    call_command("export_tables", 2020, format="json", out=tmp_path / "new.json")
    (new,) = (
        line for line in lines(tmp_path / "tables-2020.csv") if (line["row"], line["group"]) == ("yes", "municipality")
    )
    (before,) = (
        line for line in lines(tmp_path / "old.csv") if (line["row"], line["group"]) == ("yes", "municipality")
    )
    assert (new["count"], new["base"], new["percent"], new["origin"]) == ("2", "2", "100.0", "reported")
    assert (before["count"], before["responded"], before["bodies"]) == ("1", "1", "2")
    document = json.loads((tmp_path / "new.json").read_text())
    assert (document["year"], document["origin"]) == (2020, "reported")
    assert len(document["rows"]) == len(lines(tmp_path / "tables-2020.csv"))
    with pytest.raises(CommandError, match="There is no run 0 of 2020"):
        call_command("export_tables", 2020, format="csv", run=0)
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_tables", 2020, format="csv", out=tmp_path / "nowhere" / "tables.csv")
    with pytest.raises(CommandError, match="There is no run 99999 of 2020"):
        call_command("export_tables", 2020, format="csv", run=99999)


def test_files_of_synthetic_answers_say_so(survey: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    take(survey, [BodyAnswers("202037", True, COMPLETE)], submit=True)
    report.compute(survey)
    call_command("export_tables", 2020, format="csv")
    assert {line["origin"] for line in lines(tmp_path / "synthetic-tables-2020.csv")} == {"synthetic"}
