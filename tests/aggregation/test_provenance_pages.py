"""The page of a number: what was asked, the rule, and the bodies behind it, by the answers that the edition counted."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from aggregation import report
from aggregation.models import Run, RunTable
from surveys.models import Correction, Disclosure, Response, Submission, Survey
from tests.factories import (
    COMPLETE,
    answer,
    make_body,
    make_ministry,
    make_prefecture,
    open_round,
    publish,
)

pytestmark = pytest.mark.django_db
CELL = "/report/{edition}/cio/cells/{row}/-/national/municipality/"
NO = {"cio": {"value": "no"}}


@pytest.fixture
def survey() -> Survey:
    """Two cities have answered, a third and the prefecture have not."""
    cities = [make_body(), make_body("202088", "小諸市"), make_body("202100", "東御市")]
    make_prefecture()
    survey = open_round()
    for city in cities[:2]:
        answer(survey, city, COMPLETE, submit=True)
    return survey


@pytest.fixture
def run(survey: Survey) -> Run:
    return publish(survey)


def text(client: Client, edition: str = "2020", row: str = "yes", path: str = CELL) -> str:
    found = client.get(path.format(edition=edition, row=row))
    assert found.status_code == 200
    return found.content.decode()


def correct() -> None:
    response = Response.objects.select_related("survey", "body", "submission").get(body__code="202037")
    assert response.submission
    by = make_ministry("manager", "reviewer")
    Correction.enter(response, NO, "数え直しました。", seen=response.submission.receipt, by=by)


def test_a_number_says_what_was_asked_how_it_was_counted_and_of_whom(client: Client, run: Run) -> None:
    page = text(client)
    assert "CIOを任命していますか" in page and "2 × 100 ÷ 2 ＝ 100.000000… → <strong>100.0%</strong>" in page
    assert page.count("上田市") == page.count("小諸市") == page.count("東御市") == 1
    assert run.code_version in page and f"verify_run {run.pk}" in page
    assert "ほかの回答をした団体" not in page and "未回答の団体" in page
    assert "2 × 100" not in text(client, row="no") and "ほかの回答をした団体" in text(client, row="no")


def test_who_stands_behind_a_gate_or_behind_a_sum(client: Client, run: Run) -> None:
    behind = text(client, path="/report/{edition}/post/cells/head/-/national/municipality/")
    assert "第１図" in behind
    summed = text(client, path="/report/{edition}/staff/cells/own/count/national/municipality/")
    assert "回答した団体が入れた数の合計" in summed and '<span class="small">3</span>' in summed


def test_numbers_that_no_question_counts(client: Client, run: Run) -> None:
    path = "/report/{edition}/use/cells/all/rate/national/total/"
    page = text(client, path=path)
    assert "ほかの行を足した行です" in page and "CSVで受け取る" not in page
    assert client.get(path.format(edition=2020) + "bodies.csv").status_code == 404


def test_every_public_number_has_its_page(client: Client, run: Run) -> None:
    for table in report.public(run):
        for cell in table.cells:
            place = f"{table.id}/cells/{cell.row}/{cell.column or '-'}/{cell.breakdown}/{cell.group}/"
            assert client.get(f"/report/2020/{place}").status_code == 200, place


def test_each_edition_shows_the_answers_that_it_counted(client: Client, survey: Survey) -> None:
    publish(survey)
    correct()
    publish(survey, by=make_ministry("manager", "other"))
    assert "2団体" in text(client, "2020-r1") and "1団体" in text(client, "2020")
    assert "上田市" not in text(client, "2020-r1").split('id="counted"')[0]
    counted = [text(client, edition).split('id="counted"')[1].split("</details>")[0] for edition in ("2020-r1", "2020")]
    assert ["上田市" in part for part in counted] == [True, False]


def test_the_bodies_are_a_file_too(client: Client, run: Run) -> None:
    found = client.get(CELL.format(edition=2020, row="yes") + "bodies.csv")
    lines = list(csv.DictReader(io.StringIO(found.content.decode("utf-8-sig"))))
    assert [(line["body"], line["standing"]) for line in lines] == [
        ("202037", "counted"),
        ("202088", "counted"),
        ("202100", "no_response"),
    ]
    assert found["Content-Disposition"] == 'attachment; filename="cio-yes-bodies-2020.csv"'


def test_what_may_not_be_public_names_nobody(client: Client, survey: Survey) -> None:
    run = publish(survey)
    Disclosure.objects.decide(run.survey, {"cio": (False, None)}, by=None)
    assert client.get(CELL.format(edition=2020, row="yes")).status_code == 404, "two bodies are too few"


def test_a_number_of_many_bodies_is_public_without_their_names(client: Client) -> None:
    cities = [make_body(f"20{n}06", f"第{n}市") for n in range(10, 22)]
    survey = open_round()
    for city in cities:
        answer(survey, city, COMPLETE, submit=True)
    publish(survey)
    Disclosure.objects.decide(survey, {"cio": (False, None)}, by=None)
    page = text(client)
    assert "12団体" in page and "団体ごとの回答を公表していません" in page and "第10市" not in page
    assert client.get(CELL.format(edition=2020, row="yes") + "bodies.csv").status_code == 404
    by_kind = CELL.replace("national/municipality", "kind/city")
    assert "12団体" in text(client, path=by_kind) and "公表値" not in text(client, path=by_kind)


def test_a_number_of_an_earlier_year_says_where_it_was_published(client: Client) -> None:
    make_body()
    publish(open_round(2020, "2020"))
    page = text(client, path="/report/{edition}/fig-52/cells/made/2013/national/municipality/")
    assert "出典：kantoinfo" in page and "年ごとの値を並べた表です" in page and "188団体" in page
    own = text(client, path="/report/{edition}/fig-01/cells/appointed/-/national/municipality/")
    assert "公表値（令和2年度）" in own and "1,474団体" in own and "第１節 ２" in own


@pytest.mark.parametrize(
    "path", ["cio/cells/maybe/-/national/total/", "cio/cells/yes/-/kind/town/", "x/cells/a/b/c/d/"]
)
def test_what_is_no_cell_is_not_found(client: Client, run: Run, path: str) -> None:
    assert client.get(f"/report/2020/{path}").status_code == 404


def test_a_page_needs_few_queries(
    client: Client, run: Run, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        text(client)


def test_the_report_leads_to_the_page(client: Client, run: Run) -> None:
    assert (
        'href="/report/2020/cio/cells/yes/-/national/municipality/"' in client.get("/report/2020/cio/").content.decode()
    )


# verify_run


def verify(capsys: pytest.CaptureFixture[str], run: Run) -> str:
    call_command("verify_run", run.pk)
    return capsys.readouterr().out


def test_a_run_is_made_again_from_what_is_stored(capsys: pytest.CaptureFixture[str], survey: Survey) -> None:
    first = publish(survey)
    said = verify(capsys, first)
    cells = sum(len(table.cells) for table in report.national(first))
    assert f"{first}: identical ({cells:,} cells, 2 responses)" in said and "moved since" not in said
    correct()
    assert f"{first}: identical" in verify(capsys, first), "it counts the answers of then"
    second = publish(survey, by=make_ministry("manager", "other"))
    assert f"{second}: identical" in verify(capsys, second)


def test_a_changed_table_is_named_cell_by_cell(run: Run) -> None:
    stored = RunTable.objects.get(run=run, table="cio")
    stored.document = stored.document.replace('"100.0"', '"99.0"', 1)
    stored.save()
    with pytest.raises(CommandError) as caught:
        call_command("verify_run", run.pk)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("cio yes - national municipality: stored ") and "percent 99.0 / recomputed" in lines[0]
    assert lines[-1].startswith(f"{run}: 1 of ")


def test_a_changed_or_missing_submission_is_named(run: Run) -> None:
    changed = Submission.objects.get(response__body__code="202037")
    Submission.objects.filter(pk=changed.pk).update(document=changed.document.replace('"yes"', '"no"', 1))
    Run.objects.filter(pk=run.pk).update(counted='{"202037":1,"202088":2}', responses=3)
    with pytest.raises(CommandError) as caught:
        call_command("verify_run", run.pk)
    said = str(caught.value)
    assert "202037: submission 1 is not what was submitted" in said and "202088: submission 2 is not stored" in said
    assert "names 2 submissions and says that it counted 3" in said


def test_what_moved_since_is_said_without_being_a_fault(capsys: pytest.CaptureFixture[str], run: Run) -> None:
    Run.objects.update(code_version="older", questionnaire_checksum="other", answers_fingerprint="other")
    said = verify(capsys, run)
    assert said.count("moved since") == 3 and "identical" in said


def test_a_run_that_is_not_there() -> None:
    with pytest.raises(CommandError, match="There is no run 7"):
        call_command("verify_run", 7)
