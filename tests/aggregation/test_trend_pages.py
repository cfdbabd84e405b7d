"""The pages of 推移 over several rounds, and the bodies that answered in two of them against a naive count."""

import random
import re
from collections.abc import Iterable
from copy import deepcopy
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from aggregation import dataset, panels, report
from aggregation.models import Run, RunPanel
from aggregation.tables import Table
from aggregation.trends import TrendPage
from surveys.models import Body, Disclosure, Survey
from surveys.questionnaire import Document
from surveys.rules import asked_anywhere
from tests.factories import answer, document, make_body, make_prefecture, publish
from tests.random_answers import complete_answers

YEARS = (2020, 2021, 2022)


def make_cities(numbers: Iterable[int]) -> list[Body]:
    return [make_body(f"202{number}0", f"市{number}") for number in numbers]


def a_round(year: int, bodies: list[Body], changed: Document | None = None) -> Survey:
    """A round in which some bodies answer; the answers of a year are its own."""
    survey = Survey.load(year, changed or document("pages", year))[0]
    survey.open()
    for body in bodies:
        answers = complete_answers(survey.questionnaire, body.kind, random.Random(f"{year} {body.code}"))
        answer(survey, body, answers, submit=True)
    return survey


def without(id: str, year: int) -> Document:
    """The definition without a question."""
    found = deepcopy(document("pages", year))
    for section in found.values():
        section["question"] = [each for each in section.get("question", []) if each["id"] != id]
        section.get("question") or section.pop("question")
    return found


@pytest.fixture
def bodies(db: None) -> list[Body]:
    return [make_prefecture(), *make_cities(range(10, 24))]


@pytest.fixture
def runs(bodies: list[Body]) -> list[Run]:
    """Three rounds: one city leaves after each and, in the last, one question."""
    surveys = [
        a_round(2020, bodies),
        a_round(2021, bodies[:-1]),
        a_round(2022, bodies[:-2], without("training", 2022)),
    ]
    return [publish(survey) for survey in surveys]


def page(client: Client, table: str, query: str = "") -> str:
    response = client.get(f"/report/trend/{table}/{query}")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def cells(table: Table) -> dict[tuple[str, str, str], tuple[int | None, int | None, int | None]]:
    return {
        (cell.row, cell.column, cell.group): (cell.count, cell.base, cell.value)
        for cell in table.cells
        if cell.breakdown == "national"
    }


def naive(run: Run, codes: set[str], question: str, option: str) -> dict[str, tuple[int, int]]:
    """How many of some bodies chose an option, and how many were asked, one by one."""
    found = {"prefecture": [0, 0], "municipality": [0, 0], "total": [0, 0]}
    for body in dataset.register(run.survey):
        answers = dataset.counted_answers(run, [body.code]).get(body.code)
        if body.code in codes and answers and question in asked_anywhere(run.survey.questionnaire, body.kind, answers):
            given = answers.get(question, {})
            chosen = option in (given.get("value"), *given.get("values", ()))
            for side in ("prefecture" if body.kind == "prefecture" else "municipality", "total"):
                found[side][0] += chosen
                found[side][1] += 1
    return {side: (count, base) for side, (count, base) in found.items()}


def test_the_matched_numbers_against_a_naive_count(runs: list[Run]) -> None:
    for before, after in ((runs[0], runs[1]), (runs[1], runs[2])):
        both = set(dataset.counted_answers(before)) & set(dataset.counted_answers(after))
        assert both == panels.matched(before, after) and len(both) == len(dataset.counted_answers(after))
        for question, option in (("cio", "yes"), ("post", "head"), ("history", "cloud")):
            made = RunPanel.objects.table(before, after, question)
            assert made
            for run, table in zip((before, after), made, strict=True):
                expected = naive(run, both, question, option)
                for side, (count, base) in expected.items():
                    if (option, "", side) in cells(table):
                        assert cells(table)[option, "", side][:2] == (count, base), (str(run), question, side)
                    else:
                        assert base == 0 or side == "total"


def test_where_all_answered_in_both_years_the_matched_numbers_are_those_of_all(bodies: list[Body]) -> None:
    runs = [publish(a_round(year, bodies)) for year in (2020, 2021)]
    for id in ("cio", "state", "staff", "training", "use"):
        made = RunPanel.objects.table(*runs, id)
        assert made
        for run, table in zip(runs, made, strict=True):
            whole = report.one(run, id)
            assert whole and cells(table) == cells(whole)


def test_bodies_that_came_out_of_a_merger_are_not_in_both(bodies: list[Body]) -> None:
    before = publish(a_round(2020, bodies[:-1]))
    after = publish(a_round(2021, [bodies[0], bodies[-1]]))
    assert panels.matched(before, after) == {"200000"}


def test_panels_are_made_when_a_run_is_published_and_once_more_when_one_is_missing(runs: list[Run]) -> None:
    pairs = set(RunPanel.objects.values_list("before", "after"))
    assert pairs == {(runs[0].pk, runs[1].pk), (runs[1].pk, runs[2].pk)}
    kept = dict(RunPanel.objects.filter(before=runs[0]).values_list("table", "document"))
    RunPanel.objects.all().delete()
    made = RunPanel.objects.table(runs[0], runs[1], "cio")
    assert made and dict(RunPanel.objects.values_list("table", "document")) == kept
    RunPanel.objects.make(runs[0], runs[1])
    assert RunPanel.objects.count() == len(kept)
    assert RunPanel.objects.table(runs[1], runs[2], "training") is None, "the last round does not ask it"
    assert str(RunPanel.objects.filter(table="cio").first()) == f"{runs[0]}／{runs[1]} cio"


# The pages


def test_the_numbers_of_all_rounds_stand_beside_each_other(client: Client, runs: list[Run]) -> None:
    html = page(client, "cio")
    for run in runs:
        whole = report.one(run, "cio")
        assert whole
        count, base, _ = cells(whole)["yes", "", "municipality"]
        share = Decimal(count or 0) * 100 / (base or 1)
        assert f'{share:.1f}% <span class="tier-base">{count}／{base}</span>' in html
    assert html.count("集計 r1") == 3 * len(TrendPage("cio").trend.sides)
    assert "線がつながらないところ" not in html and "公表した年度がまだ1つ" not in html


def test_a_question_that_is_gone_stays_with_its_break(client: Client, runs: list[Run]) -> None:
    html = page(client, "training")
    assert "令和4年度は、この問をたずねていません。" in html and "≠" in html
    assert "令和2年度から令和3年度への変化" in html, "the last two years that have it"
    index = client.get("/report/trend/").content.decode()
    assert 'href="/report/trend/training/"' in index and "いまはたずねていない問" in index
    assert "いまはたずねていない問" not in index.split('href="/report/trend/cio/"')[0]


def test_an_option_that_is_gone_has_a_line_but_no_change(client: Client, bodies: list[Body]) -> None:
    more = deepcopy(document("pages", 2020))
    (cio,) = (each for section in more.values() for each in section.get("question", []) if each["id"] == "cio")
    cio["option"].append({**cio["option"][0], "code": "soon", "label": {"ja": "予定している", "en": "Planned"}})
    for year, own in ((2020, more), (2021, None), (2022, None)):
        publish(a_round(year, bodies[:3], own))
    html = page(client, "cio")
    assert "令和3年度から「予定している」がなくなりました。" in html
    all_rounds, change = html.split("への変化</h2>")
    assert '<th scope="row">予定している</th>' in all_rounds and "予定している" not in change


def test_the_two_groups_of_bodies_stand_apart(client: Client, runs: list[Run]) -> None:
    html = page(client, "cio")
    assert "令和3年度から令和4年度への変化" in html
    assert "14団体と13団体です" in html and "どちらにも回答した13団体です" in html
    earlier = page(client, "cio", "?to=2021")
    assert "令和2年度から令和3年度への変化" in earlier and 'aria-current="true">令和2年度から令和3年度' in earlier
    assert "15団体と14団体です" in earlier
    assert "令和3年度から令和4年度への変化" in page(client, "cio", "?to=1999")
    found = TrendPage("cio", "", "2021")
    _, lines = found.sides[1]
    before, after = lines[0].matched
    both = set(panels.matched(runs[0], runs[1]))
    assert before and after and (before.count, before.base) == naive(runs[0], both, "cio", "yes")["municipality"]
    assert lines[0].all[0] != before


def test_a_row_of_a_matrix_is_chosen_by_a_plain_form(client: Client, runs: list[Run]) -> None:
    html = page(client, "state", "?row=tax&to=2021")
    assert '<option value="tax" selected>' in html and '<input type="hidden" name="to" value="2021">' in html
    assert "導入予定" in html
    assert '<select name="row"' not in page(client, "cio")


def test_a_table_that_no_round_has_is_not_found(client: Client, runs: list[Run]) -> None:
    assert client.get("/report/trend/nothing/").status_code == 404
    Run.objects.update(edition=None, published_at=None, published_by=None)
    assert client.get("/report/trend/cio/").status_code == 404
    assert "まだありません" in client.get("/report/trend/").content.decode()


def test_with_one_round_the_page_says_so(client: Client, bodies: list[Body]) -> None:
    run = publish(a_round(2020, bodies))
    html = page(client, "cio")
    assert "公表した年度がまだ1つ" in html and "への変化" not in html
    Run.objects.filter(pk=run.pk).update(synthetic=True)
    assert "合成データから計算したものです" in page(client, "cio")
    assert TrendPage("cio").bodies is None and TrendPage("cio").sides == []


def withhold(runs: list[Run], *ids: str) -> None:
    for run in runs:
        Disclosure.objects.decide(run.survey, dict.fromkeys(ids, (False, None)), by=None)


def test_of_a_withheld_question_only_all_bodies_where_one_has_left(client: Client, runs: list[Run]) -> None:
    assert TrendPage("training", to="2021").has_matched
    withhold(runs[:2], "training")
    html = page(client, "training", "?to=2021")
    assert "両方の年に回答した団体だけの数値を並べると" in html and "すべての団体" in html
    assert 'scope="colgroup">両方の年に回答した団体' not in html


def test_of_a_withheld_question_both_where_nothing_small_is_left(client: Client, bodies: list[Body]) -> None:
    cities = bodies[1:]
    runs = [publish(a_round(year, cities)) for year in (2020, 2021)]
    withhold(runs, "training", "cio")
    assert TrendPage("training").has_matched, "all answered in both years"
    assert not TrendPage("post").has_matched, "who stands behind a gate is a group of its own"


def test_those_matched_with_the_year_before_keep_a_later_pair_back(bodies: list[Body]) -> None:
    cities = bodies[1:]
    asked = [cities, cities[:-1], cities[:-1]]
    runs = [publish(a_round(year, own)) for year, own in zip(YEARS, asked, strict=True)]
    withhold(runs, "training")
    assert TrendPage("training", to="2022").has_matched, "13 were matched before, and the same are now"
    assert not TrendPage("training", to="2021").has_matched, "one of 14 is not"


def test_printed_numbers_of_the_shipped_report_stand_in_their_year(client: Client, bodies: list[Body]) -> None:
    publish(a_round(2020, bodies, document("2020", 2020)))
    html = page(client, "fig-01")
    assert '74.5% <span class="tier-base">35／47</span>' in html and "公表値" in html
    series = page(client, "fig-52")
    assert "2008年" in series and "線がつながらないところ" in series and "への変化" not in series
    assert re.search(r"2013年：.{0,20}業務継続計画", series)


def test_queries_do_not_grow_with_the_bodies(
    client: Client, runs: list[Run], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page(client, "cio")
    with django_assert_max_num_queries(3 + 3 * 2 + 5):
        page(client, "cio")
    with django_assert_max_num_queries(4):
        client.get("/report/trend/")


def test_an_entry_of_the_menu_leads_there(client: Client, runs: list[Run]) -> None:
    for place in ("/report/", "/report/2020/", "/report/2020/cio/"):
        html = client.get(place).content.decode()
        assert 'href="/report/trend/"' in html
    assert 'href="/report/2020/explore/"' in html
