"""What differs between two sets of answers of one body: since a submission, or since an earlier round. Pure."""

from dataclasses import dataclass
from typing import NamedTuple

from surveys import rules, words
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
        unanswered = rules.asked(section, after.kind, after.answers).keys() - after.answers.keys()
        for id in number:
            same = before.answers.get(id) == after.answers.get(id)
            if not same and id not in unanswered and id in before.questionnaire.question_by_id:
                question = section.question_by_id[id]
                was, now = before.lines(id, language), after.lines(id, language)
                if was and now:
                    was, now = words.difference(was, now)
                found.append(Change(section, question, number[id], control_id(question), was, now))
    return found
