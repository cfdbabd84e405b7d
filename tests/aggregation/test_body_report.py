"""A body's comparison as PDF: the numbers of its CSV, in words and tagged; and nothing of other bodies."""

import random
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from aggregation import report
from aggregation.collect import collect
from aggregation.comparison import Comparison, compare_body
from aggregation.export import COMPARISON_FORMATS
from aggregation.export.body_report import Asked, BodyReport, Row, body_report
from aggregation.export.comparison_book import ComparisonFile
from aggregation.peers import Peers
from aggregation.tables import BodyRow
from surveys.questionnaire import tier
from tests.aggregation.makers import body, everyone, questionnaire
from tests.aggregation.test_comparison import now, own
from tests.aggregation.test_comparison_book import CREATED
from tests.random_answers import complete_answers
from tests.surveys.test_paper import tags, words

SHIPPED = questionnaire("2020")


@cache
def rows() -> tuple[BodyRow, ...]:
    """The small country and six cities of one size, so that these have peers."""
    rng = random.Random(7)
    cities = [
        body(f"2000{number:02}", "city", complete_answers(SHIPPED, "city", rng), 60_000 + number, synthetic=True)
        for number in range(6)
    ]
    return (*everyone(), *cities)


def comparison(found: BodyRow, answers: Any = None) -> Comparison:
    mine = replace(own(found, answers), population=found.population)
    of_all = now(SHIPPED, rows())
    kept = report.peers_by_group(collect(SHIPPED, rows()), 2020)
    peers = Peers(of_all.peers.document, *_sized(kept, mine.peers))
    return compare_body(mine, SHIPPED, replace(of_all, peers=peers), report.published(2020))


def _sized(kept: dict[str, str], group: str) -> tuple[str, Any]:
    found = Peers.from_texts("", group, kept.get(group, ""))
    return found.group, found.sized


@cache
def file(at: int = -1) -> ComparisonFile:
    return ComparisonFile(SHIPPED, comparison(rows()[at]), "いまの集計：run-0042（公表前、22団体）", 2020, CREATED)


@cache
def pdf(at: int = -1) -> bytes:
    return COMPARISON_FORMATS["pdf"](file(at))


def plain(text: str) -> str:
    return "".join(text.split())


def questions(paper: BodyReport) -> list[Asked]:
    return [asked for part in paper.parts for asked in part.questions]


def paired(at: int) -> list[tuple[str, Asked]]:
    """The questions of a paper, each with the id under which the CSV has it."""
    ids = [found.question.public_id for section in file(at).comparison.sections for found in section.questions]
    return list(zip(ids, questions(body_report(file(at))), strict=True))


def lines(at: int) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    """The lines of the CSV by question, labels of row and column, and group."""
    form = file(at).form
    found = (dict(zip(form.columns, row, strict=True)) for row in form.rows)
    return {(line["question"], line["row_label"], line["column_label"], line["group"]): line for line in found}


def numbers(asked: Asked, row: Row) -> list[tuple[str, str, str]]:
    """Number, what stands beside it, and base, of each column."""
    bases = [head.base for head in asked.heads]
    found = []
    for (first, second), base in zip(row.numbers, bases, strict=True):
        number, _, own_base = first.partition("／")
        found.append((number, second, own_base or (base if number else "")))
    return found


def wanted(line: dict[str, Any] | None, prefix: str = "") -> tuple[str, str, str]:
    if line is None:
        return "", "", ""
    if prefix == "" and line["group_mean"] is not None:
        return f"{line['group_mean']:,}", f"{line['group_median']:,}".removesuffix(".0"), ""
    if prefix and line["baseline_mean"] is not None:
        return f"{line['baseline_mean']:,}", "", ""
    count, base, percent = (line[f"{prefix}{name}"] for name in ("count", "base", "percent"))
    share = "" if percent is None else f"{percent}%"
    return "" if count is None else f"{count:,}", share, "" if count is None or base is None else f"{base:,}"


@pytest.mark.parametrize("at", [-1, 0, 4], ids=["with peers", "prefecture", "without peers"])
def test_every_number_is_that_of_the_csv(at: int) -> None:
    found, comparison = lines(at), file(at).comparison
    side = tier(comparison.own.kind)
    groups = dict.fromkeys((comparison.group, side))
    seen = 0
    for id, asked in paired(at):
        label = ""
        for row in asked.rows:
            label = row.label
            nation = row.column.removesuffix("（全国）")
            of = {group: found.get((id, label, nation, group)) for group in (*groups, "total")}
            cells = [wanted(of[group]) for group in groups]
            if row.column != nation:
                cells = [("", "", "")] * len(cells)
                cells[-1] = wanted(of["total"])
            last = of["total"] if row.column != nation else of[side]
            if asked.has_published:
                cells.append(wanted(last, "baseline_"))
            own_numbers = numbers(asked, row)
            if asked.rows[0].numbers and any(line and line["group_mean"] is not None for line in of.values()):
                own_numbers = [(first, second, "") for first, second, _ in own_numbers]
            assert own_numbers == cells, (id, row)
            assert row.change == "" or (last and last["change"] is not None)
            seen += 1
    assert seen > 400


@pytest.mark.parametrize("at", [-1, 0])
def test_every_row_and_answer_stands_in_the_text(at: int) -> None:
    text = words(PdfReader(BytesIO(pdf(at))))
    for asked in questions(body_report(file(at))):
        assert plain(asked.text) in text and plain(asked.state) in text and plain(asked.answer) in text
        for row in asked.rows:
            cells = (
                row.column if asked.has_columns else row.label,
                row.own,
                *(part for cell in row.numbers for part in cell),
            )
            change = row.change if asked.has_published else ""
            assert plain("".join((*cells, change))) in text.replace("\u200b", ""), row


def test_the_answers_are_words() -> None:
    paper = body_report(file())
    answers = rows()[-1].answers
    assert answers
    by_text = {asked.text: asked for asked in questions(paper)}
    question = next(
        found for found in SHIPPED.question_by_id.values() if found.kind == "single-choice" and found.id in answers
    )
    chosen = next(option for option in question.options if option.code == answers[question.id]["value"])
    asked = by_text[question.title.ja]
    assert asked.answer == chosen.label.ja
    assert [row.label for row in asked.rows if row.own == "○"] == [row.label for row in asked.rows if row.is_own]
    matrix = next(found for found in SHIPPED.question_by_id.values() if found.kind == "matrix" and found.id in answers)
    labels = {column.code: column.label.ja for column in matrix.columns}
    given = {
        row.label.ja: labels[answers[matrix.id]["cells"][row.code]]
        for row in matrix.rows_for("city")
        if row.code in answers[matrix.id]["cells"]
    }
    assert {row.label: row.own for row in by_text[matrix.title.ja].rows} == given


def test_the_summary_and_the_gaps() -> None:
    found, paper = file().comparison, body_report(file())
    lines = {line[0]: line for _, lines in paper.chapters for line in lines}
    for section in found.sections:
        line = lines[f"{section.section.number}　{section.section.title.ja}"]
        if section.measures:
            assert section.peers
            assert line[1:4] == (f"{section.in_place}／{len(section.measures)}", "", section.peers.median_words)
        else:
            assert line[1:] == ("", "", "", "")
    assert paper.gaps
    shares = [float(gap[3].removesuffix("%")) for gap in paper.gaps]
    assert shares == sorted(shares, reverse=True) and min(shares) >= 50
    text = words(PdfReader(BytesIO(pdf())))
    assert all(plain("".join(gap)) in text for gap in paper.gaps)
    assert "60,005人" in text and "人口5万人以上10万人未満の一般市（7団体）" in text or found.group != "city"


def test_it_is_tagged_has_language_title_and_bookmarks() -> None:
    reader = PdfReader(BytesIO(pdf()))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "ja"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata and reader.metadata.title == file().title
    assert {"/Table", "/TH", "/TD", "/H1", "/H2"} <= tags(root["/StructTreeRoot"]["/K"])
    named = [entry.title for entry in reader.outline]
    assert named[0] == "項目ごとのまとめ" and named[-1] == "数え方" and len(named) > len(file().comparison.sections)
    assert b"pdfuaid:part>1<" in pdf()


def test_the_same_file_gives_the_same_bytes_whatever_was_typeset_before() -> None:
    first = COMPARISON_FORMATS["pdf"](file())
    COMPARISON_FORMATS["pdf"](file(4))
    assert COMPARISON_FORMATS["pdf"](file()) == first


def test_nothing_of_another_body_stands_in_it() -> None:
    """Two papers of the same peers differ in the own answers only: all else comes from the tables."""
    one, other = body_report(file(-1)), body_report(file(-2))
    for mine, theirs in zip(questions(one), questions(other), strict=True):
        assert [row.numbers for row in mine.rows] == [row.numbers for row in theirs.rows]
    text = words(PdfReader(BytesIO(pdf(-1))))
    assert all(each.name not in text for each in rows()[:-1]) and rows()[-1].name in text


def test_what_is_made_up_is_said_to_be_so_and_what_is_reported_is_not() -> None:
    assert "合成データ" in words(PdfReader(BytesIO(pdf())))
    reported = replace(file(), comparison=replace(file().comparison, synthetic=False))
    assert "合成" not in words(PdfReader(BytesIO(COMPARISON_FORMATS["pdf"](reported))))


def test_without_a_run_there_are_the_own_answers_and_what_was_published() -> None:
    mine = own(rows()[-1])
    for printed, year in ((report.published(2020), 2020), (None, None)):
        alone = compare_body(mine, SHIPPED, None, printed)
        found = ComparisonFile(SHIPPED, alone, "いまの集計：まだ公表されていません", year, CREATED)
        paper = body_report(found)
        assert paper.gaps is None
        heads = {head.label for asked in questions(paper) for head in asked.heads}
        assert heads == ({"公表値"} if printed else set())
        text = words(PdfReader(BytesIO(COMPARISON_FORMATS["pdf"](found))))
        assert "まだ公表されていません" in text and "相手の多くが" not in text


def test_blank_answers_are_said_to_be_blank_and_gaps_may_be_none() -> None:
    found = ComparisonFile(SHIPPED, comparison(rows()[-1], {}), "いまの集計：run-0042", None, CREATED)
    paper = body_report(found)
    assert {asked.state for asked in questions(paper)} == {"未回答", "うかがっていません（設問対象外）"}
    assert paper.gaps == () and "いまの回答では、ありません" in words(
        PdfReader(BytesIO(COMPARISON_FORMATS["pdf"](found)))
    )
    nothing = next(
        found for found in SHIPPED.question_by_id.values() if found.kind == "multiple-choice" and not found.gate
    )
    none = ComparisonFile(SHIPPED, comparison(rows()[-1], {nothing.id: {"values": []}}), "", 2020, CREATED)
    assert any(asked.answer == "選んだものはありません" or asked.state for asked in questions(body_report(none)))
