"""The page of one number: 数の出どころ, and the bodies behind it as a file."""

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from aggregation import items, report, report_page
from aggregation.addresses import Edition
from aggregation.export.long_form import LongForm, Value, to_csv
from aggregation.models import Run
from aggregation.provenance import COUNTED, NO_RESPONSE, STANDINGS
from aggregation.provenance_page import CellPage
from aggregation.views import published_run
from surveys import words

COLUMNS = ("year", "table", "row", "column", "breakdown", "group", "body", "name", "standing", "value", "origin")
NO_COLUMN = "-"  # what stands in the address of a cell of a table without columns
NAMES = {
    "counted": _("数えた団体"),
    "otherwise": _("ほかの回答をした団体"),
    "blank": _("空欄の団体"),
    "not_asked": _("前の問の回答により、うかがっていない団体"),
    "not_applicable": _("この種類の団体にはうかがっていない"),
    "no_response": _("未回答の団体"),
}


@require_safe
def cell(
    request: HttpRequest, edition: Edition, table: str, row: str, column: str, breakdown: str, group: str
) -> HttpResponse:
    """Where a number comes from."""
    run, page = _found(edition, table, (row, column, breakdown, group))
    context = {"run": run, "edition": edition, "page": page, "table": page.table, "here": page.row}
    context |= {"place": items.place_of(report_page.contents(run), table), "gate": _gate(page)}
    context |= {"lists": _lists(page), "baseline_year": report.baseline_year(edition.year)}
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


def _gate(page: CellPage) -> str:
    """Who was asked, in words."""
    questionnaire, question = page.run.survey.questionnaire, page.question
    if question is None or question.gate is None:
        return ""
    numbers = {id: str(each.number or each.title) for id, each in questionnaire.question_by_id.items()}
    return words.gate(question, questionnaire.section_of[question.id], numbers, report_page.language())


def _lists(page: CellPage) -> list[dict[str, object]]:
    """The bodies by standing; a standing that nobody has is left out, but for those counted and without response."""
    found = page.standings or {}
    shown = [name for name in STANDINGS if found.get(name) or (found and name in (COUNTED, NO_RESPONSE))]
    return [{"name": NAMES[name], "key": name, "bodies": found[name]} for name in shown]


def _lines(page: CellPage) -> Iterator[tuple[Value, ...]]:
    """In code order."""
    assert page.standings is not None
    place = (page.run.survey.year, page.table.id, *page.cell[:4])
    stood = sorted((each for own in page.standings.values() for each in own), key=lambda each: each.body.code)
    for each in stood:
        yield (*place, each.body.code, each.body.name, each.standing, each.value, report.origin(page.run))
