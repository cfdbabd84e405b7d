"""What the pages of corrections show, in the survey and at the desk: each correction with its changes in words."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from surveys import changes
from surveys.blocks import language
from surveys.changes import Change, Side
from surveys.models import Correction


class Shown(NamedTuple):
    """A correction, and what it changes."""

    correction: Correction
    changes: list[Change]

    @property
    def chip(self) -> str:
        return f"correction_{self.correction.state}"

    @classmethod
    def of(cls, correction: Correction) -> "Shown":
        """`correction` comes with its response, the body, the round and what it is based on."""
        response = correction.response
        before = json.loads(correction.based_on.document)
        after = {id: answer for id, answer in {**before, **correction.changes}.items() if answer}
        old, new = (Side(response.survey.questionnaire, response.kind, side) for side in (before, after))
        return cls(correction, changes.changes(old, new, language()))


def shown(corrections: Iterable[Correction]) -> Iterator[Shown]:
    return map(Shown.of, corrections)
