"""The main job in a real browser: answer the whole shipped questionnaire, submit it, and find it in the tables."""

import random
from typing import Any

import pytest
from playwright.sync_api import Page

from aggregation import report
from surveys.models import Body, Response, Survey
from surveys.questionnaire import Section
from tests.browser import keyboard
from tests.browser.conftest import SignIn, axe
from tests.factories import make_body, make_member, make_prefecture, open_round
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


def count(survey: Survey, table: str, row: str) -> int | None:
    found = report.one(report.compute(survey).run, table)
    assert found is not None
    cells = (
        cell for cell in found.cells if (cell.breakdown, cell.group, cell.row) == ("national", "municipality", row)
    )
    return next(cells).count


def test_an_officer_answers_everything_and_the_approver_submits(survey: Survey, ueda: Body, sign_in: SignIn) -> None:
    answers = complete_answers(survey.questionnaire, ueda.kind, random.Random(5))
    chosen = answers["fig-01"]["value"]
    assert count(survey, "fig-01", chosen) == 0

    page = sign_in("officer")
    assert axe(page) == []
    for section in survey.questionnaire.sections_for(ueda.kind):
        page.goto(f"/2020/{ueda.code}/{section.id}/")
        answer_section(page, survey, section, answers)
    stored = Response.objects.get(body=ueda)
    assert stored.applicable_answers() == answers

    page = sign_in("approver")
    page.goto(f"/2020/{ueda.code}/review/")
    assert axe(page) == []
    keyboard.press(page, "提出する")
    page.get_by_text("R2-202037-01").first.wait_for()
    assert axe(page) == []
    stored.refresh_from_db()
    assert stored.submission is not None and stored.submission.fingerprint[:4] in page.content()
    assert count(survey, "fig-01", chosen) == 1

    page.goto(f"/2020/{ueda.code}/organisation/")
    assert page.locator("form input[type=radio]").count() == 0
    assert axe(page) == []


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
    with page.expect_navigation():
        page.keyboard.press("Enter")
    stored = Response.objects.get(body=ueda).answers()
    assert stored["table-1"]["cells"] == {"own_regular": 12} and stored["fig-01"] == {"value": "appointed"}


def test_two_officers_in_one_section(survey: Survey, ueda: Body, sign_in: SignIn) -> None:
    make_member(ueda, "editor", "colleague", name="中村 真理")
    first, second = sign_in("officer"), sign_in("colleague")
    for page in (first, second):
        page.goto(f"/2020/{ueda.code}/organisation/")
    keyboard.fill(first, {"fig-01": ["appointed"], "fig-05": ["appointed"]}, "保存する")
    keyboard.fill(second, {"fig-01": ["not_appointed"], "fig-03": ["appointed"]}, "保存する")
    assert "2人の回答が違っています" in second.content()
    assert axe(second) == []
    assert Response.objects.get(body=ueda).answers().keys() == {"fig-01", "fig-05"}
    keyboard.fill(second, {"resolve|fig-01": ["mine"]}, "保存する")
    stored = Response.objects.get(body=ueda).answers()
    assert stored["fig-01"] == {"value": "not_appointed"}
    assert stored["fig-05"] == stored["fig-03"] == {"value": "appointed"}


def test_public_pages_in_the_browser(survey: Survey, sign_in: SignIn) -> None:
    report.compute(survey).run.publish(by=None)
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
