"""What goes into files: the tables of a run, or the comparison of a body with one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time

from django.utils import timezone
from django.utils.translation import override

from aggregation import dataset, front_matter, report, report_page
from aggregation.comparison import Comparison
from aggregation.export.comparison_book import ComparisonFile
from aggregation.export.facts import Against, Facts
from aggregation.export.machine_book import Listed
from aggregation.export.paper.prose import Written
from aggregation.export.tables_book import TablesFile
from aggregation.figure_page import Figure
from aggregation.models import Run
from aggregation.tables import NATIONAL, Table
from aggregation.text_models import ReportText
from surveys.era import era_date
from surveys.models import Survey
from surveys.questionnaire import PREFECTURE, Section, Text


def national(run: Run) -> TablesFile:
    """All tables of a run with all that is known: for the ministry."""
    return tables(run, report.national(run))


def public(run: Run) -> TablesFile:
    """All tables of a run as everybody may have them."""
    rule, all_known = report.disclosed(run), report.national(run)
    shown = [rule.table(table) for table in all_known]
    withheld = {
        table.id: sides for table, known in zip(shown, all_known, strict=True) if (sides := left_out(table, known))
    }
    return replace(tables(run, shown), withheld=withheld)


def left_out(shown: Table, known: Table) -> list[Text]:
    """The national groups of which a table shows less than is known."""
    places = {cell[:4] for cell in shown.cells}
    less = {cell.group for cell in known.cells if cell.breakdown == NATIONAL and cell[:4] not in places}
    return [group.label for group in known.groups if group.breakdown == NATIONAL and group.code in less]


def tables(run: Run, tables: Sequence[Table]) -> TablesFile:
    """Some tables of a run, as they are given."""
    against = Against(report.baseline_of(run), report.baseline_year(run.survey.year), report.past())
    return TablesFile(
        facts=facts(run),
        chapters=run.survey.questionnaire.chapters,
        tables=tables,
        against=against,
        bodies=lambda: _bodies(run),
        figures=lambda: _figures(run, tables),
        written=lambda: _written(run),
    )


def _figures(run: Run, tables: Sequence[Table]) -> Sequence[Figure]:
    """The figures in the language of files, whatever that of the page is."""
    with override("ja"):
        return report_page.figures(run, tables)


def _written(run: Run) -> Written:
    survey = run.survey
    register = dataset.register(survey)
    prefectures = sum(body.kind == PREFECTURE for body in register)
    opened, closed = (at and timezone.localdate(at) for at in (survey.opened_at, survey.closed_at))
    return Written(
        introduction=ReportText.objects.blocks(survey),
        prefectures=prefectures,
        municipalities=len(register) - prefectures,
        opened=opened,
        closed=closed,
        terms=survey.questionnaire.terms,
        chronology=front_matter.chronology(),
    )


def _bodies(run: Run) -> list[Listed]:
    return [Listed(body.code, body.name, body.kind, body.prefecture) for body in dataset.register(run.survey)]


def facts(run: Run) -> Facts:
    """What files say of a run."""
    return Facts(
        year=run.survey.year,
        reference_date=run.survey.reference_date,
        run=str(run),
        edition=run.edition_name,
        responses=run.responses,
        created=run.published_at or run.created_at,
        published=run.published_at and timezone.localdate(run.published_at),
        origin=report.origin(run),
    )


def for_body(run: Run | None, response: dataset.Response, only: Sequence[Section] | None = None) -> ComparisonFile:
    """The answers of a body beside a run or, without one, beside the published numbers only; `only`: some sections."""
    return of_body(run, response.survey, report.for_body(run, response, only))


def of_body(run: Run | None, survey: Survey, comparison: Comparison) -> ComparisonFile:
    """A body's comparison with a run for files."""
    created = datetime.combine(survey.reference_date, time(), UTC)
    now = "いまの集計：まだ公表されていません"
    if run is not None:
        created = run.published_at or run.created_at
        published = f"{era_date(timezone.localdate(run.published_at))}公表" if run.published_at else "公表前"
        now = f"いまの集計：{run}（{published}、{run.responses:,}団体）"
    return ComparisonFile(survey.questionnaire, comparison, now, report.baseline_year(survey.year), created)
