"""A query from the ministry and the prefecture to the body and back, in a real browser, under axe."""

import pytest
from playwright.sync_api import Page, expect

from surveys.models import Query, Response, User
from tests.browser.conftest import SignIn, axe
from tests.factories import COMPLETE, answer, make_body, make_member, make_ministry, make_prefecture, open_round

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = "/2020/202037/people/queries/cio/"


@pytest.fixture
def response() -> Response:
    city, prefecture = make_body(), make_prefecture()
    make_member(city, "editor", "officer")
    make_member(prefecture, "coordinator", "prefecture", name="滝沢 亮")
    make_ministry("reviewer", "shinsa", name="審査 一郎")
    return answer(open_round(), city, COMPLETE, submit=True)


def is_sound(page: Page) -> None:
    """No fault for axe, and no sideways scrolling on a narrow screen either."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert axe(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_reviewer_asks_beside_the_answer_and_the_body_answers(response: Response, sign_in: SignIn) -> None:
    desk = sign_in("shinsa", scripts=False)
    desk.goto(f"/admin/surveys/response/{response.pk}/change/")
    desk.locator("details.part > summary").first.click()
    desk.locator("details.ask > summary").first.click()
    desk.get_by_label("項目1 問1について、団体にたずねること").fill("任命の日をお知らせください。")
    desk.locator("details.ask[open]").get_by_role("button", name="照会する").click()
    expect(desk.get_by_text("任命の日をお知らせください。").first).to_be_visible()

    body = sign_in("officer")
    expect(body.get_by_role("heading", name="照会が1件あります")).to_be_visible()
    is_sound(body)
    body.get_by_role("link", name="1 人 問1").first.click()
    is_sound(body)
    body.get_by_role("link", name="照会に答える").first.click()
    is_sound(body)
    body.get_by_label("照会に答える").fill("4月1日です。")
    body.get_by_role("button", name="照会に答える").click()
    expect(body.get_by_text("照会に答えました。")).to_be_visible()
    assert Query.objects.get().state == Query.State.ANSWERED


def test_the_desk_has_no_fault_with_queries_on_it(response: Response, sign_in: SignIn) -> None:
    reviewer = User.objects.get(sign_in_id="shinsa")
    Query.ask(response, "cio", "任命の日をお知らせください。", by=reviewer)
    desk = sign_in("shinsa")
    for place in (f"{response.pk}/change/", f"{response.pk}/step/send_back/", "?round=2020&state=submitted"):
        desk.goto(f"/admin/surveys/response/{place}")
        for details in desk.locator("details:not([open]) > summary").all():
            if details.is_visible():
                details.click()
        assert axe(desk) == [], place
    desk.goto(PLACE)
    is_sound(desk)


def test_a_coordinator_looks_endorses_and_sends_back(response: Response, sign_in: SignIn) -> None:
    page = sign_in("prefecture")
    expect(page.get_by_role("heading", name="令和2年度 市区町村の回答")).to_be_visible()
    is_sound(page)
    page.get_by_label("確認する：上田市").check()
    page.get_by_role("button", name="選んだ団体の回答を確認する").click()
    is_sound(page)
    page.get_by_role("button", name="回答を確認する").click()
    expect(page.get_by_text("1団体の回答を確認しました。")).to_be_visible()
    page.get_by_role("link", name="上田市").click()
    is_sound(page)
    page.get_by_role("link", name="差し戻す").click()
    is_sound(page)
    page.get_by_label("差戻しの理由").fill("職員数をご確認ください。")
    page.get_by_role("button", name="差し戻す").click()
    expect(page.get_by_text("差し戻しました。")).to_be_visible()
    assert Response.objects.get(pk=response.pk).state == "returned"
