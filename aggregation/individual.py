"""個別データ: the answers of single bodies to the questions that are open, a column for each datum. Pure.

Free texts of "other" are left out: people write names into them, and nobody was asked whether they may be public.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aggregation.disclosure import Disclosed
from aggregation.tables import BodyRow
from surveys import answers as shapes
from surveys.answers import NO_RESPONSE, UNKNOWN
from surveys.questionnaire import Question, Questionnaire, Text
from surveys.rules import asked as asked_in
from surveys.rules import totals

UNAVAILABLE = "***"  # a number that the body does not know; the sign of the rules for machine-readable tables (1-13)
# What stands before the answers in the files; a question whose id is one of these gets a column of another name.
HEAD = ("year", "edition", "body", "prefecture_code", "prefecture", "name", "kind", "state", "origin")
KIND, STATE, TICKED = "_kind", "_state", "_ticked"  # code lists of no question
BUILT_IN = {
    TICKED: (("1", Text("選択", "Chosen")), ("0", Text("非選択", "Not chosen"))),
    STATE: (
        (shapes.ANSWERED, Text("回答あり", "Answered")),
        (shapes.PARTLY, Text("一部に回答なし", "Answered in part")),
        (shapes.BLANK, Text("無記入", "Left blank")),
        (shapes.NOT_ASKED, Text("設問対象外（前の問の回答による）", "Not asked, by an earlier answer")),
        (shapes.NOT_APPLICABLE, Text("うかがわない種別の団体", "Not asked of bodies of this kind")),
        (NO_RESPONSE, Text("未回答（調査票を数えていない）", "No response counted")),
    ),
}
Value = str | int | None
Choices = tuple[tuple[str, Text], ...]


@dataclass(frozen=True)
class Field:
    """One column. `codes` names its code list, which `choices` spells out; numbers have none.

    `row` and `column` are codes as in the long form of answers: the row of a multiple choice is its option.
    """

    question: Question
    row: str = ""
    column: str = ""
    labels: tuple[Text, ...] = ()
    codes: str = ""
    choices: Choices = ()
    respondents: str = ""

    @property
    def name(self) -> str:
        """cio, training.course, use.lending.total: once in a round, and the same in every round."""
        return ".".join(part for part in (column_name(self.question.public_id), self.row, self.column) if part)

    @property
    def heading(self) -> Text:
        """What a person reads over the column: number and title of the question, row, column."""
        number, title = self.question.number, self.question.title
        ja = f"{number.ja}　{title.ja}" if number else title.ja
        en = f"{number.en}  {title.en}" if number else title.en
        return Text("：".join((ja, *(each.ja for each in self.labels))), ": ".join((en, *(e.en for e in self.labels))))

    @property
    def is_number(self) -> bool:
        return not self.codes


def column_name(id: str) -> str:
    """The column of a question: its id."""
    return f"{id}_" if id in HEAD else id


def questions(questionnaire: Questionnaire, rule: Disclosed) -> list[Question]:
    """The questions whose answers may be public body by body, in order."""
    return [each for each in questionnaire.question_by_id.values() if rule.individual(each.public_id)]


def fields(question: Question) -> Iterator[Field]:
    """The columns of a question."""
    return _FIELDS[question.kind](question)


def values(question: Question, kind: str, answer: Mapping[str, Any]) -> Iterator[Value]:
    """What a body of a kind answered, one value for each of the columns; what does not exist is None."""
    return _VALUES[question.kind](question, kind, answer)


def states(questionnaire: Questionnaire, body: BodyRow, wanted: Sequence[Question]) -> list[str]:
    """Which kind of empty, or answered, each of some questions is."""
    given = body.answers
    if given is None:
        return [NO_RESPONSE] * len(wanted)
    sections = {questionnaire.section_of[question.id].id for question in wanted}
    asked = {id for section in sections for id in asked_in(questionnaire.section_by_id[section], body.kind, given)}
    return [shapes.state(each, body.kind, given.get(each.id, {}), each.id in asked) for each in wanted]


def code_lists(found: Sequence[Field]) -> dict[str, Choices]:
    """The code lists of some columns, by name, after those of every file."""
    return {**BUILT_IN, **{each.codes: each.choices for each in found if each.codes}}


def _single_fields(question: Question) -> Iterator[Field]:
    choices = tuple((option.code, option.label) for option in question.options)
    yield Field(question, codes=question.id, choices=choices, respondents=question.respondents)


def _single(question: Question, kind: str, answer: Mapping[str, Any]) -> Iterator[Value]:
    yield answer.get("value")


def _multiple_fields(question: Question) -> Iterator[Field]:
    for option in question.options:
        yield Field(question, option.code, "", (option.label,), TICKED, BUILT_IN[TICKED], question.respondents)


def _multiple(question: Question, kind: str, answer: Mapping[str, Any]) -> Iterator[Value]:
    chosen = answer.get("values")
    return (None if chosen is None else int(option.code in chosen) for option in question.options)


def _matrix_fields(question: Question) -> Iterator[Field]:
    choices = tuple((column.code, column.label) for column in question.columns)
    for row in question.rows:
        yield Field(question, row.code, "", (row.label,), question.id, choices, row.respondents)


def _matrix(question: Question, kind: str, answer: Mapping[str, Any]) -> Iterator[Value]:
    cells = answer.get("cells", {})
    return (cells.get(row.code) for row in question.rows)


def _tick_fields(question: Question) -> Iterator[Field]:
    for row in question.rows:
        yield Field(question, row.code, "", (row.label,), TICKED, BUILT_IN[TICKED], row.respondents)


def _ticks(question: Question, kind: str, answer: Mapping[str, Any]) -> Iterator[Value]:
    cells, own = answer.get("cells"), question.rows_for(kind)
    return (None if cells is None or row not in own else int(row.code in cells) for row in question.rows)


def _integer_fields(question: Question) -> Iterator[Field]:
    for row in question.rows:
        yield Field(question, row.code, "", (row.label,), respondents=row.respondents)


def _integers(question: Question, kind: str, answer: Mapping[str, Any]) -> Iterator[Value]:
    cells = answer.get("cells", {})
    known = cells | totals(question, cells)
    return (known.get(row.code) for row in question.rows)


def _procedure_fields(question: Question) -> Iterator[Field]:
    for row in question.rows:
        for column in question.columns:
            choices = tuple((choice.code, choice.label) for choice in column.choices)
            codes = f"{question.id}.{column.code}" if choices else ""
            labels = (row.label, column.label)
            yield Field(question, row.code, column.code, labels, codes, choices, row.respondents)


def _procedures(question: Question, kind: str, answer: Mapping[str, Any]) -> Iterator[Value]:
    for row in question.rows:
        cell = answer.get("cells", {}).get(row.code, {})
        for column in question.columns:
            value = cell.get(column.code)
            yield UNAVAILABLE if column.unknown and value == UNKNOWN else value


_FIELDS: dict[str, Callable[[Question], Iterator[Field]]] = {
    "single-choice": _single_fields,
    "multiple-choice": _multiple_fields,
    "matrix": _matrix_fields,
    "tick-matrix": _tick_fields,
    "matrix-integer": _integer_fields,
    "procedures": _procedure_fields,
}
_VALUES: dict[str, Callable[[Question, str, Mapping[str, Any]], Iterator[Value]]] = {
    "single-choice": _single,
    "multiple-choice": _multiple,
    "matrix": _matrix,
    "tick-matrix": _ticks,
    "matrix-integer": _integers,
    "procedures": _procedures,
}
