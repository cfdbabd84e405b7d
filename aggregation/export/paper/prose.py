"""What is written before and after the numbers: introduction, glossary, chronology, how the numbers are made. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from aggregation.export.facts import Facts
from aggregation.export.paper import words
from aggregation.export.paper.document import Passage, Prose
from aggregation.front_matter import Block, Entry, Year
from surveys.questionnaire import Term


@dataclass(frozen=True)
class Written:
    """What the report on paper is written with, besides its numbers; what is not there is left out.

    `introduction`: the blocks of the round; `prefectures` and `municipalities` were asked, from `opened` to `closed`.
    """

    introduction: Sequence[Block] = ()
    prefectures: int = 0
    municipalities: int = 0
    opened: date | None = None
    closed: date | None = None
    terms: Sequence[Term] = ()
    chronology: Sequence[Year] = ()


def before(written: Written, facts: Facts, language: str) -> Iterator[Prose]:
    if written.introduction:
        blocks = (_block(block, language) for block in written.introduction)
        outline = tuple(_outline(written, facts, language))
        passages = (*blocks, Passage(words.OUTLINE.in_language(language), outline))
        yield Prose(words.INTRODUCTION.in_language(language), passages)


def after(written: Written, language: str) -> Iterator[Prose]:
    if written.terms:
        terms = ((term.term, term.definition) for term in written.terms)
        yield Prose(words.GLOSSARY.in_language(language), tuple(_said(terms, language)), short=True)
    if written.chronology:
        head = tuple(text.in_language(language) for text in words.CHRONOLOGY_HEAD)
        lines = tuple(_year(year, language) for year in written.chronology)
        note = words.CHRONOLOGY_NOTE.in_language(language)
        yield Prose(words.CHRONOLOGY.in_language(language), (Passage("", (note,), (head, *lines)),))
    yield Prose(words.RULES_TITLE.in_language(language), tuple(_said(words.RULES, language)), short=True)


def _said(entries: words.Entries, language: str) -> Iterator[Passage]:
    for title, text in entries:
        yield Passage(title.in_language(language), (text.in_language(language),))


def _block(block: Block, language: str) -> Passage:
    found = (text.in_language(language) for text in block.paragraphs)
    return Passage(block.heading.in_language(language).replace(" ", "　", 1), tuple(filter(None, found)))


def _outline(written: Written, facts: Facts, language: str) -> Iterator[str]:
    """本調査の概要: who was asked of what day, how many answered, and when."""
    asked = written.prefectures + written.municipalities
    missing = asked - facts.responses
    answered = words.MISSING_SOME if missing else words.MISSING_NONE
    said = {
        "day": words.day(facts.reference_date, language),
        "prefectures": f"{written.prefectures:,}",
        "municipalities": f"{written.municipalities:,}",
        "responses": f"{facts.responses:,}",
        "missing": f"{missing:,}",
    }
    yield "".join(text.in_language(language).format(**said) for text in (words.ASKED, answered))
    if written.opened and written.closed:
        ends = {"opened": words.day(written.opened, language), "closed": words.day(written.closed, language)}
        yield words.PERIOD.in_language(language).format(**ends)


def _year(year: Year, language: str) -> tuple[str, ...]:
    sides = ("\n".join(_entry(entry, language) for entry in side) for side in (year.bureau, year.government))
    return year.name.in_language(language), *sides


def _entry(entry: Entry, language: str) -> str:
    """An entry after its month, if that is known."""
    text = entry.text.in_language(language)
    return (
        words.MONTH.in_language(language).format(month=words.month(entry.month, language), text=text)
        if entry.month
        else text
    )
