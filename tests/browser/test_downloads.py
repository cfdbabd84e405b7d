"""Somebody of the public takes the workbook from the page and opens it."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import axe
from tests.factories import COMPLETE, answer, make_body, make_prefecture, open_round, publish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visitor(browser: Browser, live_server: LiveServer) -> Page:
    return browser.new_context(base_url=live_server.url, locale="ja-JP", accept_downloads=True).new_page()


def test_the_workbook_of_a_report_is_taken_and_opened(visitor: Page, tmp_path: Path) -> None:
    ueda = make_body()
    make_prefecture()
    survey = open_round()
    answer(survey, ueda, COMPLETE, submit=True)
    publish(survey)

    visitor.goto("/report/2020/")
    assert axe(visitor) == []
    with visitor.expect_download() as taken:
        visitor.get_by_role("link", name="統計表（Excel・読む用）").click()
    assert taken.value.suggested_filename == "tables-2020.xlsx"
    taken.value.save_as(tmp_path / "tables.xlsx")
    rows = list(load_workbook(tmp_path / "tables.xlsx")["第１図"].iter_rows(values_only=True))
    (appointed,) = (row for row in rows if row[0] == "任命している")
    assert 1 in appointed and 100 in appointed

    visitor.get_by_role("link", name="CIOの任命").click()
    assert axe(visitor) == []
    with visitor.expect_download() as taken:
        visitor.locator("#cio").get_by_role("link", name="CSV").click()
    assert taken.value.suggested_filename == "cio-2020.csv"
    visitor.context.close()
