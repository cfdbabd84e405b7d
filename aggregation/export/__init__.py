"""A report as bytes: the only place that writes files."""

from collections.abc import Callable
from typing import Protocol

from aggregation.export import body_report
from aggregation.export.book import Book
from aggregation.export.comparison_book import ComparisonFile
from aggregation.export.long_form import LongForm, to_csv, to_json
from aggregation.export.paper.report import ReportSource, to_pdf
from aggregation.export.xlsx import to_xlsx


class Report(Protocol):
    """What can be written: lines of a long form, and a workbook to read."""

    @property
    def form(self) -> LongForm: ...

    @property
    def book(self) -> Book: ...


FORMATS: dict[str, Callable[[Report], bytes]] = {
    "csv": lambda report: to_csv(report.form),
    "json": lambda report: to_json(report.form),
    "xlsx": lambda report: to_xlsx(report.book),
}
MACHINE, PDF = "machine-xlsx", "pdf"
COMPARISON_FORMATS: dict[str, Callable[[ComparisonFile], bytes]] = {**FORMATS, PDF: body_report.to_pdf}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TablesReport(Report, Protocol):
    """Tables can also be written for machines and, as the whole report, on paper."""

    @property
    def machine_book(self) -> Book: ...

    @property
    def paper(self) -> ReportSource: ...


TABLE_FORMATS: dict[str, Callable[[TablesReport], bytes]] = {
    **FORMATS,
    MACHINE: lambda report: to_xlsx(report.machine_book),
    PDF: lambda report: to_pdf(report.paper),
}
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": XLSX,
    MACHINE: XLSX,
    PDF: "application/pdf",
}
