"""The whole report for paper: the cover, what is written around the numbers, and each table in its place. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from aggregation.export.facts import Against, Facts
from aggregation.export.paper import words
from aggregation.export.paper.document import Chapter, Heading, Part, Passage, Prose, ReportPaper, Writing
from aggregation.export.paper.shown import Around, shown
from aggregation.tables import Table
from surveys import questionnaire
from surveys.answers_file import SYNTHETIC
from surveys.era import era_date, era_year
from surveys.paper import render
from surveys.paper.document import Cover
from surveys.questionnaire import Text

TEMPLATE = Path(__file__).parent / "report.typ"
# "３ 行政手続 (1) 計画 ア 状況": each number begins a deeper heading.
_DEEPER = re.compile(r" (?=\((?:[0-9]+|[a-z])\) |[ア-オ] )")


@dataclass(frozen=True)
class ReportSource:
    """All that the report on paper is made from.

    `svgs`: the charts of each table by side; `withheld`: the sides of which a table may not show all.
    """

    facts: Facts
    chapters: Sequence[questionnaire.Chapter]
    terms: Sequence[questionnaire.Term]
    tables: Sequence[Table]
    against: Against
    svgs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    writing: Writing = field(default_factory=Writing)
    withheld: Mapping[str, Sequence[Text]] = field(default_factory=dict)
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
        before=tuple(source.writing.before),
        chapters=tuple(_chapters(source)),
        after=(*_glossary(source.terms, language), *source.writing.after, _rules(language)),
        labels={name: text.in_language(language) for name, text in words.LABELS.items()},
    )


def _heading(facts: Facts, language: str) -> tuple[str, ...]:
    """The name of the report in lines, its year in full width as the report writes it."""
    title = words.TITLE.in_language(language)
    if language.startswith("en"):
        return words.REPORT.en, title, words.year(facts.year, language)
    return words.REPORT.ja, f"（{title}）", f"{era_year(facts.year, full_width=True)}年度"


def _cover(facts: Facts, heading: Sequence[str], language: str) -> Cover:
    name, title, year = heading
    stamp = "　".join(filter(None, (facts.edition or words.NOT_PUBLISHED.in_language(language), facts.run)))
    made_up = facts.origin == SYNTHETIC
    return Cover(
        language=language,
        title=f"{name}{'' if title.startswith('（') else ': '}{title}　{year}",
        subtitle="",
        about=f"{name}　{year}",
        mark=words.SYNTHETIC.in_language(language) if made_up else "",
        stamp=stamp,
        author=words.MINISTRY.in_language(language),
        at=facts.created,
        facts=tuple((words.FACTS[key].in_language(language), said) for key, said in _facts(facts, language)),
        synthetic=made_up,
    )


def _facts(facts: Facts, language: str) -> Iterator[tuple[str, str]]:
    unpublished = words.NOT_PUBLISHED.in_language(language)
    yield "reference", _day(facts.reference_date, language)
    yield "edition", facts.edition or unpublished
    yield "published", _day(facts.published, language) if facts.published else unpublished
    yield "run", facts.run
    yield "counted", words.BODIES.in_language(language).format(count=f"{facts.responses:,}")
    yield "data", (words.SYNTHETIC if facts.origin == SYNTHETIC else words.REPORTED).in_language(language)


def _day(day: date, language: str) -> str:
    return f"{day.day} {day:%B %Y}" if language.startswith("en") else era_date(day)


def _chapters(source: ReportSource) -> Iterator[Chapter]:
    """The chapters that have a table."""
    title = words.CHAPTER.in_language(source.language)
    for chapter in source.chapters:
        if own := [table for table in source.tables if table.chapter == chapter.number]:
            named = title.format(number=_number(chapter.number, source.language), title=chapter.title.in_language(source.language))
            yield Chapter(named, tuple(_parts(own, source)))


def _number(number: str, language: str) -> str:
    return number if language.startswith("en") else number.translate(_FULL_WIDTH)


_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def _parts(tables: Sequence[Table], source: ReportSource) -> Iterator[Part]:
    """The tables of a chapter, each under the headings that begin with it."""
    before: list[str] = []
    for table in tables:
        path = _DEEPER.split(table.heading.in_language(source.language))
        kept = _shared(before, path)
        headings = tuple(Heading(level, text) for level, text in enumerate(path[kept:], kept + 2))
        around = Around(
            source.svgs.get(table.id, {}), source.writing.sentences.get(table.id, ()), source.withheld.get(table.id, ())
        )
        yield Part(headings, shown(table, len(path) + 2, source.against, around, source.language))
        before = path


def _shared(before: Sequence[str], path: Sequence[str]) -> int:
    """How many headings of a path stand already."""
    same = (own == other for own, other in zip(path, before, strict=False))
    return next((at for at, is_same in enumerate(same) if not is_same), min(len(path), len(before)))


def _glossary(terms: Sequence[questionnaire.Term], language: str) -> Iterator[Prose]:
    if terms:
        said = (Passage(term.term.in_language(language), (term.definition.in_language(language),)) for term in terms)
        yield Prose(words.GLOSSARY.in_language(language), tuple(said))


def _rules(language: str) -> Prose:
    said = (Passage(title.in_language(language), (text.in_language(language),)) for title, text in words.RULES)
    return Prose(words.RULES_TITLE.in_language(language), tuple(said))
