"""Soft checks through the real pages: asked where they stand, and settled with a reason."""

import re

import pytest
from pytest_django import DjangoAssertNumQueries

from surveys.dossier import Dossier
from surveys.models import Body, Event, PeerRange, Response, Survey, User
from surveys.models.sections import Given
from tests.conftest import signed_in
from tests.factories import answer, make_member, open_round
from tests.surveys import settling
from tests.surveys.settling import HOME, KEY, REVIEW, TENFOLD, URL, WHY, reasons, settle
from tests.surveys.test_doubts import CALM, PEERS
from tests.surveys.web_page import WebPage, open_page

survey, response, page, other = settling.survey, settling.response, settling.page, settling.other


def test_a_doubt_is_asked_where_it_stands_and_settled_with_a_reason(page: WebPage, response: Response) -> None:
    assert "この数字でよろしいですか 外部が、前回の10倍です。" in page.words
    assert "前回（令和2年度） 3人 今回 30人" in page.words
    assert f"settled|{KEY}" not in page.values, "nothing is preselected"
    assert "総務省と都道府県の担当者が読みます" in page.words
    page = settle(page)
    assert page.values[f"settled|{KEY}"] == ["right"] and page.values[f"reason|{KEY}"] == [WHY]
    assert reasons(response) == {KEY: (WHY, "小林 直樹")}
    event = Event.objects.latest("id")
    assert (event.kind, event.subject, event.before) == ("reasons.saved", "response 2021-202037 people", {KEY: None})
    assert event.after[KEY]["text"] == WHY
    count = Event.objects.count()
    page.save()
    assert Event.objects.count() == count, "saving again says nothing new"


def test_a_reason_is_needed_and_must_not_be_too_long(page: WebPage, response: Response) -> None:
    page = settle(page, " ")
    assert "直していただきたいところが1つあります" in page.words and "理由を書いてください" in page.words
    assert f'href="#reason.{KEY}"' in page.html and f"reason.{KEY}" in page.controls
    page = settle(page, "長" * 501)
    assert "理由は500字までで書いてください。" in page.words
    assert page.values[f"reason|{KEY}"] == ["長" * 501], "what was typed is not lost"
    assert reasons(response) == {}


def test_other_sections_and_answers_are_saved_beside_an_open_doubt(page: WebPage, response: Response) -> None:
    page = page.fill({"staff|outside": "31"}).save("next")
    assert page.url == f"{HOME}systems/", "going on is not blocked"
    assert "保存しました（確かめるところ1つ）" in page.words
    assert response.answers()["staff"]["cells"]["outside"] == 31


def test_who_mends_the_answer_takes_the_reason_back(page: WebPage, response: Response) -> None:
    page = settle(page).fill({f"settled|{KEY}": "mend"}).save()
    assert reasons(response) == {} and f"settled|{KEY}" not in page.values
    page = page.fill({"staff|outside": "3"}).save()
    assert "よろしいですか" not in page.words
    kinds = list(Event.objects.filter(kind__endswith=".saved").values_list("kind", flat=True))
    assert kinds == ["reasons.saved", "reasons.saved", "answers.saved"]


def test_other_facts_are_asked_about_again_with_the_old_reason(page: WebPage, response: Response) -> None:
    page = settle(page).fill({"staff|outside": "40"}).save()
    assert f"settled|{KEY}" not in page.values and page.values[f"reason|{KEY}"] == [WHY]
    assert "回答が変わる前に小林 直樹さん" in page.words
    page = page.save()
    assert f"settled|{KEY}" not in page.values, "a reason is never taken over by itself"
    page = page.fill({f"settled|{KEY}": "right"}).save()
    assert page.values[f"settled|{KEY}"] == ["right"]
    assert page.fill({"staff|outside": "30"}).save().values.get(f"settled|{KEY}") is None


def test_a_reason_for_facts_that_changed_in_the_same_post_is_kept_as_a_suggestion(page: WebPage) -> None:
    page = settle(page.fill({"staff|outside": "50"}))
    assert f"settled|{KEY}" not in page.values and page.values[f"reason|{KEY}"] == [WHY]


@pytest.mark.parametrize("basis", ["x" * 500, "-", "f" * 64 + "-" + "g" * 99])
def test_what_is_no_doubt_of_the_section_is_not_taken(page: WebPage, response: Response, basis: str) -> None:
    for key in ("made-up.staff.own", "system-gone.system.tax", "staff-tenfold.staff.outside"):
        page.values |= {f"doubted|{key}": [basis], f"settled|{key}": ["right"], f"reason|{key}": ["x"]}
    page.values[f"doubted|{KEY}"] = [basis]
    settle(page)
    assert set(reasons(response)) <= {KEY}
    assert not Dossier.find(User.objects.get(sign_in_id="officer"), 2021, "202037").doubted[0].is_settled


def test_a_reason_where_nothing_was_answered_is_not_stored(survey: Survey, city: Body, officer: User) -> None:
    response = survey.responses.get(body=city)
    response.save_section("people", {}, seen={}, by=officer, reasons={KEY: Given("x", "y", "")})
    assert response.reasons() == {} and not response.sections.exists()


def test_a_doubt_between_sections_links_to_the_other_answer(response: Response, officer: User) -> None:
    answer(response.survey, response.body, {**CALM, "product": {"cells": {"register": "done", "tax": "done"}}})
    page = open_page(signed_in(officer), f"{HOME}products/")
    assert "この2つの回答でよろしいですか" in page.words
    assert 'href="../systems/#system.tax.done"' in page.html and 'href="#product.tax.done"' in page.html
    assert "2 システム 問1「システムの導入」へ" in page.words
    assert page.controls.keys() <= page.labelled and len(page.ids) == len(set(page.ids))
    described = re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', page.html)
    assert {id for ids in described for id in ids.split()} <= set(page.ids)
    inside = {**CALM, "measures": {"values": ["drill"]}, "chief": {"value": "no"}}
    answer(response.survey, response.body, {id: inside[id] for id in inside if id != "deputy"})
    assert 'href="#chief.yes"' in open_page(signed_in(officer), URL).html


def test_the_ministry_reads_the_reason_of_a_prefecture(nagano: Body) -> None:
    answer(open_round(2020, "doubts"), nagano, {id: CALM[id] for id in CALM if id != "product"}, submit=True)
    survey = open_round(2021, "doubts")
    answer(survey, nagano, {id: TENFOLD[id] for id in TENFOLD if id != "product"})
    page = open_page(signed_in(make_member(nagano)), "/2021/200000/people/")
    assert "理由（総務省の担当者が読みます）" in page.words


def test_everything_is_said_in_english_too(page: WebPage, other: WebPage, officer: User, approver: User) -> None:
    for user in (officer, approver):
        user.name = "Naoki"
        user.save()
    settle(page, "A contractor.").client.post("/i18n/setlang/", {"language": "en"})
    for url in (HOME, URL, REVIEW, f"{HOME}answers/"):
        words = re.sub("長野県上田市|日本語|小林 直樹|宮澤 明子", "", open_page(page.client, url).words)
        assert not re.findall(r"[ぁ-んァ-ン一-龠]+", words), url
    assert "Outside: 10 times last time’s number." in open_page(page.client, URL).words


def test_the_pages_take_no_more_queries_with_more_doubts(
    page: WebPage, response: Response, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    changed = {**TENFOLD, "chief": {"value": "no"}, "measures": {"values": ["drill"]}}
    answer(response.survey, response.body, {id: changed[id] for id in changed if id != "deputy"})
    for url in (HOME, URL, REVIEW):
        page.client.get(url)
        with django_assert_max_num_queries(16, info=url):
            assert page.client.get(url).status_code == 200


def test_peers_are_part_of_the_facts(response: Response, officer: User) -> None:
    earlier = Survey.objects.get(year=2020)
    own = PEERS["staff", "own", "count"]
    PeerRange.objects.create(
        survey=earlier, question="staff", row="outside", column="count", kind="city", low=0, high=own.high, bodies=158
    )
    assert "種別が同じ158団体の範囲（令和2年度、両端の5％を除く） 0～40人" in open_page(signed_in(officer), URL).words
