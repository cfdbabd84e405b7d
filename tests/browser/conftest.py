"""A real browser against the real server: Chromium through playwright."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.factories import PASSWORD

AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(autouse=True)
def plain_http(settings: Settings) -> None:
    """The server of the tests speaks plain HTTP, as the one of `make demo` does."""
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.SECURE_SSL_REDIRECT = False


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "no Chromium on this machine; install Debian's package chromium"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


class SignIn(Protocol):
    def __call__(self, sign_in_id: str, *, scripts: bool = True) -> Page: ...


@pytest.fixture
def sign_in(browser: Browser, live_server: LiveServer) -> Iterator[SignIn]:
    """Sign a person in through the page, in a browser window of their own."""
    contexts = []

    def signed_in(sign_in_id: str, *, scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale="ja-JP",
            viewport={"width": 1280, "height": 900},
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.set_default_navigation_timeout(60_000)  # a machine that is busy is no fault of a page
        page.goto("/")
        page.get_by_role("link", name="サインイン").click()
        page.get_by_label("サインインID").fill(sign_in_id)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="サインアウト").wait_for()
        return page

    yield signed_in
    for context in contexts:
        context.close()


def axe(page: Page) -> list[str]:
    """The accessibility faults that axe finds on a page, each with its place.

    A page is the same on every database: `make test` looks at it on one of them (WITHOUT_AXE).
    """
    if os.environ.get("WITHOUT_AXE"):
        page.evaluate("document.fonts.ready.then(() => null)")  # axe takes long enough for them to come
        return []
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['target']}: {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def until(found: Callable[[], bool]) -> None:
    """Wait until something holds; fails after ten seconds."""
    end = time.monotonic() + 10
    while not found():
        assert time.monotonic() < end
        time.sleep(0.05)
