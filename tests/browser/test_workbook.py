"""Somebody takes the questionnaire as a workbook, fills it in, brings it back, checks it and takes it in."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page

from surveys.models import Body, Response, Survey, User
from tests.browser.conftest import SignIn, axe
from tests.conftest import signed_in
from tests.factories import questionnaire
from tests.surveys.web_page import open_page
from tests.workbooks import cell_of

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = questionnaire("pages")


def fill(path: Path, *answers: tuple[tuple[str, str], object]) -> Path:
    book = load_workbook(path)
    for (sheet, cell), value in answers:
        book[sheet][cell] = value
    book.save(path)
    return path


def bring(page: Page, path: Path) -> None:
    page.get_by_label("記入した調査票").set_input_files(path)
    page.get_by_role("button", name="読み込んで確かめる").click()


def test_the_workbook_goes_down_and_up(
    survey: Survey, city: Body, officer: User, approver: User, sign_in: SignIn, tmp_path: Path
) -> None:
    page = sign_in("officer")
    page.get_by_role("link", name="調査票を受け取る、読み込む").click()
    assert axe(page) == []
    with page.expect_download() as taken:
        page.get_by_role("link", name="今の回答が入った調査票").click()
    assert taken.value.suggested_filename == "survey-2020-202037.xlsx"
    path = tmp_path / "回答.xlsx"
    taken.value.save_as(path)

    own, cio = cell_of(PAGES, "staff", "own", "count"), cell_of(PAGES, "cio")
    bring(page, fill(path, (own, "3人"), (cio, "任命していない")))
    page.get_by_role("heading", name="直していただきたいところが1つあります").wait_for()
    assert axe(page) == []
    assert page.get_by_role("button", name="取り込む").count() == 0
    page.get_by_role("link", name="ほかのファイルを読み込む").click()

    open_page(signed_in(approver), "/2020/202037/people/").fill({"cio": "yes"}).save()
    bring(page, fill(path, (own, 3)))
    page.get_by_text("1か所が変わります。").wait_for()
    assert axe(page) == []
    page.get_by_role("radio", name="Excelの回答").check()
    page.get_by_role("button", name="取り込む").click()
    page.get_by_text("Excelの回答を取り込みました（2問）。").wait_for()
    assert axe(page) == []
    found = Response.objects.get(survey=survey, body=city).answers()
    assert found == {"cio": {"value": "no"}, "staff": {"cells": {"own": 3}}}
