"""What the pages show, computed from a questionnaire and answers: numbers, progress, review. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from surveys import rules
from surveys.doubted import Doubt, Doubted
from surveys.doubts import by_question
from surveys.places import control_id
from surveys.questionnaire import Chapter, Question, Questionnaire, Section, Text
from surveys.rules import INCONSISTENT, Answers, Problem
from surveys.words import Line, lines

NOTHING = "nothing"  # of a response: an approver has said that there is nothing to answer
NOT_STARTED, IN_PROGRESS, DONE, TO_CORRECT, TO_CONFIRM, NOT_APPLICABLE = (
    "not_started",
    "in_progress",
    "done",
    "to_correct",
    "to_confirm",
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
    """How far a section is: questions asked now, answered in full and without contradiction, and what is in the way.

    `unsettled`: the doubts that still need a reason.
    """

    section: Section
    asked: int
    answered: int
    started: bool
    problems: tuple[Problem, ...]
    unsettled: int = 0

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
        if self.unsettled:
            return TO_CONFIRM
        if self.answered == self.asked:
            return DONE
        return IN_PROGRESS if self.started else NOT_STARTED

    @property
    def meter(self) -> int:
        return meter(self.answered, self.asked)


def meter(answered: int, asked: int) -> int:
    """The filled part of a meter 70 wide."""
    return 70 * answered // asked if asked else 0


def progress(section: Section, kind: str, answers: Answers, unsettled: int = 0) -> Progress:
    asked = rules.asked(section, kind, answers)
    found = tuple(rules.problems(section, kind, answers))
    open_questions = {problem.question for problem in found}
    started = any(answers.get(id) for id in asked)
    return Progress(section, len(asked), len(asked) - len(open_questions), started, found, unsettled)


def all_progress(
    questionnaire: Questionnaire, kind: str, answers: Answers, doubted: Iterable[Doubted] = ()
) -> list[Progress]:
    """The progress of each section that this kind of body can be asked, in order."""
    sections = [questionnaire.section_of[each.doubt.question].id for each in doubted if not each.is_settled]
    return [
        progress(section, kind, answers, sections.count(section.id)) for section in questionnaire.sections_for(kind)
    ]


class Total(NamedTuple):
    """The progress of a whole response."""

    asked: int
    answered: int
    sections: int
    finished: int
    problems: int
    unsettled: int

    @property
    def complete(self) -> bool:
        return not (self.problems or self.unsettled)

    @property
    def state(self) -> str:
        return DONE if self.complete else IN_PROGRESS

    @property
    def meter(self) -> int:
        return meter(self.answered, self.asked)


def total(found: Sequence[Progress]) -> Total:
    concerned = [entry for entry in found if entry.state != NOT_APPLICABLE]
    return Total(
        sum(entry.asked for entry in found),
        sum(entry.answered for entry in found),
        len(concerned),
        sum(entry.state == DONE for entry in concerned),
        sum(len(entry.problems) for entry in found),
        sum(entry.unsettled for entry in found),
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


class Confirm(NamedTuple):
    """A line of the review: a doubt, and where it is confirmed or mended."""

    section: Section
    question: Question
    number: str
    target: str
    doubted: Doubted


def confirms(questionnaire: Questionnaire, kind: str, doubted: Iterable[Doubted]) -> list[Confirm]:
    """What is to be confirmed, with a reason or without one yet: a line a doubt, in page order."""
    found = []
    for each in doubted:
        section = questionnaire.section_of[each.doubt.question]
        question = section.question_by_id[each.doubt.question]
        number = numbers(section, kind)[question.id]
        found.append(Confirm(section, question, number, doubt_id(each.doubt), each))
    return found


def doubt_id(doubt: Doubt) -> str:
    """The id of the box in which a doubt is confirmed."""
    return f"doubt.{doubt.key}"


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
    doubted: list[Doubted]


def in_words(
    section: Section, kind: str, answers: Answers, language: str, doubted: Iterable[Doubted] = ()
) -> list[Answered]:
    """The asked questions of a section with their answers in words, and what is doubted in them."""
    number, doubts = numbers(section, kind), by_question(doubted)
    return [
        Answered(
            question,
            number[id],
            lines(question, kind, answers.get(id, {}), language),
            not question.rows,
            doubts.get(id, []),
        )
        for id, question in rules.asked(section, kind, answers).items()
    ]


def by_round(responses: Iterable[Any]) -> list[tuple[Any, list[tuple[str, list[Any]]]]]:
    """Responses under their round and, inside it, under the name of the prefecture; in the order given."""
    rounds = []
    for survey, of_round in groupby(responses, key=lambda response: response.survey):
        prefectures = groupby(of_round, key=lambda response: response.body.prefecture)
        rounds.append((survey, [(name, list(found)) for name, found in prefectures]))
    return rounds
