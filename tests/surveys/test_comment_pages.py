"""The pages that show and take comments."""

import re
from random import Random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from surveys.models import Body, Comment, NotAllowed, Response, Survey, User
from tests.conftest import signed_in
from tests.factories import answer, make_delegate, make_member, make_ministry, open_round
from tests.random_answers import complete_answers
from tests.surveys.test_pages import DRAFT, HOME, PEOPLE, fill
from tests.surveys.web_page import open_page

BODY, MINISTRY = Comment.Audience.BODY, Comment.Audience.MINISTRY
CIO = f"{PEOPLE}comments/cio/"
INNER, OUTER = "中の人だけの話です。", "総務省にお伝えします。"


@pytest.fixture
def client_of(officer: User) -> Client:
    return signed_in(officer)


@pytest.fixture
def both(response: Response, approver: User) -> list[Comment]:
    """An inner comment and one to the ministry, by the approver."""
    fill(response, DRAFT)
    said = ((BODY, INNER), (MINISTRY, OUTER))
    return [response.comment("cio", audience, text, by=approver) for audience, text in said]


def test_a_comment_is_written_and_stands_on_the_pages(response: Response, client_of: Client) -> None:
    fill(response, DRAFT)
    page = open_page(client_of, CIO)
    assert re.search(r'value="body"\s+checked', page.html), "the safer choice is made already"
    assert "上田市の担当者と決裁者が読みます。" in page.words and "任命している" in page.words
    key = re.search(r'name="page" value="(.+?)"', page.html)
    assert key
    for _ in range(2):  # a double click
        posted = client_of.post(CIO, {"text": "確認\n済み", "audience": "ministry", "page": key[1]})
        assert (posted.status_code, posted.headers["Location"]) == (302, CIO)
    page = open_page(client_of, CIO)
    assert "コメントを書きました。" in page.words and "確認<br>済み" in page.html
    assert page.words.count("総務省にも見える") == 2, "at the comment and at the choice"
    section = open_page(client_of, PEOPLE).words
    assert "確認 済み" in section and "コメント1件 ：問1" in section and "コメントを書く ：問2" in section
    assert "総務省とのやりとり 1" in open_page(client_of, f"{HOME}review/").words
    assert "確認<br>済み" in open_page(client_of, f"{HOME}answers/").html


@pytest.mark.parametrize("url", [CIO, PEOPLE, f"{HOME}review/", f"{HOME}answers/"])
@pytest.mark.parametrize("person", ["prefecture", "ministry"])
def test_what_is_said_inside_never_comes_out(
    person: str, url: str, both: list[Comment], request: pytest.FixtureRequest
) -> None:
    words = open_page(signed_in(request.getfixturevalue(person)), url).words
    assert OUTER in words and INNER not in words
    assert "コメントを書" not in words


def test_the_ministry_reads_what_it_is_told_beside_the_answers(both: list[Comment], ministry: User) -> None:
    page = signed_in(ministry).get(f"/admin/surveys/response/{both[0].response.pk}/change/").content.decode()
    assert page.count(OUTER) == 2 and INNER not in page
    assert f'href="{CIO}"' in page and "コメントを記入" in page


def test_faults_are_named_and_nothing_is_lost(response: Response, client_of: Client, survey: Survey) -> None:
    for post, message in (
        ({"text": " \n ", "audience": "body"}, "コメントがまだ書かれていません。"),
        ({"text": "あ" * 2001, "audience": "ministry"}, "2,000字までで書いてください。今は2,001字です。"),
        ({"text": "確認済み", "audience": "everybody"}, "だれに読んでもらうかを選んでください。"),
        ({"text": "確認済み"}, "だれに読んでもらうかを選んでください。"),
    ):
        refused = client_of.post(CIO, post)
        html = refused.content.decode()
        assert refused.status_code == 400 and message in html and post["text"].strip() in html
        assert ('value="ministry" checked' in " ".join(html.split())) == (post.get("audience") == "ministry")
    survey.close()
    refused = client_of.post(CIO, {"text": "直したいところ", "audience": "ministry"})
    assert refused.status_code == 409 and "受付が終わった" in refused.content.decode()
    assert "直したいところ" in refused.content.decode() and "disabled" in refused.content.decode()
    assert not Comment.objects.exists()


def test_only_the_author_takes_a_comment_back(both: list[Comment], approver: User, client_of: Client) -> None:
    inner, outer = both
    assert client_of.get(f"{CIO}{inner.pk}/").status_code == client_of.post(f"{CIO}{inner.pk}/").status_code == 404
    assert "コメントを取り消す" not in open_page(client_of, CIO).words
    author = signed_in(approver)
    assert author.get(f"{PEOPLE}comments/staff/{inner.pk}/").status_code == 404, "it is about another question"
    page = open_page(author, f"{CIO}{inner.pk}/")
    assert INNER in page.words and "元には戻せません。" in page.words
    assert author.post(f"{CIO}{inner.pk}/").headers["Location"] == CIO
    for client in (author, client_of):
        words = open_page(client, CIO).words
        assert "取り消し済みのコメントです。" in words and INNER not in words and OUTER in words
    assert "コメント1件 ：問1" in open_page(client_of, PEOPLE).words


def test_what_was_said_in_earlier_rounds_is_kept_for_the_successor(
    both: list[Comment], response: Response, prefecture: User, other_city: Body
) -> None:
    survey = open_round(2021, "pages")
    survey.responses.get(body=other_city).comment("cio", BODY, "よその団体です。", by=make_member(other_city))
    url, successor = CIO.replace("2020", "2021", 1), signed_in(make_member(response.body))
    section = open_page(successor, PEOPLE.replace("2020", "2021", 1)).words
    assert "以前のコメント2件 ：問1" in section and INNER not in section
    words = open_page(successor, url).words
    assert "前回までのコメント" in words and "令和2年度" in words and INNER in words and OUTER in words
    assert "よその団体です。" not in words
    words = open_page(signed_in(prefecture), url).words
    assert "前回までのコメント" not in words and OUTER not in words


def test_a_question_that_is_not_asked_now_keeps_its_comments(response: Response, client_of: Client) -> None:
    assert "今の回答では、この問はうかがいません。" in open_page(client_of, f"{PEOPLE}comments/post/").words
    assert "今の回答を見る" in open_page(client_of, f"{PEOPLE}comments/staff/").words


def test_members_still_comment_on_what_is_submitted(response: Response, client_of: Client, approver: User) -> None:
    fill(response, complete_answers(response.survey.questionnaire, "city", Random(1)))
    response.submit(by=approver)
    assert "コメントを書く：問1" in open_page(client_of, PEOPLE).words
    assert client_of.post(CIO, {"text": "提出後の話", "audience": "ministry"}).status_code == 302
    assert "提出後の話" in open_page(client_of, PEOPLE).words


def test_a_delegate_sees_and_says_only_what_belongs_to_the_own_sections(
    response: Response, both: list[Comment], approver: User
) -> None:
    delegate = make_delegate(response, "systems", by=approver)
    client = signed_in(delegate)
    for url in (CIO, f"{CIO}{both[0].pk}/"):
        assert (
            client.get(url).status_code == client.post(url, {"text": "横から", "audience": "body"}).status_code == 404
        )
    with pytest.raises(NotAllowed):
        response.comment("cio", BODY, "横から", by=delegate)
    response.comment("state", MINISTRY, "住民記録は更新中です。", by=delegate)
    for url in (f"{HOME}review/", f"{HOME}answers/"):
        words = open_page(client, url).words
        assert "住民記録は更新中です。" in words and OUTER not in words and INNER not in words


def test_the_choice_tells_who_reads_it(survey: Survey, nagano: Body) -> None:
    words = open_page(signed_in(make_member(nagano)), "/2020/200000/people/comments/cio/").words
    assert "団体の皆さんに加えて、総務省の担当者が読みます。" in words


@pytest.mark.parametrize("url", [CIO, PEOPLE, f"{HOME}review/", f"{HOME}answers/"])
def test_more_comments_take_no_more_queries(
    url: str, response: Response, client_of: Client, approver: User, officer: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client_of.get(url)
        return len(found)

    response.comment("cio", MINISTRY, "はじめ", by=approver)
    queries()
    before = queries()
    for question in ("cio", "staff", "training"):
        for person in (approver, officer):
            response.comment(question, MINISTRY, "もう一つ", by=person)
    assert queries() <= before


def test_what_the_reviewer_remarks_stands_at_the_question_that_comes_back(
    response: Response, client_of: Client, approver: User
) -> None:
    reviewer = make_ministry("reviewer", "shinsa")
    answer(response.survey, response.body, complete_answers(response.survey.questionnaire, "city", Random(1)))
    response.submit(by=approver)
    desk = signed_in(reviewer)
    assert f'href="{CIO}"' in desk.get(f"/admin/surveys/response/{response.pk}/change/").content.decode()
    assert "この問のところで読みます" in desk.get(CIO).content.decode()
    assert desk.post(CIO, {"text": "任命の日をご確認ください。", "audience": "body"}).status_code == 400
    assert desk.post(CIO, {"text": "任命の日をご確認ください。", "audience": "remark"}).status_code == 302
    response.send_back("1か所、ご確認ください。", by=reviewer)
    page = open_page(client_of, PEOPLE)
    box, _, rest = page.html.partition('id="cio.question"')
    question = rest.split("</section>")[0]
    assert "1か所、ご確認ください。" in box and "任命の日をご確認ください。" in box
    assert "任命の日をご確認ください。" in question and "総務省から" in question
    assert client_of.post(CIO, {"text": "確認しました。", "audience": "remark"}).status_code == 400
