"""The shapes of an answer, and the long form (one datum a line) in and out. Pure.

An answer is a JSON object; its shape follows the kind of the question:

    single-choice    {"value": option, "other_text": {option: text}}
    multiple-choice  {"values": [option, …], "other_text": …}            in the order of the definition
    matrix           {"cells": {row: column}, "other_text": {row: text}}
    tick-matrix      {"cells": {row: column}, "other_text": …}
    matrix-integer   {"cells": {row: number}}                            computed rows are not stored
    procedures       {"cells": {row: {"exists": …, "online": …, "total": number | "unknown", "online_count": …}}}

A key that holds nothing is absent, and an empty answer is {}. Form, import and workbook all come in through `read`.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys import texts
from surveys.questionnaire import Question, Questionnaire, Row, Text
from surveys.rules import Answer, Answers, asked_anywhere, is_complete, procedure_columns, totals

OTHER_TEXT = "other_text"
WHOLE = ""  # the place of all of an answer, where a row code is the place of a row
UNKNOWN = "unknown"
TEXT_LIMIT = 500
FULL_WIDTH = str.maketrans("０１２３４５６７８９，", "0123456789,")

ANSWERED, PARTLY, BLANK, NOT_ASKED, NOT_APPLICABLE, NO_RESPONSE = (
    "answered",
    "partly",
    "blank",
    "not_asked",
    "not_applicable",
    "no_response",
)


@dataclass(frozen=True)
class Datum:
    """One line of the long form inside a question."""

    row: str
    column: str
    value: str


@dataclass(frozen=True)
class Fault:
    """A datum that cannot be taken: where it stands and what to do."""

    row: str
    column: str
    message: Text
    value: str = ""


@dataclass
class _Reading:
    """What `read` has understood so far."""

    question: Question
    kind: str
    answer: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, datum: Datum, ja: str, en: str) -> None:
        self.faults.append(Fault(datum.row, datum.column, Text(ja, en), datum.value))

    def row(self, datum: Datum) -> Row | None:
        """The row a datum names, if a body of this kind fills it in."""
        row = self.question.row_by_code.get(datum.row)
        if row is None:
            self.fault(datum, f"行「{datum.row}」はこの問にありません。", f"This question has no row “{datum.row}”.")
        elif not row.computed and row not in self.question.rows_for(self.kind):
            label = row.label
            self.fault(
                datum, f"「{label.ja}」はこの団体にはうかがいません。", f"This body is not asked for “{label.en}”."
            )
        else:
            return row
        return None

    def cell(self, datum: Datum, value: Any) -> None:
        cells = self.answer.setdefault("cells", {})
        if datum.row in cells:
            self.fault(datum, "同じところに2つの値があります。", "There are two values for the same place.")
        cells[datum.row] = value


def clean_text(value: str) -> str:
    """A free text as stored: by the rule for all texts, no space around it."""
    return texts.clean(value).strip()


def number(value: str, maximum: int) -> int | Text:
    """A count typed by a person: full-width digits and thousands commas are read; else what is wrong, as a Text."""
    text = value.translate(FULL_WIDTH).strip().replace(",", "")
    if not (text.isascii() and text.isdigit()):
        return Text("数字だけを入れてください（例：1）。", "Enter digits only (e.g. 1).")
    if len(text) > 12 or int(text) > maximum:
        return Text(f"{maximum:,}までの数字を入れてください。", f"Enter a number up to {maximum:,}.")
    return int(text)


def read(question: Question, kind: str, data: Iterable[Datum]) -> tuple[dict[str, Any], list[Fault]]:
    """The answer that some data of one question make, and the data that could not be taken.

    What is well typed is kept even beside faults, so that a form loses nothing; an import refuses on any fault.
    """
    reading = _Reading(question, kind)
    for datum in data:
        if datum.column == OTHER_TEXT:
            _read_text(reading, datum)
        else:
            _READERS[question.kind](reading, datum)
    return _ordered(question, reading.answer), reading.faults


def _read_text(reading: _Reading, datum: Datum) -> None:
    question = reading.question
    entries: Mapping[str, Any] = question.option_by_code or question.row_by_code
    text = clean_text(datum.value)
    if datum.row not in entries or not entries[datum.row].other_text:
        reading.fault(datum, "ここには自由記入の欄がありません。", "There is no free text here.")
    elif len(text) > TEXT_LIMIT:
        reading.fault(datum, f"{TEXT_LIMIT}字までで書いてください。", f"Please write at most {TEXT_LIMIT} characters.")
    elif text:
        reading.answer.setdefault("other_text", {})[datum.row] = text


def _option(reading: _Reading, datum: Datum) -> bool:
    if datum.row or datum.column:
        reading.fault(datum, "この問では row と column を空にします。", "Row and column stay empty in this question.")
    elif datum.value not in reading.question.option_by_code:
        reading.fault(datum, f"選択肢「{datum.value}」はありません。", f"There is no option “{datum.value}”.")
    else:
        return True
    return False


def _read_single(reading: _Reading, datum: Datum) -> None:
    if _option(reading, datum):
        if reading.answer.get("value", datum.value) != datum.value:
            reading.fault(datum, "1つだけ選ぶ問に、2つの回答があります。", "Two answers where only one can be chosen.")
        reading.answer["value"] = datum.value


def _read_multiple(reading: _Reading, datum: Datum) -> None:
    if _option(reading, datum):
        values = reading.answer.setdefault("values", [])
        if datum.value in values:
            reading.fault(datum, "同じ選択肢が2回あります。", "The same option is there twice.")
        values.append(datum.value)


def _read_matrix(reading: _Reading, datum: Datum) -> None:
    if reading.row(datum) is None:
        return
    if datum.column:
        reading.fault(datum, "この問では column を空にします。", "Column stays empty in this question.")
    elif datum.value not in reading.question.column_by_code:
        labels = reading.question.columns
        ja = "」「".join(column.label.ja for column in labels)
        en = ", ".join(column.label.en for column in labels)
        reading.fault(
            datum,
            f"「{datum.value}」は選べません。「{ja}」から選びます。",
            f"“{datum.value}” is no choice; choose from: {en}.",
        )
    else:
        reading.cell(datum, datum.value)


def _read_integer(reading: _Reading, datum: Datum) -> None:
    row = reading.row(datum)
    if row is None:
        return
    if datum.column != "count":
        reading.fault(datum, "この問の column は count です。", "The column of this question is count.")
        return
    value = number(datum.value, reading.question.maximum or 0)
    if isinstance(value, Text):
        reading.fault(datum, value.ja, value.en)
    elif row.computed:
        reading.answer.setdefault("computed", {})[datum.row] = value
    else:
        reading.cell(datum, value)


def _read_procedure(reading: _Reading, datum: Datum) -> None:
    if reading.row(datum) is None:
        return
    column = reading.question.column_by_code.get(datum.column)
    if column is None:
        reading.fault(
            datum, f"欄「{datum.column}」はこの問にありません。", f"This question has no column “{datum.column}”."
        )
        return
    value: str | int | Text = datum.value
    if column.choices:
        if value not in {choice.code for choice in column.choices}:
            value = Text(f"選択肢「{datum.value}」はありません。", f"There is no option “{datum.value}”.")
    elif not (column.unknown and value == UNKNOWN):
        value = number(datum.value, reading.question.maximum or 0)
    if isinstance(value, Text):
        reading.fault(datum, value.ja, value.en)
        return
    cell = reading.answer.setdefault("cells", {}).setdefault(datum.row, {})
    if datum.column in cell:
        reading.fault(datum, "同じところに2つの値があります。", "There are two values for the same place.")
    cell[datum.column] = value


_READERS: dict[str, Callable[[_Reading, Datum], None]] = {
    "single-choice": _read_single,
    "multiple-choice": _read_multiple,
    "matrix": _read_matrix,
    "tick-matrix": _read_matrix,
    "matrix-integer": _read_integer,
    "procedures": _read_procedure,
}


def _ordered(question: Question, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with its parts in the order of the definition, so that equal answers are equal texts."""
    ordered = dict(answer)
    if "values" in answer:
        ordered["values"] = [option.code for option in question.options if option.code in answer["values"]]
    if "cells" in answer:
        cells = answer["cells"]
        ordered["cells"] = {row.code: cells[row.code] for row in question.rows if row.code in cells}
        if question.kind == "procedures":
            names = [column.code for column in question.columns]
            for row, cell in ordered["cells"].items():
                ordered["cells"][row] = {name: cell[name] for name in names if name in cell}
    return ordered


def wrong_totals(question: Question, answer: Answer) -> list[Fault]:
    """Computed rows given in a file that are not the sum of their parts. They are checked and never stored."""
    sums = totals(question, answer.get("cells", {}))
    return [
        Fault(
            row,
            "count",
            Text(
                f"合計が内訳と合いません（内訳の合計は{sums[row]}）。",
                f"The total is not the sum of its parts ({sums[row]}).",
            ),
        )
        for row, value in answer.get("computed", {}).items()
        if sums[row] != value
    ]


def write(question: Question, answer: Answer) -> Iterator[Datum]:
    """The long form of an answer, in the order of the definition. `read` of it gives the answer again.

    The order of the stored JSON does not count: PostgreSQL's jsonb does not keep it.
    """
    if "value" in answer:
        yield Datum("", "", answer["value"])
    for code in answer.get("values", ()):
        yield Datum("", "", code)
    cells = answer.get("cells", {})
    for row in question.rows:
        if row.code in cells:
            yield from _write_cell(question, row.code, cells[row.code])
    texts = answer.get("other_text", {})
    for code in (*question.option_by_code, *question.row_by_code):
        if code in texts:
            yield Datum(code, OTHER_TEXT, texts[code])


def _write_cell(question: Question, row: str, cell: Any) -> Iterator[Datum]:
    if question.kind == "procedures":
        yield from (Datum(row, name, str(cell[name])) for name in question.column_by_code if name in cell)
    else:
        yield Datum(row, "count" if question.kind == "matrix-integer" else "", str(cell))


def part(answer: Answer, place: str) -> dict[str, Any]:
    """What an answer says at a place, in the shape of an answer; {} for nothing."""
    if place == WHOLE:
        return dict(answer)
    return {key: {place: answer[key][place]} for key in ("cells", OTHER_TEXT) if place in answer.get(key, {})}


def inapplicable_columns(question: Question, answer: Answer) -> list[Fault]:
    """Counts given for a procedure that does not exist or is not online: an error in a file."""
    if question.kind != "procedures":
        return []
    message = Text(
        "手続があり、オンライン化が済の行だけに件数を書きます。",
        "Counts are given only where the procedure exists and is online.",
    )
    return [
        Fault(row, column, message)
        for row, cell in answer.get("cells", {}).items()
        for column in cell
        if column not in procedure_columns(cell)
    ]


def states(questionnaire: Questionnaire, kind: str, answers: Answers) -> dict[str, str]:
    """Which kind of empty, or answered, each question of a response is (a body without response: NO_RESPONSE)."""
    asked = asked_anywhere(questionnaire, kind, answers)
    found = questionnaire.question_by_id.items()
    return {id: state(question, kind, answers.get(id, {}), id in asked) for id, question in found}


def state(question: Question, kind: str, answer: Answer, is_asked: bool) -> str:
    """The same of one question, of which it is known whether it is asked."""
    if not is_asked:
        return NOT_ASKED if question.asked_of(kind) else NOT_APPLICABLE
    if not answer:
        return BLANK
    return ANSWERED if is_complete(question, kind, answer) else PARTLY


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal answers give equal texts."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(value: Any) -> str:
    """SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
