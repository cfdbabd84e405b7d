"""The list of a body's measures beside its peers, with its filters. Pure.

First stands what is not in place here and is in place at many peers, by their share; then everything else in the order
of the questionnaire. Bodies are never ranked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from aggregation.baseline import percent
from aggregation.comparison import Comparison, Point, SectionComparison
from aggregation.comparison_page import NO, PEERS, PUBLISHED, YES, Bar, bars, looks
from aggregation.measures import IN_PLACE, NOT_ASKED, NOT_IN_PLACE, UNANSWERED, Measure, Place
from surveys.questionnaire import Section, Text

MANY = 50  # per cent of the peers that make "many bodies"
GAPS = "gaps"
CHANGED = "changed"
SHOWN = {
    "": Text("すべて", "All"),
    NOT_IN_PLACE: Text("まだ整っていないもの", "Not in place yet"),
    IN_PLACE: Text("整っているもの", "In place"),
    UNANSWERED: Text("未回答のもの", "Unanswered"),
    CHANGED: Text("前回から変わったもの", "Changed since last time"),
}
Key = tuple[str, tuple[Place, ...]]


@dataclass(frozen=True)
class Line:
    """A measure with what it is here, the body's own answer in words, and the shares beside it."""

    section: SectionComparison
    measure: Measure
    status: str
    own: tuple[Text, ...]
    bars: tuple[Bar, ...]

    @property
    def key(self) -> Key:
        """What a measure is joined on with another round."""
        return self.measure.question.id, self.measure.places

    @property
    def share(self) -> Decimal | None:
        """The share of the peers that have it in place; None without a run."""
        return self.bars[0].percent if self.bars[0].look == PEERS else None

    @property
    def is_asked(self) -> bool:
        return self.status != NOT_ASKED

    @property
    def is_gap(self) -> bool:
        """Whether it is not in place here, and is in place in at least half of the peers."""
        return self.status == NOT_IN_PLACE and (self.share or 0) >= MANY


@dataclass(frozen=True)
class Block:
    """The lines that stand under one heading: gaps, or what a measure is here."""

    key: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Filter:
    """What of the list is shown: `show` is a key of `SHOWN`, `part` a 節 (its number) or a section (its id)."""

    show: str = ""
    part: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str], sections: Iterable[Section]) -> "Filter":
        """From the parameters of an address; what nothing is known of shows everything."""
        parts = {part for section in sections for part in (section.id, section.chapter)}
        show, part = values.get("show", ""), values.get("part", "")
        return cls(show if show in SHOWN else "", part if part in parts else "")

    def __bool__(self) -> bool:
        return bool(self.show or self.part)

    @property
    def query(self) -> str:
        """The parameters again, with their question mark."""
        given = {name: value for name, value in (("show", self.show), ("part", self.part)) if value}
        return f"?{urlencode(given)}" if given else ""

    def takes(self, line: Line, changed: frozenset[Key]) -> bool:
        section = line.section.section
        if self.part not in ("", section.id, section.chapter):
            return False
        if self.show == CHANGED:
            return line.key in changed
        return self.show in ("", line.status) or (self.show == NOT_IN_PLACE and line.status == NOT_ASKED)


def lines(comparison: Comparison) -> list[Line]:
    """All measures in the order of the questionnaire."""
    return [
        _line(section, measure, status, comparison.has_run)
        for section in comparison.sections
        for measure, status in section.measures
    ]


def _line(section: SectionComparison, measure: Measure, status: str, has_run: bool) -> Line:
    (points,) = (found.points for found in section.questions if found.question.id == measure.question.id)
    own = [point for point in points if (point.row.code, point.column.code) in measure.places]
    shares = bars(own[0], has_run) if len(own) == 1 else tuple(_sum_bars(own, has_run))
    return Line(section, measure, status, tuple(_own_words(measure, own, points)), shares)


def _own_words(measure: Measure, own: Sequence[Point], points: Sequence[Point]) -> Iterator[Text]:
    """The answer of the body: the option or the column of the row that it chose, or whether it chose this option.

    A row of a tick matrix that is not ticked is a no.
    """
    if measure.question.kind == "multiple-choice":
        yield from (YES if point.answer else NO for point in own if point.answer is not None)
    elif measure.question.rows:
        chosen = [point.column.label for point in points if point.row == own[0].row and point.answer]
        yield from chosen or ([] if own[0].answer is None else [NO])
    else:
        yield from (point.row.label for point in points if point.answer)


def _sum_bars(points: Sequence[Point], has_run: bool) -> Iterator[Bar]:
    """The bars of a measure with several places, which exclude each other, so that their numbers add up."""
    for look, first in looks(points[0]).items() if has_run else ():
        cells = [cell for point in points if (cell := looks(point)[look].cell)]
        base = max((cell.base or 0 for cell in cells), default=0)
        yield Bar(look, first.short_label, percent(sum(cell.count or 0 for cell in cells), base))
    last = points[0].beside[-1]
    printed = [found for point in points if (found := point.beside[-1].published) and found.baseline_base]
    whole_base = printed[0].baseline_base if len(printed) == len(points) else None
    count = sum(found.baseline_count or 0 for found in printed)
    yield Bar(PUBLISHED, last.label, percent(count, whole_base) if whole_base else None)


def changed(comparison: Comparison, earlier: Comparison) -> frozenset[Key]:
    """The measures that were in place in an earlier round and are not now, or the other way round.

    Joined on ids; what was not asked about then, or is unanswered, has not changed.
    """
    before = {line.key: line.status for line in lines(earlier) if line.status != UNANSWERED}
    now = [line for line in lines(comparison) if line.status != UNANSWERED and line.key in before]
    return frozenset(line.key for line in now if (line.status == IN_PLACE) != (before[line.key] == IN_PLACE))


def blocks(found: Sequence[Line]) -> list[Block]:
    """The lines under their headings: the gaps by the share of the peers, the rest as it comes; no empty block."""
    gaps = sorted((line for line in found if line.is_gap), key=lambda line: -(line.share or 0))
    rest = [line for line in found if not line.is_gap]
    made = [
        Block(GAPS, tuple(gaps)),
        Block(NOT_IN_PLACE, tuple(line for line in rest if line.status in (NOT_IN_PLACE, NOT_ASKED))),
        Block(IN_PLACE, tuple(line for line in rest if line.status == IN_PLACE)),
        Block(UNANSWERED, tuple(line for line in rest if line.status == UNANSWERED)),
    ]
    return [block for block in made if block.lines]
