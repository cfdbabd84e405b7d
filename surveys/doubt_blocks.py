"""The doubts on the page of a section: what a post says to them, and each prepared for its template."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from surveys import places
from surveys.answers import TEXT_LIMIT, clean_text
from surveys.case import row_label
from surveys.doubted import Doubt, Doubted, Reason
from surveys.doubts import by_question, keys
from surveys.models.sections import Given
from surveys.pages import doubt_id, numbers
from surveys.questionnaire import PREFECTURE, Question, Questionnaire, Section, Text

DOUBTED, SETTLED, REASON, NEWER = "doubted", "settled", "reason", "newer"  # the fields of a doubt: DOUBTED|key
RIGHT, MEND = "right", "mend"


class Said(NamedTuple):
    """What was posted to one doubt; `given` holds the facts and the reason that the page showed."""

    choice: str
    given: Given

    @property
    def is_empty(self) -> bool:
        """The answer is said to be right, but not why."""
        return self.choice == RIGHT and not self.given.text

    @property
    def is_long(self) -> bool:
        return self.choice == RIGHT and len(self.given.text) > TEXT_LIMIT


class Link(NamedTuple):
    """Where a doubtful answer is mended: `section` is empty on the same page; `number` is that of the question."""

    target: str
    label: Text
    section: Section | None = None
    number: str = ""

    @property
    def href(self) -> str:
        """The address, seen from the page of a section."""
        return f"../{self.section.id}/#{self.target}" if self.section else f"#{self.target}"


@dataclass
class DoubtBlock:
    """A doubt on the page: its facts, and the reason as typed or as stored. `newer`: somebody else's reason, which was
    kept because this page had not shown it."""

    doubted: Doubted
    choice: str
    text: str
    links: list[Link]
    for_ministry_only: bool
    message: str = ""
    newer: bool = False
    basis: str = ""  # what the page shows: the facts and the stored reason

    def __post_init__(self) -> None:
        self.basis = f"{self.doubt.fingerprint}-{self.reason.digest if self.reason else ''}"

    @property
    def doubt(self) -> Doubt:
        return self.doubted.doubt

    @property
    def id(self) -> str:
        return doubt_id(self.doubt)

    @property
    def reason_id(self) -> str:
        return places.html_id(f"{REASON}|{self.doubt.key}")

    @property
    def is_unsaved(self) -> bool:
        """Whether what was typed could not be stored: a reason that cannot be taken, or one beside a newer one."""
        return bool(self.message) or self.newer

    @property
    def reason(self) -> Reason | None:
        return self.doubted.reason

    @property
    def given_at(self) -> datetime | None:
        """When the stored reason was given."""
        return datetime.fromisoformat(self.reason.at) if self.reason else None


class Settling:
    """The doubts of a section on its page: what a person says to them, and how they stand.

    `typing`: the post is a save while typing. Then a reason may still be empty, and one that stands beside a newer one
    stays unsaved until the person, who is shown the newer one, presses a button.
    """

    def __init__(
        self,
        questionnaire: Questionnaire,
        section: Section,
        kind: str,
        doubted: list[Doubted],
        data: QueryDict | None = None,
        *,
        typing: bool = False,
    ) -> None:
        self.questionnaire, self.section, self.kind = questionnaire, section, kind
        self.data, self.typing = data, typing
        self.show(doubted)

    def show(self, doubted: list[Doubted], newer: Container[str] = ()) -> None:
        """Take on the doubts as they stand, and the reasons that were not stored since there is a newer one."""
        self.newer = newer
        own = by_question(doubted)
        self.doubted = {id: own[id] for id in self.section.question_by_id if id in own}

    @cached_property
    def said(self) -> dict[str, Said]:
        """What was posted, by key of the doubt: not what cannot be doubted in this section, and not a reason that the
        page already showed."""
        found = {}
        for key in keys(self.questionnaire, self.section.id) if self.data is not None else ():
            facts, _dash, seen = self._posted(DOUBTED, key).partition("-")
            if not self.typing:
                seen = self._posted(NEWER, key) or seen
            given = Given(clean_text(self._posted(REASON, key)), facts[:64], seen[:16])
            choice = self._posted(SETTLED, key)
            if choice == MEND or (choice == RIGHT and not (given.text and given.digest == given.seen)):
                found[key] = Said(choice, given)
        return found

    def _posted(self, field: str, key: str) -> str:
        assert self.data is not None
        return self.data.get(f"{field}|{key}", "")

    @property
    def given(self) -> dict[str, Given]:
        """The reasons to store. Who is going to mend the answer takes the reason back."""
        return {
            key: said.given._replace(text="") if said.choice == MEND else said.given
            for key, said in self.said.items()
            if not (said.is_empty or said.is_long)
        }

    def _fault(self, said: Said) -> str:
        """Why the reason cannot be taken, or an empty text."""
        if said.is_long:
            return _("理由は%(limit)s字までで書いてください。") % {"limit": TEXT_LIMIT}
        if said.is_empty and not self.typing:
            return _("理由を書いてください（例：4月から開発要員を委託先に置いているため）。")
        return ""

    @property
    def unsettled(self) -> int:
        """How many doubts of the section need a reason."""
        return sum(not each.is_settled for found in self.doubted.values() for each in found)

    @property
    def is_waiting(self) -> bool:
        """Whether something that was said could not be stored."""
        return any(block.is_unsaved for id in self.doubted for block in self.of(self.section.question_by_id[id]))

    def of(self, question: Question) -> list[DoubtBlock]:
        """The doubts of a question."""
        return [self._block(question, each) for each in self.doubted.get(question.id, [])]

    def _block(self, question: Question, doubted: Doubted) -> DoubtBlock:
        doubt, reason, said = doubted.doubt, doubted.reason, self.said.get(doubted.doubt.key)
        choice, text, message = RIGHT if doubted.is_settled else "", reason.text if reason else "", ""
        if said:  # what was typed is not lost, also when the facts have changed since
            text = said.given.text or text
            if said.given.facts == doubt.fingerprint:
                choice, message = said.choice, self._fault(said)
        links = [*self._links(question, doubt)]
        block = DoubtBlock(doubted, choice, text, links, self.kind == PREFECTURE, message)
        if said and doubt.key in self.newer:
            block.newer, block.basis = True, f"{doubt.fingerprint}-{said.given.seen}"
        return block

    def _links(self, question: Question, doubt: Doubt) -> Iterator[Link]:
        if doubt.row:
            target = places.control_id(question, doubt.row, doubt.column)
            yield Link(target, row_label(question, doubt.row, doubt.column))
        if doubt.other:
            section = self.questionnaire.section_of[doubt.other]
            other = section.question_by_id[doubt.other]
            row = doubt.other_row or (doubt.row if other.rows else "")
            number = numbers(section, self.kind)[other.id]
            elsewhere = None if section == self.section else section
            yield Link(places.control_id(other, row), other.title, elsewhere, number)
