"""A report on paper for tests: of a small country, whole or of two figures, and its text."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from aggregation import drawing, figures, front_matter, report
from aggregation.export.facts import Against, Facts
from aggregation.export.paper.document import ReportPaper, Shown
from aggregation.export.paper.prose import Written
from aggregation.export.paper.report import ReportSource, to_pdf
from aggregation.figure_page import Figure
from aggregation.narrative import sentences
from aggregation.pages import TablePage
from aggregation.tables import Table
from aggregation.tabulate import build_all
from surveys.questionnaire import Text
from tests.aggregation.makers import everyone, questionnaire

FACTS = Facts(
    2020,
    date(2020, 4, 1),
    "run-0042",
    "r1",
    16,
    datetime(2021, 8, 31, 9, tzinfo=UTC),
    date(2021, 8, 31),
    "synthetic",
)
# One chart of each kind: bars of persons, pie, bars of one side, stacked bars, lines, and one side too high for a page.
DRAWN = ("table-1", "fig-02", "fig-24-1", "fig-32", "fig-52", "table-2-1")
ASKED = Written(front_matter.introduction(), 2, 14, date(2021, 5, 6), date(2021, 5, 28))


@cache
def tables() -> Mapping[str, Table]:
    """All tables of a small country that has answered the shipped questionnaire."""
    made = build_all(questionnaire("2020"), report.specs(), everyone(), report.past(), 2020)
    return {table.id: table for table in made}


def figure(table: Table, language: str = "ja", draw: bool = False, later: bool = False) -> Figure:
    plan = figures.plan(table, report.spec_by_id().get(table.id))
    svgs = {}
    if draw and plan:
        svgs = {side: drawing.draw(figures.spec(table, plan, side, language)) for side in plan.sides}
    page = TablePage(table, report.published(2020), plan, later)
    bases = {"prefecture": Text("2団体", "2 bodies"), "municipality": Text("14団体", "14 bodies")}
    return Figure(table, page, plan, svgs, sentences(table, questionnaire("2020")), bases)


@cache
def full() -> ReportSource:
    """The whole report; of its charts one of each kind, as drawing takes longer than anything else."""
    found = questionnaire("2020")
    against = Against(report.published(2020), 2020, report.past())
    own = [figure(table, draw=id in DRAWN) for id, table in tables().items()]
    written = replace(ASKED, terms=found.terms, chronology=front_matter.chronology())
    return ReportSource(FACTS, found.chapters, own, against, written=written)


def small(language: str = "ja", **changes: Any) -> ReportSource:
    """A report of two figures without published numbers."""
    own = [figure(tables()[id], language) for id in ("fig-01", "fig-14")]
    return replace(ReportSource(FACTS, questionnaire("2020").chapters, own, Against(), language=language), **changes)


def squeezed(text: str) -> str:
    """A text without the spaces and breaks that depend on the layout."""
    return "".join(text.split())


def pages(reader: PdfReader) -> list[str]:
    return [squeezed(page.extract_text()) for page in reader.pages]


def text(source: ReportSource) -> str:
    return "".join(pages(PdfReader(BytesIO(to_pdf(source)))))


def name(table: Table) -> str:
    return squeezed((table.number.ja if table.number else "") + table.title.ja)


def parts(paper: ReportPaper) -> Iterator[Shown]:
    return (part.shown for chapter in paper.chapters for part in chapter.parts)
