"""No submission with an open doubt; the reasons go with it, and the ministry reads them."""

from io import BytesIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from pypdf import PdfReader

from surveys.dossier import Dossier
from surveys.models import Body, NotAllowed, Response, Survey, User
from surveys.models.sections import Given
from tests.conftest import signed_in
from tests.factories import answer, make_body, make_delegate
from tests.surveys import settling
from tests.surveys.settling import HOME, KEY, REVIEW, TENFOLD, URL, WHY, reasons, settle
from tests.surveys.web_page import WebPage, open_page

survey, response, page, other = settling.survey, settling.response, settling.page, settling.other


def test_no_submission_without_the_reason_and_one_with_it(
    page: WebPage, other: WebPage, response: Response, approver: User
) -> None:
    assert "要確認" in open_page(page.client, HOME).words
    assert "項目1「人」を確かめる 確かめるところが1つあります。" in open_page(page.client, HOME).words
    review = open_page(other.client, REVIEW).words
    assert "提出するには、あと1つの理由が要ります。" in review and "理由が要るところが残っている" in review
    assert "確かめたいところ 1" in review and "理由が要ります 理由を書く" in review
    assert f'href="{URL}#doubt.{KEY}"' in open_page(other.client, REVIEW).html
    assert other.client.post(f"{HOME}submit/").status_code == 409
    with pytest.raises(NotAllowed, match="あと1つの理由が要ります。"):
        response.submit(by=approver)

    settle(page)
    review = open_page(other.client, REVIEW).words
    assert f"理由：「{WHY}」" in review and "理由を書きました 直す" in review
    assert other.client.post(f"{HOME}submit/").status_code == 302
    response.refresh_from_db()
    assert response.submission and [each.doubt.key for each in response.submission.doubted] == [KEY]
    for name in ("answers.pdf", "receipt.pdf"):
        reader = PdfReader(BytesIO(other.client.get(f"{HOME}{name}").content))
        printed = "".join("".join(sheet.extract_text() for sheet in reader.pages).split())
        assert f"外部が、前回の10倍です。前回（令和2年度）：3人、今回：30人理由：「{WHY}」（小林直樹さん）" in printed
    assert f"理由：「{WHY}」" in open_page(other.client, f"{HOME}answers/").words
    assert f"理由：「{WHY}」" in open_page(other.client, URL).words, "the section to read"


def test_what_is_submitted_stays_when_the_background_moves(
    page: WebPage, response: Response, approver: User, ministry: User
) -> None:
    settle(page)
    response.submit(by=approver)
    earlier = Response.objects.get(survey__year=2020)
    earlier.send_back("確かめてください。", by=ministry)
    dossier = Dossier.find(approver, 2021, "202037")
    assert [each.doubt.facts[0].value.ja for each in dossier.doubted] == ["3人"]
    response.send_back("確かめてください。", by=ministry)
    assert Dossier.find(approver, 2021, "202037").doubted == [], "there is no answer of the round before any more"


def test_answers_and_reasons_are_both_needed(page: WebPage, other: WebPage) -> None:
    page.fill({"measures": []}).save()
    assert "提出するには、あと1か所の回答と1つの理由が要ります。" in open_page(other.client, REVIEW).words


def test_an_unsettled_doubt_stands_on_paper(page: WebPage) -> None:
    reader = PdfReader(BytesIO(page.client.get(f"{HOME}answers.pdf").content))
    printed = "".join("".join(sheet.extract_text() for sheet in reader.pages).split())
    assert "今回：30人理由が要ります" in printed


def test_the_ministry_reads_the_reasons(page: WebPage, response: Response, ministry: User) -> None:
    place = reverse("admin:surveys_response_change", args=[response.pk])
    desk = signed_in(ministry)
    assert "理由が要ります" in desk.get(place).content.decode()
    settle(page)
    found = desk.get(place).content.decode()
    assert f"理由：「{WHY}」" in found and "確かめたいところ" in found and "理由を保存" in found


def test_an_import_submits_what_has_no_open_doubt(
    survey: Survey, city: Body, officer: User, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    other_city = make_body("202011", "長野市", "core_city")
    survey.responses.create(body=other_city, name=other_city.name, kind=other_city.kind)
    response = answer(survey, city, TENFOLD)
    answer(survey, other_city, TENFOLD)
    call_command("export_answers", 2021, tmp_path / "answers.csv")
    capsys.readouterr()
    call_command("import_answers", 2021, tmp_path / "answers.csv", submit=True)
    assert capsys.readouterr().out.splitlines() == [
        "body 202037: stored, a reason is needed for what is doubtful, so not submitted",
        "0 bodies changed, 2 the same, 1 submitted",
    ]
    [doubted] = response.doubted()
    given = {KEY: Given(WHY, doubted.doubt.fingerprint, "")}
    response.save_section("people", {}, seen={}, by=officer, reasons=given)
    call_command("import_answers", 2021, tmp_path / "answers.csv", submit=True)
    assert "1 submitted" in capsys.readouterr().out
    response.refresh_from_db()
    assert response.submission and response.submission.doubted[0].reason


# Delegation


def test_a_delegate_is_asked_only_about_the_own_section(response: Response, approver: User) -> None:
    """A doubt between two sections tells the answer of the other: it is for those who see both."""
    product = {"product": {"cells": {"register": "done", "tax": "done"}}}
    answer(response.survey, response.body, {**TENFOLD, **product})
    people, products = (signed_in(make_delegate(response, section, by=approver)) for section in ("people", "products"))
    assert "外部が、前回の10倍です。" in open_page(people, URL).words
    settle(open_page(people, URL))
    assert reasons(response)[KEY][0] == WHY
    for url in (f"{HOME}products/", HOME, REVIEW, f"{HOME}answers/"):
        assert "よろしいですか" not in open_page(products, url).words
        assert "システムの導入" not in open_page(products, url).words
    assert "確かめたいところ 1" in open_page(people, REVIEW).words
    assert "確かめたいところ 2" in open_page(signed_in(approver), REVIEW).words

    between = "product-without-system.product.tax"
    settle(open_page(signed_in(approver), f"{HOME}products/"), "更改中。", between)
    response.submit(by=approver)
    for client, shown in ((people, [KEY]), (products, []), (signed_in(approver), [KEY, between])):
        page = open_page(client, f"{HOME}answers/").words
        assert [key for key, why in ((KEY, WHY), (between, "更改中。")) if why in page] == shown
