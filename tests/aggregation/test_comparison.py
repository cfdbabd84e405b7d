"""A body beside its kind, its side and the published numbers, against a naive count over all answers."""

import statistics
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import pytest

from aggregation import report
from aggregation.baseline import BODIES, Baseline, Published
from aggregation.collect import collect
from aggregation.comparison import Beside, Comparison, Now, Own, Point, compare_body
from aggregation.export.comparison_form import comparison_form
from aggregation.export.long_form import to_csv
from aggregation.measures import measures
from aggregation.peers import Peers, to_text
from aggregation.tables import BodyRow
from aggregation.tabulate import build_all
from surveys.questionnaire import Question, Questionnaire, tier
from surveys.rules import applicable, asked_anywhere, totals
from tests.aggregation.makers import body, everyone, questionnaire, specs
from tests.aggregation.test_long_form import read
from tests.random_answers import complete_answers, draft_answers

# The header of the contract, "A body's comparison, long form".
HEADER = (
    "year,body,question,title,row,row_label,column,column_label,answer,favourable,in_place,group,count,base,percent,"
    "baseline_count,baseline_base,baseline_percent,change,value,group_mean,group_median,baseline_mean,unit,origin,note"
)
SHIPPED = questionnaire("2020")


def to_one_place(number: Any) -> Decimal:
    return Decimal(str(number)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def own(found: BodyRow, answers: Any = None) -> Own:
    return Own(found.code, found.name, found.kind, 2020, found.synthetic, found.answers if answers is None else answers)


def now(found: Questionnaire, rows: Any) -> Now:
    peers = Peers.from_texts(to_text(collect(found, rows)))
    return Now(build_all(found, specs(found), rows, (), 2020), peers, True)


def compared(found: BodyRow, answers: Any = None) -> Comparison:
    return compare_body(own(found, answers), SHIPPED, now(SHIPPED, everyone()), report.published(2020))


def gave(answer: Any, point: Point) -> bool:
    """Whether a raw answer holds the datum of a point."""
    if "cells" not in answer:
        return point.row.code in (answer.get("value"), *answer.get("values", ()))
    cell = answer["cells"].get(point.row.code)
    if isinstance(cell, dict):
        return cell.get(point.column.code) in ("yes", "done")
    return bool(cell == point.column.code)


def members(group: str) -> list[BodyRow]:
    return [row for row in everyone() if group in (row.kind, tier(row.kind), "total")]


def asked(row: BodyRow, question: Question, point: Point) -> bool:
    answers = row.answers or {}
    if question.kind == "procedures" and point.column.code == "online":
        return answers[question.id]["cells"].get(point.row.code, {}).get("exists") == "yes"
    rows = [entry.code for entry in question.rows_for(row.kind)]
    return question.id in asked_anywhere(SHIPPED, row.kind, answers) and (not rows or point.row.code in rows)


def points(found: Comparison) -> Iterator[tuple[Question, Point, Beside]]:
    for section in found.sections:
        for question in section.questions:
            for point in question.points:
                yield from ((question.question, point, beside) for beside in point.beside)


@pytest.mark.parametrize("place", [0, 4], ids=["prefecture", "city"])
def test_shares_are_those_of_a_naive_count(place: int) -> None:
    checked = 0
    for question, point, beside in points(compared(everyone()[place])):
        if question.kind == "matrix-integer" or beside.group == "total":
            continue
        concerned = [row for row in members(beside.group) if asked(row, question, point)]
        count = sum(gave((row.answers or {}).get(question.id, {}), point) for row in concerned)
        assert beside.cell is not None
        assert (beside.cell.count, beside.cell.base) == (count, len(concerned)), (question.id, point)
        mine = everyone()[place]
        if mine in concerned:
            assert point.answer is gave((mine.answers or {})[question.id], point)
        checked += 1
    assert checked > 500


def numbers(row: BodyRow, question: Question) -> dict[str, int | None]:
    cells = (row.answers or {})[question.id]["cells"]
    return {**cells, **totals(question, cells)}


def test_means_and_medians_are_those_of_a_naive_count() -> None:
    checked = 0
    for question, point, beside in points(compared(everyone()[4])):
        if question.kind != "matrix-integer":
            continue
        given = [
            value for row in members(beside.group) if (value := numbers(row, question)[point.row.code]) is not None
        ]
        assert beside.statistic is not None and beside.statistic.bodies == len(given)
        assert beside.statistic.mean == to_one_place(Decimal(sum(given)) / len(given))
        assert beside.statistic.median == to_one_place(statistics.median(given))
        checked += 1
    assert checked > 10


def in_place(row: BodyRow, section_id: str) -> int:
    """The measures in place by another way: answers first."""
    count = 0
    for question in SHIPPED.section_by_id[section_id].questions:
        answer = (row.answers or {}).get(question.id, {})
        good = set(question.favourable)
        count += len(good & {answer.get("value"), *answer.get("values", ())})
        exclusive = {entry.code for entry in question.rows if entry.exclusive}
        cells = answer.get("cells", {}) if good else {}
        count += sum(column in good for code, column in cells.items() if code not in exclusive)
    return count


def test_measures_in_place_and_their_median() -> None:
    mine = everyone()[4]
    found = compared(mine)
    for section in found.sections:
        counts = [in_place(row, section.section.id) for row in members(mine.kind)]
        assert section.in_place == in_place(mine, section.section.id)
        if section.measures:
            assert section.peers is not None and section.peers.median == to_one_place(statistics.median(counts))
    everything = [sum(in_place(row, id) for id in SHIPPED.section_by_id) for row in members(mine.kind)]
    assert found.peers is not None and found.peers.median == to_one_place(statistics.median(everything))
    assert found.in_place == sum(section.in_place for section in found.sections)
    assert found.measures == sum(len(measures(section, mine.kind)) for section in SHIPPED.sections)


def test_the_statistics_of_the_same_answers_are_the_same_text() -> None:
    first, second = (to_text(collect(SHIPPED, everyone())) for _ in range(2))
    assert first == second
    assert Peers.from_texts("").measures("city") is None


def test_a_body_that_has_not_answered_is_not_counted() -> None:
    rows = [body("010001", answers={"staff": {"cells": {"own": 5}}}), body("010002"), body("010003", "town")]
    found = Peers.from_texts(to_text(collect(questionnaire("integers"), rows)))
    number = found.number("staff", "own", "city")
    assert number is not None and (number.bodies, number.mean, number.median_words) == (1, Decimal("5.0"), "5")
    assert found.number("staff", "own", "town") is None


def of_city(questionnaire_name: str, answers: Any, baseline: Baseline | None = None, others: Any = ()) -> Comparison:
    found = questionnaire(questionnaire_name)
    rows = [body("010001", answers=answers), *others]
    return compare_body(own(rows[0]), found, now(found, rows), baseline)


def published(row: str, **values: Any) -> Published:
    fields: dict[str, Any] = {"table": "staff", "row": row, "column": "count", "group": "municipality"}
    fields |= {"count": None, "base": None, "percent": None, "value": None, "unit": "", "source": "s", "note": ""}
    return Published(**(fields | values))


def point(found: Comparison, row: str, column: str = "") -> Point:
    (one,) = {p for _, p, _ in points(found) if (p.row.code, p.column.code) == (row, column)}
    return one


def test_the_published_mean_is_the_sum_per_body() -> None:
    everybody = published("", table=BODIES, column="", base=8)
    baseline = Baseline((everybody, published("own", value=20)))
    found = point(of_city("integers", {"staff": {"cells": {"own": 5}}}, baseline), "own", "count")
    kind, side = found.beside
    assert (found.value, kind.baseline_mean, side.baseline_mean, side.change) == (
        5,
        None,
        Decimal("2.5"),
        Decimal("2.5"),
    )
    alone = Baseline((published("own", value=20),))
    found = point(of_city("integers", {"staff": {"cells": {"own": 5}}}, alone), "own", "count")
    assert (found.beside[1].baseline_mean, found.beside[1].change) == (None, None)


def test_the_rate_of_a_procedure_stands_beside_that_of_the_nation() -> None:
    cell = {"exists": "yes", "online": "done", "total": 8, "online_count": 3}
    found = questionnaire("small")
    rows = [body("010001", answers={"use-school": {"cells": {"lending": cell}}}, population=10)]
    printed = published("lending", table="use", column="rate", group="total", percent=Decimal("30.0"))
    made = compare_body(own(rows[0]), found, now(found, rows), Baseline((printed,)))
    rate = point(made, "lending", "rate")
    assert rate.value == Decimal("37.5")
    (nation,) = rate.beside
    assert nation.cell is not None and nation.cell.percent == Decimal("37.5")
    assert nation.change == Decimal("7.5")


def test_without_a_run_there_are_the_published_numbers() -> None:
    mine = everyone()[4]
    found = compare_body(own(mine), SHIPPED, None, report.published(2020))
    assert not found.has_run and found.peers is None
    beside = [beside for _, _, beside in points(found)]
    assert all(each.cell is None and each.statistic is None for each in beside)
    printed = [each.published for each in beside if each.published]
    assert len(printed) > 50 and all(each.change is None for each in printed)


def test_the_columns_are_those_of_the_contract() -> None:
    assert to_csv(comparison_form(compared(everyone()[4]))).decode("utf-8-sig").splitlines()[0] == HEADER


def test_measures_in_place_are_the_yes_lines_of_the_kind() -> None:
    mine = everyone()[4]
    found = compared(mine)
    lines = [line for line in read(to_csv(comparison_form(found))) if line["group"] == mine.kind]
    assert sum(line["in_place"] == "yes" for line in lines) == found.in_place
    without = {question.public_id for question in SHIPPED.question_by_id.values() if not question.favourable}
    assert {line["in_place"] for line in lines if line["question"] in without} == {""}
    assert {line["origin"] for line in lines} == {"synthetic"}


def test_a_line_of_a_share_and_one_of_a_number() -> None:
    lines = read(to_csv(comparison_form(compared(everyone()[4]))))
    (share,) = [
        line
        for line in lines
        if (line["question"], line["row"], line["group"]) == ("fig-01", "appointed", "municipality")
    ]
    assert (share["baseline_count"], share["baseline_base"], share["baseline_percent"]) == ("1474", "1741", "84.7")
    assert Decimal(share["change"]) == Decimal(share["percent"]) - Decimal("84.7")
    assert (share["value"], share["favourable"], share["in_place"]) == ("", "yes", share["answer"])
    (number,) = [
        line for line in lines if (line["question"], line["row"], line["group"]) == ("table-1", "own_total", "city")
    ]
    assert number["value"] and number["group_mean"] and number["group_median"]
    assert (number["unit"], number["count"], number["answer"], number["in_place"]) == ("人", "", "", "")


def test_kinds_of_empty_stay_apart_in_the_file() -> None:
    found = of_city("gates", {})
    notes = {line["question"]: line["note"] for line in read(to_csv(comparison_form(found)))}
    assert set(notes.values()) == {"設問対象外", "未回答"}
    partly = of_city("matrix", {"state": {"cells": {}}})
    assert {line["note"] for line in read(to_csv(comparison_form(partly)))} == {"未回答"}


def test_drafts_of_any_kind_can_be_compared() -> None:
    """Half-finished answers: what is given is said, what is not is empty."""
    rng = Random(3)
    for mine in everyone()[:8]:
        answers = applicable(SHIPPED, mine.kind, draft_answers(SHIPPED, mine.kind, rng))
        for question, found, _ in points(compare_body(own(mine, answers), SHIPPED, None, None)):
            given = answers.get(question.id)
            assert given or (found.answer is None and found.value is None)
    whole = complete_answers(SHIPPED, "city", rng)
    assert compare_body(own(body("010009"), whole), SHIPPED, None, None).in_place > 0
