"""What differs between two sets of answers of one body: since a submission, or since an earlier round. Pure."""

from dataclasses import dataclass
from typing import NamedTuple

from surveys import rules, words
from surveys.answers import part
from surveys.pages import numbers
from surveys.places import control_id
from surveys.questionnaire import Question, Questionnaire, Section
from surveys.rules import Answers
from surveys.words import Line


@dataclass(frozen=True)
class Side:
    """The applicable answers of a body, with its kind and the questionnaire they were given under."""

    questionnaire: Questionnaire
    kind: str
    answers: Answers

    def lines(self, id: str, language: str) -> list[Line]:
        """The answer to a question in words; none where the question did not apply."""
        if id not in self.answers:
            return []
        return words.lines(self.questionnaire.question_by_id[id], self.kind, self.answers[id], language)


class Change(NamedTuple):
    """A question whose answer differs: what was answered and what is, only the rows that differ.

    A side without lines: the question did not apply there.
    """

    section: Section
    question: Question
    number: str
    target: str
    before: list[Line]
    after: list[Line]


def changes(before: Side, after: Side, language: str) -> list[Change]:
    """The questions whose answers differ, in page order; joined on ids, so that new questions are not among them.

    What is not answered yet is missing rather than changed, and left out.
    """
    found = []
    for section in after.questionnaire.sections_for(after.kind):
        number = numbers(section, after.kind)
        open_questions = _open(section, after)
        for id in number:
            same = before.answers.get(id) == after.answers.get(id)
            if not same and id not in open_questions and id in before.questionnaire.question_by_id:
                question = section.question_by_id[id]
                was, now = before.lines(id, language), after.lines(id, language)
                if was and now:
                    was, now = _answered(*words.difference(was, now))
                    if not now:
                        continue
                target = control_id(question, _first_row(question, after.kind, before.answers, after.answers))
                found.append(Change(section, question, number[id], target, was, now))
    return found


def _open(section: Section, side: Side) -> set[str]:
    """The questions without an answer yet, and those of which it cannot be said yet whether they are asked."""
    found = set(rules.asked(section, side.kind, side.answers).keys() - side.answers.keys())
    for question in section.questions:
        if question.gate and question.id not in side.answers and not found.isdisjoint(question.gate.questions):
            found.add(question.id)
    return found


def _answered(was: list[Line], now: list[Line]) -> tuple[list[Line], list[Line]]:
    """Without the rows of a table that are not answered now; the lines of a choice have no label."""
    unanswered = {line.label for line in now if line.label and not line.value}
    return [line for line in was if line.label not in unanswered], [line for line in now if line.value]


def _first_row(question: Question, kind: str, before: Answers, after: Answers) -> str:
    """The first row of a table that is answered otherwise; empty in a question without rows."""
    was, now = (side.get(question.id, {}) for side in (before, after))
    rows = [row.code for row in question.rows_for(kind)]
    differing = [code for code in rows if part(now, code) not in ({}, part(was, code))]
    return (differing or rows or [""])[0]
