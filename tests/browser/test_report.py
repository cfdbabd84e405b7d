"""Anybody reads the report: from the contents to an item and a figure, wide and narrow, by keyboard."""

import random

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import axe
from tests.factories import answer, make_body, make_prefecture, open_round, publish
from tests.random_answers import complete_answers

pytestmark = pytest.mark.django_db(transaction=True)
WIDE, NARROW, LEAST = ({"width": width, "height": 900} for width in (1280, 390, 320))


@pytest.fixture
def report(live_server: LiveServer) -> str:
    """The address of a published report of a prefecture and some cities."""
    bodies = [make_prefecture(), *(make_body(f"20{number}0", f"市{number}") for number in range(210, 213))]
    survey = open_round(2020, "2020")
    for seed, body in enumerate(bodies):
        answer(survey, body, complete_answers(survey.questionnaire, body.kind, random.Random(seed)), submit=True)
    publish(survey)
    return f"{live_server.url}/report/2020/"


def smallest_text(page: Page) -> float:
    """The size in CSS pixels of the smallest text in a chart as it is shown."""
    return page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('.chart svg text')].map(text =>
            parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a))"""
    )


def clipped(page: Page) -> list[str]:
    """Texts of charts that stand out of the page."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.chart svg text')].filter(text => {
            const box = text.getBoundingClientRect();
            return box.left < -1 || box.right > document.documentElement.clientWidth + 1;
        }).map(text => text.textContent)"""
    )


def test_the_report_can_be_read_by_everybody(browser: Browser, report: str) -> None:
    context = browser.new_context(locale="ja-JP", viewport=WIDE)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for place in ("", "data/", "items/1-2/", "items/2-9/", "fig-32/"):
        page.goto(f"{report}{place}")
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            assert axe(page) == [], (place, size)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], place
            assert clipped(page) == [], (place, size)
            assert place in ("", "data/") or smallest_text(page) >= 12, (place, size)
    assert said == []  # nothing that the content policy refuses
    page.set_viewport_size(LEAST)
    assert smallest_text(page) >= 12 and clipped(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= LEAST["width"]
    page.goto(report)
    page.get_by_role("link", name="CIOの役職").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/items/1-2/#fig-02")
    chart = page.get_by_role("img", name="第１図　CIOの任命の有無（市区町村）")
    assert chart.count() == 1 and "対象団体数3。" in (chart.locator("desc").text_content() or "")
    page.locator("#fig-01").get_by_role("link", name="この図へのリンク").click()
    page.wait_for_url("**/report/2020/fig-01/")
    assert page.get_by_role("heading", level=1).text_content()
    context.close()
