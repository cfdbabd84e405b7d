"""The pages of corrections: asking for one without scripts, entering one for the ministry, deciding one at the desk."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from surveys.models import Body, Correction, Response, User
from tests.conftest import signed_in
from tests.factories import COMPLETE, answer, make_member, make_ministry, open_round
from tests.surveys.web_page import WebPage, open_page

HOME = "/2020/202037/"
LIST, PEOPLE = f"{HOME}corrections/", f"{HOME}corrections/people/"
WHY = "前年度の値を入れていました。"
FEWER = {"staff": {"cells": {"own": 1, "outside": 1, "resident": 0}}}


@pytest.fixture
def response(city: Body, nagano: Body) -> Response:
    """Submitted in a round that has closed."""
    found = answer(open_round(), city, COMPLETE, submit=True)
    found.survey.close()
    return found


@pytest.fixture
def reviewer(db: None) -> User:
    return make_ministry("reviewer", "reviewer", name="審査 太郎")


def send(page: WebPage, values: dict[str, Any]) -> Any:
    return page.fill(values).post()


def says(client: Client, url: str) -> str:
    return open_page(client, url).words


def test_the_way_from_the_receipt_to_a_corrected_answer(response: Response, officer: User, reviewer: User) -> None:
    client = signed_in(officer)
    for url in (HOME, f"{HOME}receipt/"):
        assert f'href="{LIST}"' in open_page(client, url).html and "訂正を申し出る" in says(client, url)
    assert f'href="{PEOPLE}#staff.question"' in open_page(client, LIST).html
    assert "これまでの訂正" not in says(client, LIST)
    page = open_page(client, PEOPLE)
    assert page.values["staff|own"] == ["3"], "what was submitted stands in the form"
    sent = send(page, {"staff|own": "1", "staff|outside": "1", "staff|resident": "0", "reason": WHY})
    assert sent.status_code == 302 and sent["Location"] == LIST
    words = says(client, LIST)
    for part in ("小林 直樹さんの申し出 訂正の申し出", f"理由：{WHY}", "申し出を取り消す"):
        assert part in words, part
    asked = Correction.objects.get()
    assert (asked.changes, asked.asked_by) == (FEWER, officer)

    desk = signed_in(reviewer)
    url = reverse("admin:surveys_correction_change", args=[asked.pk])
    found = desk.get(url).content.decode()
    assert WHY in found and "職員" in found
    listed = desk.get(reverse("admin:surveys_correction_changelist") + "?state__exact=asked&round=2020")
    assert listed.context["cl"].result_count == 1
    (line,) = (line for line in desk.get(reverse("admin:index")).context["lines"] if line.title == "訂正の申し出")
    assert line.count == 1 and desk.get(line.url).context["cl"].result_count == 1
    assert WHY in desk.get(reverse("admin:surveys_correction_step", args=[asked.pk, "make"])).content.decode()
    desk.post(reverse("admin:surveys_correction_step", args=[asked.pk, "make"]))
    assert "R2-202037-02" in desk.get(url).content.decode()
    sheet = desk.get(reverse("admin:surveys_response_change", args=[response.pk])).content.decode()
    assert url in sheet and "R2-202037-02" in sheet

    assert "新しい受付番号は R2-202037-02 です。" in says(client, LIST)
    assert "訂正した人（総務省） 審査 太郎さん" in says(client, f"{HOME}receipt/")
    assert client.get(f"{HOME}receipt.pdf").status_code == 200


def test_what_opens_with_an_answer_is_asked_when_it_is_sent(response: Response, officer: User, reviewer: User) -> None:
    Correction.enter(response, {"cio": {"value": "no"}}, WHY, seen="R2-202037-01", by=reviewer)
    client = signed_in(officer)
    page = open_page(client, PEOPLE)
    assert "post" not in page.values
    sent = send(page, {"cio": "yes", "reason": WHY})
    assert sent.status_code == 400 and "まだ選ばれていません" in sent.content.decode()
    assert WHY in sent.content.decode(), "what was typed stays"
    page = WebPage(client, PEOPLE, sent)
    assert page.values["cio"] == ["yes"] and send(page, {"post": "head"}).status_code == 302
    assert Correction.objects.get(state="asked").changes == {"cio": {"value": "yes"}, "post": {"value": "head"}}


@pytest.mark.parametrize(
    ("values", "status", "words"),
    [
        ({"staff|own": "1", "reason": " "}, 400, "訂正の理由を書いてください。"),
        ({"staff|own": "十", "reason": WHY}, 400, "直していただきたいところが1つあります"),
        ({"staff|resident": "99", "reason": WHY}, 400, "直していただきたいところが1つあります"),
        ({"reason": WHY}, 409, "今の回答と違うところがありません"),
        ({"staff|own": "1", "reason": WHY, "submission": "R2-202037-00"}, 409, "この画面を開いたあとに"),
    ],
)
def test_what_is_not_taken_is_said(
    response: Response, officer: User, values: dict[str, str], status: int, words: str
) -> None:
    sent = send(open_page(signed_in(officer), PEOPLE), values)
    assert sent.status_code == status and words in sent.content.decode()
    assert not Correction.objects.exists()


def test_what_was_asked_for_is_taken_back(response: Response, officer: User, approver: User) -> None:
    asked = Correction.ask(response, FEWER, WHY, seen="R2-202037-01", by=officer)
    client = signed_in(approver)
    for words in ("訂正の申し出を取り消しました。", "訂正の申し出を取り消しました。"):
        page = client.post(f"{LIST}withdraw/{asked.pk}/", follow=True)
        assert words in page.content.decode()
    assert "申し出を取消し" in says(client, LIST) and "申し出を取り消す" not in says(client, LIST)


def test_a_declined_one_shows_why(response: Response, officer: User, reviewer: User) -> None:
    asked = Correction.ask(response, FEWER, WHY, seen="R2-202037-01", by=officer)
    desk = signed_in(reviewer)
    step = reverse("admin:surveys_correction_step", args=[asked.pk, "decline"])
    assert desk.post(step, {"reason": ""}).status_code == 200
    desk.post(step, {"reason": "台帳と合いません。"})
    client = signed_in(officer)
    assert "訂正しない理由：台帳と合いません。" in says(client, LIST)
    page = client.post(f"{LIST}withdraw/{asked.pk}/", follow=True)
    assert "この訂正は今「訂正しない」です。" in page.content.decode()
    again = desk.post(reverse("admin:surveys_correction_step", args=[asked.pk, "make"]), follow=True)
    assert "この訂正は今「訂正しない」です。" in again.content.decode()


def test_the_ministry_enters_one_from_the_page_of_the_response(response: Response, reviewer: User) -> None:
    desk = signed_in(reviewer)
    sheet = desk.get(reverse("admin:surveys_response_change", args=[response.pk])).content.decode()
    assert "訂正を入力する" in sheet and f'href="{LIST}"' in sheet
    assert "総務省として回答を訂正します。" in says(desk, LIST)
    assert send(open_page(desk, PEOPLE), {"staff|own": "4", "reason": WHY}).status_code == 302
    assert "総務省の訂正 訂正済" in says(desk, LIST) and "訂正しました。" in says(desk, LIST)
    made = Correction.objects.get()
    assert (made.state, made.asked_by, made.ended_by) == ("made", None, reviewer)
    assert f"{made.response.subject}" == made.subject
    history = desk.get(reverse("admin:surveys_correction_history", args=[made.pk]))
    assert "訂正" in history.content.decode()


VIEWERS = {
    "officer": 200,
    "approver": 200,
    "reviewer": 200,
    "ministry": 404,
    "without_group": 404,
    "neighbour": 404,
    "prefecture": 404,
    "elsewhere": 404,
    "nobody": 404,
}


@pytest.mark.parametrize("person", VIEWERS)
def test_every_role_at_a_response_that_can_be_corrected(
    person: str, response: Response, request: pytest.FixtureRequest, other_city: Body
) -> None:
    client = signed_in(request.getfixturevalue(person))
    asked = Correction.ask(response, FEWER, WHY, seen="R2-202037-01", by=make_member(response.body))
    seen = VIEWERS[person]
    assert [client.get(url).status_code for url in (LIST, PEOPLE)] == [seen, seen]
    assert client.post(PEOPLE, {"reason": WHY}).status_code == (409 if seen == 200 else 404)
    asks = person in ("officer", "approver")
    withdrawn = client.post(f"{LIST}withdraw/{asked.pk}/").status_code
    assert withdrawn == (302 if seen == 200 else 404)
    asked.refresh_from_db()
    assert asked.state == ("withdrawn" if asks else "asked")


STEPS = {"reviewer": (200, 302), "ministry": (200, 403), "officer": (302, 302), "prefecture": (302, 302)}


@pytest.mark.parametrize("person", STEPS)
def test_who_decides_at_the_desk(
    person: str, response: Response, officer: User, request: pytest.FixtureRequest
) -> None:
    asked = Correction.ask(response, FEWER, WHY, seen="R2-202037-01", by=officer)
    client = signed_in(request.getfixturevalue(person))
    step = reverse("admin:surveys_correction_step", args=[asked.pk, "make"])
    page = client.get(reverse("admin:surveys_correction_change", args=[asked.pk])).status_code
    assert (page, client.post(step).status_code) == STEPS[person]
    asked.refresh_from_db()
    assert asked.state == ("made" if person == "reviewer" else "asked")
    sheet = client.get(reverse("admin:surveys_response_change", args=[response.pk])).content.decode()
    assert ("訂正を入力する" in sheet) == (person == "reviewer")
