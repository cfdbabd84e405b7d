"""The workbook through the real pages: down, up, previewed, confirmed; alone and with a second person at work."""

import io
import re
from html import unescape
from typing import Any

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries, Settings

from surveys.models import Delegation, Event, Response, SectionAnswers, Survey, Task, User
from tests.conftest import signed_in
from tests.factories import questionnaire
from tests.surveys.web_page import open_page
from tests.workbooks import cell_of, edited

URL, PEOPLE = "/2020/202037/workbook/", "/2020/202037/people/"
PAGES = questionnaire("pages")


def at(question: str, row: str = "", column: str = "", code: str = "") -> tuple[str, str]:
    return cell_of(PAGES, question, row, column, code)


OWN = at("staff", "own", "count")


class Visit:
    """What a person sees after an upload or a confirmation."""

    def __init__(self, client: Client, found: Any) -> None:
        self.client, self.status, self.url = client, found.status_code, found.headers.get("Location", "")
        self.html = unescape(found.content.decode())
        self.words = " ".join(re.sub(r"<[^>]+>", "", self.html).split())

    @property
    def proposal(self) -> str:
        return re.findall(r'name="proposal" value="([^"]+)"', self.html.replace("\n", ""))[0]

    def confirm(self, client: Client | None = None, **decisions: str) -> "Visit":
        given = {f"resolve|{question}": choice for question, choice in decisions.items()}
        client = client or self.client
        return Visit(client, client.post(f"{URL}confirm/", {"proposal": self.proposal, **given}))

    def follow(self) -> str:
        return Visit(self.client, self.client.get(self.url)).words


def upload(client: Client, data: bytes) -> Visit:
    return Visit(client, client.post(URL, {"file": SimpleUploadedFile("回答.xlsx", data)}))


def download(client: Client, query: str = "") -> bytes:
    return bytes(client.get(f"{URL}file/{query}").content)


def stored(section: str = "people") -> dict[str, Any]:
    found = SectionAnswers.objects.filter(section=section).first()
    return found.answers if found else {}


@pytest.fixture
def mine(response: Response, officer: User) -> Client:
    return signed_in(officer)


@pytest.fixture
def other(response: Response, approver: User) -> Client:
    return signed_in(approver)


def test_the_file_has_a_name_and_says_what_it_is(mine: Client, response: Response, survey: Survey) -> None:
    found = mine.get(f"{URL}file/")
    assert found.headers["Content-Disposition"] == 'attachment; filename="survey-2020-202037.xlsx"'
    assert "spreadsheetml.sheet" in found.headers["Content-Type"]
    start = load_workbook(io.BytesIO(found.content))["はじめに"]
    words = [cell.value for row in start for cell in row if cell.value]
    assert {
        "長野県上田市（202037）",
        "令和2年度",
        "受け取ったときの回答",
        "総務省 調査担当",
        "まだ決まっていません。",
    } <= {*words}
    assert "問1で「任命している」を選んだ団体にうかがいます。" in str(
        [cell.value for row in load_workbook(io.BytesIO(found.content))["1"] for cell in row]
    )


def test_a_blank_file_holds_no_answers_and_a_synthetic_one_says_so(mine: Client, response: Response) -> None:
    open_page(mine, PEOPLE).fill({"cio": "yes"}).save()
    Response.objects.filter(pk=response.pk).update(synthetic=True)
    sheet, cell = at("cio")
    found = mine.get(f"{URL}file/?blank=1")
    assert found.headers["Content-Disposition"] == 'attachment; filename="survey-2020-202037-blank.xlsx"'
    assert load_workbook(io.BytesIO(found.content))[sheet][cell].value is None
    found = mine.get(f"{URL}file/")
    assert found.headers["Content-Disposition"] == 'attachment; filename="synthetic-survey-2020-202037.xlsx"'
    book = load_workbook(io.BytesIO(found.content))
    assert book[sheet][cell].value == "任命している"
    assert "合成データ" in book[sheet]["B3"].value


def test_an_edit_is_previewed_and_stored_only_when_confirmed(mine: Client, response: Response) -> None:
    open_page(mine, PEOPLE).fill({"cio": "no", "staff|own": "3"}).save()
    data = edited(download(mine), (*OWN, 1200), (*at("cio"), "任命している"), (*at("training", code="online"), "○"))
    preview = upload(mine, data)
    assert preview.status == 200
    assert "3か所が変わります。確かめて「取り込む」を押すまで、回答は変わりません。" in preview.words
    assert f"職員 シート「1」の{OWN[1]} 今の回答： 3 Excelの回答： 1,200" in preview.words
    assert "eラーニング" in preview.words
    assert stored() == {"cio": {"value": "no"}, "staff": {"cells": {"own": 3}}}

    done = preview.confirm()
    assert (done.status, done.url) == (302, "/2020/202037/review/")
    assert "Excelの回答を取り込みました（3問）。" in done.follow()
    assert stored() == {
        "cio": {"value": "yes"},
        "staff": {"cells": {"own": 1200}},
        "training": {"values": ["online"]},
    }
    event = Event.objects.filter(kind="answers.saved").latest("pk")
    assert event.reason == "excel"

    again = preview.confirm()
    assert "変わるところはありません。この調査票の回答は、もう入っています。" in again.follow()
    assert Event.objects.filter(kind="answers.saved").count() == 2
    assert "この調査票の回答は、今の回答と同じです。" in upload(mine, data).words


def test_what_contradicts_is_taken_in_and_told_on_the_page_that_follows(mine: Client) -> None:
    resident, outside = (at("staff", row, "count") for row in ("resident", "outside"))
    done = upload(mine, edited(download(mine), (*resident, 5), (*outside, 1))).confirm()
    assert "常駐は外部の人数までです。" in done.follow()


def test_questions_that_do_not_apply_now_are_kept_and_told(mine: Client) -> None:
    preview = upload(mine, edited(download(mine), (*at("post"), "首長")))
    assert "ほかの問の答えにより、今は答えなくてよい問です。" in preview.words
    preview.confirm()
    assert stored() == {"post": {"value": "head"}}


def test_with_an_unreadable_cell_nothing_can_be_confirmed(mine: Client) -> None:
    preview = upload(mine, edited(download(mine), (*OWN, "3人"), (*at("cio"), "任命している")))
    assert preview.status == 400
    assert "直していただきたいところが1つあります" in preview.words
    assert f"シート「1」の{OWN[1]}：数字だけを入れてください（例：1）。" in preview.words
    assert "直すところのほかに、1か所が変わります。" in preview.words
    assert 'name="proposal"' not in preview.html


def test_extra_sheets_are_named(mine: Client) -> None:
    preview = upload(mine, edited(download(mine), change=lambda book: book.create_sheet("メモ")))
    assert "調査票にないシートは読みませんでした：メモ" in preview.words


def test_the_english_workbook_comes_back_to_the_japanese_page(mine: Client) -> None:
    mine.cookies["django_language"] = "en"
    data = download(mine)
    assert "Start" in load_workbook(io.BytesIO(data)).sheetnames
    del mine.cookies["django_language"]
    preview = upload(mine, edited(data, (*at("cio"), "Appointed")))
    assert "任命している" in preview.words


# Two people


def test_what_others_changed_meanwhile_stays(mine: Client, other: Client) -> None:
    data = edited(download(mine), (*OWN, 7))
    open_page(other, PEOPLE).fill({"cio": "yes"}).save()
    upload(mine, data).confirm()
    assert stored() == {"cio": {"value": "yes"}, "staff": {"cells": {"own": 7}}}


@pytest.fixture
def conflict(mine: Client, other: Client) -> Visit:
    data = edited(download(mine), (*OWN, 7), (*at("cio"), "任命していない"))
    open_page(other, PEOPLE).fill({"cio": "yes"}).save()
    return upload(mine, data)


def test_both_answers_stand_side_by_side(conflict: Visit) -> None:
    assert conflict.status == 200
    assert "1か所が変わります。" in conflict.words
    assert "ほかの人が同じ問を変えたところが1問あります。" in conflict.words
    assert "Excelの回答 任命していない 小林 直樹" in conflict.words
    assert "宮澤 明子さんの回答（今の回答） 任命している 宮澤 明子" in conflict.words
    assert "checked" not in conflict.html


@pytest.mark.parametrize(("choice", "value"), [("mine", "no"), ("theirs", "yes")])
def test_the_chosen_answer_stays(conflict: Visit, choice: str, value: str) -> None:
    words = conflict.confirm(cio=choice).follow()
    assert stored() == {"cio": {"value": value}, "staff": {"cells": {"own": 7}}}
    assert "選ばなかった" not in words


def test_undecided_their_answer_stays(conflict: Visit) -> None:
    words = conflict.confirm().follow()
    assert stored() == {"cio": {"value": "yes"}, "staff": {"cells": {"own": 7}}}
    assert "選ばなかった1問は、ほかの人の回答のままです。" in words


def test_a_new_conflict_while_checking_stores_nothing_at_all(mine: Client, other: Client) -> None:
    data = edited(download(mine), (*at("cio"), "任命していない"), (*at("shared", "bidding"), "○"), (*OWN, 7))
    preview = upload(mine, data)
    open_page(other, PEOPLE).fill({"cio": "yes"}).save()
    again = preview.confirm()
    assert again.status == 409
    assert "確かめている間に、ほかの人が同じ問を変えました。まだ何も取り込んでいません。" in again.words
    assert "宮澤 明子さんの回答（今の回答）" in again.words
    assert (stored(), stored("systems")) == ({"cio": {"value": "yes"}}, {})
    again.confirm(cio="mine")
    assert stored() == {"cio": {"value": "no"}, "staff": {"cells": {"own": 7}}}
    assert stored("systems") == {"shared": {"cells": {"bidding": "used"}}}


def test_a_third_change_while_deciding_is_a_conflict_again(conflict: Visit, other: Client) -> None:
    open_page(other, PEOPLE).fill({"cio": []}).save()
    assert conflict.confirm(cio="mine").status == 409
    assert "staff" not in stored()


# Who and when


def test_a_preview_belongs_to_one_person(mine: Client, other: Client) -> None:
    preview = upload(mine, edited(download(mine), (*OWN, 7)))
    refused = preview.confirm(other)
    assert refused.status == 400
    assert "ファイルをもう一度読み込んでください。" in refused.words
    assert stored() == {}


def test_a_preview_holds_for_a_day(mine: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.SESSION_IDLE_MINUTES = 2 * 24 * 60  # the session lasts longer
    preview = upload(mine, edited(download(mine), (*OWN, 7)))
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 24 * 60 * 60 + 5)
    assert preview.confirm().status == 400
    assert stored() == {}


def test_a_round_that_closes_meanwhile_takes_nothing_in(mine: Client, survey: Survey) -> None:
    data = edited(download(mine), (*OWN, 7))
    preview = upload(mine, data)
    survey.close()
    refused = preview.confirm()
    assert refused.status == 409
    assert "受付が終わったため、変更できません。" in refused.words
    assert upload(mine, data).status == 409
    assert stored() == {}


def test_a_reader_may_take_the_workbook_but_not_bring_it_back(mine: Client, prefecture: User) -> None:
    reader = signed_in(prefecture)
    page = Visit(reader, reader.get(URL))
    assert 'type="file"' not in page.html
    assert "今は読み込めません。" in page.words
    assert upload(reader, edited(download(reader), (*OWN, 7))).status == 403


def test_the_home_of_a_body_leads_there(mine: Client) -> None:
    assert f'href="{URL}"' in mine.get("/2020/202037/").content.decode()


def test_previews_take_few_queries(mine: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    data = edited(download(mine), (*OWN, 7), (*at("shared", "bidding"), "○"))
    with django_assert_max_num_queries(10):
        upload(mine, data)


# Delegates


def test_the_workbook_of_a_delegate_holds_their_sheets_and_no_other(
    mine: Client, response: Response, delegate: User
) -> None:
    theirs = signed_in(delegate)
    upload(mine, edited(download(mine), (*at("shared", "bidding"), "○"))).confirm()
    names = load_workbook(io.BytesIO(download(theirs))).sheetnames
    assert OWN[0] in names and at("shared", "bidding")[0] not in names
    assert at("shared", "bidding")[0] in load_workbook(io.BytesIO(download(mine))).sheetnames
    preview = upload(theirs, edited(download(theirs), (*OWN, 7)))
    preview.confirm()
    assert stored()["staff"]["cells"]["own"] == 7


def test_sheets_of_others_are_left_aside(mine: Client, response: Response, delegate: User) -> None:
    whole = edited(download(mine), (*OWN, 7), (*at("shared", "bidding"), "○"))
    preview = upload(signed_in(delegate), whole)
    assert at("shared", "bidding")[0] in preview.words
    preview.confirm()
    assert stored()["staff"]["cells"]["own"] == 7 and stored("systems") == {}


def test_a_section_taken_back_meanwhile_takes_nothing_in(response: Response, delegate: User, officer: User) -> None:
    Delegation.give(response, ["systems"], delegate, Task(), by=officer)
    theirs = signed_in(delegate)
    data = edited(download(theirs), (*OWN, 7), (*at("shared", "bidding"), "○"))
    preview = upload(theirs, data)
    Delegation.take_back(response, ["systems"], by=officer)
    refused = preview.confirm()
    assert refused.status == 409 and "今はあなたの担当ではありません。" in refused.words
    assert stored() == stored("systems") == {}, "all or nothing"
