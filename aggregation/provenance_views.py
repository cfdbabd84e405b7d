"""The page of one number: 数の出どころ, and the bodies behind it as a file."""

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from aggregation import report, report_page
from aggregation.addresses import Edition
from aggregation.export.long_form import LongForm, Value, to_csv
from aggregation.groups import NATIONAL_LABELS
from aggregation.models import Run
from aggregation.pages import signed
from aggregation.provenance_page import CellPage
from aggregation.provenance_words import RULES, gate, names
from aggregation.views import published_run

COLUMNS = ("year", "table", "row", "column", "breakdown", "group", "body", "name", "standing", "value", "origin")
NO_COLUMN = "-"  # what stands in the address of a cell of a table without columns


@require_safe
def cell(
    request: HttpRequest, edition: Edition, table: str, row: str, column: str, breakdown: str, group: str
) -> HttpResponse:
    """Where a number comes from."""
    run, page = _found(edition, table, (row, column, breakdown, group))
    asked = gate(page.question, run.survey.questionnaire, report_page.language())
    context = {"run": run, "edition": edition, "page": page, "table": page.table, "gate": asked}
    context |= {"names": names(page.rule), "rules": RULES[page.rule], "change": _change(page)}
    context |= {"sides": NATIONAL_LABELS, "baseline_year": report.baseline_year(edition.year)}
    return render(request, "aggregation/cell.html", context)


@require_safe
def bodies_file(
    request: HttpRequest, edition: Edition, table: str, row: str, column: str, breakdown: str, group: str
) -> HttpResponse:
    """The bodies of the group and how each stands to the number, where they may be named."""
    run, page = _found(edition, table, (row, column, breakdown, group))
    if page.standings is None:
        raise Http404
    form = LongForm(run.survey.year, report.origin(run), tuple(_lines(page)), COLUMNS)
    name = content_disposition_header(True, report.file_name(run, "csv", f"{table}-{row}-bodies")) or ""
    return HttpResponse(to_csv(form), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


def _found(edition: Edition, table: str, key: tuple[str, str, str, str]) -> tuple[Run, CellPage]:
    run = published_run(edition)
    row, column, breakdown, group = key
    page = CellPage.find(run, table, (row, "" if column == NO_COLUMN else column, breakdown, group))
    if page is None:
        raise Http404
    return run, page


def _change(page: CellPage) -> str:
    """The difference to the published number: +1.3."""
    return signed(page.published.change) if page.published else ""


def _lines(page: CellPage) -> Iterator[tuple[Value, ...]]:
    """In code order."""
    assert page.standings is not None
    place = (page.run.survey.year, page.table.id, *page.cell[:4])
    stood = sorted((each for own in page.standings.values() for each in own), key=lambda each: each.body.code)
    for each in stood:
        yield (*place, each.body.code, each.body.name, each.standing, each.value, report.origin(page.run))
