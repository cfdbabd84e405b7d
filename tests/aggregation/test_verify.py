"""A run can be made again from what is stored, and what was changed since is told apart from what was tampered with."""

import hashlib
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from aggregation import report
from aggregation.models import Run, RunMembers, RunTable
from surveys.models import Body, Correction, Response, Submission, Survey
from tests.factories import COMPLETE, answer, make_body, make_ministry, make_prefecture, open_round, publish

pytestmark = pytest.mark.django_db
NO = {"cio": {"value": "no"}}
THREE_THOUSAND = {"population": 3_000, "population_source": "国勢調査", "population_date": "2020-04-01"}


@pytest.fixture
def survey() -> Survey:
    """Two cities have answered, a third and the prefecture have not."""
    cities = [make_body(**THREE_THOUSAND), make_body("202088", "小諸市"), make_body("202100", "東御市")]
    make_prefecture()
    survey = open_round()
    for city in cities[:2]:
        answer(survey, city, COMPLETE, submit=True)
    return survey


@pytest.fixture
def run(survey: Survey) -> Run:
    return publish(survey)


def verify(capsys: pytest.CaptureFixture[str], run: Run) -> str:
    call_command("verify_run", run.pk)
    return capsys.readouterr().out


def faults(run: Run) -> list[str]:
    with pytest.raises(CommandError) as caught:
        call_command("verify_run", run.pk)
    return str(caught.value).splitlines()


def tamper(**fields: Any) -> None:
    Submission.objects.filter(response__body__code="202037").update(**fields)


def correct() -> None:
    response = Response.objects.select_related("survey", "body", "submission").get(body__code="202037")
    assert response.submission
    by = make_ministry("manager", "reviewer")
    Correction.enter(response, NO, "数え直しました。", seen=response.submission.receipt, by=by)


def test_a_run_is_made_again_from_what_is_stored(capsys: pytest.CaptureFixture[str], survey: Survey) -> None:
    first = publish(survey)
    said = verify(capsys, first)
    cells = sum(len(table.cells) for table in report.national(first))
    assert f"{first}: identical ({cells:,} cells, 2 responses)" in said and "moved since" not in said
    correct()
    said = verify(capsys, first)
    assert f"{first}: identical" in said and "moved since: answers" in said, "it counts the answers of then"
    second = publish(survey, by=make_ministry("manager", "other"))
    said = verify(capsys, second)
    assert f"{second}: identical" in said and "moved since" not in said


def test_names_and_populations_are_those_of_then(capsys: pytest.CaptureFixture[str], run: Run) -> None:
    Body.objects.filter(code="202037").update(population=80_000)
    said = verify(capsys, run)
    assert "identical" in said and "another name, kind or population" in said and "202037" in said


def test_a_run_of_an_older_version_is_held_against_the_names_of_now(
    capsys: pytest.CaptureFixture[str], run: Run
) -> None:
    kept = RunMembers.objects.get()
    assert str(kept) == str(run)
    kept.delete()
    said = verify(capsys, run)
    assert "did not keep names and populations" in said and "identical" in said
    Body.objects.filter(code="202037").update(population=80_000)
    lines = faults(run)
    assert any("population_band 50k-100k: stored no cell" in line for line in lines)
    assert "fingerprint" not in "".join(lines), "nothing kept can tell whose fault that is"


def test_a_changed_table_is_named_cell_by_cell(run: Run) -> None:
    stored = RunTable.objects.get(run=run, table="cio")
    stored.document = stored.document.replace('"100.0"', '"99.0"', 1)
    stored.save()
    first, *_, last = faults(run)
    assert first.startswith("cio yes - national municipality: stored ") and "percent 99.0 / recomputed" in first
    assert last.startswith(f"{run}: 1 of ")


def test_a_table_that_is_gone_is_named(run: Run) -> None:
    RunTable.objects.get(run=run, table="cio").delete()
    assert any(line.startswith("cio yes - ") and "stored no cell / recomputed bodies" in line for line in faults(run))


def test_changed_words_are_a_fault_while_code_and_questionnaire_are_the_same(
    capsys: pytest.CaptureFixture[str], run: Run
) -> None:
    stored = RunTable.objects.get(run=run, table="cio")
    stored.document = stored.document.replace("任命", "任免", 1)
    stored.save()
    assert faults(run)[0].startswith("cio: the numbers are the same, but not the words")
    Run.objects.update(questionnaire_checksum="other")
    assert "identical" in verify(capsys, run), "then another wording is no surprise"


def test_a_changed_or_missing_submission_is_named(run: Run) -> None:
    document = Submission.objects.get(response__body__code="202037").document
    tamper(document=document.replace('"yes"', '"no"', 1))
    Run.objects.filter(pk=run.pk).update(counted='{"202037":1,"202088":2}', responses=3)
    said = "\n".join(faults(run))
    assert "202037: submission 1 is not what was submitted" in said and "202088: submission 2 is not stored" in said
    assert "names 2 submissions and says that it counted 3" in said


def test_a_damaged_submission_is_named(run: Run) -> None:
    tamper(document='{"cio":')
    assert "202037: submission 1 is not what was submitted: its SHA-256 differs" in faults(run)


def test_a_submission_changed_together_with_its_sha_is_found(run: Run) -> None:
    """Even where no number moves: nothing counts a text."""
    document = Submission.objects.get(response__body__code="202037").document.replace("{", '{"aside":{},', 1)
    tamper(document=document, fingerprint=hashlib.sha256(document.encode()).hexdigest())
    fault, last = faults(run)
    assert fault.endswith("their fingerprint differs") and "0 of " in last


def test_what_moved_since_is_said_without_being_a_fault(capsys: pytest.CaptureFixture[str], run: Run) -> None:
    Run.objects.update(code_version="older", questionnaire_checksum="other")
    said = verify(capsys, run)
    assert said.count("moved since") == 2 and "identical" in said


def test_a_run_that_is_not_there() -> None:
    with pytest.raises(CommandError, match="There is no run 7"):
        call_command("verify_run", 7)
