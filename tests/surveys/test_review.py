"""The ministry's review: the queue, what stands beside each answer, asking from there, reasons that were read."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from surveys.models import Body, PeerRange, Query, Response, Survey, User
from tests.conftest import signed_in
from tests.factories import answer, make_body, make_member, make_ministry, open_round
from tests.surveys.settling import CALM, TENFOLD
from tests.surveys.test_admin import act, says, seen, step

LIST = "/admin/surveys/response/"
MOST = 15


@pytest.fixture
def survey(city: Body, other_city: Body, nagano: Body) -> Survey:
    """A round after one in which the city has answered otherwise, with published ranges."""
    earlier = open_round(2020, "doubts")
    answer(earlier, city, {**CALM, "staff": {"cells": {"own": 20, "outside": 3}}}, submit=True)
    place = {"question": "staff", "row": "outside", "column": "count", "kind": "city"}
    PeerRange.objects.create(survey=earlier, **place, band="", low=1, high=5, bodies=12)
    return open_round(2021, "doubts")


@pytest.fixture
def response(survey: Survey, city: Body) -> Response:
    return answer(survey, city, TENFOLD, submit=True)


@pytest.fixture
def reviewer(db: None) -> User:
    return make_ministry("reviewer", "shinsa")


@pytest.fixture
def desk(reviewer: User) -> Client:
    return signed_in(reviewer)


def page_of(response: Response) -> str:
    return reverse("admin:surveys_response_change", args=[response.pk])


def words(found: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", found.content.decode()).split())


@pytest.fixture
def three(response: Response, other_city: Body, nagano: Body) -> list[Response]:
    """Three that wait, in the order of their submission, which is not that of the codes."""
    others = [answer(response.survey, body, CALM, submit=True) for body in (nagano, other_city)]
    return [response, *others]


def test_the_queue_begins_with_who_has_waited_longest(desk: Client, three: list[Response]) -> None:
    page = desk.get(f"{LIST}?round=2021&state=submitted")
    assert "審査待ちの回答（提出の古い順）" in words(page)
    assert [each.pk for each in page.context["cl"].result_list] == [each.pk for each in three]
    assert [each.body.code for each in desk.get(f"{LIST}?round=2021").context["cl"].result_list] == [
        *("200000", "202011", "202037")
    ]


def test_the_queue_says_what_is_open_in_each(
    desk: Client, response: Response, reviewer: User, nagano: Body, officer: User
) -> None:
    make_member(nagano, "coordinator")
    Query.ask(response, "chief", "任命の日をお知らせください。", by=reviewer)
    response.comment("chief", "ministry", "確認中です。", by=officer)
    row = words(desk.get(f"{LIST}?round=2021&state=submitted")).partition("上田市")[2]
    for part in ("回答待ち1", "読んでいません", "まだです"):
        assert part in row
    Query.objects.get().answer("4月1日です。", by=officer)
    assert "回答あり1" in words(desk.get(f"{LIST}?attention=queries_answered"))
    assert response.submission
    response.submission.endorse(by=User.objects.get(memberships__role="coordinator"))
    assert "県の確認あり" in words(desk.get(f"{LIST}?round=2021&state=submitted"))


def test_each_page_leads_to_the_one_before_and_after(desk: Client, three: list[Response]) -> None:
    first, second, third = three
    found = words(desk.get(page_of(second)))
    assert "審査待ち 3件のうち2件目" in found
    assert "前の回答へ：長野県上田市" in found and "つぎの回答へ：長野県長野市" in found
    assert "前の回答へ" not in words(desk.get(page_of(first)))
    assert "つぎの回答へ" not in words(desk.get(page_of(third)))
    step(desk, second, "accept")
    found = words(desk.get(page_of(second)))
    assert "審査待ち 2件" in found and "つぎの回答へ：長野県上田市" in found and "前の回答へ" not in found


def test_an_empty_queue_is_not_shown(desk: Client, survey: Survey, city: Body) -> None:
    assert "審査待ち" not in words(desk.get(page_of(Response.objects.get(survey=survey, body=city))))


def test_beside_an_answer_stand_last_year_and_the_peers(desk: Client, response: Response) -> None:
    staff, _, chief = words(desk.get(page_of(response))).partition("回答 ")[2].partition("問2")
    assert "前回（令和2年度） 変更" in staff and "3人 （+27）" in staff
    assert "種別が同じ12団体の範囲（令和2年度） 範囲の外1" in staff
    assert "1人～5人" in staff and "（今回 30人）" in staff
    assert "変更" not in chief


def test_a_reviewer_asks_from_the_page_and_a_viewer_only_reads(
    desk: Client, response: Response, ministry: User
) -> None:
    page = desk.get(page_of(response)).content.decode()
    url, back = "/2021/202037/people/queries/chief/", f"{page_of(response)}#chief.question"
    assert f'action="{url}"' in page and f'value="{back}"' in page and 'id="chief.query"' in page
    posted = desk.post(url, {"text": "任命の日をお知らせください。", "page": "a", "seen": "0", "next": back})
    assert posted.headers["Location"] == back
    found = desk.get(page_of(response))
    assert "照会 1" in words(found).replace("　", " ") and "任命の日をお知らせください。" in words(found)
    assert "照会のやりとりを見る、照会する" in words(found)
    read = words(signed_in(ministry).get(page_of(response)))
    assert "任命の日をお知らせください。" in read and "照会する" not in read


def test_reasons_are_read_once_for_a_submission(desk: Client, response: Response) -> None:
    assert step(desk, response, "read_reasons") == ["理由を確かめた：1件を済ませました。"]
    found = words(desk.get(page_of(response)))
    assert "理由は、総務 太郎さんが" in found
    assert step(desk, response, "read_reasons") == ["令和3年度 長野県上田市：読んでいない理由はありません。"]


def test_accepting_many_says_what_is_still_open_in_each(
    desk: Client, three: list[Response], reviewer: User, nagano: Body, officer: User
) -> None:
    make_member(nagano, "coordinator")
    asked = Query.ask(three[0], "chief", "任命の日をお知らせください。", by=reviewer)
    Query.ask(three[0], "staff", "数え方をお知らせください。", by=reviewer).answer("台帳です。", by=officer)
    page = act(desk, "surveys_response", "accept", *three)
    found = words(page)
    for part in (
        *("照会の回答待ち 1件", "照会に回答あり 1件", "確かめの理由を読んでいません。"),
        *("県の確認がまだです（なくても受理できます）。", "残っていることはありません。"),
    ):
        assert part in found
    assert page.content.decode().count('name="_selected_action"') == 3
    page = act(desk, "surveys_response", "accept", *three[1:], confirmed="1", **seen(page))
    assert says(page) == ["受理する：2件を済ませました。"]
    assert set(Response.objects.filter(state="accepted").values_list("pk", flat=True)) == {
        each.pk for each in three[1:]
    }
    assert asked.is_open


def test_the_page_that_sends_back_lists_what_the_body_will_see(
    desk: Client, response: Response, reviewer: User, officer: User
) -> None:
    Query.ask(response, "chief", "任命の日をお知らせください。", by=reviewer)
    Query.ask(response, "staff", "もう済みました。", by=reviewer).answer("台帳です。", by=officer)
    response.comment("staff", "remark", "合計をお確かめください。", by=reviewer)
    response.comment("staff", "ministry", "団体の話です。", by=officer)
    response.comment("staff", "remark", "取り消した指摘です。", by=reviewer).withdraw(by=reviewer)
    found = words(desk.get(reverse("admin:surveys_response_step", args=[response.pk, "send_back"])))
    assert "任命の日をお知らせください。" in found and "合計をお確かめください。" in found
    for absent in ("もう済みました。", "団体の話です。", "取り消した指摘です。"):
        assert absent not in found


def test_the_pages_of_the_review_take_few_queries(
    desk: Client, three: list[Response], reviewer: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for question in ("chief", "staff", "deputy"):
        Query.ask(three[0], question, "お知らせください。", by=reviewer)
    make_body("202045", "岡谷市")
    for place in (page_of(three[0]), f"{LIST}?round=2021&state=submitted&attention=reasons_unread"):
        desk.get(place)
        with django_assert_max_num_queries(17, info=place):
            desk.get(place)
    with django_assert_max_num_queries(MOST):
        act(desk, "surveys_response", "send_back", *three)
