"""A soft check in a browser: it comes up while typing, its reason is saved as it is typed, and axe finds nothing."""

import pytest
from playwright.sync_api import Page, expect

from surveys.models import Response
from tests.browser.conftest import SignIn, axe
from tests.browser.test_autosave import bar, type_in, until
from tests.factories import answer, make_body, make_member, make_user, open_round
from tests.surveys.test_doubts import CALM

pytestmark = pytest.mark.django_db(transaction=True)
URL, KEY = "/2021/202037/people/", "staff-tenfold.staff.outside.count"


@pytest.fixture
def response() -> Response:
    body = make_body()
    make_member(body, "editor", "officer", name="小林 直樹")
    make_user("soumu", "総務 太郎", is_staff=True, is_superuser=True)
    answer(open_round(2020, "doubts"), body, CALM, submit=True)
    return answer(open_round(2021, "doubts"), body, CALM)


@pytest.fixture
def page(response: Response, sign_in: SignIn) -> Page:
    found = sign_in("officer")
    found.goto(URL)
    return found


def narrow(page: Page) -> int:
    """How wide the page is at the least width."""
    page.set_viewport_size({"width": 320, "height": 800})
    found: int = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def test_a_reason_is_given_while_typing(page: Page, response: Response, sign_in: SignIn) -> None:
    type_in(page, "staff|outside", "30")
    bar(page, "確かめるところ1つ")
    box = page.locator(".doubt")
    assert not box.locator("textarea").is_visible(), "the reason opens with its choice"
    assert axe(page) == []
    page.get_by_label("30人で正しい").click()
    box.locator("textarea").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("4月から開発要員を委託先に置いている。", delay=10)
    until(lambda: response.reasons().get(KEY, {}).get("text", "").endswith("置いている。"))
    bar(page, r"保存しました\s*$")
    assert page.evaluate("document.activeElement.name") == f"reason|{KEY}"
    assert box.locator(".error").count() == 0
    assert axe(page) == [] and narrow(page) == 320
    page.goto("/2021/202037/review/")
    assert axe(page) == [] and narrow(page) == 320
    page.get_by_role("link", name="直す").click()
    expect(page.locator(".doubt")).to_be_visible()
    desk = sign_in("soumu")
    desk.goto(f"/admin/surveys/response/{response.pk}/change/")
    assert "理由：「4月から開発要員を" in desk.inner_text("body")
    assert axe(desk) == []
    desk.set_viewport_size({"width": 390, "height": 800})
    assert desk.evaluate("document.documentElement.scrollWidth") <= 390
