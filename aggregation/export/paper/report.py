"""The whole report on paper: the cover, what is written around the numbers, and each figure in its place. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

from aggregation import items
from aggregation.export.facts import Against, Facts
from aggregation.export.paper import words
from aggregation.export.paper.document import Chapter, Heading, Part, ReportPaper
from aggregation.export.paper.prose import Written, after, before
from aggregation.export.paper.shown import shown
from aggregation.figure_page import Figure
from surveys import questionnaire
from surveys.answers_file import SYNTHETIC
from surveys.era import era_year
from surveys.paper import render
from surveys.paper.document import Cover
from surveys.questionnaire import Text

TEMPLATE = Path(__file__).parent / "report.typ"


@dataclass(frozen=True)
class ReportSource:
    """All that the report on paper is made from; figures in the order of the report, drawn in its language.

    `withheld`: the sides of a table, by id, of which something may not be shown.
    """

    facts: Facts
    chapters: Sequence[questionnaire.Chapter]
    figures: Sequence[Figure]
    against: Against
    withheld: Mapping[str, Sequence[Text]] = field(default_factory=dict)
    written: Written = field(default_factory=Written)
    language: str = "ja"


def to_pdf(source: ReportSource) -> bytes:
    """The report as PDF: the same source gives the same bytes. Raises FontMissing."""
    return render.compiled(report_paper(source), TEMPLATE)


def report_paper(source: ReportSource) -> ReportPaper:
    language = source.language
    heading = _heading(source.facts, language)
    return ReportPaper(
        cover=_cover(source.facts, heading, language),
        heading=heading,
        warning=words.MADE_UP.in_language(language) if source.facts.origin == SYNTHETIC else "",
        before=tuple(before(source.written, source.facts, language)),
        chapters=tuple(_chapters(source)),
        after=tuple(after(source.written, language)),
        labels={name: text.in_language(language) for name, text in words.LABELS.items()},
    )


def _heading(facts: Facts, language: str) -> tuple[str, str, str]:
    """The name of the report in lines, its year in full width as the report writes it."""
    if language.startswith("en"):
        return words.REPORT.en, words.TITLE.en, words.year(facts.year, language)
    return words.REPORT.ja, f"（{words.TITLE.ja}）", f"{era_year(facts.year, full_width=True)}年度"


def _cover(facts: Facts, heading: tuple[str, str, str], language: str) -> Cover:
    name, title, year = heading
    edition = facts.edition or words.NOT_PUBLISHED.in_language(language)
    made_up = facts.origin == SYNTHETIC
    return Cover(
        language=language,
        title=words.NAME.in_language(language).format(name=name, title=title, year=year),
        subtitle="",
        about=words.ABOUT.in_language(language).format(name=name, year=year),
        mark=words.SYNTHETIC.in_language(language) if made_up else "",
        stamp=f"{edition}　{facts.run}",
        author=words.MINISTRY.in_language(language),
        at=facts.created,
        facts=tuple((words.FACTS[key].in_language(language), said) for key, said in _facts(facts, language)),
        synthetic=made_up,
    )


def _facts(facts: Facts, language: str) -> Iterator[tuple[str, str]]:
    unpublished = words.NOT_PUBLISHED.in_language(language)
    yield "reference", words.day(facts.reference_date, language)
    yield "edition", facts.edition or unpublished
    yield "published", words.day(facts.published, language) if facts.published else unpublished
    yield "run", facts.run
    yield "counted", words.BODIES.in_language(language).format(count=f"{facts.responses:,}")
    yield "data", (words.SYNTHETIC if facts.origin == SYNTHETIC else words.REPORTED).in_language(language)


def _chapters(source: ReportSource) -> Iterator[Chapter]:
    """The chapters that have a figure."""
    for chapter in source.chapters:
        if own := [figure for figure in source.figures if figure.table.chapter == chapter.number]:
            title = words.chapter(chapter.number, chapter.title, source.language)
            yield Chapter(title, tuple(_parts(own, source)))


def _parts(figures: Sequence[Figure], source: ReportSource) -> Iterator[Part]:
    """The figures of a chapter, each under the headings that begin with it."""
    above: list[str] = []
    for figure in figures:
        parts = items.parts(figure.table.heading)
        path = [part.in_language(source.language) for part in parts]
        kept = len([*takewhile(lambda pair: pair[0] == pair[1], zip(path, above, strict=False))])
        headings = tuple(Heading(level, text) for level, text in enumerate(path[kept:], kept + 2))
        withheld = source.withheld.get(figure.table.id, ())
        yield Part(headings, shown(figure, len(path) + 2, source.against, withheld, source.language))
        above = path
