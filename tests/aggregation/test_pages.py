"""The public pages of published runs."""

import random
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from aggregation import baseline, pages, report
from aggregation.models import Run
from surveys.models import Survey
from surveys.questionnaire import Text
from tests.factories import COMPLETE, answer, make_body, make_prefecture, open_round, publish
from tests.random_answers import complete_answers

USE = {"cells": {"lending": {"exists": "yes", "online": "done", "total": 1000, "online_count": 250}}}


@pytest.fixture
def run(db: None) -> Run:
    """A published run: 上田市 has answered, 長野県 has not."""
    ueda = make_body(population=150_000, population_source="国勢調査", population_date="2020-10-01")
    make_prefecture()
    survey = open_round()
    answer(survey, ueda, {**COMPLETE, "use-school": USE}, submit=True)
    return publish(survey)


def text(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_only_published_rounds_have_pages(client: Client, run: Run) -> None:
    assert "令和2年度" in text(client, "report-index")
    assert "CIOの任命" in text(client, "report-contents", 2020)
    Run.objects.update(edition=None, published_at=None, published_by=None)
    assert "まだありません" in text(client, "report-index")
    assert client.get(reverse("report-contents", args=[2020])).status_code == 404
    assert client.get(reverse("report-table", args=[2020, "cio"])).status_code == 404


def test_the_latest_published_run_of_each_round_is_shown(client: Client, run: Run) -> None:
    later = report.compute(Survey.objects.get())
    assert later.run == run
    Run.objects.filter(pk=run.pk).update(code_version="older")
    newer = report.compute(Survey.objects.get()).run
    assert f"計算番号 {run}" in text(client, "report-table", 2020, "cio")
    newer.publish(by=None)
    assert f"計算番号 {newer}" in text(client, "report-table", 2020, "cio")
    assert [found.pk for found in Run.objects.published_rounds()] == [newer.pk]


def test_an_unknown_table_is_not_found(client: Client, run: Run) -> None:
    assert client.get(reverse("report-table", args=[2020, "fig-99"])).status_code == 404


def test_a_table_states_its_bases_and_who_did_not_respond(client: Client, run: Run) -> None:
    page = text(client, "report-table", 2020, "cio")
    assert '<th scope="row">対象団体数</th> <td class="tier number">0</td>' in page and "100.0%" in page
    assert "都道府県：1団体のうち0団体の回答を数えました（未回答 1）。" in page


def test_queries_of_the_pages(client: Client, run: Run, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    """The run, what is in it, what may be public, the tables that the page shows, their charts: none for each table."""
    for name, args, most in (
        ("report-index", [], 3),
        ("report-contents", [2020], 4),
        ("report-table", [2020, "cio"], 5),
        ("report-item", [2020, "1-2"], 5),
        ("report-figure-file", [2020, "cio"], 4),
    ):
        text(client, name, *args)
        with django_assert_max_num_queries(most):
            text(client, name, *args)


def test_pages_are_there_in_english(client: Client, run: Run) -> None:
    client.cookies.load({"django_language": "en"})
    assert "Is a CIO appointed" not in text(client, "report-contents", 2020)
    assert ">CIO</a>" in text(client, "report-contents", 2020)


def table_page(run: Run, table: str) -> pages.TablePage:
    found = report.one(run, table)
    assert found is not None
    return pages.TablePage(found, report.baseline_of(run))


def test_a_table_with_one_column_puts_the_sides_beside_each_other(run: Run) -> None:
    page = table_page(run, "cio")
    assert not page.is_wide
    assert [side.code for side in page.sides] == ["prefecture", "municipality", "total"]
    yes = page.lines[0]
    assert yes.label == Text("任命している", "Yes")
    assert [(cell.main, cell.share) for cell in yes.cells] == [("0", ""), ("1", "100.0%"), ("1", "100.0%")]


def test_a_table_of_numbers_shows_its_unit(run: Run) -> None:
    page = table_page(run, "staff")
    assert page.unit.ja == "人"
    assert [line.cells[1].main for line in page.lines] == ["3", "2", "5", "1"]


@pytest.fixture
def shipped(db: None) -> Run:
    """A published run of the shipped questionnaire with the answers of one city and one prefecture."""
    bodies = [
        make_body(population=150_000, population_source="国勢調査", population_date="2020-10-01"),
        make_prefecture(),
    ]
    survey = open_round(2020, "2020")
    for body in bodies:
        answer(survey, body, complete_answers(survey.questionnaire, body.kind, random.Random(1)), submit=True)
    return publish(survey)


def test_every_table_of_the_report_has_a_page(client: Client, shipped: Run) -> None:
    heads = report.heads(shipped)
    assert len(heads) == 60
    for head in heads:
        page = text(client, "report-table", 2020, head["id"])
        assert head["title"][0] in page
    assert text(client, "report-contents", 2020).count("/report/2020/") >= 60


def test_a_table_with_several_columns_has_a_table_for_each_side(shipped: Run) -> None:
    page = table_page(shipped, "table-2-1")
    assert page.is_wide
    nation, *_ = page.blocks
    labels = [column.label.ja for column in nation.columns[:3]]
    assert (nation.code, labels) == (
        "total",
        ["年間総手続件数（推計）", "オンライン利用件数", "オンライン利用率（％）"],
    )
    groups = [line.label.ja for line in nation.lines if line.strong]
    assert len(groups) == 4 and len(nation.lines) == 63
    estimate = nation.lines[-1].cells[0]
    assert estimate.published == "472,617,630" and estimate.change.startswith("−")
    city = next(side for side in page.sides if side.code == "municipality")
    assert [column.code for column in city.columns] == ["exists", "online"]
    assert city.base is None and any("推計" in note.ja for note in page.notes)


def test_a_series_of_one_row_is_one_table_of_all_sides(shipped: Run) -> None:
    (block,) = table_page(shipped, "fig-52").blocks
    assert [line.label.ja for line in block.lines] == ["都道府県", "市区町村", "総数"]
    assert [column.label.ja for column in block.columns][-1] == "2020年"
    assert block.lines[0].cells[0].share == "6.4%" and block.lines[2].cells[0].share == ""


def test_a_table_with_one_column_has_the_bodies_asked_below_if_all_rows_share_them(shipped: Run) -> None:
    assert table_page(shipped, "fig-01").has_total and table_page(shipped, "fig-07").has_total
    assert not table_page(shipped, "table-1").has_total


def test_the_printed_rows_of_a_figure_are_named(shipped: Run) -> None:
    assert len(table_page(shipped, "fig-33").printed) == 15
    assert table_page(shipped, "fig-01").printed == []


def test_differences_are_shown_beside_the_numbers_of_an_earlier_year_only(client: Client, shipped: Run) -> None:
    found = report.one(shipped, "fig-01")
    assert found is not None
    page = pages.TablePage(found, report.baseline_of(shipped), later=False)
    assert [side.span for side in page.sides] == [3, 3, 2]
    assert {cell.change for line in page.lines for cell in line.cells} == {""}
    assert "差（ポイント）" not in text(client, "report-table", 2020, "fig-01")


def test_a_later_round_shows_them(client: Client, shipped: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "baseline_year", lambda year: year - 1)
    monkeypatch.setattr(report, "published", lambda year: baseline.load(report.DATA / "baseline-2020.csv"))
    shown = text(client, "report-table", 2020, "fig-01")
    assert "差（ポイント）" in shown and "公表値（令和元年度）" in shown and "公表値との照合" not in shown


def test_published_numbers_stand_beside_those_of_their_side(shipped: Run) -> None:
    page = table_page(shipped, "fig-12")
    prefecture, municipality, total = page.sides
    assert (prefecture.published, municipality.published, total.published) == (True, True, False)
    assert (prefecture.span, total.span) == (4, 2)
    promote = page.lines[1]
    assert promote.cells[1].published == "345（19.6%）"
    assert any("345÷1,741" in note.ja for note in page.notes)


@pytest.mark.parametrize(
    ("change", "shown"),
    [(None, ""), (0, "0"), (Decimal("0.0"), "0.0"), (Decimal("-0.2"), "−0.2"), (1200, "+1,200")],
)
def test_signed(change: Decimal | int | None, shown: str) -> None:
    assert pages.signed(change) == shown


def test_the_baseline_of_a_round_is_the_newest_up_to_its_year() -> None:
    assert [report.baseline_year(year) for year in (2019, 2020, 2021)] == [None, 2020, 2020]
