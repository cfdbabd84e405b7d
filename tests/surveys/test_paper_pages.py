"""Papers of a response: the draft as it stands, the receipt as it was submitted, and their names."""

from datetime import timedelta
from io import BytesIO
from random import Random
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from surveys.models import Body, Response, User
from surveys.models.dates import Dates
from tests.conftest import signed_in
from tests.factories import make_member
from tests.random_answers import complete_answers
from tests.surveys.test_pages import fill
from tests.surveys.web_page import open_page

HOME = "/2020/202037/"


def paper(client: Client, name: str) -> tuple[str, str]:
    """The words of a paper without spaces, and its names."""
    found = client.get(f"{HOME}{name}.pdf")
    assert (found.status_code, found.headers["Content-Type"]) == (200, "application/pdf")
    assert found.headers["Cache-Control"] == "private, no-store"
    words = "".join(page.extract_text() for page in PdfReader(BytesIO(found.content)).pages)
    return "".join(words.split()), unquote(found.headers["Content-Disposition"])


@pytest.fixture
def client_of(officer: User) -> Client:
    return signed_in(officer)


@pytest.fixture
def complete(response: Response) -> dict[str, Any]:
    """Complete answers of the city, without a CIO."""
    answers = complete_answers(response.survey.questionnaire, "city", Random(1))
    answers = {**answers, "cio": {"value": "no"}}
    fill(response, answers)
    return answers


def test_a_draft_says_that_it_is_one(response: Response, client_of: Client) -> None:
    fill(response, {"cio": {"value": "yes"}})
    response.survey.set_dates(Dates(timezone.now() + timedelta(days=9)), by=None)
    words, names = paper(client_of, "answers")
    for part in (
        "画面の試験用の調査　回答".replace("　", ""),
        "未提出",
        "状態入力中",
        "回答1／",
        "提出期限令和",
        "現在",
    ):
        assert part in words, part
    assert names == (
        'attachment; filename="survey-2020-202037-answers.pdf"; '
        "filename*=UTF-8''令和2年度 長野県上田市 画面の試験用の調査 回答.pdf"
    )


def test_submitted_answers_carry_their_receipt_number(
    response: Response, complete: dict[str, Any], client_of: Client, approver: User
) -> None:
    response.submit(by=approver)
    words, _ = paper(client_of, "answers")
    assert "受付番号R2-202037-01" in words and "未提出" not in words


def test_the_receipt_shows_what_was_submitted_and_not_the_draft(
    response: Response, complete: dict[str, Any], client_of: Client, approver: User, ministry: User
) -> None:
    approver.division = "総務部長"
    approver.save()
    submission = response.submit(by=approver)
    before, names = paper(client_of, "receipt")
    for part in ("受付番号R2-202037-01", "提出した人宮澤明子（総務部長）", submission.fingerprint, "任命していない"):
        assert part in before, part
    assert 'filename="survey-2020-202037-receipt-R2-202037-01.pdf"' in names
    response.send_back("CIOを確かめてください。", by=ministry)
    response.save_section("people", {"cio": {"value": "yes"}}, seen={"cio": 1}, by=approver)
    assert paper(client_of, "receipt")[0] == before
    draft, _ = paper(client_of, "answers")
    assert "未提出" in draft and "任命している" in draft


def test_the_receipt_is_the_same_file_whenever_it_is_asked_for(
    response: Response, complete: dict[str, Any], client_of: Client, approver: User
) -> None:
    response.submit(by=approver)
    assert client_of.get(f"{HOME}receipt.pdf").content == client_of.get(f"{HOME}receipt.pdf").content
    response.submissions.update(submitted_by=None)
    assert "提出した人" not in paper(client_of, "receipt")[0], "an import knows nobody"


def test_papers_of_synthetic_answers_say_so(response: Response, client_of: Client) -> None:
    Response.objects.update(synthetic=True)
    words, names = paper(client_of, "answers")
    assert "合成データ未提出" in words and "公表値に合わせて作った合成データです。" in words
    assert 'filename="synthetic-' in names and "UTF-8''synthetic-" in names
    words, names = paper(client_of, "questionnaire")
    assert "合成データ" not in words and "synthetic" not in names, "a blank one holds no answers"


def test_the_questionnaire_is_that_of_the_kind_of_body(response: Response, client_of: Client, nagano: Body) -> None:
    words, names = paper(client_of, "questionnaire")
    assert "調査票（市区町村用）" in words and "questionnaire.pdf" in names
    assert client_of.get(f"{HOME}questionnaire.pdf").content == client_of.get(f"{HOME}questionnaire.pdf").content
    client = signed_in(make_member(nagano))
    page = client.get("/2020/200000/questionnaire.pdf")
    assert "調査票（都道府県用）" in unquote(page.headers["Content-Disposition"])


def test_papers_are_in_the_language_of_the_pages(response: Response, client_of: Client) -> None:
    client_of.post("/i18n/setlang/", {"language": "en"})
    words, names = paper(client_of, "answers")
    assert "[Notanswered]" in words.replace("［", "[").replace("］", "]") and "Notsubmitted" in words
    assert "FY2020 長野県上田市 A survey for testing pages: Answers.pdf" in names


def test_a_paper_takes_few_queries(
    response: Response, client_of: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client_of.get(f"{HOME}answers.pdf")
    with django_assert_max_num_queries(8):
        client_of.get(f"{HOME}answers.pdf")


def test_the_pages_lead_to_the_papers(
    response: Response, complete: dict[str, Any], client_of: Client, approver: User
) -> None:
    response.submit(by=approver)
    links = {
        "": ["questionnaire.pdf", "answers.pdf"],
        "review/": ["answers.pdf"],
        "answers/": ["answers.pdf"],
        "receipt/": ["receipt.pdf"],
    }
    for page, files in links.items():
        html = open_page(client_of, f"{HOME}{page}").html
        assert all(f'href="{HOME}{file}"' in html for file in files), page
    assert client_of.post(f"{HOME}answers.pdf").status_code == 405
