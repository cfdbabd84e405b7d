"""団体ごとの公表 at the desk: who says what may be public, and what that means for everybody before it is saved."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from surveys.admin.disclosing import decided, effects, sections, seen
from surveys.models import Disclosure, Event, Survey
from tests.conftest import signed_in
from tests.factories import make_body, make_ministry, open_round, questionnaire

OPEN = dict.fromkeys(questionnaire("pages").parts, (True, None))
TODAY = date(2021, 2, 1)
LATER = date(2021, 3, 31)


def told(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, list[str]]]:
    found = effects(questionnaire("pages"), {**OPEN, **before}, {**OPEN, **after}, TODAY)
    return [(effect.words[:7], [question.id for question in effect.questions]) for effect in found]


def test_what_a_change_means_for_the_public() -> None:
    closed, waiting = (False, None), (True, LATER)
    assert told({}, {}) == []
    assert told({"staff": closed}, {}) == [("令和3年2月1", ["staff"])]
    assert told({"staff": closed}, {"staff": waiting}) == [("令和3年3月3", ["staff"])]
    assert told({}, {"staff": waiting}) == [*(("令和3年3月3", ["staff"]), ("団体ごとの回答", ["staff"]))]
    assert told({"staff": waiting}, {"staff": closed}) == [("予定していた公", ["staff"])]
    assert told({"staff": (True, TODAY)}, {}) == []


def test_what_stands_behind_a_gate_goes_with_it() -> None:
    assert told({}, {"cio": (False, None)}) == [("団体ごとの回答", ["cio", "post", "days"])]
    assert told({"cio": (True, LATER)}, {}) == [("令和3年2月1", ["cio", "post", "days"])]
    assert told({"cio": (False, None)}, {"cio": (False, None), "post": (False, None)}) == []


def test_each_question_stands_on_the_page_once() -> None:
    """A table that is asked in parts too; a section of nothing but later parts is left out."""
    found = questionnaire("2020")
    shown = [row.id for _, rows in sections(found, dict.fromkeys(found.parts, (True, None)), {}) for row in rows]
    assert sorted(shown) == sorted(found.parts)


@pytest.fixture
def survey(db: None) -> Survey:
    make_body()
    return open_round(name="pages")


@pytest.fixture
def desk(survey: Survey) -> Client:
    return signed_in(make_ministry("manager", "manager"))


def url(survey: Survey) -> str:
    return reverse("admin:surveys_survey_disclosure", args=[survey.pk])


def form(survey: Survey, closed: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    found = decided(survey)
    return {"seen": seen(found), "public": [id for id in found if id not in closed], **more}


def test_a_change_is_shown_first_and_then_saved_at_once(survey: Survey, desk: Client) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    data = form(survey, ("cio", "shared"), **{"since.staff": str(tomorrow), "since.cio": "2021-01-01"})
    page = desk.post(url(survey), data)
    assert "すぐに見られなくなります" in page.content.decode() and not Disclosure.objects.exists()
    assert f'name="since.staff" value="{tomorrow}"' in page.content.decode()
    saved = desk.post(url(survey), {**data, "save": "1"}, follow=True)
    assert "団体ごとの公表を保存しました" in saved.content.decode()
    assert {id: each for id, each in decided(survey).items() if each != (True, None)} == {
        **{"cio": (False, None), "shared": (False, None), "staff": (True, tomorrow)}
    }
    event = Event.objects.get(kind="survey.disclosed")
    assert event.after == {"cio": "no", "shared": "no", "staff": str(tomorrow)} and event.actor
    again = desk.get(url(survey)).content.decode()
    assert "次の問の回答から分かってしまう" in again and "第１図 CIOの任命" in again
    assert (
        "公表されるものは変わりません"
        in desk.post(url(survey), form(survey, ("cio", "shared"), **{"since.staff": str(tomorrow)})).content.decode()
    )


def test_a_date_that_is_none_is_said(survey: Survey, desk: Client) -> None:
    page = desk.post(url(survey), {**form(survey, **{"since.staff": "31.3.2021"}), "save": "1"})
    assert page.status_code == 400 and "読めない日付が1つあります" in page.content.decode()
    assert 'value="31.3.2021"' in page.content.decode() and not Disclosure.objects.exists()


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(survey: Survey, desk: Client) -> None:
    data = form(survey)
    Disclosure.objects.decide(survey, {"cio": (False, None)}, by=None)
    page = desk.post(url(survey), {**data, "save": "1"})
    assert page.status_code == 409 and "ほかの人が変えました" in page.content.decode()
    assert decided(survey)["cio"] == (False, None)


def test_who_only_reads_changes_nothing(survey: Survey) -> None:
    viewer = signed_in(make_ministry("viewer", "viewer"))
    page = viewer.get(url(survey)).content.decode()
    assert "公表で変わることを確かめる" not in page and page.count("disabled") >= 2 * len(survey.questionnaire.parts)
    assert viewer.post(url(survey), {**form(survey, ("cio",)), "save": "1"}).status_code == 403
    assert not Disclosure.objects.exists()


def test_the_page_of_the_round_leads_here(survey: Survey, desk: Client) -> None:
    page = desk.get(reverse("admin:surveys_survey_change", args=[survey.pk])).content.decode()
    assert f'href="{url(survey)}"' in page
