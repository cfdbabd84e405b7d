"""Last year beside this year on the real pages: what stands there, 「前回と同じ」 and taking it back."""

import re
from copy import deepcopy
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from surveys.models import Event, Response, Survey, User
from surveys.models.sections import SectionAnswers
from tests.conftest import signed_in
from tests.factories import document, open_round
from tests.surveys.test_earlier import LAST
from tests.surveys.web_page import WebPage, open_page

PEOPLE, SYSTEMS, PROCEDURES = (f"/2021/202037/{name}/" for name in ("people", "systems", "procedures"))


@pytest.fixture
def page(now: Response, officer: User) -> WebPage:
    return open_page(signed_in(officer), PEOPLE)


@pytest.fixture
def other(now: Response, approver: User) -> WebPage:
    """The same page, open in the browser of a second person."""
    return open_page(signed_in(approver), PEOPLE)


def at(page: WebPage, section: str) -> WebPage:
    return open_page(page.client, f"/2021/202037/{section}/")


def stored(section: str = "people") -> SectionAnswers:
    return SectionAnswers.objects.get(response__survey__year=2021, section=section)


def same(id: str, section: str = "people") -> dict[str, str]:
    """What is confirmed of a question, and by whom."""
    return {place: by["name"] for place, by in stored(section).marks[id].get("same", {}).items()}


def undo(page: WebPage, id: str) -> str:
    """The value of the button that takes a confirmation back."""
    (found,) = re.findall(rf'name="unsame"\s+value="({id}\|\d+)"', page.html)
    return str(found)


def buttons(page: WebPage) -> list[str]:
    return re.findall(r'name="same"\s+value="([^"]+)"', page.html)


def reasons() -> list[tuple[str, list[str]]]:
    """What the saves of the year brought, by their origin."""
    events = Event.objects.filter(kind="answers.saved", subject__startswith="response 2021-")
    return [(event.reason, sorted(event.after)) for event in events]


# What stands there


def test_last_years_answer_stands_between_the_question_and_its_control(page: WebPage) -> None:
    question = page.html[page.html.index('id="cio.question"') :]
    order = [question.index(part) for part in ('id="cio.title"', "前回（令和2年度）の回答", 'role="radiogroup"')]
    assert order == sorted(order)
    assert "前回（令和2年度）の回答 任命している 前回と同じ ：問1" in page.words
    assert "研修 eラーニング 前回と同じ ：問3" in page.words
    assert buttons(page) == ["cio", "staff", "training"], "one for each question, never for all"
    assert "合計 自動で計算 — 人 前回 5人" in page.words


def test_tables_have_a_column_of_last_year(page: WebPage) -> None:
    found = at(page, "systems").press("same", "state")
    assert found.words.count("前回（令和2年度）") >= 2
    found = found.fill({"state|tax": "none", "shared|none": "used"}).save()
    assert "前回 導入予定 変更" in found.words
    assert "前回 利用している 変更" in found.words and "前回 選択なし 変更" in found.words
    assert "前回 導入済：図書" in found.words
    procedures = at(page, "procedures").fill({"use-school|lending|exists": "yes"}).save()
    assert "前回 有無：有 オンライン：済 総件数：10件 オンライン件数：不明" in procedures.words


def test_what_was_not_asked_is_said(page: WebPage, earlier: Response) -> None:
    submission = earlier.submission
    assert submission
    type(submission).objects.update(document=submission.document.replace('"cio"', '"gone"'))
    assert "（前回は対象外）" in open_page(page.client, PEOPLE).words
    assert "cio" not in buttons(open_page(page.client, PEOPLE))


def test_without_an_earlier_round_the_page_is_as_ever(earlier: Response, officer: User) -> None:
    Survey.objects.filter(year=2020).update(year=2022)
    open_round(2021, "pages")
    page = open_page(signed_in(officer), PEOPLE)
    assert "前回" not in page.words and 'class="earlier' not in page.html
    assert page.press("same", "cio").status == 200
    assert not SectionAnswers.objects.filter(response__survey__year=2021).exists()


def test_last_year_takes_one_query_however_much_is_asked(
    page: WebPage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(14):
        page.client.get(PEOPLE)
    with django_assert_max_num_queries(14):
        page.client.get(SYSTEMS)


def changed_round(change: Any) -> None:
    """A round of 2021 whose questionnaire was changed."""
    changed = deepcopy(document("pages", 2021))
    change({question["id"]: question for file in changed.values() for question in file.get("question", ())})
    Survey.load(2021, changed)[0].open()


def test_an_answer_that_does_not_fit_any_more_is_shown_and_not_taken_over(earlier: Response, officer: User) -> None:
    def change(questions: dict[str, Any]) -> None:
        questions["training"]["option"] = [
            option for option in questions["training"]["option"] if option["code"] != "online"
        ]
        questions["state"]["row"] = [row for row in questions["state"]["row"] if row["code"] != "tax"]
        questions["state"]["row"].append({"code": "new", "label": {"ja": "新", "en": "New"}, "source": "ministry"})

    changed_round(change)
    page = open_page(signed_in(officer), PEOPLE)
    assert "研修 eラーニング 今回の選択肢と合わないため、「前回と同じ」は使えません。" in page.words
    assert "training" not in buttons(page)
    page.press("same", "training")
    assert not SectionAnswers.objects.filter(response__survey__year=2021).exists()
    systems = at(page, "systems")
    assert "未回答のうち2行を前回と同じにする" in systems.words
    assert "対象外" in systems.words, "a new row"
    systems.press("same", "state")
    assert stored("systems").answers["state"] == {
        "cells": {"register": "done", "other": "done"},
        "other_text": {"other": "図書"},
    }


def test_everything_is_said_in_english_too(page: WebPage) -> None:
    page.client.post("/i18n/setlang/", {"language": "en"})
    assert "Previous answer (FY2020) Appointed Same as before : question 1" in open_page(page.client, PEOPLE).words
    assert "Fill in the 3 unanswered rows as before" in at(page, "systems").words
    page = open_page(page.client, PEOPLE).press("same", "cio")
    assert re.search(r"Confirmed as the same \d+ \w+ \d+:\d\d 小林 直樹 Undo: question 1", page.words)


# 前回と同じ


def test_the_button_puts_the_answer_in_place_and_says_who_confirmed_it(page: WebPage) -> None:
    page = page.press("same", "cio")
    assert page.url == f"{PEOPLE}#cio.question", "back to the question"
    assert stored().answers == {"cio": {"value": "yes"}}
    assert same("cio") == {"": "小林 直樹"}
    assert re.search(r"前回と同じと確認 \d+月\d+日 \d+:\d\d 小林 直樹さん 取り消す：問1", page.words)
    assert "cio" not in buttons(page)
    assert page.has("post"), "what the answer opens comes up"
    assert reasons() == [("same", ["cio"])]


def test_what_else_was_typed_is_saved_with_it_under_its_own_origin(page: WebPage) -> None:
    page.fill({"training": ["course"], "staff|own": "7"}).press("same", "cio")
    assert stored().answers.keys() == {"cio", "training", "staff"}
    assert same("training") == same("staff") == {}
    assert reasons() == [("form", ["staff", "training"]), ("same", ["cio"])]


@pytest.mark.parametrize(
    ("section", "id"),
    [
        ("people", "cio"),
        ("people", "post"),
        ("people", "staff"),
        ("people", "training"),
        ("systems", "state"),
        ("systems", "shared"),
        ("procedures", "use-school"),
    ],
)
def test_every_kind_of_question_can_be_taken_over(page: WebPage, section: str, id: str) -> None:
    if id == "post":
        page.press("same", "cio")
    found = at(page, section).press("same", id)
    assert stored(section).answers[id] == LAST[id]
    assert set(same(id, section).values()) == {"小林 直樹"}
    assert id not in buttons(found)


def test_in_a_table_only_empty_rows_are_filled_and_confirmed(page: WebPage) -> None:
    page = page.fill({"staff|own": "30"}).save()
    assert "未回答の2行を前回と同じにする" in page.words
    page = page.press("same", "staff")
    assert stored().answers["staff"] == {"cells": {"own": 30, "outside": 2, "resident": 1}}
    assert same("staff").keys() == {"outside", "resident"}
    assert "2行を前回と同じと確認" in page.words
    assert "前回 3人 （+27）" in page.words


def test_a_row_with_something_that_cannot_be_read_is_left_to_its_person(page: WebPage) -> None:
    page = page.fill({"staff|own": "many"}).press("same", "staff")
    assert page.values["staff|own"] == ["many"]
    assert stored().answers["staff"] == {"cells": {"outside": 2, "resident": 1}}
    assert "staff" not in buttons(page), "the place is not empty"


def test_an_answer_that_was_typed_is_never_replaced(page: WebPage) -> None:
    page = page.fill({"cio": "no"}).press("same", "cio")
    assert stored().answers == {"cio": {"value": "no"}}
    assert same("cio") == {}
    assert "問1には回答が入っているため、前回の回答は入れていません。" in page.words
    assert "前回から変わりました" in page.words


def test_pressed_twice_nothing_more_happens(page: WebPage) -> None:
    again = open_page(page.client, PEOPLE)
    page.press("same", "cio")
    before = stored().marks
    again.press("same", "cio")
    assert (stored().version, stored().marks) == (1, before)
    assert reasons() == [("same", ["cio"])]


def test_a_post_cannot_confirm_what_is_not_on_the_page(page: WebPage) -> None:
    for value in ("days", "state", "nothing", ""):
        page.press("same", value)
        page.press("unsame", f"{value}|1")
    assert not SectionAnswers.objects.filter(response__survey__year=2021).exists()


def test_a_press_is_for_one_question(page: WebPage) -> None:
    page.fill({"same": ["cio", "staff", "training"]}).save()
    assert stored().answers == {"training": LAST["training"]}


def test_who_may_only_read_cannot_confirm(page: WebPage, prefecture: User) -> None:
    page.client = signed_in(prefecture)
    refused = page.press("same", "cio")
    assert refused.status == 403
    assert not SectionAnswers.objects.filter(response__survey__year=2021).exists()


# Two people


def test_another_persons_newer_answer_is_a_conflict(page: WebPage, other: WebPage) -> None:
    other.fill({"cio": "no"}).save()
    page = page.press("same", "cio")
    assert page.status == 409
    assert "あなたの回答 任命している 小林 直樹" in page.words
    assert "宮澤 明子さんの回答（今の回答） 任命していない" in page.words
    assert "cio" not in buttons(page)
    assert (stored().answers, same("cio")) == ({"cio": {"value": "no"}}, {})
    page.fill({"resolve|cio": "mine"}).save()
    assert stored().answers == {"cio": {"value": "yes"}}


def test_the_same_confirmed_by_two_people_is_no_conflict(page: WebPage, other: WebPage) -> None:
    other.press("same", "cio")
    page = page.press("same", "cio")
    assert page.status == 200
    assert same("cio") == {"": "宮澤 明子"}, "the first one did"


def test_each_person_confirms_the_rows_that_are_left(page: WebPage, other: WebPage) -> None:
    other.fill({"staff|own": "3"}).press("same", "staff").fill({"staff|outside": ""}).save()
    assert same("staff") == {"resident": "宮澤 明子"}, "a later change drops the confirmation of its row only"
    page = open_page(page.client, PEOPLE).press("same", "staff")
    assert same("staff") == {"resident": "宮澤 明子", "outside": "小林 直樹"}
    assert page.words.count("1行を前回と同じと確認") == 2


# 取り消す


def test_taking_back_leaves_the_question_unanswered(page: WebPage) -> None:
    page = page.press("same", "cio")
    page = page.press("unsame", undo(page, "cio"))
    assert page.url == f"{PEOPLE}#cio.question"
    assert (stored().answers, same("cio")) == ({}, {})
    assert "cio" in buttons(page)
    assert reasons() == [("same", ["cio"]), ("unsame", ["cio"])]


def test_taking_back_rows_leaves_those_that_were_typed(page: WebPage) -> None:
    page = page.fill({"staff|own": "30"}).press("same", "staff")
    page.press("unsame", undo(page, "staff"))
    assert stored().answers == {"staff": {"cells": {"own": 30}}}
    assert same("staff") == {}


def test_what_was_changed_since_is_not_taken_back(page: WebPage, other: WebPage) -> None:
    page = page.press("same", "cio").press("same", "staff")
    value = undo(page, "staff")
    page.fill({"staff|own": "4"}).press("unsame", value)
    assert stored().answers["staff"] == {"cells": {"own": 4}}, "typed over: it stays, the others go"
    stale = open_page(page.client, PEOPLE)
    value = undo(stale, "cio")
    open_page(other.client, PEOPLE).fill({"cio": "no"}).save()
    stale.press("unsame", value)
    assert stored().answers["cio"] == {"value": "no"}
    assert same("cio") == {}, "an answer that was changed is not confirmed any more"


def test_taking_back_what_another_person_changed_meanwhile_is_a_conflict(page: WebPage, other: WebPage) -> None:
    page = page.fill({"staff|own": "3"}).press("same", "staff")
    value = undo(page, "staff")
    open_page(other.client, PEOPLE).fill({"staff|own": "5"}).save()
    assert page.press("unsame", value).status == 409
    assert stored().answers["staff"] == {"cells": {"own": 5, "outside": 2, "resident": 1}}


def test_taken_back_twice_nothing_more_happens(page: WebPage) -> None:
    page = page.press("same", "cio")
    value, again = undo(page, "cio"), open_page(page.client, PEOPLE)
    page.press("unsame", value)
    again.press("unsame", value)
    assert (stored().answers, stored().version) == ({}, 2)


def test_typing_the_answer_again_does_not_confirm_it(page: WebPage) -> None:
    page = page.press("same", "cio").fill({"cio": "no"}).save()
    assert "前回から変わりました" in page.words
    page = page.fill({"cio": "yes"}).save()
    assert same("cio") == {}
    assert "前回と同じと確認" not in page.words
