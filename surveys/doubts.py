"""Soft checks: what in complete answers asks "is this right?", with the facts side by side. Pure.

A doubt never keeps anybody from typing; going on to the submission needs a reason. It is about the body's own last
answer, about the published range of its peers, or about two answers that do not go together.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from surveys import rules
from surveys.case import Case
from surveys.doubted import Doubt, Doubted, Reason, key
from surveys.past import COUNTED_COLUMNS, Past, Ranges
from surveys.questionnaire import Questionnaire
from surveys.rules import Answers
from surveys.soft_checks import OPERATORS


def doubts(questionnaire: Questionnaire, kind: str, answers: Answers, past: Past | None, ranges: Ranges) -> list[Doubt]:
    """The doubts about the answers of a body of this kind, in page order.

    Only about questions that are asked and answered in full. A number is asked about once, by the first check that
    finds something.
    """
    applicable = rules.applicable(questionnaire, kind, answers)
    questions = questionnaire.question_by_id
    whole = {id: answer for id, answer in applicable.items() if rules.is_complete(questions[id], kind, answer)}
    case = Case(questionnaire, whole, past, ranges)
    found: dict[tuple[str, ...], Doubt] = {}
    for check in questionnaire.all_soft_checks:
        operator = OPERATORS[check.operator]
        for id in check.questions:
            if id in whole:
                for doubt in operator.find(check, questions[id], case):
                    found.setdefault((operator.aspect or check.id, doubt.question, doubt.row, doubt.column), doubt)
    order = {id: place for place, id in enumerate(questions)}
    return sorted(found.values(), key=lambda doubt: order[doubt.question])


def keys(questionnaire: Questionnaire, section: str) -> Iterator[str]:
    """The key of every doubt that can arise in a section: a reason for anything else is not taken."""
    for check in questionnaire.all_soft_checks:
        for id in check.questions:
            if questionnaire.section_of[id].id == section:
                question = questionnaire.question_by_id[id]
                columns = {"matrix-integer": ("count",), "procedures": COUNTED_COLUMNS}.get(question.kind, ("",))
                rows = [*question.row_by_code] or ["", *question.option_by_code]
                yield from (key(check.id, id, row, column) for row in rows for column in columns)


def with_reasons(found: list[Doubt], reasons: Mapping[str, Mapping[str, Any]]) -> list[Doubted]:
    """Doubts with the stored reasons, which are by key of the doubt."""
    return [Doubted(doubt, Reason(**reasons[doubt.key]) if doubt.key in reasons else None) for doubt in found]


def by_question(found: Iterable[Doubted]) -> dict[str, list[Doubted]]:
    grouped: dict[str, list[Doubted]] = {}
    for each in found:
        grouped.setdefault(each.doubt.question, []).append(each)
    return grouped
