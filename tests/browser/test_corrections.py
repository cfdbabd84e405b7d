"""訂正 in a real browser, by keyboard and without scripts: asked for, made, published as r2 by somebody else."""

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


def test_from_a_mistake_to_the_errata_of_the_next_edition(sign_in: SignIn) -> None:
    body = make_body()
    make_member(body, "approver", "approver", name="宮澤 明子")
    make_ministry("manager", "reviewer", name="訂正 太郎")
    make_ministry("manager", "publisher", name="公表 花子")
    survey = open_round()
    answer(survey, body, COMPLETE, submit=True)
    publish(survey)

    approver = sign_in("approver")
    approver.goto(f"/2020/{body.code}/receipt/")
    keyboard.press(approver, "訂正を申し出る")
    is_well(approver)
    approver.goto(f"/2020/{body.code}/corrections/people/")
    is_well(approver)
    keyboard.fill(approver, {"staff|resident": ["99"]}, "訂正を申し出る")
    assert approver.title().startswith("直すところ")
    is_well(approver)
    values = {"staff|own": ["1"], "staff|outside": ["1"], "staff|resident": ["0"], "reason": ["前年度の値でした。"]}
    keyboard.fill(approver, values, "訂正を申し出る")
    approver.get_by_text("訂正を申し出ました。").wait_for()
    is_well(approver)

    desk = sign_in("reviewer")
    keyboard.press(desk, "訂正の申し出")
    is_well(desk)
    keyboard.press(desk, "長野県上田市")
    is_well(desk)
    keyboard.press(desk, "訂正する")
    is_well(desk)
    keyboard.press(desk, "訂正する")
    desk.get_by_text("1件を済ませました").wait_for()
    assert Correction.objects.get().state == "made"

    other = sign_in("publisher")
    keyboard.press(other, "公表していない訂正")
    keyboard.press(other, "令和2年度を計算し直す")
    keyboard.press(other, "公表する")
    is_well(other)
    keyboard.press(other, "公表する")
    other.get_by_text("正誤表（r2で変わった欄）").wait_for()
    other.locator(".errata details summary").first.click()
    is_well(other)
    assert [run.edition for run in Run.objects.order_by("pk")] == [1, 2]
