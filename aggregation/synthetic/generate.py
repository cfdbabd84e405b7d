"""All answers of all bodies, section by section. Pure; the same seed gives the same answers."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from aggregation.synthetic import amounts, choices
from aggregation.synthetic.people import Crowd, SyntheticBody
from aggregation.synthetic.plan import SIDES, Plan
from surveys.questionnaire import Question, Questionnaire, Section
from surveys.questionnaire import tier as side_of
from surveys.rules import asked

Answers = dict[str, dict[str, Any]]
Maker = Callable[[Question, Sequence[SyntheticBody], Crowd, Plan], Answers]

_MAKERS: dict[str, Maker] = {
    "single-choice": choices.single,
    "multiple-choice": choices.multiple,
    "tick-matrix": choices.ticks,
    "matrix": choices.matrix,
    "matrix-integer": amounts.integers,
}


def generate(
    questionnaire: Questionnaire, bodies: Sequence[SyntheticBody], plan: Plan, seed: int
) -> dict[str, Answers]:
    """By code of the body, complete answers that add up to the plan."""
    rng = random.Random(seed)  # noqa: S311  made-up answers, the same for the same seed
    crowds = {side: Crowd([body for body in bodies if side_of(body.kind) == side], rng) for side in SIDES}
    procedures = amounts.Procedures(plan, crowds)
    found: dict[str, Answers] = {body.code: {} for body in bodies}
    for section in questionnaire.sections:
        for question in section.questions:
            if question.kind == "procedures":
                for answers in procedures.answer(question).values():
                    _put(found, question, answers)
                continue
            for crowd in crowds.values():
                if respondents := _asked(section, question, crowd.bodies, found):
                    _put(found, question, _MAKERS[question.kind](question, respondents, crowd, plan))
    return found


def _asked(
    section: Section, question: Question, bodies: Sequence[SyntheticBody], found: dict[str, Answers]
) -> list[SyntheticBody]:
    return [body for body in bodies if question.id in asked(section, body.kind, found[body.code])]


def _put(found: dict[str, Answers], question: Question, answers: Answers) -> None:
    for code, answer in answers.items():
        found[code][question.id] = answer
