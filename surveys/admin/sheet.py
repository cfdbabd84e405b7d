"""The answers of a response as the desk reads them: in words, each question beside what stands against it."""

from collections.abc import Iterator
from typing import NamedTuple

from surveys import notes, pages
from surveys.admin.beside import Peers, Share, Then, peers, shares, shares_at, then
from surveys.dossier import Dossier
from surveys.models.ranges import ranges_of
from surveys.pages import Answered, Progress, Todo
from surveys.rules import INCONSISTENT, MISSING


class Entry(NamedTuple):
    """A question with its answer, what is missing or inconsistent in it, and what the answer is held against."""

    answered: Answered
    missing: list[Todo]
    wrong: list[Todo]
    then: Then | None
    peers: Peers | None
    shares: list[Share]


class Part(NamedTuple):
    """A section with its questions; `open` where it has been begun and something stands against it, or where there is
    something to read."""

    progress: Progress
    entries: list[Entry]
    is_asked: bool

    @property
    def open(self) -> bool:
        is_against = self.progress.state in (pages.IN_PROGRESS, pages.TO_CORRECT, pages.TO_CONFIRM)
        return is_against or self.is_asked or any(entry.answered.doubted for entry in self.entries)


class Sheet:
    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self.missing, self.wrong = (
            pages.todos(dossier.progress, dossier.kind, kind) for kind in (MISSING, INCONSISTENT)
        )
        self.confirms = pages.confirms(dossier.questionnaire, dossier.kind, dossier.doubted)

        self.shares = shares(dossier)
        self.asked = {asked.section.id for asked in dossier.asked}
        background = dossier.background
        self.ranges = ranges_of(dossier.kind, background.bands[dossier.body.pk], background.ranges)
        self.changed, self.confirmed = notes.changed(dossier), notes.confirmed(dossier)

    @property
    def parts(self) -> Iterator[Part]:
        for progress in self.dossier.progress:
            found = self.dossier.in_words(progress.section)
            yield Part(progress, [self._entry(answered) for answered in found], progress.section.id in self.asked)

    def _entry(self, answered: Answered) -> Entry:
        missing, wrong = (
            [todo for todo in todos if todo.question.id == answered.question.id] for todos in (self.missing, self.wrong)
        )
        answer = self.dossier.answers.get(answered.question.id, {})
        before = then(answered.question, answer, self.dossier.earlier_side) if self.dossier.earlier_side else None
        known = shares_at(answered.question, answer, self.shares) if self.shares else []
        return Entry(answered, missing, wrong, before, peers(answered.question, answer, self.ranges), known)
