"""The buttons 「前回と同じ」 and 「取り消す」 of one question: what they do to the fields of a post.

A press fills in, or takes out, what a person could have typed; the form then reads and saves it like anything typed,
so that the rules of saving hold for it too.
"""

from typing import NamedTuple

from django.http import QueryDict

from surveys import places
from surveys.answers import WHOLE, Datum, part, read
from surveys.changes import Side
from surveys.earlier import SAME, Last
from surveys.models import SectionAnswers
from surveys.questionnaire import Question, Section
from surveys.rules import Answer

UNSAME = "unsame"


class Pressed(NamedTuple):
    """A post after a press: `question` is the one the button belongs to, `same` the places of it that are confirmed.

    `is_refused`: everything that would have been filled in was answered already. `origin` is what the history says of
    the save (`Response.save_section`).
    """

    data: QueryDict | None
    question: str = ""
    same: tuple[str, ...] = ()
    is_refused: bool = False
    origin: str = "form"


def press(data: QueryDict | None, section: Section, kind: str, stored: SectionAnswers, earlier: Side | None) -> Pressed:
    """What a post means with the button it was sent by, for one question at a time."""
    if data is None or earlier is None:
        return Pressed(data)
    if question := _on_page(section, kind, data, data.get(SAME, "")):
        return _fill(question, kind, data, earlier)
    id, _, version = data.get(UNSAME, "").partition("|")
    if question := _on_page(section, kind, data, id):
        return _take_back(question, kind, data, stored, version)
    return Pressed(data)


def _on_page(section: Section, kind: str, data: QueryDict, id: str) -> Question | None:
    question = section.question_by_id.get(id)
    return question if question and question.asked_of(kind) and f"seen|{id}" in data else None


def _posted(question: Question, kind: str, data: QueryDict) -> tuple[Answer, set[str]]:
    """The answer as it was typed, and the places where it cannot be read."""
    found = places.fields(question, kind).items()
    typed = [Datum(*place, value) for name, place in found for value in data.getlist(name) if value.strip()]
    answer, faults = read(question, kind, typed)
    return answer, {WHOLE, *(fault.row for fault in faults)} if faults else set()


def _fill(question: Question, kind: str, data: QueryDict, earlier: Side) -> Pressed:
    """Put last year's answer where nothing was typed."""
    answer, unreadable = _posted(question, kind, data)
    last, filled = Last.of(question, answer, earlier), data.copy()
    free = tuple(place for place in last.free if place not in unreadable)
    for place in free:
        for name, values in last.fields(place).items():
            filled.setlist(name, values)
    return Pressed(filled, question.id, free, is_refused=bool(last.carried) and not free)


def _take_back(question: Question, kind: str, data: QueryDict, stored: SectionAnswers, version: str) -> Pressed:
    """Empty what was confirmed in a version and is still as it was confirmed."""
    answer, _ = _posted(question, kind, data)
    confirmed, now = stored.marks.get(question.id, {}).get(SAME, {}), stored.answers.get(question.id, {})
    gone = {
        place
        for place, by in confirmed.items()
        if str(by["version"]) == version and part(answer, place) == part(now, place)
    }
    emptied = data.copy()
    for name, (row, _) in places.fields(question, kind).items():
        if not gone.isdisjoint({WHOLE, row}):
            emptied.setlist(name, [])
    return Pressed(emptied, question.id, origin=UNSAME if gone else "form")
