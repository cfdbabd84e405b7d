"""Answers in words, and the dates and names of the pages in two languages."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import translation

from surveys.templatetags import surveys as tags
from surveys.words import Line, difference, lines
from tests.factories import questionnaire

QUESTIONS = questionnaire("pages").question_by_id
CELL = {"exists": "yes", "online": "done", "total": 1234, "online_count": "unknown"}


@pytest.mark.parametrize(
    ("question", "answer", "language", "expected"),
    [
        ("cio", {}, "ja", [("", "")]),
        ("cio", {"value": "yes"}, "en", [("", "Appointed")]),
        ("training", {"values": ["course", "none"]}, "ja", [("", "研修"), ("", "特に実施していない")]),
        ("post", {"value": "other", "other_text": {"other": "監"}}, "en", [("", "Other: 監")]),
        ("shared", {}, "ja", [("", "")]),
        ("shared", {"cells": {"other": "used"}, "other_text": {"other": "監"}}, "ja", [("", "その他：監")]),
        ("days", {"cells": {"month": 1200}}, "en", [("Per month", "1,200 days"), ("In the office", "")]),
        (
            "use-school",
            {"cells": {"lending": CELL, "booking": {"exists": "no"}}},
            "ja",
            [
                ("図書の貸出", "有無：有、オンライン：済、総件数：1,234件、オンライン件数：不明"),
                ("施設の予約", "有無：無"),
            ],
        ),
        ("use-school", {"cells": {"lending": {"online": "done"}}}, "en", [("Lending", ""), ("Booking", "")]),
    ],
)
def test_an_answer_in_words(question: str, answer: dict[str, Any], language: str, expected: list[Any]) -> None:
    found = lines(QUESTIONS[question], "city", answer, language)
    assert [(line.label, line.value) for line in found] == expected


def test_sums_stand_among_the_rows() -> None:
    found = lines(QUESTIONS["staff"], "city", {"cells": {"own": 1, "outside": 2}}, "ja")
    assert found[2] == Line("合計", "3人", computed=True)
    assert [line.label for line in found] == ["職員", "外部", "合計", "うち常駐"]


def test_two_tables_differ_in_rows_and_two_choices_as_a_whole() -> None:
    same, old, new = Line("a", "1"), Line("b", "2"), Line("b", "3")
    assert difference([same, old], [same, new]) == ([old], [new])
    mine, theirs = [Line("", "x"), Line("", "y")], [Line("", "x"), Line("", "z")]
    assert difference(mine, theirs) == (mine, theirs)
    assert difference([same, old], [same, old, new]) == ([], [new]), "a table that has a row more now"


def test_dates_and_years() -> None:
    at = datetime(2021, 5, 28, 8, 0, tzinfo=UTC)
    assert tags.moment(at) == "令和3年5月28日（金）17:00"
    assert tags.day(date(2020, 4, 1)) == "令和2年4月1日（水）"
    assert tags.fiscal_year(2019) == "令和元年度"
    assert tags.short_moment(at) == "5月28日 17:00"
    with translation.override("en"):
        assert tags.short_moment(at) == "28 May 17:00"
        assert tags.moment(at) == "Fri 28 May 2021 17:00"
        assert tags.fiscal_year(2019) == "FY2019"
    assert tags.moment(None) == tags.localised(None) == ""
    assert tags.in_fours("0123456789") == "0123 4567 89"
    assert (tags.grouped(1234), tags.grouped(None)) == ("1,234", "—")
