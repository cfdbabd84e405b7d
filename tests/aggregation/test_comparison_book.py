"""A body's comparison as a workbook."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from aggregation.comparison import Comparison, compare_body
from aggregation.export.book import DATA, INDEX
from aggregation.export.comparison_book import ComparisonFile
from aggregation.export.xlsx import to_xlsx
from tests.aggregation.makers import everyone, questionnaire
from tests.aggregation.test_comparison import compared, own

CREATED = datetime(2021, 8, 31, 9, tzinfo=UTC)
SHOWN = ("count", "base", "percent", "baseline_count", "baseline_base", "baseline_percent", "change")
MEANS = ("value", "group_mean", "group_median", "baseline_mean")


@cache
def file() -> ComparisonFile:
    return ComparisonFile(questionnaire("2020"), compared(everyone()[4]), "いまの集計：run-0042", 2020, CREATED)


def opened(found: ComparisonFile) -> Workbook:
    return load_workbook(io.BytesIO(to_xlsx(found.book)))


@cache
def book() -> Workbook:
    return opened(file())


def rows(sheet: str) -> list[tuple[Any, ...]]:
    return list(book()[sheet].iter_rows(values_only=True))


def plain(number: Any) -> Any:
    return float(number) if isinstance(number, Decimal) else number


def test_there_is_a_sheet_for_each_section_that_the_summary_leads_to() -> None:
    names = list(file().names.values())
    assert book().sheetnames == [INDEX, *names, DATA]
    assert names[0] == "1 推進体制と人材育成" and all(len(name) <= 31 for name in names)
    found = [cell.hyperlink.location for row in book()[INDEX] for cell in row if cell.hyperlink]
    assert found == [f"'{name}'!A1" for name in [*names, DATA]]


def test_the_summary_has_the_measures_and_the_median_of_the_kind() -> None:
    found = {row[0]: row[1:] for row in rows(INDEX)}
    for section in file().comparison.sections:
        peers = section.peers
        numbers = (
            section.in_place,
            section.unanswered,
            len(section.measures),
            *((peers.median, peers.mean, peers.bodies) if peers else ()),
        )
        wanted = tuple(map(plain, numbers)) if section.measures else (None,) * 6
        assert found[file().names[section.section.id]] == wanted
    total = file().comparison
    assert found["合計"][:3] == (total.in_place, total.unanswered, total.measures)
    assert "比べる相手（中央値、平均）：一般市" in found
    assert any("順位は付けません" in str(words) for words in found)


def test_the_long_form_is_a_sheet() -> None:
    found = rows(DATA)
    head = found.index(file().form.columns)
    wanted = [tuple(plain(value) if value != "" else None for value in row) for row in file().form.rows]
    assert found[head + 1 :] == wanted


@pytest.mark.parametrize("at", range(len(file().comparison.sections)))
def test_every_number_of_a_section_stands_in_its_sheet(at: int) -> None:
    """Question by question, the numbers of the sheet are those of the long form; a row shows its own value once."""
    section = file().comparison.sections[at]
    sheet = [value for row in rows(file().names[section.section.id]) for value in row if isinstance(value, int | float)]
    ids = {found.question.public_id for found in section.questions}
    codes = {(point.row.code, point.column.code) for found in section.questions for point in found.points}
    wanted: list[Any] = []
    seen = set()
    for line in (dict(zip(file().form.columns, row, strict=True)) for row in file().form.rows):
        place = (line["question"], line["row"], line["column"])
        if line["question"] not in ids or place[1:] not in codes:
            continue
        names = [name for name in (*SHOWN, *MEANS) if name != "value" or place not in seen]
        seen.add(place)
        wanted += [plain(line[name]) for name in names if line[name] is not None]
    for number in wanted:
        assert number in sheet
        sheet.remove(number)
    assert len(sheet) <= wanted.count(None) + sum(
        len(found.points) * 2 for found in section.questions if _numbers(found)
    )


def _numbers(found: Any) -> bool:
    """Beside means and medians a sheet has the number of bodies, which the long form has not."""
    return bool(found.question.kind == "matrix-integer")


def test_answers_are_words() -> None:
    section = next(found for found in file().comparison.sections if found.questions[0].question.options)
    found = rows(file().names[section.section.id])
    words = {row[2] for row in found} | {row[3] for row in found}
    assert {"はい", "いいえ"} <= words


def test_what_is_not_asked_or_blank_is_said() -> None:
    body = everyone()[4]
    blank = ComparisonFile(questionnaire("2020"), compared(body, {}), "", None, CREATED)
    words = {str(cell.value) for sheet in opened(blank) for row in sheet for cell in row}
    assert any(word.endswith("：未回答") for word in words)
    assert any(word.endswith("：うかがっていません（設問対象外）") for word in words)
    assert "公表値" in words and not any("公表値：" in word for word in words)


def test_made_up_numbers_are_said_to_be_so_and_others_are_not() -> None:
    for sheet in book():
        assert any(str(row[0]).startswith("合成データ") for row in sheet.iter_rows(max_row=4, values_only=True)), sheet
    mine = replace(own(everyone()[4]), synthetic=False)
    reported: Comparison = compare_body(mine, questionnaire("2020"), None, None)
    words = {
        str(cell.value)
        for s in opened(ComparisonFile(questionnaire("2020"), reported, "", 2020, CREATED))
        for row in s
        for cell in row
    }
    assert not any("合成" in word or word == "synthetic" for word in words)
