"""A doubt about an answer, and the reason that settles it. Pure data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from surveys.answers import fingerprint
from surveys.questionnaire import Text


@dataclass(frozen=True)
class Fact:
    """One of the two things that stand side by side."""

    label: Text
    value: Text


@dataclass(frozen=True)
class Doubt:
    """Something in an answer to be confirmed with a reason, or mended.

    `right` and `mend` are what a person may choose; `basis` holds the bare values, so that a reason is known to be
    about these; `other` is the question of another answer that this one does not go together with.
    """

    check: str
    question: str
    row: str
    column: str
    title: Text
    message: Text
    facts: tuple[Fact, ...]
    right: Text
    mend: Text
    basis: tuple[Any, ...]
    other: str = ""
    other_row: str = ""

    @property
    def key(self) -> str:
        """Names the doubt as long as its check and its place are the same, whatever the values are."""
        return key(self.check, self.question, self.row, self.column)

    @property
    def questions(self) -> set[str]:
        """The questions whose answers it tells."""
        return {self.question, self.other or self.question}

    @cached_property
    def fingerprint(self) -> str:
        """A digest of the values it is about: a reason counts while these are the same."""
        return fingerprint(self.basis)


def key(check: str, question: str, row: str, column: str) -> str:
    return ".".join(part for part in (check, question, row, column) if part)


@dataclass(frozen=True)
class Reason:
    """Why a doubtful answer is right: the text, the fingerprint of the facts it was given for, who, when (ISO), and on
    which page of the form."""

    text: str
    facts: str
    by: int
    name: str
    at: str
    page: str = ""

    @property
    def digest(self) -> str:
        return reason_digest(self.text, self.facts)


def reason_digest(text: str, facts: str) -> str:
    """A short name of a reason for some facts, so that a page can say which one it showed; empty for none."""
    return fingerprint([text, facts])[:16] if text else ""


@dataclass(frozen=True)
class Doubted:
    """A doubt with the reason that was given last, if there is one."""

    doubt: Doubt
    reason: Reason | None

    @property
    def is_settled(self) -> bool:
        """Whether the reason was given for the facts as they are."""
        return self.reason is not None and self.reason.facts == self.doubt.fingerprint

    def record(self) -> dict[str, Any]:
        """The doubt and its reason as JSON, in both languages, for a submission to keep."""
        return asdict(self)

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Doubted":
        """What `record` made."""
        doubt = dict(record["doubt"])
        for name in ("title", "message", "right", "mend"):
            doubt[name] = Text(**doubt[name])
        doubt["facts"] = tuple(Fact(Text(**fact["label"]), Text(**fact["value"])) for fact in doubt["facts"])
        doubt["basis"] = tuple(doubt["basis"])
        return cls(Doubt(**doubt), Reason(**record["reason"]))
