"""The main job in a real browser: from the first answer of the whole shipped questionnaire to the published tables."""

import random
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page

from surveys.models import Body, Response, Survey
from surveys.questionnaire import Section
from tests.browser import keyboard
from tests.browser.conftest import SignIn, axe, until
from tests.factories import make_body, make_member, make_ministry, make_prefecture, open_round
from tests.factories import publish as publish_round
from tests.random_answers import complete_answers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ueda() -> Body:
    body = make_body()
    make_prefecture()
    make_member(body, "editor", "officer", name="小林 直樹")
    make_member(body, "approver", "approver", name="宮澤 明子")
    return body


@pytest.fixture
def survey(ueda: Body) -> Survey:
    return open_round(2020, "2020")


def answer_section(page: Page, survey: Survey, section: Section, answers: dict[str, Any]) -> None:
    """Answer a section with the keyboard alone: what shows first, then what appears after saving."""
    own = {id: answer for id, answer in answers.items() if id in section.question_by_id}
    values = keyboard.wanted(survey.questionnaire, own)
    response = Response.objects.get(body__code="202037")
    while response.section(section.id).answers != own:
        before = response.section(section.id).version
        keyboard.fill(page, values, "保存する")
        assert response.section(section.id).version > before, f"{section.id}: nothing more is taken"


def test_the_way_of_a_response_from_the_first_answer_to_the_published_table(
    survey: Survey, ueda: Body, sign_in: SignIn, tmp_path: Path
) -> None:
    """The officer answers everything; the approver submits, withdraws and submits; the ministry sends it back, the
    officer corrects it, the approver submits again; the ministry accepts, recomputes and publishes; somebody opens the
    workbook."""
    make_ministry("manager", "soumu")
    answers = complete_answers(survey.questionnaire, ueda.kind, random.Random(5))
    officer, approver, ministry = sign_in("officer"), sign_in("approver"), sign_in("soumu")

    assert axe(officer) == []
    for section in survey.questionnaire.sections_for(ueda.kind):
        officer.goto(f"/2020/{ueda.code}/{section.id}/")
        answer_section(officer, survey, section, answers)
    assert Response.objects.get(body=ueda).applicable_answers() == answers
    give_reasons(officer, ueda)

    submit(approver, ueda, "R2-202037-01")
    withdraw(approver)
    submit(approver, ueda, "R2-202037-02")
    send_back(ministry, "職員数をご確認ください。")

    officer.goto("/")
    assert "職員数をご確認ください。" in officer.inner_text("main") and axe(officer) == []
    officer.goto(f"/2020/{ueda.code}/organisation/")
    keyboard.fill(officer, {"table-1|own_regular": ["77"]}, "保存する")

    submit(approver, ueda, "R2-202037-03")
    stored = Response.objects.select_related("submission").get(body=ueda)
    assert stored.submission is not None and stored.submission.fingerprint[:4] in approver.content()
    accept(ministry)
    publish(ministry)

    rows = workbook(officer, tmp_path)["第１表"].iter_rows(values_only=True)
    (staff,) = (row for row in rows if row[0] == "一般事務職員（情報主管課に所属する正規職員）")
    assert 77 in staff


def give_reasons(page: Page, body: Body) -> None:
    """Say with the keyboard alone, section by section, that what is doubtful is right."""
    response = Response.objects.get(body=body)
    found: dict[str, dict[str, list[str]]] = {}
    for each in response.doubted():
        section, key = response.survey.questionnaire.section_of[each.doubt.question].id, each.doubt.key
        found.setdefault(section, {}).update({f"settled|{key}": ["right"], f"reason|{key}": ["確かめました。"]})
    assert found, "random answers raise doubts"
    for section, values in found.items():
        page.goto(f"/{response.survey.year}/{body.code}/{section}/")
        keyboard.fill(page, values, "保存する")
    assert all(each.is_settled for each in response.doubted())


def submit(page: Page, body: Body, receipt: str) -> None:
    """The approver looks at the review and submits; afterwards nothing can be changed."""
    page.goto(f"/2020/{body.code}/review/")
    assert axe(page) == []
    keyboard.press(page, "提出する")
    page.get_by_text(receipt).first.wait_for()
    assert axe(page) == []
    page.goto(f"/2020/{body.code}/organisation/")
    assert page.locator("form input[type=radio]").count() == 0
    assert axe(page) == []
    page.goto(f"/2020/{body.code}/receipt/")


def withdraw(page: Page) -> None:
    """From the receipt to the page that says what a withdrawal means, and back to the answers."""
    keyboard.press(page, "提出を取り下げる")
    assert axe(page) == []
    keyboard.press(page, "提出を取り下げる")
    page.get_by_text("提出を取り下げました").wait_for()
    page.goto(f"{page.url}receipt/")
    assert "この提出は取り下げました" in page.inner_text("main") and axe(page) == []


def send_back(page: Page, reason: str) -> None:
    waiting(page)
    keyboard.press(page, "差し戻す")
    assert axe(page) == []
    keyboard.fill(page, {"reason": [reason]}, "差し戻す")
    assert reason in page.inner_text("main") and axe(page) == []


def accept(page: Page) -> None:
    waiting(page)
    keyboard.press(page, "受理する")
    page.get_by_text("1件を済ませました").wait_for()


def waiting(page: Page) -> None:
    """From the work list to the one response that waits for review."""
    page.goto("/admin/")
    keyboard.press(page, "審査を待つ回答")
    keyboard.press(page, "長野県上田市")
    assert axe(page) == []


def publish(page: Page) -> None:
    page.goto("/admin/surveys/survey/")
    keyboard.press(page, "令和2年度")
    keyboard.press(page, "受付を終える")
    keyboard.press(page, "受付を終える")
    page.get_by_text("1件を済ませました").wait_for()
    page.goto("/admin/aggregation/run/")
    keyboard.press(page, "令和2年度を計算し直す")
    keyboard.press(page, "公表する")
    keyboard.press(page, "公表する")
    page.get_by_text("1件を済ませました").wait_for()


def workbook(page: Page, folder: Path) -> Workbook:
    """The national tables as the report offers them."""
    page.goto("/report/2020/")
    with page.expect_download() as taken:
        page.get_by_role("link", name="統計表（Excel・読む用）").click()
    taken.value.save_as(folder / taken.value.suggested_filename)
    return load_workbook(folder / taken.value.suggested_filename)


def test_an_error_is_met_and_mended_by_keyboard(survey: Survey, ueda: Body, sign_in: SignIn) -> None:
    page = sign_in("officer")
    page.goto(f"/2020/{ueda.code}/organisation/")
    keyboard.fill(page, {"table-1|own_regular": ["十二"], "fig-01": ["appointed"]}, "保存する")
    assert page.title().startswith("直すところ")
    assert page.evaluate("document.activeElement.textContent").count("直していただきたいところ")
    assert axe(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "table-1|own_regular"
    page.keyboard.press("Control+A")
    page.keyboard.type("12")
    keyboard.submit(page)
    stored = Response.objects.get(body=ueda).answers()
    assert stored["table-1"]["cells"] == {"own_regular": 12} and stored["fig-01"] == {"value": "appointed"}


def test_a_response_without_scripts(ueda: Body, sign_in: SignIn) -> None:
    """From the first answer to the receipt, and back, in a browser that runs no scripts."""
    survey = open_round(2021, "pages")
    answers = complete_answers(survey.questionnaire, ueda.kind, random.Random(5))
    officer, approver = sign_in("officer", scripts=False), sign_in("approver", scripts=False)
    for section in survey.questionnaire.sections_for(ueda.kind):
        officer.goto(f"/2021/{ueda.code}/{section.id}/")
        answer_section(officer, survey, section, answers)
    assert Response.objects.get(body=ueda).applicable_answers() == answers
    for number in (1, 2):
        approver.goto(f"/2021/{ueda.code}/review/")
        keyboard.press(approver, "提出する")
        approver.get_by_text(f"R3-202037-0{number}").first.wait_for()
        if number == 1:
            keyboard.press(approver, "提出を取り下げる")
            keyboard.press(approver, "提出を取り下げる")


def test_two_officers_in_one_section(survey: Survey, ueda: Body, sign_in: SignIn) -> None:
    make_member(ueda, "editor", "colleague", name="中村 真理")
    first, second = sign_in("officer"), sign_in("colleague")
    for page in (first, second):
        page.goto(f"/2020/{ueda.code}/organisation/")
    keyboard.fill(first, {"fig-01": ["appointed"], "fig-05": ["appointed"]}, "保存する")
    keyboard.fill(second, {"fig-01": ["not_appointed"], "fig-03": ["appointed"]}, "保存する")
    until(lambda: Response.objects.get(body=ueda).answers().keys() == {"fig-01", "fig-05", "fig-03"})
    assert Response.objects.get(body=ueda).answers()["fig-01"] == {"value": "appointed"}
    second.locator(".bar-state", has_text="選ぶところ1つ").wait_for()
    assert "2人の回答が違っています" in second.content()
    assert axe(second) == []
    assert second.evaluate("document.activeElement.id") == "fig-01.mine", "the choice takes the focus"
    for key in ("Space", "Tab"):
        second.keyboard.press(key)
    keyboard.submit(second)
    stored = Response.objects.get(body=ueda).answers()
    assert stored["fig-01"] == {"value": "not_appointed"}
    assert stored["fig-05"] == stored["fig-03"] == {"value": "appointed"}


def test_public_pages_in_the_browser(survey: Survey, sign_in: SignIn) -> None:
    publish_round(survey)
    page = sign_in("officer")
    for path in (
        "/report/",
        "/report/2020/",
        "/report/2020/fig-01/",
        "/report/2020/fig-33/",
        "/report/2020/table-2-1/",
    ):
        page.goto(path)
        assert axe(page) == [], path
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        page.set_viewport_size({"width": 1280, "height": 900})
