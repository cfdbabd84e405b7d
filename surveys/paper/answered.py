"""Answers on paper: every question that is asked, with what is answered, in the words of the pages. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from surveys import pages, rules, words
from surveys.doubted import Doubted
from surveys.paper.document import LABELS, NUMBER, Cover, Head, Paper, Part, labels, part
from surveys.questionnaire import Questionnaire, Section, Text
from surveys.rules import Answer, Answers
from surveys.words import Line

NOT_ANSWERED = Text("未回答", "Not answered")
REASON = Text("理由：「{text}」（{name}さん）", "Reason: “{text}” ({name})")
NO_REASON = Text("理由が要ります", "Reason needed")


@dataclass(frozen=True)
class Value:
    """An answer in words; `is_missing` where it should be answered and is not."""

    text: str
    is_missing: bool = False


@dataclass(frozen=True)
class TableRow:
    """A row of an answered table; the number is empty in tables that have none."""

    number: str
    label: str
    values: tuple[Value, ...]
    is_computed: bool = False


@dataclass(frozen=True)
class Table:
    """An answered table. `has_numbers` puts its values to the right."""

    heads: tuple[Head, ...]
    rows: tuple[TableRow, ...]
    has_numbers: bool


@dataclass(frozen=True)
class Answered:
    """A question with its answer: the values of a choice, or a table; and what was doubted in it, with the reasons."""

    number: str
    figure: str
    text: str
    values: tuple[Value, ...]
    table: Table | None
    doubted: tuple[str, ...] = ()


def answered_paper(
    cover: Cover, questionnaire: Questionnaire, kind: str, answers: Answers, doubted: Sequence[Doubted] = ()
) -> Paper:
    """The answers of a body of a kind; sections in which nothing is asked now are left out."""
    parts = [
        _part(questionnaire, section, kind, answers, doubted, cover.language) for section in questionnaire.sections
    ]
    return Paper("answered", cover, tuple(part for part in parts if part.questions), labels(cover.language))


def _part(
    questionnaire: Questionnaire,
    section: Section,
    kind: str,
    answers: Answers,
    doubted: Sequence[Doubted],
    language: str,
) -> Part:
    found = pages.in_words(section, kind, answers, language, doubted)
    asked = {item.question.id: item for item in found}
    questions = tuple(_question(item, kind, answers.get(item.question.id, {}), language) for item in found)
    return part(questionnaire, section, asked, questions, language)


def _question(item: pages.Answered, kind: str, answer: Answer, language: str) -> Answered:
    question = item.question
    listed = item.is_list or not item.lines[0].label
    return Answered(
        number=NUMBER.in_language(language).format(number=item.number),
        figure=question.number.in_language(language) if question.number else "",
        text=question.text.in_language(language),
        values=tuple(_value(line, language) for line in item.lines) if listed else (),
        table=None if listed else _table(item, kind, answer, language),
        doubted=tuple(_doubted(each, language) for each in item.doubted),
    )


def _doubted(each: Doubted, language: str) -> str:
    """A doubt, its facts and its reason in one paragraph."""
    colon, comma = words.COLON.in_language(language), words.COMMA.in_language(language)
    facts = [
        f"{fact.label.in_language(language)}{colon}{fact.value.in_language(language)}" for fact in each.doubt.facts
    ]
    reason = NO_REASON.in_language(language)
    if each.reason and each.is_settled:
        reason = REASON.in_language(language).format(text=each.reason.text, name=each.reason.name)
    return " ".join([each.doubt.message.in_language(language), comma.join(facts), reason])


def _value(line: Line, language: str) -> Value:
    if line.value or line.computed:
        return Value(line.value)
    return Value(NOT_ANSWERED.in_language(language), True)


def _table(item: pages.Answered, kind: str, answer: Answer, language: str) -> Table:
    if item.question.kind == "procedures":
        return _procedures(item, kind, answer, language)
    number = count(1)
    has_numbers = item.question.kind == "matrix-integer"
    rows = tuple(
        TableRow("" if has_numbers else str(next(number)), line.label, (_value(line, language),), line.computed)
        for line in item.lines
    )
    heads = (Head(LABELS["item"].in_language(language)), Head(LABELS["answer"].in_language(language)))
    return Table(heads, rows, has_numbers)


def _procedures(item: pages.Answered, kind: str, answer: Answer, language: str) -> Table:
    """A procedure a row and a column an answer, as on the page."""
    question, rows = item.question, []
    for number, row in enumerate(question.rows_for(kind), 1):
        asked = rules.procedure_columns(answer.get("cells", {}).get(row.code, {}))
        found = words.procedure(question, row, answer, language)
        values = tuple(
            _value(Line("", value), language) if column.code in asked else Value("")
            for column, value in zip(question.columns, found, strict=True)
        )
        rows.append(TableRow(str(number), row.label.in_language(language), values))
    heads = (LABELS["procedure"], *(column.label for column in question.columns))
    return Table(tuple(Head(label.in_language(language)) for label in heads), tuple(rows), False)
