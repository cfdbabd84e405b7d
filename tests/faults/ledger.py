"""What people sent and what they were told, kept by the harness beside the database. Pure."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any


@dataclass
class Save:
    """What one save was to store: `changes` by question, of which `marked` bear a value that no other save bears.

    It may be sent several times, as a page does after a failure; `sent` are the moments, in the order of all sends.
    """

    number: int
    person: str
    subject: str
    changes: Mapping[str, Any]
    marked: frozenset[str]
    sent: list[int] = field(default_factory=list)
    acknowledged: bool = False


@dataclass(frozen=True)
class Step:
    """A change of state that somebody was told has been made; with the receipt where the page named one.

    `counted`: each telling is one event of its own. A second press of the other buttons changes nothing.
    """

    kind: str
    subject: str
    receipt: str = ""
    counted: bool = False


@dataclass
class Ledger:
    saves: list[Save] = field(default_factory=list)
    receipts: dict[str, str] = field(default_factory=dict)  # the fingerprint that was shown with each
    mismatched: list[str] = field(default_factory=list)  # receipts that were shown with two fingerprints
    submits: int = 0
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock, self._sends, self._numbers = Lock(), itertools.count(1), itertools.count(1)

    def next_number(self) -> int:
        with self._lock:
            return next(self._numbers)

    def begin(self, save: Save) -> None:
        with self._lock:
            self.saves.append(save)

    def send(self, save: Save) -> None:
        with self._lock:
            save.sent.append(next(self._sends))

    def shown(self, receipt: str, fingerprint: str, *, submitted: bool) -> None:
        """A page with a receipt was shown; `submitted`: as the end of a submission."""
        with self._lock:
            self.submits += submitted
            if self.receipts.setdefault(receipt, fingerprint) != fingerprint:
                self.mismatched.append(receipt)

    def done(self, step: Step) -> None:
        with self._lock:
            self.steps.append(step)

    @property
    def acknowledged(self) -> list[Save]:
        return [save for save in self.saves if save.acknowledged]
