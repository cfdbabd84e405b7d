"""A second factor in a real browser: an authenticator app with the keyboard alone, a passkey with a virtual device."""

import time

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django import Settings

from surveys.models import Response, User
from tests.browser.conftest import SignIn, axe
from tests.browser.keyboard import FOCUSED, press
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
DEVICE = {
    **{"protocol": "ctap2", "transport": "internal", "hasResidentKey": True},
    **{"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True},
}


@pytest.fixture(autouse=True)
def fresh(settings: Settings) -> None:
    cache.clear()
    settings.REQUIRE_MFA = True


def looks_right(page: Page) -> None:
    """No fault for axe, and nothing wider than a telephone."""
    assert axe(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})


def type_into(page: Page, name: str, text: str) -> None:
    """Tab to a field and type."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED)["name"] == name:
            page.keyboard.type(text)
            return
    raise AssertionError(f"{name} was not reached with Tab")


def send(page: Page, name: str, text: str) -> None:
    """The same, then Enter."""
    type_into(page, name, text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def code(secret: str, later: int = 0) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + later))


def test_an_app_with_the_keyboard_alone(response: Response, prefecture: User, sign_in: SignIn) -> None:
    page = sign_in("prefecture")
    expect(page.get_by_role("heading", name="サインインの安全")).to_be_visible()
    looks_right(page)
    press(page, "認証アプリを登録する")
    looks_right(page)
    secret = page.locator(".secret").inner_text()
    send(page, "code", code(secret))
    assert page.locator(".codes li").count() == 10
    looks_right(page)
    press(page, "控えたので、つぎへ")
    looks_right(page)
    press(page, "サインアウト")
    looks_right(page)
    type_into(page, "login", "prefecture")
    send(page, "password", PASSWORD)
    assert "2段階の確認" in page.title()
    looks_right(page)
    send(page, "code", "000000")
    expect(page.get_by_role("alert").get_by_text("このコードは使えません")).to_be_visible()
    send(page, "code", code(secret, 1))
    expect(page.get_by_role("button", name="サインアウト")).to_be_visible()


def test_what_was_typed_outlives_a_session_that_has_ended(
    response: Response, officer: User, sign_in: SignIn, settings: Settings
) -> None:
    page = sign_in("officer")
    page.goto("/2020/202037/people/")
    minutes, settings.SESSION_IDLE_MINUTES = settings.SESSION_IDLE_MINUTES, 0
    page.locator('[name="staff|own"]').fill("7")
    page.get_by_text("サインインが切れました").first.wait_for()
    settings.SESSION_IDLE_MINUTES = minutes
    page.get_by_role("link", name="サインインする").first.click()
    expect(page.get_by_text("しばらく操作がなかったので、サインアウトしました")).to_be_visible()
    page.get_by_label("サインインID").fill("officer")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/2020/202037/people/")
    page.locator(".bar-state", has_text="保存しました").wait_for()
    assert page.locator('[name="staff|own"]').input_value() == "7"


def test_a_passkey_signs_in_alone(response: Response, prefecture: User, sign_in: SignIn) -> None:
    page = sign_in("prefecture")
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    page.get_by_role("link", name="パスキーを登録する").click()
    looks_right(page)
    page.evaluate("document.dispatchEvent(new CustomEvent('allauth.error', { cancelable: true }))")
    expect(page.get_by_text("パスキーを使えませんでした")).to_be_visible()
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.get_by_label("このパスキーだけで").check()
    page.get_by_role("button", name="パスキーを登録する").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/codes/")
    page.get_by_text("控えたので、つぎへ").click()
    expect(page.get_by_text("これだけでサインインできます")).to_be_visible()
    page.get_by_role("button", name="サインアウト").click()
    page.get_by_role("button", name="パスキーでサインインする").click()
    page.get_by_role("button", name="サインアウト").wait_for()
    page.goto("/accounts/security/")
    page.get_by_role("link", name="パスキーを外す").click()
    looks_right(page)
    page.get_by_role("button", name="パスキーを外す").click()
    expect(page.get_by_text("2段階の確認を登録してください")).to_be_visible()
    assert refused == []
