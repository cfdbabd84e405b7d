"""A questionnaire: frozen dataclasses and the reading of its document.

A *document* is what a survey round stores: a mapping from file name to the parsed TOML of that file, with the
year words already filled in. `read_folder` makes one from a folder, `parse` turns one into a `Questionnaire`.
Pure: no Django, no database.
"""

import hashlib
import json
import tomllib
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from surveys.era import REIWA_BEFORE, year_words

PREFECTURE, MUNICIPALITY, BOTH = "prefecture", "municipality", "both"
Document = dict[str, dict[str, Any]]


class DefinitionError(ValueError):
    """A definition that cannot be used; `faults` names every fault as "file: place: fault"."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def tier(kind: str) -> str:
    """The side of the report a kind of body belongs to: `prefecture` or `municipality`."""
    return PREFECTURE if kind == PREFECTURE else MUNICIPALITY


@dataclass(frozen=True)
class Text:
    """A text in Japanese and English."""

    ja: str
    en: str

    def __str__(self) -> str:
        return self.ja

    def in_language(self, language: str) -> str:
        return self.en if language.startswith("en") else self.ja


@dataclass(frozen=True)
class Sentence(Text):
    """A text with places such as {row} and {before}, which the facts of a doubt fill in."""


@dataclass(frozen=True)
class Option:
    """One choice of a single-choice or multiple-choice question."""

    code: str
    label: Text
    source: str
    evidence: str = ""
    exclusive: bool = False
    other_text: bool = False


@dataclass(frozen=True)
class Row:
    """One row of a matrix; `computed` names the rows it is the sum of, and then it is not asked."""

    code: str
    label: Text
    source: str
    evidence: str = ""
    exclusive: bool = False
    other_text: bool = False
    computed: tuple[str, ...] = ()
    respondents: str = BOTH


@dataclass(frozen=True)
class Choice:
    """One choice inside a column of a `procedures` question."""

    code: str
    label: Text


@dataclass(frozen=True)
class Column:
    """One column of a matrix; `absent` marks a state that means there is nothing."""

    code: str
    label: Text
    source: str
    evidence: str = ""
    absent: bool = False
    unknown: bool = False
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Gate:
    """When a question is asked: an operator of `surveys.rules` over earlier questions of the same section."""

    operator: str
    questions: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """A hard check between two rows (matrix-integer) or two columns of a row (procedures)."""

    operator: str
    left: str
    right: str
    message: Text


@dataclass(frozen=True)
class Example:
    """What an answer looks like and what counts, by a made-up case."""

    text: Text
    source: str
    evidence: str = ""


@dataclass(frozen=True)
class SoftCheck:
    """A check that asks "is this right?": an operator of `surveys.doubts` over one question or several, row by row.

    `rows`: only these rows (empty: all). `was` and `now`: codes of the round before and of this one. `other`, with
    `other_row` where it is one row of a table, should be one of `expected`. `least`: the smallest difference, and
    `times` how many times outside the range, that is asked about. `message` stands in place of the operator's own.
    """

    id: str
    operator: str
    questions: tuple[str, ...]
    rows: tuple[str, ...] = ()
    was: tuple[str, ...] = ()
    now: tuple[str, ...] = ()
    other: str = ""
    other_row: str = ""
    expected: tuple[str, ...] = ()
    least: int = 0
    times: int = 0
    message: Sentence | None = None

    @property
    def all_questions(self) -> tuple[str, ...]:
        return (*self.questions, self.other) if self.other else self.questions


@dataclass(frozen=True)
class Question:
    """One question. `part_of` names the table that several sections ask together (第2-1表)."""

    id: str
    kind: str
    title: Text
    text: Text
    heading: Text
    reference: Text
    respondents: str
    number: Text | None = None
    help: Text | None = None
    example: Example | None = None
    unit: Text | None = None
    gate: Gate | None = None
    maximum: int | None = None
    part_of: str = ""
    group: str = ""
    terms: tuple[str, ...] = ()
    favourable: tuple[str, ...] = ()
    options: tuple[Option, ...] = field(default=(), metadata={"key": "option"})
    rows: tuple[Row, ...] = field(default=(), metadata={"key": "row"})
    columns: tuple[Column, ...] = field(default=(), metadata={"key": "column"})
    checks: tuple[Check, ...] = field(default=(), metadata={"key": "check"})

    @property
    def public_id(self) -> str:
        """The id used in files and tables: that of the whole table for a part of it."""
        return self.part_of or self.id

    @cached_property
    def option_by_code(self) -> dict[str, Option]:
        return {option.code: option for option in self.options}

    @cached_property
    def row_by_code(self) -> dict[str, Row]:
        return {row.code: row for row in self.rows}

    @cached_property
    def column_by_code(self) -> dict[str, Column]:
        return {column.code: column for column in self.columns}

    def asked_of(self, kind: str) -> bool:
        """Whether bodies of this kind are respondents at all (the gate apart)."""
        return self.respondents in (BOTH, tier(kind)) and (not self.rows or bool(self.rows_for(kind)))

    def rows_for(self, kind: str) -> tuple[Row, ...]:
        """The rows that a body of this kind fills in: computed rows and rows of the other tier left out."""
        return self._rows_of_tier[tier(kind)]

    @cached_property
    def _rows_of_tier(self) -> dict[str, tuple[Row, ...]]:
        entered = [row for row in self.rows if not row.computed]
        return {
            side: tuple(row for row in entered if row.respondents in (BOTH, side))
            for side in (PREFECTURE, MUNICIPALITY)
        }


@dataclass(frozen=True)
class Section:
    """One page of the questionnaire, the unit of saving and delegation."""

    id: str
    number: str
    chapter: str
    title: Text
    department: Text
    questions: tuple[Question, ...] = field(metadata={"key": "question"})
    soft_checks: tuple[SoftCheck, ...] = field(default=(), metadata={"key": "soft"})

    @cached_property
    def question_by_id(self) -> dict[str, Question]:
        return {question.id: question for question in self.questions}

    def asked_of(self, kind: str) -> bool:
        return any(question.asked_of(kind) for question in self.questions)


@dataclass(frozen=True)
class Chapter:
    """A 節 of the report. `individual`: the answers of single bodies to its questions may be public, unless the round
    says otherwise of a question (`surveys.models.Disclosure`)."""

    number: str
    title: Text
    individual: bool = False


@dataclass(frozen=True)
class Term:
    """An entry of the glossary (凡例)."""

    id: str
    term: Text
    definition: Text
    source: str


@dataclass(frozen=True)
class Derived:
    """A table that the round's report prints and no question asks for: how it is numbered and called there."""

    id: str
    number: Text
    title: Text


@dataclass(frozen=True)
class Questionnaire:
    """All that is asked in one round, in order."""

    year: int
    title: Text
    chapters: tuple[Chapter, ...]
    terms: tuple[Term, ...]
    sections: tuple[Section, ...]
    derived: tuple[Derived, ...] = ()
    soft_checks: tuple[SoftCheck, ...] = ()

    @cached_property
    def all_soft_checks(self) -> tuple[SoftCheck, ...]:
        """Those of the sections in their order, then those between sections."""
        return (*(check for section in self.sections for check in section.soft_checks), *self.soft_checks)

    @cached_property
    def section_by_id(self) -> dict[str, Section]:
        return {section.id: section for section in self.sections}

    @cached_property
    def term_by_id(self) -> dict[str, Term]:
        return {term.id: term for term in self.terms}

    @cached_property
    def derived_by_id(self) -> dict[str, Derived]:
        return {derived.id: derived for derived in self.derived}

    @cached_property
    def question_by_id(self) -> dict[str, Question]:
        return {question.id: question for section in self.sections for question in section.questions}

    @cached_property
    def section_of(self) -> dict[str, Section]:
        """The section of each question, by question id."""
        return {question.id: section for section in self.sections for question in section.questions}

    @cached_property
    def parts(self) -> dict[str, tuple[Question, ...]]:
        """The questions behind each public id: one, or the parts of a table asked in several sections."""
        found: dict[str, list[Question]] = {}
        for question in self.question_by_id.values():
            found.setdefault(question.public_id, []).append(question)
        return {public_id: tuple(questions) for public_id, questions in found.items()}

    @cached_property
    def individual(self) -> dict[str, bool]:
        """By public id: whether the chapter lets the answers of single bodies be public."""
        by_chapter = {chapter.number: chapter.individual for chapter in self.chapters}
        return {id: by_chapter[self.section_of[parts[0].id].chapter] for id, parts in self.parts.items()}

    @cached_property
    def gates(self) -> dict[str, frozenset[str]]:
        """By public id: the public ids of the questions that its gates look at."""
        found = self.question_by_id
        return {
            id: frozenset(found[each].public_id for part in parts if part.gate for each in part.gate.questions)
            for id, parts in self.parts.items()
        }

    def told_by(self, ids: AbstractSet[str]) -> frozenset[str]:
        """Of some public ids those that tell nothing about a question beside them: whether a question was asked of a
        body, and so even an empty answer, tells how it answered those that the gate looks at."""
        kept = frozenset(ids)
        while gone := {id for id in kept if not self.gates[id] <= kept}:
            kept -= gone
        return kept

    def sections_for(self, kind: str) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.asked_of(kind))

    def only(self, ids: AbstractSet[str]) -> "Questionnaire":
        """The same with some of its sections: what one person holds. Soft checks between these stay, and no others."""
        sections = tuple(section for section in self.sections if section.id in ids)
        known = {id for section in sections for id in section.question_by_id}
        checks = (check for check in self.soft_checks if known.issuperset(check.all_questions))
        return replace(self, sections=sections, soft_checks=tuple(checks))


def checksum(document: Document) -> str:
    """SHA-256 of the document in canonical JSON."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def map_texts(value: Any, change: Callable[[str, Any], Any]) -> Any:
    """A parsed TOML value with every text {ja, en} in it changed: `change` is given the language and the text."""
    if isinstance(value, list):
        return [map_texts(item, change) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"ja", "en"}:
        return {language: change(language, text) for language, text in value.items()}
    return {key: map_texts(item, change) for key, item in value.items()}


def _fill_text(text: Any, words: dict[str, str]) -> Any:
    """Replace the year words ({fy}, {date}, …) in a text."""
    if not isinstance(text, str):
        return text
    for name, word in words.items():
        text = text.replace("{" + name + "}", word)
    return text


def read_folder(folder: Path, year: int) -> Document:
    """The document of a folder of TOML files for the survey of a fiscal year.

    Raises DefinitionError naming each file that is missing or is not TOML in UTF-8.
    """
    if year <= REIWA_BEFORE:
        raise DefinitionError([f"year {year}: the first year that can be surveyed is {REIWA_BEFORE + 1}"])
    if not (folder / "questionnaire.toml").is_file():
        raise DefinitionError([f"{folder}: no questionnaire.toml in this folder"])
    document: Document = {}
    faults = []
    words = year_words(year)
    for path in sorted(folder.glob("*.toml")):
        try:
            parsed = tomllib.loads(path.read_text("utf-8"))
            document[path.name] = map_texts(parsed, lambda language, text: _fill_text(text, words[language]))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            faults.append(f"{path.name}: not readable as TOML in UTF-8: {error}")
    if faults:
        raise DefinitionError(faults)
    document["questionnaire.toml"]["year"] = year
    return document
