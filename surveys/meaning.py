"""Ids and codes that would change their meaning between two questionnaires, as far as a machine can tell. Pure.

Answers of all years are joined by ids, so these are refused and a new id is asked for. Whether a reworded text still
means the same only a person can say (`Redefinition.to_confirm`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.case import fill
from surveys.difference import named, plain
from surveys.questionnaire import Question, Questionnaire, Text
from surveys.year_words import Mover

QUESTION, OPTION, ROW, COLUMN = "question", "option", "row", "column"
KIND = Text(
    "{thing}の種類が、{before}から{after}に変わっています。意味が変わるので、新しいIDにしてください。",
    "The kind of {thing} changes from {before} to {after}, and so its meaning: please give it a new id.",
)
TABLE = Text(
    "{thing}の属する表が変わっています。意味が変わるので、新しいIDにしてください。",
    "{thing} belongs to another table now, and so changes its meaning: please give it a new id.",
)
UNIT = Text(
    "{thing}の単位が、{before}から{after}に変わっています。数字が比べられなくなるので、新しいIDにしてください。",
    "The unit of {thing} changes from {before} to {after}; numbers cannot be compared. Please give it a new id.",
)
TAKEN = Text(
    "{thing}の題と文が、前の{other}と同じです。IDが入れ替わっています。問ごとに元のIDに戻すか、新しいIDにしてください。",
    "{thing} now says what {other} said before. Please give each question its id back, or a new id.",
)
RELABELLED = Text(
    "{thing}：「{code}」の名前が、前は「{other}」の名前だった「{label}」になっています。コードが入れ替わっています。"
    "元のコードに戻すか、新しいコードにしてください。",
    "{thing}: “{code}” is now called “{label}”, as “{other}” was. Please give each its code back, or a new one.",
)


@dataclass(frozen=True)
class Refusal:
    """An id or code that may not be used so: of a question, or of one of its options, rows or columns."""

    part: str
    question: str
    code: str
    message: Text


def refusals(rounds: Sequence[Questionnaire], after: Questionnaire, movers: Sequence[Mover]) -> list[Refusal]:
    """What `after` may not do, held against earlier rounds, the newest first, each with the mover of its year words.

    A question is held against the newest round that had it.
    """
    found: list[Refusal] = []
    seen: set[str] = set()
    for before, move in zip(rounds, movers, strict=True):
        ids = [id for id in after.question_by_id if id in before.question_by_id and id not in seen]
        for id in ids:
            found += _of_question(before.question_by_id[id], after.question_by_id[id], before, move)
        seen.update(ids)
    return found


def _of_question(was: Question, now: Question, before: Questionnaire, move: Mover) -> Iterator[Refusal]:
    thing = named(now)

    def refuse(sentence: Text, **facts: Text) -> Refusal:
        return Refusal(QUESTION, now.id, "", fill(sentence, {"thing": thing, **facts}))

    if was.kind != now.kind:
        yield refuse(KIND, before=plain(was.kind), after=plain(now.kind))
    if was.part_of != now.part_of:
        yield refuse(TABLE)
    if was.unit and now.unit and was.unit.ja != now.unit.ja:
        yield refuse(UNIT, before=was.unit, after=now.unit)
    says = (now.title.ja, now.text.ja)
    if says not in ((was.title.ja, was.text.ja), (move("ja", was.title.ja), move("ja", was.text.ja))):
        others = (other for other in before.question_by_id.values() if (other.title.ja, other.text.ja) == says)
        yield from (refuse(TAKEN, other=named(other)) for other in others)
    for part, entries in ((OPTION, "option_by_code"), (ROW, "row_by_code"), (COLUMN, "column_by_code")):
        yield from _relabelled(part, now, getattr(was, entries), getattr(now, entries), move)
    for code, column in now.column_by_code.items():
        old = was.column_by_code[code].choices if code in was.column_by_code else ()
        was_choices, now_choices = ({choice.code: choice for choice in side} for side in (old, column.choices))
        yield from _relabelled(OPTION, now, was_choices, now_choices, move)


def _relabelled(
    part: str, question: Question, was: Mapping[str, Any], now: Mapping[str, Any], move: Mover
) -> Iterator[Refusal]:
    """Codes that carry a label which another code had."""
    codes = {entry.label.ja: code for code, entry in was.items()}
    for code, entry in now.items():
        label = entry.label.ja
        if code in was and codes.get(label, code) != code and label != move("ja", was[code].label.ja):
            facts = {"code": plain(code), "other": plain(codes[label]), "label": entry.label}
            yield Refusal(part, question.id, code, fill(RELABELLED, {"thing": named(question), **facts}))
