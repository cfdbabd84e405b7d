"""Changing the definition of a round in a real browser: upload, faults, preview, sample pages, confirmation."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from surveys.models import Survey
from tests.browser.conftest import SignIn, axe
from tests.factories import make_round, make_user
from tests.workbooks import definition_book

pytestmark = pytest.mark.django_db(transaction=True)


def fits(page: Page) -> None:
    """No fault of axe, and no scrolling sideways on a telephone."""
    assert axe(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.fonts.ready.then(() => document.documentElement.scrollWidth)") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_definition_is_changed_in_the_browser(sign_in: SignIn, tmp_path: Path) -> None:
    make_user("soumu", "総務 太郎", is_staff=True, is_superuser=True)
    draft = make_round(2020, "pages").make_next()
    files = {name: tmp_path / f"{name}.xlsx" for name in ("bad", "good")}
    files["bad"].write_bytes(definition_book(draft.document, ("問", "C2", "single")))
    files["good"].write_bytes(definition_book(draft.document, ("問", "H2", "CIOを置いていますか。")))
    page = sign_in("soumu")
    page.goto(f"/admin/surveys/survey/{draft.pk}/change/")
    page.get_by_role("link", name="調査票の変更と見本").click()
    fits(page)
    page.get_by_label("直した調査票").set_input_files(files["bad"])
    page.get_by_role("button", name="読み込んで確かめる").click()
    page.get_by_text("シート「問」のC2").wait_for()
    fits(page)
    page.get_by_label("直した調査票").set_input_files(files["good"])
    page.get_by_role("button", name="読み込んで確かめる").click()
    fits(page)
    with page.expect_popup() as opened:
        page.get_by_role("button", name="見本を開く").click()
    sample = opened.value
    sample.get_by_label("団体の種類").select_option("city")
    sample.get_by_role("button", name="表示する").click()
    sample.get_by_text("CIOを置いていますか。").wait_for()
    sample.get_by_label("任命している", exact=True).check()
    sample.get_by_role("button", name="答えに合わせて表示し直す").click()
    sample.get_by_text("役職").first.wait_for()
    fits(sample)
    page.get_by_label("cioの意味は変わっていない").check()
    page.get_by_role("button", name="入れ替える").click()
    page.get_by_text("調査票を入れ替えました").wait_for()
    assert Survey.objects.get(pk=draft.pk).questionnaire.question_by_id["cio"].text.ja == "CIOを置いていますか。"
