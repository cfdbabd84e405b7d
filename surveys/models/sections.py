import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from django.db import models
from django.db.models import Q
from django.utils import timezone

from surveys import rules
from surveys.answers import part
from surveys.doubted import Reason, reason_digest
from surveys.earlier import SAME
from surveys.models.events import Entry
from surveys.models.people import User

TURN = re.compile("[0-9]{1,9}")


def is_own(stored: str, page: str) -> bool:
    """Whether what is stored comes from the page that saves now, and from no later save of it.

    A page is known by a random name and the number of its save: "name.3". A save that was held up on its way while its
    page saved again must not come over what was saved since.
    """
    (name, turn), (stored_name, stored_turn) = _name_and_turn(page), _name_and_turn(stored)
    return bool(name) and name == stored_name and turn >= stored_turn


def _name_and_turn(page: str) -> tuple[str, int]:
    name, _, turn = page.partition(".")
    return name, int(turn) if TURN.fullmatch(turn) else 0


@dataclass(frozen=True)
class Conflict:
    """A question that somebody else changed since the version a person saw."""

    question: str
    mine: Any
    theirs: Any
    by: str
    at: datetime


class Given(NamedTuple):
    """What a person says to a doubt: the reason ("" takes it back), the fingerprint of the facts it is about, and the
    digest of the reason that the page showed."""

    text: str
    facts: str
    seen: str

    @property
    def digest(self) -> str:
        return reason_digest(self.text, self.facts)


@dataclass(frozen=True)
class Saved:
    """What became of a save: the version now, and what stands against it. With conflicts nothing was stored.

    `newer`: the doubts to which somebody else has given another reason meanwhile; that one was kept.
    """

    version: int
    conflicts: tuple[Conflict, ...] = ()
    newer: tuple[str, ...] = ()


class SectionAnswers(models.Model):
    """The answers of one response to one section: the unit of saving.

    `answers` maps question to answer; `marks` maps question to who changed it last: {"by", "name", "at", "version",
    "page"}, where "page" names the page of the form and its save (`is_own`); empty for other origins. What was
    confirmed as the same as last year stands in it too, under "same" (`surveys.earlier`), while it stays as it is.
    `reasons` maps the key of a doubt to the reason given last (`surveys.doubted.Reason`). `complete`: nothing in these
    answers is missing or inconsistent; kept here so that 1,788 bodies are counted without their answers.
    """

    response = models.ForeignKey("surveys.Response", models.CASCADE, related_name="sections")
    section = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=0)
    answers = models.JSONField(default=dict)
    marks = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict)
    complete = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["response", "section"], name="section_answers_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="section_answers_has_version"),
        ]

    def __str__(self) -> str:
        return f"{self.response} {self.section} v{self.version}"

    def is_newer(self, id: str, seen: int, page: str = "") -> bool:
        """Whether a question was changed after the version seen, other than by this very page.

        A page whose connection broke may not know that its own save arrived; that is nothing to decide about.
        """
        mark = self.marks.get(id, {"version": 0})
        return mark["version"] > seen and not is_own(mark.get("page", ""), page)

    def conflict(self, id: str, mine: Any) -> Conflict:
        """An answer beside the stored one, of which the mark says who gave it."""
        mark = self.marks[id]
        return Conflict(id, mine, self.answers.get(id, {}), mark["name"], datetime.fromisoformat(mark["at"]))

    def conflicts(self, changes: Mapping[str, Any], seen: Mapping[str, int], page: str = "") -> tuple[Conflict, ...]:
        """The changed questions that are newer than what was seen; what is not named was seen at version 0."""
        newer = (id for id in changes if self.is_newer(id, seen.get(id, 0), page))
        return tuple(self.conflict(id, changes[id]) for id in newer)

    def put(
        self,
        changes: Mapping[str, Any],
        *,
        by: User | None,
        page: str = "",
        same: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        """Put the changes in place as the next version, unsaved; `same`: what of them is confirmed, by question."""
        self.version += 1
        self.changed_at = timezone.now()
        mark = {
            "by": by.pk if by else None,
            "name": by.name if by else "",
            "at": self.changed_at.isoformat(),
            "version": self.version,
        }
        marks = {}
        for id, answer in changes.items():
            confirmed = self._still_same(id, answer) | dict.fromkeys((same or {}).get(id, ()), mark)
            marks[id] = {**mark, "page": page, **({SAME: confirmed} if confirmed else {})}
        self.answers = {id: answer for id, answer in {**self.answers, **changes}.items() if answer}
        self.marks = {**self.marks, **marks}
        section = self.response.survey.questionnaire.section_by_id[self.section]
        self.complete = not rules.problems(section, self.response.kind, self.answers)

    def _still_same(self, id: str, answer: Any) -> dict[str, Any]:
        """What was confirmed of a question before and is not changed by a new answer."""
        before = self.answers.get(id, {})
        confirmed = self.marks.get(id, {}).get(SAME, {})
        return {place: by for place, by in confirmed.items() if part(answer, place) == part(before, place)}

    def reason(self, key: str) -> Reason | None:
        return Reason(**self.reasons[key]) if key in self.reasons else None

    def is_newer_reason(self, key: str, seen: str, page: str) -> bool:
        """Whether there is a reason that the page did not show, other than one given on this very page."""
        stored = self.reason(key)
        return stored is not None and stored.digest != seen and not is_own(stored.page, page)

    def take(self, given: Mapping[str, Given], *, by: User, page: str = "") -> tuple[dict[str, Any], tuple[str, ...]]:
        """Put reasons in place, unsaved, but for those where there is a newer one.

        Returns the reasons before of those that changed (None: there was none), and the keys of the others. Where
        nothing was ever answered there is nothing to give a reason for.
        """
        changed = {key: said for key, said in given.items() if self.version and self._is_said_anew(key, said)}
        newer = tuple(key for key, said in changed.items() if self.is_newer_reason(key, said.seen, page))
        mark = {"by": by.pk, "name": by.name, "at": timezone.now().isoformat(), "page": page}
        now = {
            key: {"text": said.text, "facts": said.facts, **mark} for key, said in changed.items() if key not in newer
        }
        before = {key: self.reasons.get(key) for key in now}
        if now:
            self.changed_at = timezone.now()
        self.reasons = {key: reason for key, reason in {**self.reasons, **now}.items() if reason["text"]}
        return before, newer

    def _is_said_anew(self, key: str, said: Given) -> bool:
        """Whether what is said is neither what the page showed nor what is stored."""
        stored = self.reason(key)
        return said.digest not in (said.seen, stored.digest if stored else "")


def answers_saved(
    subject: str, before: Mapping[str, Any], changes: Mapping[str, Any], same: Collection[str], origin: str
) -> list[Entry]:
    """What the history says of changed answers; those confirmed as the same as last year apart."""
    entries = []
    for reason, ids in ((origin, changes.keys() - set(same)), ("same", changes.keys() & set(same))):
        was, now = ({id: side.get(id) for id in changes if id in ids} for side in (before, changes))
        entries += [Entry("answers.saved", subject, was, now, reason)] if ids else []
    return entries
