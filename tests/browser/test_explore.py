"""Anybody looks at a number by place, at a body, and at a table over the years: without signing in, or scripts."""

import random

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from surveys.models import Body
from tests.browser.conftest import axe
from tests.factories import answer, make_body, make_prefecture, open_round, publish
from tests.random_answers import complete_answers

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = (1280, 390, 320)
PLACES = [
    "/report/2020/explore/?table=cio",
    "/report/2020/explore/?table=cio&order=share",
    "/report/2020/explore/?table=cio&breakdown=kind",
    "/report/2020/explore/?table=cio&breakdown=population_band",
    "/report/2020/explore/?table=state&breakdown=national",
    "/report/2020/bodies/",
    "/report/2020/bodies/?q=市",
    "/report/2020/bodies/202100/",
    "/report/2020/bodies/202150/",
    "/report/2020/bodies/202100/people/",
    "/report/trend/",
    "/report/trend/cio/",
    "/report/trend/state/",
]


def make_rounds() -> None:
    """Two published rounds of a prefecture and six cities; one city answers in neither."""
    make_prefecture()
    facts = {"population_source": "国勢調査", "population_date": "2020-04-01"}
    for number in range(10, 16):
        make_body(f"202{number}0", f"市{number}", population=10_000 * number, **facts)
    for year in (2020, 2021):
        survey = open_round(year, "pages")
        for seed, body in enumerate(Body.objects.exclude(code="202150")):
            answers = complete_answers(survey.questionnaire, body.kind, random.Random(seed + year))
            answer(survey, body, answers, submit=True)
        publish(survey)


@pytest.fixture
def visitor(browser: Browser, live_server: LiveServer) -> Page:
    make_rounds()
    context = browser.new_context(base_url=live_server.url, locale="ja-JP", java_script_enabled=True)
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.set_default_navigation_timeout(60_000)  # a machine that is busy is no fault of a page
    return page


def test_what_the_public_sees_is_accessible_at_every_width(visitor: Page) -> None:
    for place in PLACES:
        visitor.goto(place)
        for width in WIDTHS:
            visitor.set_viewport_size({"width": width, "height": 900})
            assert visitor.evaluate("document.documentElement.scrollWidth") <= width, (place, width)
            assert axe(visitor) == [], (place, width)


def test_from_a_map_to_a_body_to_one_like_it_without_scripts(browser: Browser, live_server: LiveServer) -> None:
    make_rounds()
    page = browser.new_context(base_url=live_server.url, locale="ja-JP", java_script_enabled=False).new_page()
    page.goto("/report/2021/")
    page.get_by_role("navigation", name="主なページ").get_by_role("link", name="都道府県・団体から見る").click()
    page.get_by_label("見る表").select_option("training")
    page.get_by_role("button", name="この表を選ぶ").click()
    page.get_by_label("分け方").select_option("kind")
    page.get_by_role("button", name="表示する").click()
    expect(page.get_by_role("rowheader", name="一般市")).to_be_visible()
    page.get_by_label("分け方").select_option("prefecture")
    page.get_by_role("button", name="表示する").click()
    page.locator(".tile a").click()
    page.get_by_role("link", name="長野県市11").click()
    assert page.get_by_role("heading", level=1).inner_text() == "長野県市11"
    page.get_by_role("link", name="長野県市12").click()
    assert page.get_by_role("heading", level=1).inner_text() == "長野県市12"
    page.get_by_role("link", name="CIOの任命").click()
    assert page.url.endswith("/report/2021/cio/")
    page.get_by_role("link", name="推移", exact=True).click()
    page.get_by_role("link", name="導入状況").click()
    page.get_by_label("区分").select_option("tax")
    page.get_by_role("button", name="表示する").click()
    expect(page.get_by_role("heading", level=2, name="令和2年度から令和3年度への変化")).to_be_visible()
