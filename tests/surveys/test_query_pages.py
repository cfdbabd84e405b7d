"""照会 on the pages: at its question, on the home, on its own page, and in the mail."""

import re
from random import Random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from surveys.models import Query, QueryMessage, Response, Survey, User
from tests.conftest import signed_in
from tests.factories import answer, make_delegate, make_ministry
from tests.random_answers import complete_answers
from tests.surveys.test_pages import HOME, PEOPLE, SYSTEMS
from tests.surveys.web_page import WebPage, open_page

URL = f"{PEOPLE}queries/cio/"
ASKED, SAID = "任命の日をお知らせください。", "4月1日です。"


@pytest.fixture
def reviewer(db: None) -> User:
    return make_ministry("reviewer", "shinsa")


@pytest.fixture
def query(response: Response, reviewer: User) -> Query:
    return Query.ask(response, "cio", ASKED, by=reviewer)


def answer_url(query: Query) -> str:
    return f"{URL}{query.pk}/answer/"


def fields(page: WebPage) -> dict[str, str]:
    """The hidden fields of the first form of a text on the page."""
    return {name: re.findall(rf'name="{name}" value="(.*?)"', page.html)[0] for name in ("page", "seen")}


@pytest.mark.parametrize("submitted", [False, True])
def test_the_body_finds_a_query_at_its_question_and_answers_it(
    submitted: bool, response: Response, officer: User, reviewer: User, survey: Survey
) -> None:
    if submitted:
        answer(survey, response.body, complete_answers(survey.questionnaire, "city", Random(1)), submit=True)
        survey.close()
    query = Query.ask(response, "cio", ASKED, by=reviewer)
    client = signed_in(officer)
    home = open_page(client, HOME)
    assert "照会が1件あります" in home.words and f'href="{PEOPLE}#cio.question"' in home.html
    section = open_page(client, PEOPLE)
    at = section.html.partition('id="cio.question"')[2].partition("問2")[0]
    assert ASKED in at and f'href="{URL}#query-{query.pk}"' in at and "照会に答える" in at
    page = open_page(client, URL)
    assert "総務省からの照会 回答待ち" in page.words and ASKED in page.words
    for _ in range(2):  # a double click
        posted = client.post(answer_url(query), {**fields(page), "text": SAID})
        assert (posted.status_code, posted.headers["Location"]) == (302, URL)
    page = open_page(client, URL)
    assert "照会に答えました。" in page.words and "総務省からの照会 回答あり" in page.words
    assert page.words.count(SAID) == 1 and "答えに書き足す" in page.words
    assert "照会が" not in open_page(client, HOME).words
    assert "回答あり" in open_page(client, PEOPLE).words and ASKED not in open_page(client, PEOPLE).words
    query.close(by=reviewer)
    page = open_page(client, URL)
    assert "この照会は、" in page.words and "照会に答える" not in page.words
    assert client.post(answer_url(query), {"text": "もう一つ"}).status_code == 409


def test_a_delegate_sees_and_answers_only_queries_of_the_own_sections(
    response: Response, query: Query, reviewer: User, approver: User, delegate: User
) -> None:
    elsewhere = signed_in(make_delegate(response, "systems", by=approver))
    assert ASKED not in open_page(elsewhere, HOME).words
    assert elsewhere.get(URL).status_code == 404
    assert elsewhere.post(answer_url(query), {"text": SAID}).status_code == 404
    own = signed_in(delegate)
    assert "照会が1件あります" in open_page(own, HOME).words
    assert own.post(answer_url(query), {"text": SAID}).status_code == 302


def test_what_was_typed_is_kept_when_it_cannot_be_taken(
    response: Response, query: Query, officer: User, approver: User
) -> None:
    client = signed_in(officer)
    page = open_page(client, URL)
    for text, message in (
        (" \n", "まだ何も書かれていません。"),
        ("あ" * 2001, "2,000字までで書いてください。今は2,001字です。"),
    ):
        refused = client.post(answer_url(query), {**fields(page), "text": text})
        assert refused.status_code == 400
        assert message in refused.content.decode() and text.strip() in refused.content.decode()
    query.answer("もう答えました。", by=approver)
    refused = client.post(answer_url(query), {**fields(page), "text": SAID})
    html = refused.content.decode()
    assert refused.status_code == 409 and "ほかの人が書き込みました" in html
    assert SAID in html and "もう答えました。" in html and 'name="seen" value="2"' in html
    assert QueryMessage.objects.count() == 2


def test_a_coordinator_asks_asks_again_and_closes_on_the_page_of_the_question(
    response: Response, prefecture: User, officer: User
) -> None:
    client = signed_in(prefecture)
    assert "照会する：問1" in open_page(client, PEOPLE).words
    page = open_page(client, URL)
    assert "この問への照会はありません。" in page.words and "照会を終える" not in page.words
    assert client.post(URL, {**fields(page), "text": ASKED}).status_code == 302
    query = Query.objects.get()
    page = open_page(client, URL)
    assert "長野県からの照会 回答待ち" in page.words and "もう一度たずねる" in page.words
    query.answer(SAID, by=officer)
    close = f"{URL}{query.pk}/close/"
    refused = client.post(close, {"seen": fields(page)["seen"]})
    assert refused.status_code == 409 and SAID in refused.content.decode()
    assert client.post(close, {"seen": "2", "next": "https://elsewhere.example/"}).headers["Location"] == URL
    assert "照会を終えました。" in open_page(client, URL).words
    assert Query.objects.get().is_closed
    assert "照会のやりとりを見る" in open_page(client, PEOPLE).words


ASKING = {"officer": 409, "approver": 409, "delegate": 409, "prefecture": 302, "ministry": 403, "reviewer": 302}
ANSWERING = {"officer": 302, "approver": 302, "delegate": 302, "prefecture": 409, "ministry": 403, "reviewer": 409}
CLOSING = {"officer": 403, "approver": 403, "delegate": 403, "prefecture": 409, "ministry": 403, "reviewer": 302}


@pytest.mark.parametrize("person", [*ASKING, "without_group", "neighbour", "elsewhere", "nobody"])
def test_every_role_at_a_query(person: str, query: Query, request: pytest.FixtureRequest) -> None:
    client = signed_in(request.getfixturevalue(person))
    for expected, url in ((ANSWERING, answer_url(query)), (CLOSING, f"{URL}{query.pk}/close/"), (ASKING, URL)):
        assert client.post(url, {"text": SAID}).status_code == expected.get(person, 404), url


def test_each_side_has_a_query_of_its_own(query: Query, prefecture: User, officer: User) -> None:
    theirs = Query.ask(query.response, "cio", "県からもうかがいます。", by=prefecture)
    client = signed_in(officer)
    assert client.post(answer_url(theirs), {"text": SAID}).status_code == 302
    assert [each.state for each in Query.objects.all()] == [Query.State.OPEN, Query.State.ANSWERED]
    assert client.post(f"{URL}0/answer/", {"text": SAID}).status_code == 404


def test_a_query_about_another_question_is_not_found(query: Query, officer: User, ministry: User) -> None:
    other = f"{PEOPLE}queries/staff/{query.pk}/answer/"
    assert signed_in(officer).post(other, {"text": SAID}).status_code == 404
    assert "照会する" not in open_page(signed_in(ministry), PEOPLE).words
    assert signed_in(officer).get(f"{SYSTEMS}queries/cio/").status_code == 404


def test_a_form_of_the_desk_leads_back_to_it(response: Response, reviewer: User) -> None:
    back = f"/admin/surveys/response/{response.pk}/change/#cio.question"
    posted = signed_in(reviewer).post(URL, {"text": ASKED, "seen": "0", "next": back})
    assert posted.headers["Location"] == back


@pytest.mark.parametrize("url", [HOME, PEOPLE, URL, f"{HOME}answers/"])
def test_more_queries_take_no_more_database_queries(
    url: str, response: Response, query: Query, reviewer: User, prefecture: User, officer: User
) -> None:
    client: Client = signed_in(officer)

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(url)
        return len(found)

    count()
    before = count()
    for question in ("cio", "staff", "training"):
        for person in (reviewer, prefecture):
            Query.ask(response, question, "もう一つ", by=person)
    assert count() <= before


def test_the_pages_speak_english_too(response: Response, query: Query, prefecture: User, officer: User) -> None:
    User.objects.update(name="Naoki")
    QueryMessage.objects.update(text="When was the CIO appointed?", name="Shinsa")
    for person, urls in ((officer, (HOME, PEOPLE, URL)), (prefecture, (HOME, URL, "/prefecture/2020/"))):
        client = signed_in(person)
        client.post("/i18n/setlang/", {"language": "en"})
        for url in urls:
            words = re.sub("長野県|上田市|長野市|日本語", "", open_page(client, url).words)
            assert not re.findall(r"[ぁ-んァ-ン一-龠]+", words), url
    client.get(URL)

    Query.ask(response, "staff", "How?", by=prefecture)
    assert "Query from the Prefecture" in open_page(client, f"{PEOPLE}queries/staff/").words
