"""What stands on a paper, as plain data that the templates are given as JSON. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from surveys import pages
from surveys.questionnaire import Chapter, Questionnaire, Section, Text

LABELS = {
    "item": Text("区分", "Item"),
    "answer": Text("回答", "Answer"),
    "procedure": Text("手続", "Procedure"),
    "calculated": Text("自動で計算", "calculated"),
    "several": Text("複数回答", "more than one answer"),
    "or": Text("または（ほかの選択肢といっしょには選べません）", "Or (not together with another option)"),
    "glossary": Text("用語の説明", "Glossary"),
    "terms": Text("用語の説明（巻末）：", "In the glossary at the end: "),
    "unprintable": Text(
        "〓は、この印刷の書体にない文字です。かっこの中に、その文字の番号（Unicode）を示します。",
        "〓 stands for a character that the font of this paper lacks; its number (Unicode) follows in brackets.",
    ),
}
NUMBER = Text("問{number}", "Q{number}")
CHAPTER = Text("第{number}節　{title}", "Chapter {number}: {title}")
DEPARTMENT = Text("主に答える課：{department}", "Usually answered by: {department}")


@dataclass(frozen=True)
class Cover:
    """What every page says, and what stands on top of the first one; texts in the language of the paper.

    `at` is the moment the paper is about, with a time zone: the same data give the same bytes.
    """

    language: str
    title: str
    subtitle: str
    about: str  # whose answers, and which round: at the head of every page
    mark: str  # the state in a word, such as 未提出, at the head of every page; may be empty
    stamp: str  # when it was printed or submitted: at the foot of every page; may be empty
    author: str
    at: datetime
    key: tuple[str, str] | None = None  # the one fact that stands out, such as the receipt number
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    synthetic: bool = False


@dataclass(frozen=True)
class Head:
    """The head of a column, with when the column is needed."""

    label: str
    note: str = ""


@dataclass(frozen=True)
class Part:
    """A section of the questionnaire; its questions are those of the kind of paper."""

    number: str
    title: str
    facts: tuple[str, ...]
    questions: tuple[object, ...]


@dataclass(frozen=True)
class Paper:
    """A paper for the template of its name."""

    template: str
    cover: Cover
    parts: tuple[Part, ...]
    labels: Mapping[str, str]
    terms: tuple[tuple[str, str], ...] = ()


def labels(language: str) -> dict[str, str]:
    return {name: text.in_language(language) for name, text in LABELS.items()}


def part(
    questionnaire: Questionnaire,
    section: Section,
    asked: Mapping[str, object],
    questions: tuple[object, ...],
    language: str,
) -> Part:
    """A section with what stands under its title: the part of the report, who answers, and the date it is about."""
    chapter = _chapter(questionnaire, section)
    reference = pages.reference(section, asked)
    facts = [
        CHAPTER.in_language(language).format(number=chapter.number, title=chapter.title.in_language(language)),
        DEPARTMENT.in_language(language).format(department=section.department.in_language(language)),
        *([reference.in_language(language)] if reference else []),
    ]
    return Part(section.number, section.title.in_language(language), tuple(facts), questions)


def _chapter(questionnaire: Questionnaire, section: Section) -> Chapter:
    return next(chapter for chapter in questionnaire.chapters if chapter.number == section.chapter)
