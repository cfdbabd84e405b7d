"""What is said of last year after the section: in the next round, in the review, at the desk."""

import re

import pytest

from surveys.models import Body, Response, User
from tests.conftest import signed_in
from tests.factories import answer, make_member, open_round
from tests.surveys.conftest import EARLIER
from tests.surveys.test_same_pages import PEOPLE, PROCEDURES, SYSTEMS, at, buttons, same, undo
from tests.surveys.web_page import WebPage, open_page


@pytest.fixture
def page(now: Response, officer: User) -> WebPage:
    return open_page(signed_in(officer), PEOPLE)


@pytest.fixture
def other(now: Response, approver: User) -> WebPage:
    """The same page, open in the browser of a second person."""
    return open_page(signed_in(approver), PEOPLE)


def test_each_round_begins_without_confirmations(page: WebPage, now: Response, city: Body) -> None:
    page.press("same", "cio")
    answer(now.survey, city, EARLIER, submit=True)
    open_round(2022, "pages")
    found = open_page(page.client, "/2022/202037/people/")
    assert "前回（令和3年度）の回答" in found.words
    assert "前回と同じと確認" not in found.words
    assert buttons(found) == ["cio", "staff", "training"]


def test_an_import_keeps_what_it_does_not_change(page: WebPage, now: Response, city: Body) -> None:
    page.press("same", "cio").press("same", "staff")
    answer(now.survey, city, {"cio": {"value": "yes"}, "staff": {"cells": {"own": 9, "outside": 2, "resident": 1}}})
    assert (same("cio").keys(), same("staff").keys()) == ({""}, {"outside", "resident"})


def test_the_review_says_what_was_confirmed_and_by_whom(page: WebPage, other: WebPage) -> None:
    review = "/2021/202037/review/"
    assert "前回と同じと確認した回答はありません。" in open_page(page.client, review).words
    page.press("same", "cio").press("same", "staff")
    open_page(other.client, PEOPLE).press("same", "training")
    at(other, "systems").press("same", "state").fill({"state|tax": "none"}).save()
    at(other, "procedures").fill({"use-school|booking|exists": "yes", "use-school|booking|online": "not_done"}).save()
    found = open_page(other.client, review)
    assert "前回と同じと確認した回答 小林 直樹さん 1問と、表の3行 宮澤 明子さん 1問と、表の2行" in found.words
    assert "令和2年度の回答から変わったところ 2" in found.words
    assert "<strong>予定なし</strong>" in found.html and "<strong>導入予定</strong>" not in found.html
    assert f'href="{SYSTEMS}#state.tax.done"' in found.html, "to the row that differs"
    assert f'href="{PROCEDURES}#use-school.booking.exists.yes"' in found.html
    assert len(re.findall(r"宮澤 明子さん \d+月\d+日 \d+:\d\d 見る", found.words)) == 2, "who changed it"


def test_readers_are_led_to_the_answer_in_words(page: WebPage, prefecture: User) -> None:
    page.fill({"cio": "no"}).save()
    client = signed_in(prefecture)
    assert f'href="{PEOPLE}#cio.question"' in open_page(client, "/2021/202037/review/").html
    assert "cio.question" in open_page(client, PEOPLE).ids


def test_the_desk_sees_the_differences_the_confirmations_and_their_history(
    page: WebPage, now: Response, ministry: User
) -> None:
    page = page.fill({"training": ["course"]}).press("same", "cio")
    page.press("unsame", undo(page, "cio")).press("same", "staff")
    words = open_page(signed_in(ministry), f"/admin/surveys/response/{now.pk}/change/").words
    assert "令和2年度の回答から変わったところ 1" in words
    assert "前回と同じと確認した回答 小林 直樹さん 表の3行" in words
    assert "回答を保存 people 小林 直樹 「前回と同じ」を取消し" in words
    assert "回答を保存 people 小林 直樹 画面で" in words


def test_an_officer_of_another_body_sees_nothing_of_it(page: WebPage, other_city: Body) -> None:
    neighbour = signed_in(make_member(other_city))
    assert "前回（" not in open_page(neighbour, "/2021/202011/people/").words
    assert neighbour.get(PEOPLE).status_code == 404
