"""The blank questionnaire on paper: everything a kind of body can be asked, to be filled in by hand. Pure."""

from dataclasses import dataclass

from surveys import pages, words
from surveys.paper.document import NUMBER, Cover, Head, Paper, Part, labels, part
from surveys.questionnaire import Column, Option, Question, Questionnaire, Row, Section

ONE, SEVERAL = "circle", "square"  # the shape of a mark: choose one, or all that apply
MARKS = {"single-choice": ONE, "matrix": ONE, "multiple-choice": SEVERAL, "tick-matrix": SEVERAL}


@dataclass(frozen=True)
class Entry:
    """An option, or a row of a table: to be marked, or filled in."""

    label: str
    number: str = ""
    is_exclusive: bool = False
    has_text: bool = False
    is_computed: bool = False


@dataclass(frozen=True)
class Field:
    """A column of a table of procedures: choices to mark, or a number, which may be "not known"."""

    head: Head
    choices: tuple[str, ...]
    unknown: str


@dataclass(frozen=True)
class Blank:
    """A question to be answered by hand: `options`, or `rows` under `heads` or `fields`."""

    kind: str
    number: str
    figure: str
    text: str
    gate: str
    help: str
    example: str
    unit: str
    terms: tuple[str, ...]
    mark: str
    options: tuple[Entry, ...]
    rows: tuple[Entry, ...]
    heads: tuple[Head, ...]
    fields: tuple[Field, ...]


def blank_paper(cover: Cover, questionnaire: Questionnaire, kind: str) -> Paper:
    """All questions that a body of a kind can be asked, with the terms at the end."""
    language = cover.language
    parts = tuple(_part(questionnaire, section, kind, language) for section in questionnaire.sections_for(kind))
    terms = tuple(
        (term.term.in_language(language), term.definition.in_language(language)) for term in questionnaire.terms
    )
    return Paper("blank", cover, parts, labels(language), terms)


def _part(questionnaire: Questionnaire, section: Section, kind: str, language: str) -> Part:
    number = pages.numbers(section, kind)
    questions = tuple(
        _question(questionnaire, section, section.question_by_id[id], kind, number, language) for id in number
    )
    return part(questionnaire, section, number, questions, language)


def _question(
    questionnaire: Questionnaire, section: Section, question: Question, kind: str, number: dict[str, str], language: str
) -> Blank:
    terms = [questionnaire.term_by_id[id].term for id in question.terms]
    return Blank(
        kind=question.kind,
        number=NUMBER.in_language(language).format(number=number[question.id]),
        figure=question.number.in_language(language) if question.number else "",
        text=question.text.in_language(language),
        gate=words.gate(question, section, number, language),
        help=question.help.in_language(language) if question.help else "",
        example=words.example(question, language),
        unit=question.unit.in_language(language) if question.unit else "",
        terms=tuple(term.in_language(language) for term in terms),
        mark=MARKS.get(question.kind, ""),
        options=tuple(_entry(option, "", language) for option in question.options),
        rows=_rows(question, kind, language),
        heads=tuple(Head(column.label.in_language(language)) for column in question.columns),
        fields=tuple(_field(question, column, language) for column in question.columns),
    )


def _rows(question: Question, kind: str, language: str) -> tuple[Entry, ...]:
    if question.kind != "matrix-integer":
        return tuple(_entry(row, str(number), language) for number, row in enumerate(question.rows_for(kind), 1))
    asked = question.rows_for(kind)
    return tuple(_entry(row, "", language) for row in question.rows if row.computed or row in asked)


def _entry(entry: Option | Row, number: str, language: str) -> Entry:
    is_computed = isinstance(entry, Row) and bool(entry.computed)
    return Entry(entry.label.in_language(language), number, entry.exclusive, entry.other_text, is_computed)


def _field(question: Question, column: Column, language: str) -> Field:
    return Field(
        Head(column.label.in_language(language), words.when(question, column, language)),
        tuple(choice.label.in_language(language) for choice in column.choices),
        words.UNKNOWN.in_language(language) if column.unknown else "",
    )
