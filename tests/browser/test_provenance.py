"""Anybody follows a number to the bodies behind it, without signing in, or scripts."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import axe
from tests.factories import COMPLETE, answer, make_body, make_prefecture, open_round, publish

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = (1280, 390, 320)
PLACES = [
    "cio/cells/yes/-/national/municipality/",
    "cio/cells/no/-/kind/city/",
    "post/cells/head/-/national/municipality/",
    "staff/cells/own/count/national/municipality/",
    "use/cells/tax/estimate/national/total/",
    "use/cells/all/rate/national/total/",
]


def make_report() -> None:
    """Two cities have answered, a third and the prefecture have not."""
    cities = [make_body(), make_body("202088", "小諸市"), make_body("202100", "東御市")]
    make_prefecture()
    survey = open_round()
    for city in cities[:2]:
        answer(survey, city, COMPLETE, submit=True)
    publish(survey)


def test_the_page_of_a_number_is_accessible_at_every_width(browser: Browser, live_server: LiveServer) -> None:
    make_report()
    page = browser.new_context(base_url=live_server.url, locale="ja-JP").new_page()
    for place in PLACES:
        page.goto(f"/report/2020/{place}")
        assert page.get_by_role("heading", level=1).count() == 1, place
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (place, width)
            assert axe(page) == [], (place, width)


def test_from_a_number_to_a_body_without_scripts(browser: Browser, live_server: LiveServer) -> None:
    make_report()
    page = browser.new_context(base_url=live_server.url, locale="ja-JP", java_script_enabled=False).new_page()
    page.goto("/report/2020/cio/")
    page.locator('a[href$="/cio/cells/yes/-/national/municipality/"]').first.click()
    page.get_by_role("link", name="上田市").click()
    assert page.get_by_role("heading", level=1).inner_text() == "長野県上田市"
