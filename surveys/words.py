"""An answer, and when something is asked, in words: for pages, a conflict, and paper. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from surveys.questionnaire import Column, Option, Question, Row, Section, Text
from surveys.rules import Answer, procedure_columns, totals

# What the gate of a question says, by operator.
GATES = {
    "is_one_of": Text(
        "{source}で{values}を選んだ団体にうかがいます。", "Asked of bodies that chose {values} in {source}."
    ),
    "any_row_is": Text(
        "{source}で1つでも{values}を選んだ団体にうかがいます。",
        "Asked of bodies that chose {values} in any row of {source}.",
    ),
    "any_option_except": Text(
        "{source}で{values}以外を1つでも選んだ団体にうかがいます。",
        "Asked of bodies that chose anything but {values} in {source}.",
    ),
}
QUESTION = Text("問{number}", "Question {number}")
QUOTED = Text("「{label}」", "“{label}”")
EITHER = Text("か", " or ")
WHEN = Text("「{choice}」のとき", "if “{choice}”")
UNKNOWN = Text("不明", "not known")
NOT_TICKED = Text("選択なし", "Not ticked")
COLON = Text("：", ": ")
EXAMPLE = Text("例：{text}", "Example: {text}")
COMMA = Text("、", "; ")


class Line(NamedTuple):
    """One line: what it is about (empty where the question itself says it) and the value (empty if not answered)."""

    label: str
    value: str
    computed: bool = False


def lines(question: Question, kind: str, answer: Answer, language: str) -> list[Line]:
    """The answer of a body of a kind to an asked question, in words, in page order."""
    return [*_WRITERS[question.kind](question, kind, answer, language)]


def gate(question: Question, section: Section, number: Mapping[str, str], language: str) -> str:
    """To whom a gated question goes: 問2で「任命している」を選んだ団体にうかがいます。 Empty without a gate.

    `number` has the numbers of the questions that the kind of body can be asked (`pages.numbers`).
    """
    if question.gate is None:
        return ""
    sources = [section.question_by_id[id] for id in question.gate.questions if id in number]
    known: dict[str, Option | Column] = {**sources[0].option_by_code, **sources[0].column_by_code}
    labels = [known[value].label.in_language(language) for value in question.gate.values]
    either = EITHER.in_language(language)
    return (
        GATES[question.gate.operator]
        .in_language(language)
        .format(
            source=either.join(QUESTION.in_language(language).format(number=number[source.id]) for source in sources),
            values=either.join(QUOTED.in_language(language).format(label=label) for label in labels),
        )
    )


def when(question: Question, column: Column, language: str) -> str:
    """When a column of a procedure is to be filled in: 「済」のとき. Empty for the first, and in other tables."""
    if question.kind != "procedures" or column == question.columns[0]:
        return ""
    needed = question.columns[0 if column.choices else 1]
    return WHEN.in_language(language).format(choice=needed.choices[0].label.in_language(language))


def example(question: Question, language: str) -> str:
    """例：… of a question; empty without one."""
    if question.example is None:
        return ""
    return EXAMPLE.in_language(language).format(text=question.example.text.in_language(language))


def difference(mine: list[Line], theirs: list[Line]) -> tuple[list[Line], list[Line]]:
    """The rows in which two answers to the same table differ; all lines of a choice, whose lines do not pair."""
    if not mine[0].label or not theirs[0].label:
        return mine, theirs
    if [line.label for line in mine] != [line.label for line in theirs]:
        return [line for line in mine if line not in theirs], [line for line in theirs if line not in mine]
    pairs = [(a, b) for a, b in zip(mine, theirs, strict=True) if a != b]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _with_text(label: str, code: str, answer: Answer, language: str) -> str:
    text = answer.get("other_text", {}).get(code, "")
    return f"{label}{COLON.in_language(language)}{text}" if text else label


def _options(question: Question, kind: str, answer: Answer, language: str) -> Iterator[Line]:
    chosen = {answer.get("value", ""), *answer.get("values", ())}
    found = [option for option in question.options if option.code in chosen]
    for option in found:
        yield Line("", _with_text(option.label.in_language(language), option.code, answer, language))
    if not found:
        yield Line("", "")


def _rows(question: Question, kind: str, answer: Answer, language: str) -> Iterator[Line]:
    cells = answer.get("cells", {})
    for row in question.rows_for(kind):
        value = question.column_by_code[cells[row.code]].label.in_language(language) if row.code in cells else ""
        label = _with_text(row.label.in_language(language), row.code, answer, language)
        yield Line(label, value)


def _ticks(question: Question, kind: str, answer: Answer, language: str) -> Iterator[Line]:
    found = [row for row in question.rows_for(kind) if row.code in answer.get("cells", {})]
    for row in found:
        yield Line("", _with_text(row.label.in_language(language), row.code, answer, language))
    if not found:
        yield Line("", "")


def _integers(question: Question, kind: str, answer: Answer, language: str) -> Iterator[Line]:
    cells = answer.get("cells", {})
    sums = totals(question, cells)
    asked = question.rows_for(kind)
    for row in question.rows:
        value = sums[row.code] if row.computed else cells.get(row.code)
        if row.computed or row in asked:
            yield Line(row.label.in_language(language), amount(question, value, language), bool(row.computed))


def amount(question: Question, value: int | None, language: str) -> str:
    """A number with its unit; empty while there is none."""
    if value is None:
        return ""
    unit = question.unit.in_language(language) if question.unit else ""
    return f"{value:,} {unit}" if language.startswith("en") and unit else f"{value:,}{unit}"


def _procedures(question: Question, kind: str, answer: Answer, language: str) -> Iterator[Line]:
    colon, comma = COLON.in_language(language), COMMA.in_language(language)
    for row in question.rows_for(kind):
        values = procedure(question, row, answer, language)
        labels = [column.label.in_language(language) for column in question.columns]
        parts = [f"{label}{colon}{value}" for label, value in zip(labels, values, strict=True) if value]
        yield Line(row.label.in_language(language), comma.join(parts))


def row(question: Question, row: Row, answer: Answer, language: str) -> list[tuple[str, str, str]]:
    """What an answer to a table says in one row: column, its label where there are several, and the value in words."""
    cell = answer.get("cells", {}).get(row.code)
    if question.kind == "procedures":
        found = zip(question.columns, procedure(question, row, answer, language), strict=True)
        return [(column.code, column.label.in_language(language), value) for column, value in found if value]
    if question.kind == "matrix-integer":
        count = totals(question, answer.get("cells", {}))[row.code] if row.computed else cell
        return [("count", "", amount(question, count, language))]
    label = (question.column_by_code[cell].label if cell else NOT_TICKED).in_language(language)
    return [("", "", _with_text(label, row.code, answer, language))]


def procedure(question: Question, row: Row, answer: Answer, language: str) -> list[str]:
    """What is answered about one procedure, column by column; empty where nothing is, or nothing is asked."""
    cell = answer.get("cells", {}).get(row.code, {})
    asked = procedure_columns(cell)
    return [
        _choice(question, column, cell.get(column.code), language) if column.code in asked else ""
        for column in question.columns
    ]


def _choice(question: Question, column: Column, value: str | int | None, language: str) -> str:
    if value is None or isinstance(value, int):
        return amount(question, value, language)
    names = {choice.code: choice.label for choice in column.choices}
    return names.get(value, UNKNOWN).in_language(language)


_WRITERS: dict[str, Callable[[Question, str, Answer, str], Iterator[Line]]] = {
    "single-choice": _options,
    "multiple-choice": _options,
    "matrix": _rows,
    "tick-matrix": _ticks,
    "matrix-integer": _integers,
    "procedures": _procedures,
}
