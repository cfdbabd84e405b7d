"""The pages of a comparison, and its file from the command line."""

import random
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from aggregation import comparison_page, report
from aggregation.compare import Compared
from aggregation.comparison import Comparison, compare_body
from aggregation.models import Run
from surveys.models import Body, Response, Survey, User
from tests.aggregation.makers import body as body_row
from tests.aggregation.makers import everyone, questionnaire
from tests.aggregation.test_comparison import compared, now, own
from tests.aggregation.test_long_form import read
from tests.conftest import signed_in
from tests.factories import (
    answer,
    make_body,
    make_member,
    make_ministry,
    make_prefecture,
    make_user,
    open_round,
    publish,
)
from tests.random_answers import complete_answers

PAGES = ("compare", "compare-section")


def url(name: str, code: str = "202037", section: str = "organisation") -> str:
    return reverse(name, args=[2020, code, section] if name == "compare-section" else [2020, code])


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def survey(db: None) -> Survey:
    """A round of the shipped questionnaire: two cities have answered, 上田市 and 松本市."""
    bodies = [make_body(), make_body("202029", "松本市"), make_prefecture()]
    make_body("202011", "長野市", "core_city")
    make_body("100005", "群馬県", "prefecture", prefecture="群馬県")
    survey = open_round(2020, "2020")
    for number, found in enumerate(bodies):
        answers = complete_answers(survey.questionnaire, found.kind, random.Random(number))
        answer(survey, found, answers, submit=True)
    return survey


@pytest.fixture
def run(survey: Survey) -> Run:
    return publish(survey)


@pytest.fixture
def person(survey: Survey) -> User:
    return make_member(Body.objects.get(code="202037"))


def test_who_may_see_a_comparison(survey: Survey, person: User) -> None:
    member = {code: Body.objects.get(code=code) for code in ("202011", "200000", "100005")}
    expected = {
        "own": (person, 200),
        "approver": (make_member(Body.objects.get(code="202037"), "approver"), 200),
        "ministry": (make_ministry(), 200),
        "ministry without a group": (make_user(is_staff=True), 404),
        "coordinator": (make_member(member["200000"], "coordinator"), 200),
        "coordinator elsewhere": (make_member(member["100005"], "coordinator"), 404),
        "neighbour": (make_member(member["202011"]), 404),
        "prefecture's own editor": (make_member(member["200000"]), 404),
        "nobody": (make_user(), 404),
    }
    for name in PAGES:
        got = {who: signed_in(user).get(url(name)).status_code for who, (user, _) in expected.items()}
        assert got == {who: status for who, (_, status) in expected.items()}
        response = Client().get(url(name))
        assert response.status_code == 302 and reverse("account_login") in response["Location"]
        assert signed_in(person).post(url(name)).status_code == 405


def test_an_unknown_section_or_body_is_not_found(survey: Survey, person: User) -> None:
    assert signed_in(person).get(url("compare-section", section="no-such")).status_code == 404
    assert signed_in(person).get(url("compare-section", section="procedures-police")).status_code == 404
    assert signed_in(make_ministry()).get(url("compare", "202045")).status_code == 404


def test_queries_of_the_pages(run: Run, person: User, django_assert_max_num_queries: Any) -> None:
    for name in PAGES:
        client = signed_in(person)
        text(client, url(name))
        with django_assert_max_num_queries(12):
            text(client, url(name))


def test_the_summary_says_what_is_in_place(run: Run, person: User) -> None:
    page = text(signed_in(person), url("compare"))
    found = report.for_body(run, Response.objects.get(body__code="202037"))
    assert f"{found.measures}の取組のうち{found.in_place}が整っています。" in page
    assert found.peers is not None
    assert f"一般市（2団体）の中央値は{found.peers.median_words}、平均は{found.peers.mean}です。" in page
    assert f"計算番号 {run}" not in page and f"3団体、{run}" in page
    assert 'aria-label="上田市 ' in page and "順位は付けません" in page
    assert "「整っている」と数えるものの一覧" in page and "「任命している」" in page


def test_a_section_shows_bars_in_words_and_the_table_behind(run: Run, person: User) -> None:
    page = text(signed_in(person), url("compare-section"))
    assert 'role="img" aria-label="公表値（令和2年度） 84.7%"' in page
    assert "1,474（84.7%）" in page and "公表されていません" in page
    assert "style=" not in page and "<script" not in page
    assert "url(#hatch)" in page
    found = report.for_body(run, Response.objects.get(body__code="202037"))
    assert ("まだ整っていない" in page) == (found.sections[0].in_place < len(found.sections[0].measures))


def test_before_anything_is_published_only_the_baseline_is_there(survey: Survey, person: User) -> None:
    report.compute(survey)
    for name in PAGES:
        page = text(signed_in(person), url(name))
        assert "まだ公表されていません。公表値とだけ比べています。" in page
        assert "一般市（" not in page
    assert 'aria-label="公表値（令和2年度） 84.7%"' in text(signed_in(person), url("compare-section"))


def test_a_later_run_is_not_what_an_earlier_round_is_held_against(run: Run) -> None:
    assert Run.objects.published_until(2019) is None
    assert Run.objects.published_until(2021) == run


def test_a_body_that_has_not_begun_is_told_what_is_unanswered(run: Run) -> None:
    page = text(signed_in(make_member(Body.objects.get(code="202011"))), url("compare-section", "202011"))
    assert "入力中の回答を比べています。" in page and "未回答" in page and "（うかがっていません）" in page


def test_a_year_without_published_numbers(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "baseline_year", lambda year: None)
    page = text(signed_in(person), url("compare-section"))
    assert "比べる相手がありません" in page


def test_the_pages_are_there_in_english(run: Run, person: User) -> None:
    client = signed_in(person)
    client.cookies.load({"django_language": "en"})
    assert "measures are in place" in text(client, url("compare"))
    assert "Published (FY2020) 84.7%" in text(client, url("compare-section"))


# The model of the pages


def cards(found: Comparison, section: str) -> dict[str, comparison_page.Card]:
    (one,) = (each for each in found.sections if each.section.id == section)
    made = comparison_page.cards(one, found.own.kind, found.has_run)
    return {card.question.id: card for card in made}


def test_a_choice_shows_the_favourable_answer_and_the_own_one() -> None:
    mine = everyone()[4]
    answers = {**(mine.answers or {}), "fig-01": {"value": "not_appointed"}}
    card = cards(compared(mine, answers), "organisation")["fig-01"]
    assert [str(each.shown) for each in card.sets] == ["「任命している」の割合", "「任命していない」の割合"]
    assert (card.is_single, card.in_place, [str(each) for each in card.own]) == (True, False, ["任命していない"])
    looks = [bar.look for bar in card.sets[0].bars]
    assert looks == [comparison_page.PEERS, comparison_page.NATION, comparison_page.PUBLISHED]


def test_rows_of_a_matrix_show_the_favourable_state_beside_the_own_one() -> None:
    mine = everyone()[4]
    found = cards(compared(mine), "services-gis")["fig-21"]
    cells = (mine.answers or {})["fig-21"]["cells"]
    columns = {column.code: column.label for column in found.question.columns}
    rows = [row for row in found.question.rows if row.code in cells]
    assert [each.label for each in found.sets] == [row.label for row in rows]
    assert [each.own for each in found.sets] == [(columns[cells[row.code]],) for row in rows]
    assert [each.in_place for each in found.sets] == [cells[row.code] in found.question.favourable for row in rows]
    assert {str(each.shown) for each in found.sets} == {
        f"「{columns[code]}」の割合" for code in found.question.favourable
    }


def test_a_matrix_without_anything_favourable_shows_every_state_until_one_is_chosen() -> None:
    matrix = questionnaire("pages")
    rows = [body_row("010001", answers={"state": {"cells": {"tax": "done"}}})]
    made = cards(compare_body(own(rows[0]), matrix, now(matrix, rows), None), "systems")["state"]
    shown = {str(each.label): (str(each.shown), each.in_place) for each in made.sets if each.label}
    assert shown["税"] == ("「導入済」の割合", None)
    assert [str(each.shown) for each in made.sets[:3]] == [
        f"「{name}」の割合" for name in ("導入済", "導入予定", "予定なし")
    ]


def test_a_prefecture_has_one_group() -> None:
    card = cards(compared(everyone()[0]), "organisation")["fig-01"]
    assert [bar.look for bar in card.sets[0].bars] == [comparison_page.PEERS, comparison_page.PUBLISHED]
    assert [str(group) for group in card.groups] == ["都道府県"]


def test_what_is_not_asked_has_a_table_only() -> None:
    mine = everyone()[4]
    card = cards(compared(mine, {"fig-01": {"value": "not_appointed"}}), "organisation")["fig-02"]
    assert card.sets == () and len(card.lines) > 3


def test_the_numbers_of_a_table() -> None:
    card = cards(compared(everyone()[4]), "organisation")["table-1"]
    found = {str(line.row): line for line in card.lines}
    total = found["所属職員人数"]
    assert card.is_numbers and card.sets == () and len(total.groups) == 2
    assert total.groups[0].first == "2" and total.published == "5.7" and total.change
    assert (found["任期付職員"].published, found["任期付職員"].change) == ("", "")


def small(cell: dict[str, Any]) -> comparison_page.Card:
    found = questionnaire("small")
    rows = [body_row("010001", answers={"use-school": {"cells": {"lending": cell}}}, population=10)]
    made = compare_body(own(rows[0]), found, now(found, rows), None)
    section = found.section_of["use-school"].id
    return cards(made, section)["use-school"]


def test_a_procedure_in_words_beside_the_rate_of_the_nation() -> None:
    card = small({"exists": "yes", "online": "done", "total": 8, "online_count": 3})
    (lending, *_) = card.sets
    assert [str(words) for words in lending.own] == ["手続がある", "オンライン化済み", "オンライン利用率 37.5%"]
    assert [(bar.look, bar.percent) for bar in lending.bars] == [("nation", Decimal("37.5")), ("published", None)]
    assert [str(line.own) for line in card.lines[:3]] == ["はい", "はい", "37.5%"]
    assert [str(words) for words in small({"exists": "no"}).sets[0].own] == ["手続がない"]


def test_the_printed_share() -> None:
    assert comparison_page.printed_share(None) is None
    assert comparison_page.printed_share(Compared(1, 3, Decimal("33.4"), None, None)) == Decimal("33.4")
    assert comparison_page.printed_share(Compared(1, 3, None, None, None)) == Decimal("33.3")
    assert comparison_page.printed_share(Compared(1, None, None, None, None)) is None


def test_a_section_in_the_summary() -> None:
    found = compared(everyone()[4])
    scales = [scale for _, of_chapter in comparison_page.summary(questionnaire("2020"), found) for scale in of_chapter]
    assert len(scales) == len(found.sections)
    for scale in scales:
        if scale.total:
            assert scale.median is not None and scale.own_at is not None and 0 <= scale.own_at <= 100
            order = (scale.found.in_place > scale.median) - (scale.found.in_place < scale.median)
            words = {1: comparison_page.MORE, 0: comparison_page.SAME, -1: comparison_page.LESS}
            assert scale.difference == words[order]
        else:
            assert (scale.difference, scale.median_at) == (None, None)


# The command


def export(*args: str, **options: Any) -> str:
    out = StringIO()
    call_command("export_tables", "2020", "--format", "csv", *args, stdout=out, **options)
    return out.getvalue()


def test_the_comparison_as_a_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "上田市" in export("--body", "202037")
    lines = read((tmp_path / "comparison-2020-202037.csv").read_bytes())
    assert {line["body"] for line in lines} == {"202037"} and {line["origin"] for line in lines} == {"reported"}
    with pytest.raises(CommandError, match="There is no body 999999 in the round of 2020"):
        export("--body", "999999")
    with pytest.raises(CommandError, match="There is no run 999 of 2020"):
        export("--body", "202037", "--run", "999")


def test_before_a_run_the_file_holds_what_was_published(survey: Survey, tmp_path: Path) -> None:
    export("--body", "202037", "--out", str(tmp_path / "own.csv"))
    lines = read((tmp_path / "own.csv").read_bytes())
    assert {line["count"] for line in lines} == {""} and "1474" in {line["baseline_count"] for line in lines}


def test_the_name_of_a_synthetic_file(survey: Survey) -> None:
    Response.objects.update(synthetic=True)
    found = report.for_body(None, Response.objects.get(body__code="202037"))
    assert report.comparison_file_name(found, "csv") == "synthetic-comparison-2020-202037.csv"
