"""What counts as in place: the measures that a questionnaire names by its favourable options. Pure.

A choice of one is one measure, in place if a favourable option is chosen; of several, each favourable option is one;
in a matrix each row is one, in place if its column is favourable. A question that names nothing has no measures.
"""

from collections.abc import Iterator
from typing import NamedTuple

from surveys.questionnaire import Question, Section, Text

# What a measure is in a body. What is not asked is behind a gate that the body's other answers close.
IN_PLACE, NOT_IN_PLACE, UNANSWERED, NOT_ASKED = "in_place", "not_in_place", "unanswered", "not_asked"

Place = tuple[str, str]  # row and column, as tables name them: an option has no column


class Measure(NamedTuple):
    """One measure: it is in place if the body chose any of its places. `label` is its option or row, if it is one."""

    question: Question
    label: Text | None
    places: tuple[Place, ...]


def measures(section: Section, kind: str) -> list[Measure]:
    """The measures that bodies of a kind are asked about in a section, also behind a gate that may be closed."""
    return [
        measure
        for question in section.questions
        if question.favourable and question.asked_of(kind)
        for measure in of_question(question, kind)
    ]


def of_question(question: Question, kind: str) -> Iterator[Measure]:
    """The measures of a question. An exclusive row ("none of these") is none."""
    if question.rows:
        for row in (row for row in question.rows_for(kind) if not row.exclusive):
            yield Measure(question, row.label, tuple((row.code, column) for column in question.favourable))
    elif question.kind == "single-choice":
        yield Measure(question, None, tuple((option, "") for option in question.favourable))
    else:
        for option in (option for option in question.options if option.code in question.favourable):
            yield Measure(question, option.label, ((option.code, ""),))
