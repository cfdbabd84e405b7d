"""The page of a number: what was asked, the rule, and the bodies behind it, by the answers that the edition counted."""

import csv
import io
import re
from dataclasses import replace
from random import Random

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from aggregation import dataset, report
from aggregation.models import Run, RunMembers
from aggregation.provenance_words import gate
from surveys.models import Body, Correction, Disclosure, Response, Survey
from tests.aggregation.makers import questionnaire
from tests.factories import (
    COMPLETE,
    answer,
    make_body,
    make_ministry,
    make_prefecture,
    open_round,
    publish,
)
from tests.random_answers import complete_answers

pytestmark = pytest.mark.django_db
CELL = "/report/{edition}/cio/cells/{row}/-/national/municipality/"
USE = "/report/{edition}/use/cells/%s/%s/national/total/"
NO = {"cio": {"value": "no"}}


def lending(total: int | str, online: int | str) -> dict[str, object]:
    cell = {"exists": "yes", "online": "done", "total": total, "online_count": online}
    return COMPLETE | {"use-school": {"cells": {"lending": cell}}}


@pytest.fixture
def survey() -> Survey:
    """Two cities have answered, a third and the prefecture have not; one knows how often it lends."""
    cities = [
        make_body(population=300, population_source="国勢調査", population_date="2020-04-01"),
        make_body("202088", "小諸市", population=700, population_source="国勢調査", population_date="2020-04-01"),
        make_body("202100", "東御市"),
    ]
    make_prefecture()
    survey = open_round()
    answer(survey, cities[0], lending(10, 4), submit=True)
    answer(survey, cities[1], COMPLETE, submit=True)
    return survey


@pytest.fixture
def run(survey: Survey) -> Run:
    return publish(survey)


def text(client: Client, edition: str = "2020", row: str = "yes", path: str = CELL) -> str:
    found = client.get(path.format(edition=edition, row=row))
    assert found.status_code == 200
    return re.sub(r"\s+", " ", found.content.decode())


def listed(page: str, standing: str) -> str:
    """The bodies of a standing as the page lists them; nothing where it does not."""
    return page.partition(f'id="{standing}"')[2].partition("</details>")[0]


def numbers(page: str) -> list[tuple[str, str]]:
    """The little table of bodies: what and how many."""
    own = page.split('id="bodies"')[1].split("</table>")[0]
    rows = re.findall(r"<th scope=\"row\">(.*?)</th> <td class=\"number\">(.*?)</td>", own)
    return [(re.sub("<.*?>", "", name).strip(), number) for name, number in rows]


def correct() -> None:
    response = Response.objects.select_related("survey", "body", "submission").get(body__code="202037")
    assert response.submission
    by = make_ministry("manager", "reviewer")
    Correction.enter(response, NO, "数え直しました。", seen=response.submission.receipt, by=by)


def test_a_number_says_what_was_asked_how_it_was_counted_and_of_whom(client: Client, run: Run) -> None:
    page = text(client)
    assert "CIOを任命していますか" in page and "2 × 100 ÷ 2 ＝ 100 → <strong>100.0%</strong>" in page
    assert '<li aria-current="true">' in page and "選べるのは1つだけです" in page
    assert page.count("上田市") == page.count("小諸市") == page.count("東御市") == 1
    assert "202037" in listed(page, "counted") and "東御市" in listed(page, "no_response")
    assert "長野県" in listed(page, "counted"), "the bodies stand under their prefecture"
    assert run.code_version in page and f"verify_run {run.pk}" in page
    assert numbers(page) == [
        ("数えた団体", "2"),
        ("対象団体数", "2"),
        ("回答した団体", "2"),
        ("未回答の団体", "1"),
        ("この区分の団体", "3"),
    ]
    assert "上田市" in listed(text(client, row="no"), "otherwise")
    alone = listed(text(client, path="/report/{edition}/cio/cells/{row}/-/national/prefecture/"), "no_response")
    assert "200000" in alone and "<h3>" not in alone and "<h3>" in listed(page, "counted")


def test_who_stands_behind_a_gate(client: Client, survey: Survey) -> None:
    answer(survey, Body.objects.get(code="202100"), COMPLETE | NO, submit=True)
    publish(survey)
    page = text(client, path="/report/{edition}/post/cells/head/-/national/municipality/")
    assert "を選んだ団体にうかがいます。" in page and "東御市" in listed(page, "not_asked")


def test_a_sum_shows_what_each_body_adds_and_the_rows_it_adds_up(client: Client, run: Run) -> None:
    path = "/report/{edition}/staff/cells/%s/count/national/municipality/"
    own = text(client, path=path % "own")
    assert "回答した団体が入れた数の合計" in own and '<span class="cell-value">3</span>' in listed(own, "counted")
    everybody = text(client, path=path % "all")
    assert "下の行の合計です" in everybody and '<span class="cell-value">5</span>' in listed(everybody, "counted")
    for row, value in (("own", 6), ("outside", 4)):
        assert f'<a href="{path.format(edition=2020) % row}">{value}</a>' in everybody
    assert "足した行" not in own


def test_an_estimate_is_reckoned_before_the_eyes(client: Client, run: Run) -> None:
    page = text(client, path=USE % ("lending", "estimate"))
    assert "10 × 1,000 ÷ 300 ＝ 33.333… → <strong>33件</strong>" in page
    assert "上田市" in listed(page, "counted") and "小諸市" in listed(page, "unknown")
    assert ("その手続がある団体", "2") in numbers(page) and numbers(page)[-1] == ("この区分の団体", "4")
    online = text(client, path=USE % ("lending", "online_count"))
    assert "<strong>4件</strong>" in online and "推計はしていません" in online and "÷" not in online
    rate = text(client, path=USE % ("lending", "rate"))
    assert "× 100 ÷" in rate and "＝ 12.121… → <strong>12.1%</strong>" in rate


def test_a_row_that_no_question_asks_for_shows_what_it_adds_up(client: Client, run: Run) -> None:
    for row in ("all", "g1"):
        page = text(client, path=USE % (row, "estimate"))
        assert "直接うかがった問はありません" in page and "CSVで受け取る" not in page
        assert f'<a href="{(USE % ("lending", "estimate")).format(edition=2020)}">33</a>' in page
        assert client.get((USE % (row, "estimate")).format(edition=2020) + "bodies.csv").status_code == 404
    assert "＝ 12.121… → <strong>12.1%</strong>" in text(client, path=USE % ("all", "rate"))


def test_an_estimate_without_anything_to_go_by_says_so(client: Client) -> None:
    make_body()
    publish(open_round())
    page = text(client, path=USE % ("lending", "rate"))
    assert "推計の基礎となるオンライン実施団体なし" in page and "× 100 ÷" not in page


def test_each_edition_shows_the_answers_that_it_counted(client: Client, survey: Survey) -> None:
    publish(survey)
    correct()
    publish(survey, by=make_ministry("manager", "other"))
    assert "2団体" in text(client, "2020-r1") and "1団体" in text(client, "2020")
    counted = [listed(text(client, edition), "counted") for edition in ("2020-r1", "2020")]
    assert ["上田市" in part for part in counted] == [True, False]


def test_an_edition_keeps_the_populations_that_it_was_made_with(client: Client, run: Run) -> None:
    band = "/report/{edition}/cio/cells/{row}/-/population_band/lt5k/"
    Body.objects.filter(code="202037").update(population=80_000)
    assert "上田市" in listed(text(client, path=band), "counted") and "合いません" not in text(client, path=band)
    RunMembers.objects.all().delete()  # as in a run of an older version
    page = text(client, path=band)
    assert "上田市" not in page and "ここにある団体の数と、公表した数が合いません" in page


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
    assert numbers(page)[:2] == [("数えた団体", "12"), ("対象団体数", "12")]
    assert client.get(CELL.format(edition=2020, row="yes") + "bodies.csv").status_code == 404
    by_kind = CELL.replace("national/municipality", "kind/city")
    assert "12団体" in text(client, path=by_kind) and "公表値" not in text(client, path=by_kind)


def test_a_table_over_the_years_leads_to_where_each_value_comes_from(client: Client) -> None:
    make_body()
    publish(open_round(2020, "2020"))
    page = text(client, path="/report/{edition}/fig-52/cells/made/2013/national/municipality/")
    assert "出典：kantoinfo" in page and "前の年に公表された値" in page and "188団体" in page
    assert 'id="bodies"' not in page, "of which bodies, only that year's report can tell"
    published = text(client, path="/report/{edition}/fig-01/cells/appointed/-/national/municipality/")
    assert "公表値（令和2年度）" in published and "1,474団体" in published and "第１節 ２" in published
    assert "対象団体がないので、割合はありません" in published


def test_the_last_value_of_a_table_over_the_years_leads_to_the_table_of_the_round(client: Client) -> None:
    make_body()
    survey = open_round(2020, "2020")
    Disclosure.objects.decide(survey, {"fig-51": (True, None)}, by=None)
    run = publish(survey)
    series = next(table for table in report.public(run) if table.id == "fig-52")
    cell = next(cell for cell in series.cells if cell.bodies is not None)
    path = f"/report/2020/fig-52/cells/{cell.row}/{cell.column}/national/{cell.group}/"
    page = text(client, path=path)
    assert "この調査の年の値です" in page
    (link,) = set(re.findall(r'href="(/report/2020/fig-[0-9]+/cells/[^"]+)"', page))
    assert client.get(link).status_code == 200


def test_later_rounds_say_the_change(client: Client) -> None:
    city, survey = make_body(), open_round(2021, "2020")
    given = (complete_answers(survey.questionnaire, "city", Random(seed)) for seed in range(99))
    appointed = next(each for each in given if each["fig-01"] == {"value": "appointed"})
    answer(survey, city, appointed, submit=True)
    publish(survey)
    page = text(client, "2021", path="/report/{edition}/fig-01/cells/appointed/-/national/municipality/")
    assert "公表値（令和2年度）" in page and "差 +15.3ポイント" in page


@pytest.mark.parametrize(
    "path", ["cio/cells/maybe/-/national/total/", "cio/cells/yes/-/kind/town/", "x/cells/a/b/c/d/"]
)
def test_what_is_no_cell_is_not_found(client: Client, run: Run, path: str) -> None:
    assert client.get(f"/report/2020/{path}").status_code == 404


def test_every_public_number_has_its_page_and_its_bodies_agree(client: Client, run: Run) -> None:
    for table in report.public(run):
        for cell in table.cells:
            place = f"/report/2020/{table.id}/cells/{cell.row}/{cell.column or '-'}/{cell.breakdown}/{cell.group}/"
            page = text(client, path=place)
            assert "合いません" not in page, place


def test_the_answers_of_many_bodies_are_read_at_once(client: Client, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    standings = ("counted", "no_response")
    few = [listed(text(client), standing) for standing in standings]
    monkeypatch.setattr(dataset, "MANY", 0)
    assert [listed(text(client), standing) for standing in standings] == few and all(few)


def test_a_question_without_a_figure_is_named_by_its_title(monkeypatch: pytest.MonkeyPatch) -> None:
    found = questionnaire("gates")
    gated, before = found.question_by_id["post"], found.question_by_id["cio"]
    assert gate(gated, found, "ja").startswith("第cio図（表 cio）で「")
    monkeypatch.setitem(found.question_by_id, "cio", replace(before, number=None))
    assert gate(gated, found, "ja").startswith("表 cioで「") and "Table cio" in gate(gated, found, "en")


def test_a_page_needs_few_queries(
    client: Client, run: Run, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(7):
        text(client)


def test_the_report_leads_to_the_page(client: Client, run: Run) -> None:
    leads = {
        "cio/": "cio/cells/yes/-/national/municipality",
        "use/": "use/cells/lending/rate/national/total",
        "explore/?table=cio&breakdown=kind": "cio/cells/yes/-/kind/city",
    }
    for path, cell in leads.items():
        assert f'href="/report/2020/{cell}/"' in client.get(f"/report/2020/{path}").content.decode(), path
