"""What a soft check of a definition may name. Pure."""

from collections.abc import Container, Iterator
from string import Formatter

from surveys import questionnaire as q
from surveys.soft_checks import OPERATORS, Operator

OPTIONAL = ("was", "now", "other", "other_row", "expected", "least", "times")  # keys that only some operators take


def faults(check: q.SoftCheck, found: q.Questionnaire, section: q.Section | None) -> Iterator[str]:
    """What is wrong with a soft check of a section, or of the whole questionnaire."""
    operator = OPERATORS.get(check.operator)
    if operator is None:
        yield f"operator {check.operator!r} is not one of {', '.join(sorted(OPERATORS))}"
        return
    yield from _keys(check, operator)
    yield from _message(check, operator)
    known = found.question_by_id if section is None else section.question_by_id
    for id in check.all_questions:
        if id not in known:
            where = "the questionnaire" if section is None else "this section; between sections use questionnaire.toml"
            yield f"there is no question {id!r} in {where}"
    for id in check.questions:
        if id in known:
            yield from _question(check, operator, known[id])
    if check.other in known:
        yield from _other(check, operator, known[check.other])


def _keys(check: q.SoftCheck, operator: Operator) -> Iterator[str]:
    if not check.questions:
        yield "questions is empty"
    for name in OPTIONAL:
        given = bool(getattr(check, name))
        if name in operator.needs and not given:
            yield f"{check.operator} needs {name}"
        elif given and name not in operator.needs | operator.takes:
            yield f"{check.operator} does not take {name}"


def _message(check: q.SoftCheck, operator: Operator) -> Iterator[str]:
    for text in (check.message.ja, check.message.en) if check.message else ():
        try:
            names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        except ValueError as error:
            yield f"message: {error} in {text!r}"
        else:
            yield from (f"message: unknown place {{{name}}}" for name in sorted(names - operator.facts))


def _question(check: q.SoftCheck, operator: Operator, question: q.Question) -> Iterator[str]:
    if question.kind not in operator.kinds:
        yield f"{check.operator} looks at {' or '.join(operator.kinds)}; {question.id!r} is {question.kind}"
        return
    yield from _unknown(question, check.rows, question.row_by_code, "row")
    if check.was or check.now:
        yield from _unknown(question, (*check.was, *check.now), _codes(question), "option or column")


def _other(check: q.SoftCheck, operator: Operator, other: q.Question) -> Iterator[str]:
    if other.kind not in operator.kinds:
        yield f"{check.operator} looks at {' or '.join(operator.kinds)}; {other.id!r} is {other.kind}"
        return
    yield from _unknown(other, check.expected, _codes(other), "option or column")
    if check.other_row:
        yield from _unknown(other, (check.other_row,), other.row_by_code, "row")


def _codes(question: q.Question) -> dict[str, object]:
    return {**question.option_by_code, **question.column_by_code}


def _unknown(question: q.Question, codes: tuple[str, ...], known: Container[str], what: str) -> Iterator[str]:
    yield from (f"{question.id!r} has no {what} {code!r}" for code in codes if code not in known)
