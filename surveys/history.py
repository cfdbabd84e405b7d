"""The history of a response in words: every change of every answer, and what else happened to it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys import csv_file, words
from surveys.blocks import language, say
from surveys.dossier import Dossier
from surveys.event_words import Happening, in_words
from surveys.models import Event
from surveys.pages import numbers
from surveys.questionnaire import Question, Section
from surveys.words import Line

ANSWERS, MOVES = "answers", "response"  # the first word of a kind of event
HEADER = ("at", "person", "what", "how", "section", "question", "number", "title", "before", "after", "reason")


class Change(NamedTuple):
    """An answer before and after, in words; of a table only the rows that differ."""

    section: Section
    question: Question
    number: str
    before: list[Line]
    after: list[Line]


class Entry(NamedTuple):
    """An event with the answers it changed."""

    happening: Happening
    changes: list[Change]

    @property
    def event(self) -> Event:
        return self.happening.event

    @property
    def reason(self) -> str:
        """The reason or the origin in words; of reasons that were given to doubts, their texts."""
        if self.event.kind == "reasons.saved":
            return "　".join(each["text"] for each in (self.event.after or {}).values() if each)
        return str(self.happening.reason)

    @property
    def changes_answers(self) -> bool:
        return self.event.kind.startswith(f"{ANSWERS}.")


class Wanted(NamedTuple):
    """What of the history is asked for; empty is everything."""

    section: str = ""
    question: str = ""
    person: str = ""
    what: str = ""

    @classmethod
    def of(cls, parameters: QueryDict) -> "Wanted":
        return cls(*(parameters.get(name, "") for name in cls._fields))


def events(dossier: Dossier, wanted: Wanted) -> QuerySet[Event]:
    """What this person may read of it, the latest first.

    Who is limited to some sections reads the changes of their answers; who only oversees the body reads no more than
    answers and states, since the work inside the body is its own matter.
    """
    subject = dossier.response.subject
    found = Event.objects.under(subject).select_related("actor").order_by("-id")
    answers = Q(kind__startswith=f"{ANSWERS}.")
    if dossier.is_limited:
        held = [f"{subject} {section.id}" for section in dossier.questionnaire.sections]
        found = found.filter(answers, subject__in=[subject, *held])
    elif not dossier.roles and not dossier.user.has_perm("surveys.view_event"):
        found = found.filter(answers | Q(kind__startswith=f"{MOVES}."))
    if wanted.section:
        found = found.filter(Q(subject=f"{subject} {wanted.section}") | Q(answers, subject=subject))
    if wanted.question:
        found = found.filter(answers, Q(before__has_key=wanted.question) | Q(after__has_key=wanted.question))
    if wanted.person:
        found = found.filter(actor__sign_in_id=wanted.person)
    return found.filter(kind__startswith=f"{wanted.what}.") if wanted.what else found


def people(dossier: Dossier) -> list[tuple[str, str]]:
    """Who has changed something that this person may read: sign-in id and name."""
    found = events(dossier, Wanted()).exclude(actor=None).order_by("actor__name", "actor_id")
    return list(found.values_list("actor__sign_in_id", "actor__name").distinct())


def entries(dossier: Dossier, found: Iterable[Event], wanted: Wanted) -> list[Entry]:
    """The events in words, each with the answers it changed; without those of which nothing is left to be shown."""
    numbered = {id: number for section in dossier.questionnaire.sections for id, number in _numbers(dossier, section)}
    made = [
        Entry(happening, list(_changes(dossier, happening.event, wanted, numbered))) for happening in in_words(found)
    ]
    narrowed = dossier.is_limited or wanted.section or wanted.question
    return [entry for entry in made if entry.changes or not (narrowed and entry.changes_answers)]


def _numbers(dossier: Dossier, section: Section) -> Iterable[tuple[str, str]]:
    return numbers(section, dossier.kind).items()


def _changes(dossier: Dossier, event: Event, wanted: Wanted, numbered: Mapping[str, str]) -> Iterator[Change]:
    """What an event changed; nothing of synthetic answers, of which the history keeps fingerprints only."""
    before, after = (side if isinstance(side, dict) else {} for side in (event.before, event.after))
    if not event.kind.startswith(f"{ANSWERS}."):
        return
    for id, question in dossier.questionnaire.question_by_id.items():
        section = dossier.questionnaire.section_of[id]
        is_wanted = wanted.question in ("", id) and wanted.section in ("", section.id)
        if is_wanted and id in {*before, *after} and before.get(id) != after.get(id):
            sides = (_lines(dossier, question, side.get(id)) for side in (before, after))
            was, now = words.difference(*sides)
            yield Change(section, question, numbered.get(id, ""), was, now)


def _lines(dossier: Dossier, question: Question, answer: Any) -> list[Line]:
    return words.lines(question, dossier.kind, answer or {}, language())


def to_csv(found: Iterable[Entry]) -> bytes:
    """One line for each changed answer, and one for every other event; the latest first; in the active language."""
    return csv_file.write(HEADER, (row for entry in found for row in _rows(entry)), bom=True)


def _rows(entry: Entry) -> Iterator[tuple[str, ...]]:
    happening, event = entry
    at = timezone.localtime(entry.event.at).isoformat(timespec="seconds")
    person = event_person(entry.event)
    what = str(happening.words)
    how, reason = (entry.reason, "") if entry.changes_answers else ("", entry.reason)
    for change in entry.changes:
        where = (change.section.number, change.question.id, change.number, say(change.question.title))
        yield _safe(at, person, what, how, *where, _text(change.before), _text(change.after), reason)
    if not entry.changes:
        yield _safe(at, person, what, how, happening.part, "", "", "", "", "", reason)


def event_person(event: Event) -> str:
    return event.actor.name if event.actor else ""


def _safe(*texts: str) -> tuple[str, ...]:
    return tuple(csv_file.neutralise(text) for text in texts)


def _text(found: list[Line]) -> str:
    separator = _("：")
    return "\n".join(f"{line.label}{separator}{line.value}" if line.label else line.value for line in found)
