"""A new definition for a round, held against the stored one and the rounds before: what changes, what is refused, and
what a person has to vouch for. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from surveys import difference_words as say
from surveys.case import fill
from surveys.definition import parse
from surveys.difference import Change, compare
from surveys.meaning import Refusal, refusals
from surveys.questionnaire import Document, Questionnaire, Text, map_texts
from surveys.year_words import mover

MEANING = ("title", "text", "help", "example", "label")  # the texts that say what an answer means
ONLY_WORDING = Text(
    "受付を始めたあとは、文言だけを変えられます。変えられないもの：{what}",
    "Once the round is open only wording may change. Not this: {what}",
)
SOMETHING = Text("項目の並び、または出典", "the order of sections, or sources")


@dataclass(frozen=True)
class Redefinition:
    """`before` and `stored`: what the round has now. `earlier`: the rounds before, the newest first. `is_frozen`: the
    round has been opened."""

    before: Questionnaire
    stored: Document
    document: Document
    earlier: Sequence[Questionnaire]
    is_frozen: bool

    @cached_property
    def after(self) -> Questionnaire:
        """Raises DefinitionError."""
        return parse(self.document)

    @cached_property
    def changes(self) -> list[Change]:
        """What differs from the stored definition."""
        return compare(self.before, self.after)

    @cached_property
    def since_last(self) -> list[Change]:
        """What differs from the round before."""
        if not self.earlier:
            return []
        return compare(self.earlier[0], self.after, mover(self.earlier[0].year, self.after.year))

    @property
    def moved_words(self) -> list[Change]:
        """Those of them that only move year words on."""
        return [change for change in self.since_last if change.sort == say.YEAR]

    @cached_property
    def refusals(self) -> list[Refusal]:
        """Ids that would change their meaning."""
        rounds = [*([self.before] if self.is_frozen else []), *self.earlier]
        return refusals(rounds, self.after, [mover(each.year, self.after.year) for each in rounds])

    @cached_property
    def not_wording(self) -> list[Text]:
        """What an opened round does not allow."""
        if not self.is_frozen or _without_texts(self.stored) == _without_texts(self.document):
            return []
        return [change.place for change in self.changes if not change.is_wording] or [SOMETHING]

    @cached_property
    def to_confirm(self) -> dict[str, list[Change]]:
        """The reworded texts that may change what an answer means, by question.

        In a draft those that differ from the round before, and were not stored already.
        """
        found = _reworded(self.changes)
        if not self.is_frozen:
            new = {(change.question, change.place.ja) for change in found}
            found = [change for change in _reworded(self.since_last) if (change.question, change.place.ja) in new]
        by_question: dict[str, list[Change]] = {}
        for change in found:
            by_question.setdefault(change.question, []).append(change)
        return by_question

    @property
    def messages(self) -> list[Text]:
        """Why it cannot be taken."""
        wording = (fill(ONLY_WORDING, {"what": what}) for what in self.not_wording)
        return [*(refusal.message for refusal in self.refusals), *wording]


def _reworded(changes: Sequence[Change]) -> list[Change]:
    return [
        change
        for change in changes
        if change.sort == say.REWORDED
        and change.field in MEANING
        and change.question
        and change.before
        and change.after
        and change.before.ja != change.after.ja
    ]


def _without_texts(document: Document) -> object:
    return map_texts(document, lambda language, text: "")
