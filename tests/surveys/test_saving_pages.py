"""Saving through the real pages: as a browser without JavaScript does it, with one or two people at work."""

from typing import Any

import pytest

from surveys.models import Body, Event, Response, User
from surveys.models.sections import SectionAnswers
from tests.conftest import signed_in
from tests.surveys.web_page import WebPage, open_page

URL = "/2020/202037/people/"


@pytest.fixture
def page(response: Response, officer: User) -> WebPage:
    return open_page(signed_in(officer), URL)


@pytest.fixture
def other(response: Response, approver: User) -> WebPage:
    """The same page, open in the browser of a second person."""
    return open_page(signed_in(approver), URL)


def stored(section: str = "people") -> dict[str, Any]:
    found = SectionAnswers.objects.filter(section=section).first()
    return found.answers if found else {}


def test_a_partial_answer_is_saved_and_newly_applicable_questions_appear(page: WebPage) -> None:
    assert not page.has("post")
    page = page.fill({"cio": "yes", "staff|own": "3"}).save()
    assert stored() == {"cio": {"value": "yes"}, "staff": {"cells": {"own": 3}}}
    assert page.status == 200
    assert page.has("post")
    assert "問1で「任命している」を選んだ団体にうかがいます。" in page.words
    assert "保存しました" in page.words


def test_hidden_answers_come_back(page: WebPage) -> None:
    page = page.fill({"cio": "yes"}).save().fill({"post": "deputy"}).save().fill({"cio": "no"}).save()
    assert not page.has("post")
    assert stored()["post"] == {"value": "deputy"}
    page = page.fill({"cio": "yes"}).save()
    assert page.values["post"] == ["deputy"]


def test_what_cannot_be_read_stays_on_the_page_and_the_rest_is_saved(page: WebPage) -> None:
    page = page.fill({"cio": "no", "staff|own": "3", "staff|outside": "2人"}).save("next")
    assert stored() == {"cio": {"value": "no"}, "staff": {"cells": {"own": 3}}}
    assert page.values["staff|outside"] == ["2人"]
    assert "直していただきたいところが1つあります" in page.words
    assert 'href="#staff.outside"' in page.html
    page = page.fill({"staff|outside": "2"}).save()
    assert stored()["staff"] == {"cells": {"own": 3, "outside": 2}}
    assert "直していただきたい" not in page.words


def test_an_inconsistent_answer_is_saved_and_shown_at_its_place(page: WebPage) -> None:
    page = page.fill({"staff|own": "1", "staff|outside": "2", "staff|resident": "5"}).save()
    assert stored()["staff"] == {"cells": {"own": 1, "outside": 2, "resident": 5}}
    assert "問2 うち常駐：常駐は外部の人数までです。" in page.words
    assert "要修正" in open_page(page.client, "/2020/202037/").words


def test_an_exclusive_choice_beside_others_is_shown_at_its_question(page: WebPage) -> None:
    page = page.fill({"training": ["course", "none"]}).save()
    assert "「特に実施していない」は、ほかの選択肢といっしょには選べません。" in page.words


def test_save_and_next_goes_on_although_something_is_missing(page: WebPage) -> None:
    page = page.fill({"cio": "no"}).save("next")
    assert page.url == "/2020/202037/systems/"
    assert open_page(page.client, "/2020/202037/procedures/").save("next").url == "/2020/202037/review/"


def test_a_save_without_a_change_writes_no_version(page: WebPage) -> None:
    page = page.fill({"cio": "no"}).save()
    page.save()
    assert SectionAnswers.objects.get().version == 1


# Two people


def test_changes_to_different_questions_are_merged(page: WebPage, other: WebPage) -> None:
    other.fill({"cio": "yes"}).save()
    page = page.fill({"training": ["course"]}).save()
    assert stored() == {"cio": {"value": "yes"}, "training": {"values": ["course"]}}
    assert "問1は宮澤 明子さん（" in page.words
    assert "の回答を取り込みました。" in page.words
    assert page.has("post"), "what the other person's answer opened stands on the page"


def test_the_same_answer_by_two_people_is_no_conflict(page: WebPage, other: WebPage) -> None:
    other.fill({"cio": "yes"}).save()
    assert "2人の回答が違っています" not in page.fill({"cio": "yes"}).save().words


@pytest.fixture
def conflict(page: WebPage, other: WebPage) -> WebPage:
    other.fill({"cio": "yes"}).save().fill({"post": "deputy"}).save()
    return page.fill({"cio": "no", "staff|own": "7", "staff|outside": "x"}).save()


def test_with_a_conflict_nothing_is_stored_and_nothing_is_lost(conflict: WebPage) -> None:
    assert conflict.status == 409
    assert stored() == {"cio": {"value": "yes"}, "post": {"value": "deputy"}}
    assert "2人の回答が違っています。どちらを残しますか" in conflict.words
    assert "あなたの回答 任命していない 小林 直樹" in conflict.words
    assert "宮澤 明子さんの回答（今の回答） 任命している 宮澤 明子" in conflict.words
    assert "resolve|cio" not in conflict.values, "none is preselected"
    assert conflict.values["staff|own"] == ["7"]
    assert conflict.values["staff|outside"] == ["x"]


def test_an_undecided_conflict_is_asked_again_and_the_rest_is_saved(conflict: WebPage) -> None:
    again = conflict.fill({"staff|own": "8"}).save()
    assert again.status == 409
    assert "conflict|cio" in again.values
    assert "保存しました（選ぶところ1つ）" in again.words
    assert stored() == {"cio": {"value": "yes"}, "post": {"value": "deputy"}, "staff": {"cells": {"own": 8}}}
    assert again.fill({"resolve|cio": "mine"}).save().status == 200
    assert stored()["cio"] == {"value": "no"}


def test_a_page_has_no_conflict_with_what_it_saved_itself(page: WebPage) -> None:
    """The answer to a save got lost on the way; the page goes on with the version it knows."""
    page.client.post(page.url, {**page.values, "cio": "yes"})
    page = page.fill({"cio": "no"}).save()
    assert page.status == 200 and stored()["cio"] == {"value": "no"}


def test_another_page_of_the_same_person_is_another_page(page: WebPage) -> None:
    """Two people of a small office may share a sign-in."""
    open_page(page.client, URL).fill({"cio": "yes"}).save()
    assert page.fill({"cio": "no"}).save().status == 409


@pytest.mark.parametrize(("choice", "value"), [("mine", "no"), ("theirs", "yes")])
def test_the_chosen_answer_stays(conflict: WebPage, choice: str, value: str) -> None:
    after = conflict.fill({"resolve|cio": choice, "staff|outside": "1"}).save()
    assert after.status == 200
    assert stored()["cio"] == {"value": value}
    assert stored()["staff"] == {"cells": {"own": 7, "outside": 1}}
    assert after.has("post") == (choice == "theirs")


def test_a_third_change_while_deciding_is_a_conflict_again(conflict: WebPage, approver: User) -> None:
    open_page(signed_in(approver), URL).fill({"cio": []}).save()
    again = conflict.fill({"resolve|cio": "mine", "staff|outside": "1"}).save()
    assert again.status == 409
    assert "staff" not in stored()


def test_a_bad_value_over_an_answer_changed_meanwhile_is_a_conflict(page: WebPage, other: WebPage) -> None:
    other.fill({"staff|own": "5"}).save()
    assert page.fill({"staff|own": "many"}).save().status == 409
    assert stored()["staff"] == {"cells": {"own": 5}}


def test_a_conflict_in_a_question_that_is_hidden_now_is_shown(page: WebPage, other: WebPage) -> None:
    other = other.fill({"cio": "yes"}).save()
    page = open_page(page.client, URL)
    other.fill({"post": "deputy", "cio": "no"}).save()
    page = page.fill({"post": "head"}).save()
    assert page.status == 409
    assert "conflict|post" in page.values


def test_a_conflict_in_a_table_shows_the_rows_that_differ(page: WebPage, other: WebPage) -> None:
    other.fill({"staff|own": "5", "staff|outside": "1"}).save()
    page = page.fill({"staff|own": "5", "staff|outside": "2"}).save()
    assert "あなたの回答 外部： 2人 合計： 7人" in page.words
    assert "職員： 5人" not in page.words


# What the state or the role does not allow


def complete(page: WebPage) -> None:
    """Answer everything."""
    open_page(page.client, URL).fill(
        {"cio": "no", "staff|own": "1", "staff|outside": "1", "staff|resident": "0", "training": ["none"]}
    ).save()
    open_page(page.client, "/2020/202037/systems/").fill(
        {"state|register": "none", "state|tax": "none", "state|other": "none", "shared|none": "used"}
    ).save()
    open_page(page.client, "/2020/202037/procedures/").fill(
        {"use-school|lending|exists": "no", "use-school|booking|exists": "no"}
    ).save()


def test_a_submitted_response_is_read_only_until_it_is_sent_back(
    page: WebPage, other: WebPage, response: Response, approver: User, ministry: User
) -> None:
    complete(page)
    late = open_page(page.client, URL)
    answer = other.client.post("/2020/202037/submit/", follow=True)
    assert "受付番号は R2-202037-01 です。" in answer.content.decode()
    response.refresh_from_db()
    assert response.submission
    assert response.submission.fingerprint[:4] in answer.content.decode()

    late = late.fill({"staff|own": "9"}).save()
    assert late.status == 409
    assert "提出済みのため、変更できません。" in late.words
    assert late.values["staff|own"] == ["9"], "what was typed is not lost"
    assert open_page(page.client, URL).controls == {}
    assert stored()["staff"]["cells"]["own"] == 1

    response.send_back("職員数をお確かめください。", by=ministry)
    assert "職員数をお確かめください。" in open_page(page.client, URL).words
    receipt = open_page(page.client, "/2020/202037/receipt/").words
    assert "R2-202037-01" in receipt and "差戻し" in receipt
    assert "R2-202037-01" not in open_page(page.client, "/2020/202037/answers/").words, "these may differ by now"
    late.save()
    assert stored()["staff"]["cells"]["own"] == 9
    assert Event.objects.filter(kind="answers.saved").count() == 4


def test_who_may_only_read_cannot_save(response: Response, officer: User, prefecture: User, city: Body) -> None:
    page = open_page(signed_in(officer), URL).fill({"cio": "yes"})
    page.client = signed_in(prefecture)
    refused = page.save()
    assert refused.status == 403
    assert "この回答を変える権限がありません。" in refused.words
    assert stored() == {}


def test_an_incomplete_response_is_not_submitted(page: WebPage, other: WebPage, response: Response) -> None:
    page.fill({"cio": "no"}).save()
    answer = other.client.post("/2020/202037/submit/")
    assert answer.status_code == 409
    assert "提出するには、あと" in answer.content.decode()
    complete(page)
    assert page.client.post("/2020/202037/submit/").status_code == 403, "only the approver submits"
    response.refresh_from_db()
    assert response.submission is None
