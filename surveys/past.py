"""What the answers of a body are held against: its own last ones, and the published ranges of its peers. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from surveys.questionnaire import Question, Questionnaire
from surveys.rules import Answer, Answers

Place = tuple[str, str]  # row and column, as in the long form
COUNTED_COLUMNS = ("total", "online_count")
FEWEST_PEERS = 10  # bodies that a range is made from


def numbers(question: Question, answer: Answer) -> dict[Place, int]:
    """The numbers that a body entered, by place; those of a procedure only where they apply."""
    cells = answer.get("cells", {})
    if question.kind == "matrix-integer":
        return {(row, "count"): value for row, value in cells.items()}
    return {
        (row, column): cell[column]
        for row, cell in cells.items()
        for column in COUNTED_COLUMNS
        if isinstance(cell.get(column), int)
    }


class PeerNumbers(NamedTuple):
    """The range of a number among the bodies of a kind, in a population band or ("") in all of them."""

    question: str
    row: str
    column: str
    kind: str
    band: str
    low: int
    high: int
    bodies: int


@dataclass(frozen=True)
class Range:
    """What the peers of a body answered to a number in an earlier published round, as `aggregation.peers` cuts it.

    `has_band`: the peers are of the same population band, not only of the same kind.
    """

    year: int
    low: int
    high: int
    bodies: int
    has_band: bool


Ranges = Mapping[tuple[str, str, str], Range]  # by public id of the question, row and column


@dataclass(frozen=True)
class Past:
    """What the body answered in the latest round before: the answers that applied, and the questionnaire of then."""

    questionnaire: Questionnaire
    answers: Answers

    def numbers(self, public_id: str) -> dict[Place, int]:
        """The numbers of a table, whatever parts it was asked in."""
        found: dict[Place, int] = {}
        for question in self.questionnaire.parts.get(public_id, ()):
            found |= numbers(question, self.answers.get(question.id, {}))
        return found
