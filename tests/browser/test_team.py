"""分担 in a real browser: a slip, a new colleague, and a section finished while the page saves by itself."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from surveys.models import Response, User
from tests.browser.conftest import SignIn, axe
from tests.factories import PASSWORD, make_body, make_member, open_round

pytestmark = pytest.mark.django_db(transaction=True)


def fits(page: Page, heading: str) -> bool:
    """Whether nothing of the page with this heading goes past the edge of a narrow window, and axe finds no fault."""
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    assert axe(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    return bool(width <= 320)


def invited(officer: Page) -> str:
    """Give a section to a new colleague by a slip; returns its code."""
    officer.get_by_role("link", name="分担").click()
    assert fits(officer, "項目を分担する")
    officer.get_by_role("button", name="選んだ項目を渡す").click()
    expect(officer.get_by_role("alert")).to_be_focused()
    officer.get_by_role("link", name="項目：渡す項目を").click()
    officer.get_by_label("1　人").check()
    officer.get_by_label("氏名").fill("柳沢 由紀")
    officer.get_by_label("申し送り").fill("年報の12ページ")
    officer.get_by_role("button", name="選んだ項目を渡す").click()
    assert fits(officer, "回答への招待状")
    return officer.locator(".slip-code").inner_text()


def registered(guest: Page, code: str) -> None:
    """Come with the code of a slip and make an account."""
    guest.goto("/invitation/")
    assert fits(guest, "招待を受ける")
    guest.get_by_label("コード").fill(code.lower().replace("-", " "))
    guest.keyboard.press("Enter")
    guest.get_by_label("サインインID").wait_for()
    assert fits(guest, "招待を受ける")
    guest.get_by_label("サインインID").fill("yanagisawa")
    guest.get_by_label("パスワード", exact=True).fill(PASSWORD)
    guest.get_by_label("パスワード(確認用)").fill(PASSWORD)
    guest.get_by_role("button", name="登録して始める").click()
    assert fits(guest, "令和2年度")


def test_a_colleague_is_invited_by_a_slip_answers_and_finishes(
    sign_in: SignIn, browser: Browser, live_server: LiveServer
) -> None:
    body = make_body()
    make_member(body, sign_in_id="officer", name="小林 直樹", division="情報政策課")
    response = Response.objects.get(survey=open_round(2020, "pages"))
    officer = sign_in("officer")
    code = invited(officer)
    guest = browser.new_context(base_url=live_server.url, locale="ja-JP").new_page()
    registered(guest, code)
    guest.get_by_role("link", name="始める").click()
    assert fits(guest, "人")
    guest.get_by_label("任命していない").check()
    guest.get_by_role("button", name="この項目を終わりにする").click()
    expect(guest.get_by_role("alert").filter(has_text="この項目を終わりにするには、あと4か所")).to_be_focused()
    assert axe(guest) == []
    for row in ("own", "outside", "resident"):
        guest.locator(f"[name='staff|{row}']").fill("1")
    guest.get_by_label("研修").check()
    guest.get_by_role("button", name="この項目を終わりにする").click()
    expect(guest.get_by_text("項目1を終わりにしました。")).to_be_visible()
    assert response.delegations.with_answers().get().is_finished

    officer.get_by_role("link", name="分担", exact=True).click()
    expect(officer.get_by_text("1／1項目")).to_be_visible()
    officer.get_by_role("link", name="柳沢 由紀").click()
    assert fits(officer, "柳沢 由紀さんの担当を引き継ぐ")
    officer.get_by_label("登録のある人").select_option(label="小林 直樹（情報政策課）")
    officer.get_by_role("button", name="この人に引き継ぐ").click()
    expect(officer.get_by_text("引き継ぎました。")).to_be_visible()
    assert guest.goto("/2020/202037/people/").status == 404
    assert User.objects.get(sign_in_id="yanagisawa").places() == set()
    guest.context.close()
