"""What goes into files: the tables of a run, or the comparison of a body with one."""

from collections.abc import Sequence
from datetime import UTC, datetime, time

from django.utils import timezone

from aggregation import dataset, report
from aggregation.comparison import Comparison
from aggregation.export.comparison_book import ComparisonFile
from aggregation.export.facts import Against, Facts
from aggregation.export.machine_book import Listed
from aggregation.export.tables_book import TablesFile
from aggregation.models import Run
from aggregation.tables import Table
from surveys.era import era_date
from surveys.models import Survey
from surveys.questionnaire import Section


def national(run: Run) -> TablesFile:
    """All tables of a run with all that is known: for the ministry."""
    return tables(run, report.national(run))


def public(run: Run) -> TablesFile:
    """All tables of a run as everybody may have them."""
    return tables(run, report.public(run))


def tables(run: Run, tables: Sequence[Table]) -> TablesFile:
    """Some tables of a run, as they are given."""
    against = Against(report.baseline_of(run), report.baseline_year(run.survey.year), report.past())
    return TablesFile(_facts(run), run.survey.questionnaire.chapters, tables, against, lambda: _bodies(run))


def _bodies(run: Run) -> list[Listed]:
    return [Listed(body.code, body.name, body.kind, body.prefecture) for body in dataset.register(run.survey)]


def _facts(run: Run) -> Facts:
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
