"""What the pages of the report are made of: an item or one figure, from the tables of a run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _g

from aggregation import compare, items, kept_figures, key_figures, report
from aggregation.base_words import base_words
from aggregation.figure_file import FigureFile
from aggregation.figure_page import Figure
from aggregation.figures import words
from aggregation.items import Chapter
from aggregation.models import Run
from aggregation.narrative import sentences
from aggregation.pages import Side, TablePage
from aggregation.tables import Table
from surveys.questionnaire import Term, Text
from surveys.templatetags.surveys import fiscal_year


def language() -> str:
    return "en" if (get_language() or "").startswith("en") else "ja"


def figures(run: Run, tables: Sequence[Table]) -> list[Figure]:
    """The figures of tables of a run, in the language of the page."""
    drawn = kept_figures.drawn(run, tables, language())
    baseline, later = report.baseline_of(run), is_later(run)
    found = []
    for table in tables:
        own = drawn.get(table.id)
        plan, svgs = (own.plan, own.svgs) if own else (None, None)
        page = TablePage(table, baseline, plan, later)
        told = sentences(table, run.survey.questionnaire)
        found.append(Figure(table, page, plan, svgs, told, _bases(run, page)))
    return found


def _bases(run: Run, page: TablePage) -> dict[str, Text]:
    questionnaire = run.survey.questionnaire
    found = {side.code: base_words(page.table, side.code, questionnaire) for side in page.sides}
    return {side: words for side, words in found.items() if words}


def is_later(run: Run) -> bool:
    """Whether the published numbers beside a run are those of an earlier year."""
    return report.baseline_year(run.survey.year) != run.survey.year


class Agreement(NamedTuple):
    """How many of the numbers that the report prints came out again."""

    printed: int
    agreeing: int


@dataclass(frozen=True)
class How:
    """How the numbers of some figures were counted: 数え方と出どころ."""

    sides: Sequence[Side]
    asked: Sequence[Figure]
    agreement: Agreement | None
    has_published: bool
    terms: Sequence[Term]


def how(run: Run, shown: Sequence[Figure]) -> How:
    return How(
        sides=list(_sides(shown)),
        asked=[figure for figure in shown if figure.asked],
        agreement=_agreement(run, [figure.table for figure in shown]),
        has_published=any(figure.page.has_published for figure in shown),
        terms=_terms(run, shown),
    )


def _sides(shown: Sequence[Figure]) -> Iterator[Side]:
    """Each side once, as most of the tables have it: with its bodies in the register and those that responded."""
    found: dict[str, Side] = {}
    for figure in shown:
        for side in figure.page.sides:
            if side.bodies > (found[side.code].bodies if side.code in found else 0):
                found[side.code] = side
    return iter(found.values())


def _agreement(run: Run, tables: Sequence[Table]) -> Agreement | None:
    """Only beside the report of the same year: later numbers are other ones."""
    baseline = report.baseline_of(run)
    if baseline is None or is_later(run):
        return None
    ids = {table.id for table in tables}
    lines = [line for line in compare.reproduction(tables, baseline).numbers if line.table in ids]
    return Agreement(len(lines), sum(line.agrees for line in lines)) if lines else None


def _terms(run: Run, shown: Sequence[Figure]) -> list[Term]:
    """The terms that the questions behind the figures use, in the order of the glossary."""
    questionnaire = run.survey.questionnaire
    parts = (part for figure in shown for part in questionnaire.parts.get(figure.table.id, ()))
    used = {term for part in parts for term in part.terms}
    return [term for term in questionnaire.terms if term.id in used]


def contents(run: Run) -> list[Chapter]:
    """The chapters of a run with their items."""
    return items.contents(run.survey.questionnaire, report.heads(run))


@cache
def _wanted() -> tuple[key_figures.KeyFigure, ...]:
    return key_figures.load()


def key(run: Run) -> list[key_figures.Shown]:
    """The key figures of a run."""
    tables = report.public_some(run, [figure.table for figure in _wanted()])
    return list(key_figures.shown(_wanted(), tables, run.survey.year))


def figure_file(run: Run, table: Table) -> str | None:
    """The charts of a table as one SVG in the active language; None where there is nothing to draw."""
    (figure,) = figures(run, [table])
    if not figure.panels:
        return None
    facts = {"year": fiscal_year(run.survey.year), "edition": run.edition, "run": run}
    notes = [_g("出典：電子自治体の推進状況調査（%(year)s、第%(edition)s版、計算番号 %(run)s）") % facts]
    if run.synthetic:
        notes.append(
            _g(
                "この図の数値は、公表値を再現するために作った合成データから計算したものです。各団体の実際の回答ではありません。"
            )
        )
    if figure.leaves_out:
        notes.insert(0, _g("5％未満の区分の数は、表にあります。"))
    title = words.title(table, None, language())
    return FigureFile(title, figure.panels, notes, language()).to_svg()
