"""The history of a response: every change of every answer, who reads it, and that nobody rewrites it."""

import csv
import io

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from surveys.answers_file import BodyAnswers
from surveys.bulk import take
from surveys.models import Event, Response, User
from surveys.models.sections import Given
from tests.conftest import signed_in
from tests.factories import make_ministry

YES, NO = {"value": "yes"}, {"value": "no"}
STAFF = {"cells": {"own": 3, "outside": 2, "resident": 1}}
PLACE = "/2020/202037/history/"


@pytest.fixture
def changed(response: Response, officer: User, approver: User) -> Response:
    """A response that two people have answered on the page, in Excel and by a file."""
    response.save_section("people", {"cio": YES, "staff": STAFF}, seen={}, by=officer)
    more = {"cells": STAFF["cells"] | {"own": 4}}
    response.save_section(
        "people", {"cio": NO, "staff": more}, seen={"cio": 1, "staff": 1}, by=approver, origin="excel"
    )
    answers = {**response.applicable_answers(), "training": {"values": ["course"]}}
    take(response.survey, [BodyAnswers("202037", False, answers)])
    return response


def lines(client: Client, query: str = "") -> list[dict[str, str]]:
    """The file of the history, as a spreadsheet reads it."""
    data = client.get(f"{PLACE}file/{query}").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(data)))


def test_every_change_says_who_from_where_and_what(changed: Response, officer: User) -> None:
    found = [line for line in lines(signed_in(officer)) if line["question"]]
    assert [(line["person"], line["what"], line["how"], line["question"]) for line in found] == [
        ("", "回答を取込み", "", "training"),
        ("宮澤 明子", "回答を保存", "Excelで", "cio"),
        ("宮澤 明子", "回答を保存", "Excelで", "staff"),
        ("小林 直樹", "回答を保存", "画面で", "cio"),
        ("小林 直樹", "回答を保存", "画面で", "staff"),
    ]
    assert (found[1]["before"], found[1]["after"]) == ("任命している", "任命していない")
    assert "4人" in found[2]["after"] and found[2]["after"].count("\n") == 1, "the changed row, and the sum it changes"


@pytest.mark.parametrize(
    ("query", "questions"),
    [
        ("?question=staff", ["staff", "staff"]),
        ("?section=people", ["training", "cio", "staff", "cio", "staff"]),
        ("?section=systems", []),
        ("?person=approver", ["cio", "staff"]),
        ("?what=response", []),
        ("?what=answers&question=training", ["training"]),
    ],
)
def test_the_filters(changed: Response, officer: User, query: str, questions: list[str]) -> None:
    client = signed_in(officer)
    assert [line["question"] for line in lines(client, query)] == questions
    assert client.get(PLACE + query).content.decode().count("history-side") == 2 * len(questions)


def test_a_reason_given_to_a_doubt_stands_there(changed: Response, officer: User) -> None:
    given = {"key": Given("分館を含めました。", "facts", "")}
    changed.save_section("people", {}, seen={}, by=officer, reasons=given)
    assert (lines(signed_in(officer))[0]["what"], lines(signed_in(officer))[0]["reason"]) == (
        "理由を保存",
        "分館を含めました。",
    )


def test_a_long_history_has_pages(changed: Response, officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surveys.history_views.PER_PAGE", 1)
    client = signed_in(officer)
    first, last = (client.get(f"{PLACE}?what=answers&page={page}").content.decode() for page in (1, 3))
    assert "古い記録へ" in first and "新しい記録へ" not in first
    assert "新しい記録へ" in last and "what=answers&amp;page=2" in last and "古い記録へ" not in last


def test_each_reads_what_concerns_them(
    changed: Response, officer: User, delegate: User, neighbour: User, prefecture: User, elsewhere: User
) -> None:
    assert {line["section"] for line in lines(signed_in(delegate))} == {"1"}
    assert "項目を渡した" in [line["what"] for line in lines(signed_in(officer))]
    assert "項目を渡した" in [line["what"] for line in lines(signed_in(make_ministry("viewer")))]
    assert "項目を渡した" not in [line["what"] for line in lines(signed_in(prefecture))]
    for stranger in (neighbour, elsewhere):
        assert [signed_in(stranger).get(PLACE + place).status_code for place in ("", "file/")] == [404, 404]


def test_a_delegate_reads_of_other_sections_nothing(changed: Response, officer: User, delegate: User) -> None:
    section = changed.survey.questionnaire.sections[1]
    question = section.questions[0].id
    changed.save_section(section.id, {question: {"values": []}}, seen={}, by=officer)
    assert question not in [line["question"] for line in lines(signed_in(delegate))]
    assert question in [line["question"] for line in lines(signed_in(officer))]


def test_the_database_refuses_to_rewrite_the_history(changed: Response) -> None:
    if connection.vendor != "postgresql":
        return  # the embedded database has no such guard
    for command in (
        "UPDATE surveys_event SET reason = 'other'",
        "DELETE FROM surveys_event",
        "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE surveys_event ENABLE TRIGGER event_table_is_never_emptied;"
        "TRUNCATE surveys_event CASCADE",
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(command)
    assert Event.objects.filter(kind="answers.saved").count() == 2


def test_the_whole_history_goes_into_a_file_as_the_list_shows_it(changed: Response, without_group: User) -> None:
    client = signed_in(make_ministry("viewer"))
    page = client.get("/admin/surveys/event/", {"kind": "answers.saved"})
    place = page.context["buttons"][0].url
    data = b"".join(client.get(place).streaming_content).decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(data)))
    assert [line["kind"] for line in found] == ["answers.saved"] * 2
    assert found[0]["hash"] == Event.objects.filter(kind="answers.saved").latest("id").hash
    assert signed_in(without_group).get(place).status_code == 403
