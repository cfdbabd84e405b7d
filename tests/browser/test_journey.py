"""The main job in a real browser: answer the whole shipped questionnaire, submit it, and find it in the tables."""

import random
from typing import Any

import pytest
from playwright.sync_api import Page

from aggregation import report
from surveys.models import Body, Response, Survey
from surveys.questionnaire import Section
from surveys.rules import asked
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


def fill(page: Page, section: Section, kind: str, answers: dict[str, Any]) -> None:
    """Answer a section as a person does: what shows first, then what appears after saving."""
    seen: set[str] = set()
    while new := [id for id in asked(section, kind, {id: answers[id] for id in seen}) if id not in seen]:
        for id in new:
            answer_question(page, id, answers[id])
        seen.update(new)
        page.get_by_role("button", name="保存する").click()
        assert page.locator(".question.has-error, [aria-invalid=true]").count() == 0


def answer_question(page: Page, id: str, answer: dict[str, Any]) -> None:
    for value in [answer["value"]] if "value" in answer else answer.get("values", []):
        choose(page, id, value)
    for row, cell in answer.get("cells", {}).items():
        if isinstance(cell, dict):
            for column, value in cell.items():
                place(page, f"{id}|{row}|{column}", value)
        else:
            place(page, f"{id}|{row}", cell)
    for code, text in answer.get("other_text", {}).items():
        page.locator(f'[name="{id}|{code}|other_text"]').fill(text)


def place(page: Page, name: str, value: Any) -> None:
    if isinstance(value, int):
        page.locator(f'input[name="{name}"]:not([type=checkbox])').fill(str(value))
    else:
        choose(page, name, value)


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f'input[name="{name}"][value="{value}"]').check()


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
        fill(page, section, ueda.kind, answers)
    stored = Response.objects.get(body=ueda)
    assert stored.applicable_answers() == answers

    page = sign_in("approver")
    page.goto(f"/2020/{ueda.code}/review/")
    assert axe(page) == []
    page.get_by_role("button", name="提出する").click()
    page.get_by_text("R2-202037-01").first.wait_for()
    assert axe(page) == []
    stored.refresh_from_db()
    assert stored.submission is not None and stored.submission.fingerprint[:4] in page.content()
    assert count(survey, "fig-01", chosen) == 1

    page.goto(f"/2020/{ueda.code}/organisation/")
    assert page.locator("form input[type=radio]").count() == 0
    assert axe(page) == []


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
