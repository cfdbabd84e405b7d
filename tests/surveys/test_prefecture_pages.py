"""The pages of the coordinator of a prefecture: the municipalities, endorsing one and many, sending back."""

import csv
import re
from datetime import timedelta
from io import StringIO
from random import Random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.models import Body, MailingItem, Query, Response, Submission, Survey, User
from surveys.models.dates import Dates
from tests.conftest import member_too, signed_in
from tests.factories import answer, make_body, make_member, make_ministry, make_response, make_round, open_round
from tests.random_answers import complete_answers
from tests.surveys.test_pages import HOME
from tests.surveys.web_page import open_page

LIST, ENDORSE, SEND_BACK = "/prefecture/2020/", "/prefecture/2020/endorse/", f"{HOME}send-back/"


@pytest.fixture
def client_of(prefecture: User) -> Client:
    return signed_in(prefecture)


@pytest.fixture
def submitted(response: Response, other_city: Body) -> Response:
    """The city and its neighbour have submitted."""
    answers = complete_answers(response.survey.questionnaire, "city", Random(1))
    answer(response.survey, other_city, answers, submit=True)
    return answer(response.survey, response.body, answers, submit=True)


def receipts(submission_number: int = 1) -> list[str]:
    return [f"R2-{code}-{submission_number:02}" for code in ("202011", "202037")]


def endorsed() -> set[str]:
    return set(Submission.objects.exclude(endorsed_at=None).values_list("receipt", flat=True))


def test_the_list_shows_the_municipalities_of_the_prefecture_and_what_waits(
    submitted: Response, client_of: Client, officer: User, survey: Survey
) -> None:
    reviewer = make_ministry("reviewer")
    Query.ask(submitted, "cio", "任命の日をお知らせください。", by=reviewer)
    Query.ask(submitted, "staff", "数え方をお知らせください。", by=reviewer).answer("台帳です。", by=officer)
    survey.set_dates(Dates(timezone.now() + timedelta(days=9)), by=None)
    page = open_page(client_of, LIST)
    assert "2団体" in page.words and "提出期限" in page.words and "長野県" in page.words
    assert "すべて 2" in page.words and "提出済 2" in page.words and "県の確認がまだ 2" in page.words
    row = page.words.partition("上田市")[2]
    assert "提出済" in row and "回答待ち1件 回答あり1件" in row and re.search(r"(\d+)／\1問", row)
    assert "群馬県" not in page.words and "ご自身が答える回答" not in page.words
    found = {show: open_page(client_of, f"{LIST}?show={show}").html for show in ("queries_open", "draft", "nothing")}
    assert "上田市" in found["queries_open"] and "長野市" not in found["queries_open"]
    assert "当てはまる団体はありません。" in found["draft"] and "当てはまる団体はありません。" in found["nothing"]


def test_what_is_begun_and_not_begun_is_told_apart(response: Response, officer: User, client_of: Client) -> None:
    assert "未着手 2" in open_page(client_of, LIST).words
    response.save_section("people", {"cio": {"value": "yes"}}, seen={}, by=officer)
    words = open_page(client_of, LIST).words
    assert "入力中 1" in words and "未着手 1" in words and "県の確認がまだ" not in words


def test_the_file_has_a_line_for_each_municipality(submitted: Response, client_of: Client, prefecture: User) -> None:
    assert submitted.submission
    submitted.submission.endorse(by=prefecture)
    Response.objects.filter(body__code="202011").update(name="=長野市")
    file = client_of.get(f"{LIST}municipalities.csv")
    assert file.headers["Content-Disposition"] == 'attachment; filename="municipalities-2020-20.csv"'
    lines = list(csv.DictReader(StringIO(file.content.decode("utf-8-sig"))))
    assert [(line["団体コード"], line["団体"], line["状態"]) for line in lines] == [
        ("202011", "'=長野市", "提出済"),
        ("202037", "上田市", "提出済"),
    ]
    assert lines[0]["県の確認"] == "" and re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d$", lines[1]["県の確認"])
    assert lines[1]["受付番号"] == "R2-202037-01" and lines[1]["提出期限"] == ""


def test_home_leads_to_the_list_and_the_own_response_stands_there(
    survey: Survey, prefecture: User, nagano: Body, client_of: Client
) -> None:
    assert client_of.get("/").headers["Location"] == LIST
    member_too(prefecture, nagano, "editor")
    page = open_page(client_of, LIST)
    assert "ご自身が答える回答：長野県" in page.words and 'href="/2020/200000/"' in page.html
    open_round(2021, "pages")
    assert client_of.get("/").headers["Location"] == "/prefecture/2021/"
    assert f'href="{LIST}"' in open_page(client_of, "/prefecture/2021/").html


def test_before_the_first_round_there_is_no_list(prefecture: User, client_of: Client) -> None:
    make_body()
    make_round(2020, "pages")
    assert client_of.get(LIST).status_code == 404
    assert "今、答えていただく調査はありません。" in open_page(client_of, "/").words


def test_many_are_endorsed_after_a_page_that_lists_them(
    submitted: Response, client_of: Client, officer: User, prefecture: User
) -> None:
    query = Query.ask(submitted, "cio", "任命の日をお知らせください。", by=prefecture)
    assert client_of.post(ENDORSE).headers["Location"] == LIST
    assert "団体が選ばれていません。" in open_page(client_of, LIST).words
    page = client_of.post(ENDORSE, {"receipt": receipts()}).content.decode()
    assert page.count("checked") == 2 and "照会・回答待ち1件" in page and endorsed() == set()
    query.answer("4月1日です。", by=officer)
    assert "照会・回答あり1件" in client_of.post(ENDORSE, {"receipt": receipts()}).content.decode()
    client_of.post(ENDORSE, {"receipt": receipts()[1:], "confirmed": "1"})
    assert endorsed() == {"R2-202037-01"}
    assert "1団体の回答を確認しました。" in open_page(client_of, LIST).words


def test_what_was_submitted_again_meanwhile_is_not_endorsed(
    submitted: Response, client_of: Client, approver: User
) -> None:
    submitted.withdraw("R2-202037-01", by=approver)
    submitted.submit(by=approver)
    client_of.post(ENDORSE, {"receipt": receipts(), "confirmed": "1"})
    words = open_page(client_of, LIST).words
    assert "1団体の回答を確認しました。" in words and "1件は、提出し直されたか、もう確認されている" in words
    assert endorsed() == {"R2-202011-01"}


def test_what_changes_at_that_very_moment_is_said(
    submitted: Response, client_of: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Response, "COUNTED", ())
    client_of.post(ENDORSE, {"receipt": receipts()[1:], "confirmed": "1"})
    assert "最後の提出ではありません" in open_page(client_of, LIST).words and endorsed() == set()


def test_one_is_endorsed_on_its_page_and_the_body_and_the_ministry_see_it(
    submitted: Response, client_of: Client, officer: User, ministry: User
) -> None:
    page = open_page(client_of, HOME)
    assert "この回答を確認する" in page.words and 'value="R2-202037-01"' in page.html
    for _ in range(2):
        client_of.post(f"{HOME}endorsement/", {"receipt": "R2-202037-01"})
    assert "滝沢 亮さんが" in open_page(client_of, HOME).words and endorsed() == {"R2-202037-01"}
    assert "県の確認 （済）" in open_page(signed_in(officer), HOME).words
    desk = signed_in(ministry).get(f"/admin/surveys/response/{submitted.pk}/change/").content.decode()
    assert "滝沢 亮さん" in desk
    client_of.post(f"{HOME}endorsement/", {"receipt": "R2-202037-01", "take-back": "1"})
    assert endorsed() == set() and "県の確認を取り消しました。" in open_page(client_of, HOME).words


def test_an_outdated_submission_is_not_endorsed(submitted: Response, client_of: Client, approver: User) -> None:
    submitted.withdraw("R2-202037-01", by=approver)
    assert "提出されると、ここで確認できます。" in open_page(client_of, HOME).words
    client_of.post(f"{HOME}endorsement/", {"receipt": "R2-202037-01"})
    assert "最後の提出ではありません" in open_page(client_of, HOME).words and endorsed() == set()
    assert client_of.post(f"{HOME}endorsement/", {"receipt": "R2-202011-01"}).status_code == 404


def test_a_response_is_sent_back_with_a_reason_until_it_is_accepted(
    submitted: Response, client_of: Client, prefecture: User, officer: User
) -> None:
    reviewer = make_ministry("reviewer")
    Query.ask(submitted, "cio", "任命の日をお知らせください。", by=prefecture)
    submitted.comment("staff", "remark", "合計をお確かめください。", by=reviewer)
    page = open_page(client_of, SEND_BACK)
    assert "任命の日をお知らせください。" in page.words and "合計をお確かめください。" in page.words
    assert client_of.post(SEND_BACK, {"text": " ", "receipt": "R2-202037-01"}).status_code == 400
    refused = client_of.post(SEND_BACK, {"text": "直してください。", "receipt": "R2-202037-00"})
    assert refused.status_code == 409 and "直してください。" in refused.content.decode()
    posted = client_of.post(SEND_BACK, {"text": "直してください。", "receipt": "R2-202037-01"})
    assert posted.headers["Location"] == HOME
    assert "直してください。" in open_page(signed_in(officer), HOME).words
    assert "この回答は今「差戻し」です。" in open_page(client_of, SEND_BACK).words
    assert "差し戻す" not in open_page(client_of, HOME).words


@pytest.mark.parametrize(
    "person", ["officer", "approver", "delegate", "neighbour", "elsewhere", "ministry", "without_group", "nobody"]
)
def test_the_pages_are_those_of_the_coordinator_alone(
    person: str, submitted: Response, request: pytest.FixtureRequest
) -> None:
    client, is_elsewhere = signed_in(request.getfixturevalue(person)), person == "elsewhere"
    own = 200 if is_elsewhere else 404
    assert client.get(LIST).status_code == client.get(f"{LIST}municipalities.csv").status_code == own
    assert client.post(ENDORSE, {"receipt": receipts(), "confirmed": "1"}).status_code == (302 if is_elsewhere else 404)
    assert client.get(SEND_BACK).status_code == 404
    assert client.post(SEND_BACK, {"text": "直して", "receipt": "R2-202037-01"}).status_code == 404
    assert client.post(f"{HOME}endorsement/", {"receipt": "R2-202037-01"}).status_code == 404
    assert endorsed() == set() and Response.objects.get(pk=submitted.pk).state == "submitted"
    if is_elsewhere:
        assert "上田市" not in open_page(client, LIST).words


def test_who_is_not_signed_in_is_asked_to(survey: Survey, client: Client) -> None:
    for url in (LIST, ENDORSE, SEND_BACK, f"{HOME}endorsement/"):
        assert client.post(url).headers["Location"] == f"/accounts/login/?next={url}"


def test_more_municipalities_take_no_more_queries(submitted: Response, client_of: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            client_of.get(LIST)
        return len(found)

    client_of.get(LIST)
    before = count()
    for number in range(5):
        body = make_body(f"20{number}999", f"村{number}", "village")
        make_response(submitted.survey, body)
        make_member(body, "approver")
    assert count() <= before <= 12


def test_the_prefecture_reminds_who_has_not_submitted(
    response: Response, client_of: Client, survey: Survey, other_city: Body, elsewhere: User
) -> None:
    """Once, however often the button is pressed; without who is unticked or silent, and nobody else's bodies."""
    url = f"{LIST}remind/"
    assert "催促メールを送る相手がいません。" in open_page(client_of, url).words
    survey.set_dates(Dates(timezone.now() + timedelta(days=9)), by=None)
    make_member(response.body, "approver", email="ueda@city.example")
    page = open_page(client_of, url)
    assert "上田市" in page.words and "あと9日" in page.words
    assert "長野市" in page.words.partition("メールアドレスが登録されていない団体")[2]
    make_member(other_city, email="nagano@city.example")
    key = client_of.get(url).context["key"]
    unticked = {"key": key, "response": response.pk}
    for client in (signed_in(elsewhere), client_of, client_of):
        client.post(url, unticked)
    assert list(MailingItem.objects.values_list("address", flat=True)) == ["ueda@city.example"]
    assert "1団体に催促メールを送ります。" in client_of.post(url, unticked, follow=True).content.decode()
    assert "相手がいません" in client_of.post(url, {"key": "another"}, follow=True).content.decode()
