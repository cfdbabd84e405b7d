"""What the pages show, computed from a questionnaire and answers: numbers, progress, review. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from surveys import rules
from surveys.places import control_id
from surveys.questionnaire import Chapter, Question, Questionnaire, Section, Text
from surveys.rules import INCONSISTENT, MISSING, Answers, Problem
from surveys.words import Line, lines

NOT_STARTED, IN_PROGRESS, DONE, TO_CORRECT, NOT_APPLICABLE = (
    "not_started",
    "in_progress",
    "done",
    "to_correct",
    "not_applicable",
)


def numbers(section: Section, kind: str) -> dict[str, str]:
    """The number of each question of a section on the page of a kind of body: "1", "2", "2-1".

    A gated question hangs under the first question its gate looks at. Questions that no body of this kind can come
    to are not numbered, so that the numbers have no gaps and do not change with the answers.
    """
    found: dict[str, str] = {}
    children: dict[str, int] = {}
    for question in section.questions:
        parents = [id for id in question.gate.questions if id in found] if question.gate else [""]
        if not question.asked_of(kind) or not parents:
            continue
        parent = found.get(parents[0], "")
        children[parent] = children.get(parent, 0) + 1
        found[question.id] = f"{parent}-{children[parent]}" if parent else str(children[parent])
    return found


@dataclass(frozen=True)
class Progress:
    """How far a section is: questions asked now, answered in full and without contradiction, and what is in the way."""

    section: Section
    asked: int
    answered: int
    started: bool
    problems: tuple[Problem, ...]

    @property
    def missing(self) -> int:
        """The questions in which an answer is missing."""
        return len({problem.question for problem in self.problems if problem.kind == MISSING})

    @property
    def inconsistent(self) -> int:
        """The questions with answers that cannot be right together."""
        return len({problem.question for problem in self.problems if problem.kind == INCONSISTENT})

    @property
    def state(self) -> str:
        if not self.asked:
            return NOT_APPLICABLE
        if self.inconsistent:
            return TO_CORRECT
        if self.answered == self.asked:
            return DONE
        return IN_PROGRESS if self.started else NOT_STARTED

    @property
    def meter(self) -> int:
        """The filled part of a meter 70 wide."""
        return 70 * self.answered // self.asked if self.asked else 0


def progress(section: Section, kind: str, answers: Answers) -> Progress:
    asked = rules.asked(section, kind, answers)
    found = tuple(rules.problems(section, kind, answers))
    open_questions = {problem.question for problem in found}
    started = any(answers.get(id) for id in asked)
    return Progress(section, len(asked), len(asked) - len(open_questions), started, found)


def all_progress(questionnaire: Questionnaire, kind: str, answers: Answers) -> list[Progress]:
    """The progress of each section that this kind of body can be asked, in order."""
    return [progress(section, kind, answers) for section in questionnaire.sections_for(kind)]


class Total(NamedTuple):
    """The progress of a whole response."""

    asked: int
    answered: int
    sections: int
    finished: int
    problems: int

    @property
    def complete(self) -> bool:
        return not self.problems


def total(found: Sequence[Progress]) -> Total:
    concerned = [entry for entry in found if entry.state != NOT_APPLICABLE]
    return Total(
        sum(entry.asked for entry in found),
        sum(entry.answered for entry in found),
        len(concerned),
        sum(entry.state == DONE for entry in concerned),
        sum(len(entry.problems) for entry in found),
    )


def by_chapter(questionnaire: Questionnaire, found: Iterable[Progress]) -> list[tuple[Chapter, list[Progress]]]:
    """The sections under the 節 they belong to; a 節 without any is left out."""
    groups: dict[str, list[Progress]] = {}
    for entry in found:
        groups.setdefault(entry.section.chapter, []).append(entry)
    return [(chapter, groups[chapter.number]) for chapter in questionnaire.chapters if chapter.number in groups]


class Todo(NamedTuple):
    """A line of the review: a question with its problems of one kind, and where to mend them."""

    section: Section
    question: Question
    number: str
    target: str
    message: Text
    places: int
    rows: int

    @property
    def is_partly(self) -> bool:
        """Whether it is about some rows of a table rather than the question as a whole."""
        return self.rows > 1


def todos(found: Iterable[Progress], kind: str, problem_kind: str) -> list[Todo]:
    """What is missing, or what is inconsistent: a line a question, in page order."""
    todo = []
    for entry in found:
        number = numbers(entry.section, kind)
        by_question: dict[str, list[Problem]] = {}
        for problem in entry.problems:
            if problem.kind == problem_kind:
                by_question.setdefault(problem.question, []).append(problem)
        for id, problems in by_question.items():
            question, first = entry.section.question_by_id[id], problems[0]
            target = control_id(question, first.row, first.column)
            rows = len({problem.row for problem in problems if problem.row}) if question.rows else 0
            total_rows = len(question.rows_for(kind)) if rows else 0
            todo.append(Todo(entry.section, question, number[id], target, first.message, rows or 1, total_rows))
    return todo


def neighbours(found: Sequence[Progress], section: Section) -> tuple[Section | None, Section | None]:
    """The sections before and after one, leaving out those in which nothing is asked now."""
    usable = [entry.section for entry in found if entry.asked or entry.section == section]
    at = usable.index(section)
    return (usable[at - 1] if at else None), (usable[at + 1] if at + 1 < len(usable) else None)


def reference(section: Section, asked: Mapping[str, Any]) -> Text | None:
    """The date or year that the whole section is about, if all its questions share it."""
    found = {question.reference for id, question in section.question_by_id.items() if id in asked}
    return found.pop() if len(found) == 1 else None


class Answered(NamedTuple):
    """An asked question with its answer in words."""

    question: Question
    number: str
    lines: list[Line]
    is_list: bool


def in_words(section: Section, kind: str, answers: Answers, language: str) -> list[Answered]:
    """The asked questions of a section with their answers in words."""
    number = numbers(section, kind)
    return [
        Answered(question, number[id], lines(question, kind, answers.get(id, {}), language), not question.rows)
        for id, question in rules.asked(section, kind, answers).items()
    ]


def by_round(responses: Iterable[Any]) -> list[tuple[Any, list[tuple[str, list[Any]]]]]:
    """Responses under their round and, inside it, under the name of the prefecture; in the order given."""
    rounds = []
    for survey, of_round in groupby(responses, key=lambda response: response.survey):
        prefectures = groupby(of_round, key=lambda response: response.body.prefecture)
        rounds.append((survey, [(name, list(found)) for name, found in prefectures]))
    return rounds
