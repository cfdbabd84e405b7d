"""訂正 in a real browser, by keyboard: asked for, made, published as r2 by somebody else."""

import pytest
from playwright.sync_api import Page

from aggregation.models import Run
from surveys.models import Correction
from tests.browser import keyboard
from tests.browser.conftest import SignIn, axe
from tests.factories import COMPLETE, answer, make_body, make_member, make_ministry, open_round, publish

pytestmark = pytest.mark.django_db(transaction=True)


def is_well(page: Page) -> None:
    assert axe(page) == [], page.url
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.fixture
def place() -> str:
    """The pages of a city whose answers are published as r1."""
    body = make_body()
    make_member(body, "approver", "approver", name="宮澤 明子")
    make_ministry("manager", "reviewer", name="訂正 太郎")
    make_ministry("manager", "publisher", name="公表 花子")
    survey = open_round()
    answer(survey, body, COMPLETE, submit=True)
    publish(survey)
    return f"/2020/{body.code}/"


def test_from_a_mistake_to_the_errata_of_the_next_edition(place: str, sign_in: SignIn) -> None:
    ask(sign_in("approver"), place)
    make(sign_in("reviewer"))
    assert Correction.objects.get().state == "made"
    publish_next(sign_in("publisher"))
    assert [run.edition for run in Run.objects.order_by("pk")] == [1, 2]


def ask(page: Page, place: str) -> None:
    page.goto(f"{place}receipt/")
    keyboard.press(page, "訂正を申し出る")
    is_well(page)
    page.goto(f"{place}corrections/people/")
    is_well(page)
    keyboard.fill(page, {"staff|resident": ["99"]}, "訂正を申し出る")
    assert page.title().startswith("直すところ")
    is_well(page)
    values = {"staff|own": ["1"], "staff|outside": ["1"], "staff|resident": ["0"], "reason": ["前年度の値でした。"]}
    keyboard.fill(page, values, "訂正を申し出る")
    page.get_by_text("訂正を申し出ました。").wait_for()
    is_well(page)


def make(page: Page) -> None:
    for text in ("訂正の申し出", "長野県上田市", "訂正する"):
        keyboard.press(page, text)
        is_well(page)
    keyboard.press(page, "訂正する")
    page.get_by_text("1件を済ませました").wait_for()


def publish_next(page: Page) -> None:
    keyboard.press(page, "公表していない訂正")
    keyboard.press(page, "令和2年度を計算し直す")
    keyboard.press(page, "公表する")
    is_well(page)
    keyboard.press(page, "公表する")
    page.get_by_text("正誤表（r2で変わった欄）").wait_for()
    page.locator(".errata details summary").first.click()
    is_well(page)
