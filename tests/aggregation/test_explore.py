"""A number by prefecture, kind and size: what is chosen, what is offered, the map, and the pages."""

import csv
import random
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from aggregation import report
from aggregation.disclosure import Disclosed
from aggregation.explore import Explored, Wanted, explore
from aggregation.models import Run
from aggregation.tables import Table
from aggregation.tabulate import build_all
from surveys.models import Disclosure, Survey
from surveys.tiles import PLACES
from tests.aggregation.makers import body, everyone, questionnaire, table
from tests.factories import answer, make_body, make_prefecture, open_round, publish
from tests.random_answers import complete_answers


def found(table: Table, *wanted: str) -> Explored:
    explored = explore(table, Wanted(*wanted))
    assert explored
    return explored


def shipped(id: str) -> Table:
    made = build_all(questionnaire("2020"), report.specs(), everyone(), report.past(), 2020)
    return next(table for table in made if table.id == id)


def test_each_line_is_the_cell_of_its_group() -> None:
    whole = shipped("fig-01")
    for breakdown in ("prefecture", "kind", "population_band", "national"):
        explored = found(whole, "appointed", "", breakdown)
        own = [cell for cell in whole.cells if cell.row == "appointed" and cell.breakdown == breakdown]
        assert [line.cell for line in explored.lines] == own and own
        assert explored.chosen == Wanted("appointed", "", breakdown) and not explored.is_other
        labels = {group.code: group.label for group in whole.groups if group.breakdown == breakdown}
        assert [line.label for line in explored.lines] == [labels[cell.group] for cell in own]
        assert [line.key for line in explored.whole] == ([] if breakdown == "national" else ["municipality"])


def test_what_is_not_in_the_table_gives_way_to_what_is() -> None:
    explored = found(shipped("fig-01"), "perhaps", "", "moon")
    assert explored.chosen == Wanted("appointed", "", "prefecture") and explored.is_other
    assert found(shipped("fig-01")).is_other is False


def test_a_matrix_has_a_column_to_choose_and_a_series_begins_with_its_latest_year() -> None:
    matrix = found(shipped("fig-32"))
    assert matrix.column and matrix.column.code == matrix.columns[0].code
    series = found(shipped("fig-52"))
    assert series.chosen.column == "2020" and series.breakdowns == ("national",)
    assert series.column and series.column.label.ja == "2020年"
    earlier = found(shipped("fig-52"), "made", "2010")
    assert [line.missing for line in earlier.lines] == [None, None], "who was in the register then is not known"
    assert earlier.notes[-1].ja.startswith("ICT-BCPに限らない")


def test_sums_have_values_without_shares() -> None:
    sums = found(shipped("table-1"))
    assert (sums.has_shares, sums.has_bases, sums.has_bars, sums.breakdowns) == (False, True, False, ("national",))
    assert sums.unit and sums.unit.ja == "人"
    assert not found(shipped("fig-01"), "appointed", "", "kind").unit


def test_the_map_cuts_shares_and_leaves_out_who_was_not_asked() -> None:
    rows = [body(f"01000{n}", "city", {"colour": {"value": "red" if n < 2 else "blue"}}) for n in range(3)]
    rows += [body("020001", "city", {"colour": {"value": "red"}}), body("030001", "city")]
    explored = found(table("colour", questionnaire("single"), rows), "red")
    assert [(place, tile.key, tile.whole_percent, tile.step) for place, tile in explored.tiles] == [
        (PLACES["01"], "01", 66, 2),
        (PLACES["02"], "02", 100, 4),
    ]
    by_share = [(line.key, line.missing) for line in explored.ordered("share")]
    assert by_share == [("02", 0), ("01", 0), ("03", 1)]
    assert [line.key for line in explored.ordered("")] == ["01", "02", "03"]


def test_of_a_withheld_question_only_what_may_be_public_is_offered() -> None:
    rows = [body(f"13{n:04}", "city", {"colour": {"value": "red"}}, 1_000) for n in range(12)]
    whole = table("colour", questionnaire("single"), rows)
    assert found(whole).breakdowns == ("prefecture", "kind", "population_band", "national")
    withheld = Disclosed(frozenset())
    assert found(withheld.table(whole), "red", "", "prefecture").breakdowns == ("kind", "national")
    assert explore(withheld.table(table("colour", questionnaire("single"), rows[:9])), Wanted()) is None


# The pages


@pytest.fixture
def run(db: None) -> Run:
    """Twelve cities of 長野県 have answered, one has not."""
    make_prefecture()
    facts = {"population_source": "国勢調査", "population_date": "2020-04-01"}
    bodies = [make_body(f"202{n}0", f"市{n}", population=9_000 * n, **facts) for n in range(10, 23)]
    survey = open_round(name="pages")
    for seed, each in enumerate(bodies[:-1]):
        answers = complete_answers(survey.questionnaire, each.kind, random.Random(seed))
        answer(survey, each, answers, submit=True)
    return publish(survey)


def page(client: Client, query: str = "", edition: str = "2020") -> str:
    response = client.get(f"/report/{edition}/explore/{query}")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_page_has_the_map_and_the_table_of_prefectures(client: Client, run: Run) -> None:
    html = page(client, "?table=cio&row=yes")
    own = report.public_one(run, "cio")
    assert own
    cell = next(cell for cell in own.cells if cell.row == "yes" and cell.breakdown == "prefecture")
    assert f"（{cell.base}団体中{cell.count}団体）" in html and 'class="tile ' in html
    assert '<a href="/report/2020/bodies/?prefecture=20">長野県</a>' in html
    assert '<td class="number">1</td> </tr>' in html, "one body has not answered"
    assert 'href="/report/2020/cio/"' in html and 'href="/report/trend/cio/"' in html
    assert "割合の高い順にする" in html and "割合の高い順です。" in page(client, "?table=cio&order=share")


def test_bars_stand_for_kinds_and_links_stay_within_an_edition(client: Client, run: Run) -> None:
    html = page(client, "?table=cio&breakdown=kind", "2020-r1")
    assert 'class="bar-part"' in html and 'class="tile ' not in html and "一般市" in html
    assert 'href="/report/2020-r1/cio/"' in html and 'action="/report/2020-r1/explore/"' in html
    assert "全国についてだけ" not in html
    assert "代わりに、ここにあるものを" in page(client, "?table=cio&row=perhaps")


def test_without_a_table_the_first_with_a_breakdown_is_shown(client: Client, run: Run) -> None:
    assert '<option value="cio" selected>' in page(client)
    assert client.get("/report/2020/explore/?table=nothing").status_code == 404
    assert client.get("/report/2021/explore/").status_code == 404
    assert "全国についてだけ集計しています" in page(client, "?table=staff")


def test_where_nothing_is_broken_down_the_first_table_is_shown(client: Client, run: Run) -> None:
    run.tables.exclude(table="staff").delete()
    assert '<option value="staff" selected>' in page(client)
    run.tables.all().delete()
    assert client.get("/report/2020/explore/").status_code == 404


def test_of_a_withheld_question_the_page_says_what_it_leaves_out(client: Client, run: Run) -> None:
    Disclosure.objects.decide(run.survey, {"cio": (False, None)}, by=None)
    html = page(client, "?table=cio&breakdown=prefecture")
    assert "この問は、団体ごとの回答を公表していません" in html and '<option value="prefecture"' not in html
    assert 'class="tile ' not in html and "市区町村" in html
    assert "公表していません" not in page(client, "?table=training")


def test_a_table_without_any_public_number_says_so(client: Client, db: None) -> None:
    survey = few()
    Disclosure.objects.decide(survey, {"cio": (False, None)}, by=None)
    assert "公表できる数値がありません" in page(client, "?table=cio")
    assert client.get("/report/2020/explore.csv?table=cio").status_code == 404


def few() -> Survey:
    city = make_body()
    survey = open_round(name="pages")
    answer(survey, city, complete_answers(survey.questionnaire, "city", random.Random(1)), submit=True)
    publish(survey)
    return survey


def lines(data: bytes) -> Iterator[dict[str, str]]:
    return csv.DictReader(data.decode("utf-8-sig").splitlines())


def test_the_file_holds_what_the_page_shows(client: Client, run: Run) -> None:
    html = page(client, "?table=cio&row=no&breakdown=kind&order=share")
    address = next(part.split('"')[0] for part in html.split('href="') if part.startswith("/report/2020/explore.csv"))
    assert parse_qs(urlsplit(address.replace("&amp;", "&")).query)["row"] == ["no"]
    response = client.get(address.replace("&amp;", "&"))
    assert response["Content-Disposition"] == 'attachment; filename="cio-kind-2020.csv"'
    found = [(line["breakdown"], line["group"], line["row"]) for line in lines(response.content)]
    assert found == [("kind", "city", "no"), ("national", "municipality", "no")]


def test_queries_do_not_grow_with_the_bodies(
    client: Client, run: Run, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page(client)
    with django_assert_max_num_queries(6):
        page(client, "?table=cio")
