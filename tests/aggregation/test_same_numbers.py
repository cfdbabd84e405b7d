"""One run, five forms: workbook for machines, CSV, JSON, PDF and pages hold the same number for every printed cell."""

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from random import Random

import pytest
from django.core.cache import cache
from django.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader

from aggregation import report
from aggregation.export.machine_words import MISSING
from aggregation.models import Run
from aggregation.tables import NATIONAL, Cell, Table
from surveys.models import Disclosure
from tests.aggregation.paper import name, pages
from tests.aggregation.test_report_paper import expected
from tests.factories import answer, make_body, make_prefecture, open_round, publish
from tests.random_answers import complete_answers

pytestmark = pytest.mark.django_db
Place = tuple[str, str, str, str]  # table, row, column, side
Numbers = tuple[Decimal | None, Decimal | None]  # count or value, percentage


YEAR = 2019  # no report of that year or before is shipped, so that only the run's own numbers are printed


@pytest.fixture
def run() -> Iterator[Run]:
    """A prefecture and three municipalities of different kinds have answered everything, and all of it is public."""
    kinds = (("203211", "軽井沢町", "town"), ("203041", "川上村", "village"))
    bodies = [make_prefecture(), make_body(), *(make_body(*facts) for facts in kinds)]
    survey = open_round(YEAR, "2020")
    for position, body in enumerate(bodies):
        answers = complete_answers(survey.questionnaire, body.kind, Random(position))
        answer(survey, body, answers, submit=True)
    Disclosure.objects.decide(survey, dict.fromkeys(survey.questionnaire.parts, (True, None)), by=None)
    yield publish(survey)
    cache.clear()


def number(value: object) -> Decimal | None:
    return None if value in (None, "", MISSING) else Decimal(str(value).replace(",", ""))


def of(cell: Cell) -> Numbers:
    return number(cell.count if cell.count is not None else cell.value), cell.percent


def in_csv(data: bytes) -> dict[Place, Numbers]:
    lines = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    return dict(_lines(lines))


def in_json(data: bytes) -> dict[Place, Numbers]:
    found = json.loads(data)
    return dict(_lines(dict(zip(found["columns"], row, strict=True)) for row in found["rows"]))


def _lines(lines: object) -> Iterator[tuple[Place, Numbers]]:
    for line in lines:
        if line["breakdown"] == NATIONAL:
            place = (line["table"], line["row"], line["column"] or "", line["group"])
            main = line["count"] if line["count"] not in (None, "") else line["value"]
            yield place, (number(main), number(line["percent"]))


def in_workbook(data: bytes, tables: list[Table]) -> dict[Place, Numbers]:
    book, found = load_workbook(io.BytesIO(data)), {}
    for table in tables:
        heads, *rows = book[table.id].iter_rows(values_only=True)
        for row in rows:
            line = dict(zip(map(str, heads), row, strict=True))
            if line["区分コード"] == NATIONAL:
                place = (table.id, line["行コード"], line.get("列コード", ""), line["群コード"])
                main = number(line.get("団体数"))
                main = main if main is not None else number(line.get("値"))
                found[place] = (main, number(line.get("割合")))
    return found


def in_page(page: str, table: str, wide: bool) -> dict[Place, Numbers]:
    """The counts and values of a page, by the addresses that they lead to, each with its share: in the same cell of a
    table with several columns, in the next one of another."""
    found = {}
    link = rf'/{table}/cells/([^/]+)/([^/]+)/national/([^/]+)/">\s*([\d,]+)\s*</a>(.*?)(?=class="cell-link"|</tr>)'
    for row, column, side, main, after in re.findall(link, page, flags=re.S):
        own = "".join(after.split("</td>")[: 1 if wide else 2])
        share = re.search(r"([\d.]+)%", own)
        found[table, row, "" if column == "-" else column, side] = (number(main), number(share[1] if share else None))
    return found


def on_paper(data: bytes, tables: list[Table]) -> None:
    """Each row of each table stands in print with exactly its numbers, in the part of the paper that is its own."""
    found = "".join(pages(PdfReader(io.BytesIO(data))))
    starts = [found.rindex(name(table)) for table in tables]
    for table, start, end in zip(tables, starts, [*starts[1:], len(found)], strict=True):
        assert [row for row in expected(table) if row not in found[start:end]] == [], table.id


def test_the_same_number_stands_in_all_five_for_every_cell_that_is_printed(client: Client, run: Run) -> None:
    tables = report.public(run)
    cells = [(table.id, cell) for table in tables for cell in table.cells if cell.breakdown == NATIONAL]
    wanted = {(id, cell.row, cell.column, cell.group): of(cell) for id, cell in cells}
    assert len(wanted) > 1500
    endings = (".csv", ".json", "-machine.xlsx", ".pdf")
    files = {ending: client.get(f"/report/{YEAR}/tables{ending}").content for ending in endings}
    assert in_csv(files[".csv"]) == wanted
    assert in_json(files[".json"]) == wanted
    assert in_workbook(files["-machine.xlsx"], tables) == wanted
    on_paper(files[".pdf"], tables)
    for table in tables:
        shown = in_page(client.get(f"/report/{YEAR}/{table.id}/").content.decode(), table.id, len(table.columns) > 1)
        main = {place: own for place, own in wanted.items() if place[0] == table.id and own[0] is not None}
        assert shown == main, table.id
