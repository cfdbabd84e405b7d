"""What stands beside an answer on the desk: ranges of numbers, and last year's answer."""

from surveys.admin.beside import Peer, Shares, peers, shares_at, then
from surveys.changes import Side
from surveys.past import Range
from tests.factories import COMPLETE, questionnaire

PAGES = questionnaire("pages")
QUESTIONS = PAGES.question_by_id
LENDING = {"cells": {"lending": {"exists": "yes", "online": "done", "total": 10, "online_count": "unknown"}}}


def test_the_number_of_a_procedure_is_named_with_its_column() -> None:
    question = QUESTIONS["use-school"]
    row, column = question.row_by_code["lending"].label.ja, question.column_by_code["total"].label.ja
    found = peers(question, LENDING, {(question.public_id, "lending", "total"): Range(2020, 20, 90, 12, True)})
    assert found and (found.year, found.bodies, found.has_band, found.outside) == (2020, 12, True, 1)
    assert [(row.label, row.is_outside) for row in found.rows] == [(f"{row}　{column}", True)]


def test_a_number_inside_the_range_is_not_marked_and_one_without_a_range_left_out() -> None:
    staff = COMPLETE["staff"]
    found = peers(QUESTIONS["staff"], staff, {("staff", "own", "count"): Range(2020, 3, 9, 12, False)})
    own = QUESTIONS["staff"].row_by_code["own"].label.ja
    assert found and found.rows == [Peer(own, "3人", "3人", "9人", False)] and found.outside == 0
    assert peers(QUESTIONS["staff"], staff, {}) is None
    assert peers(QUESTIONS["cio"], COMPLETE["cio"], {("cio", "yes", ""): Range(2020, 3, 9, 12, False)}) is None


def test_what_has_no_share_is_left_out() -> None:
    known = Shares(2020, 6, {("cio", "no", ""): None})
    assert shares_at(QUESTIONS["cio"], {"value": "yes"}, known) == []
    assert shares_at(QUESTIONS["staff"], COMPLETE["staff"], known) == []


def test_last_years_answer_is_shown_whole_or_in_the_rows_that_differ() -> None:
    before = Side(PAGES, "city", {"cio": {"value": "no"}, "staff": {"cells": {"own": 3, "outside": 2, "resident": 1}}})
    cio = then(QUESTIONS["cio"], {"value": "yes"}, before)
    assert cio.is_known and cio.is_changed and [line.value for line in cio.lines] == ["任命していない"]
    staff = then(QUESTIONS["staff"], {"cells": {"own": 5, "outside": 2, "resident": 1}}, before)
    assert staff.is_changed and [(label, was.parts[0].difference) for label, was in staff.rows] == [
        (QUESTIONS["staff"].row_by_code["own"].label.ja, "+2"),
        (QUESTIONS["staff"].row_by_code["all"].label.ja, "+2"),
    ]
    same = then(QUESTIONS["staff"], {"cells": {"own": 3, "outside": 2, "resident": 1}}, before)
    assert same.is_known and not same.is_changed and same.rows == [] == same.lines
    assert not then(QUESTIONS["training"], {"values": ["course"]}, before).is_known
