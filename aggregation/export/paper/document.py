"""What stands in the report on paper, as plain data that its template is given as JSON. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aggregation.export.paper.grid import Grid
from surveys.paper.document import Cover


@dataclass(frozen=True)
class Chart:
    """One chart as SVG, with whose numbers it shows and all its values in words. `ratio`: its height by its width."""

    svg: str
    caption: str
    alt: str
    ratio: float


@dataclass(frozen=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True)
class Shown:
    """A table or figure. `number` is that of the report (第１図), empty for face items."""

    number: str
    title: str
    level: int
    sentences: tuple[str, ...]
    charts: tuple[Chart, ...]
    has_small: bool  # a part of a pie is too small for its label
    grids: tuple[Grid, ...]
    notes: tuple[str, ...]
    below: tuple[str, ...]  # where numbers are from, and what is missing


@dataclass(frozen=True)
class Part:
    """A table or figure under the headings that begin with it."""

    headings: tuple[Heading, ...]
    shown: Shown


@dataclass(frozen=True)
class Chapter:
    """A 節 of the report."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Passage:
    """Some paragraphs, or lines of a table (the first one its head), under a heading, which may be empty."""

    title: str
    paragraphs: tuple[str, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Prose:
    """A chapter without numbers of its own: the introduction, the glossary."""

    title: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Writing:
    """What is written around the numbers, in the language of the paper: sentences by table, chapters before and after.

    What is not there is left out.
    """

    sentences: Mapping[str, Sequence[str]] = field(default_factory=dict)
    before: Sequence[Prose] = ()
    after: Sequence[Prose] = ()


@dataclass(frozen=True)
class ReportPaper:
    """The whole report. `heading`: its name in lines for the cover, the largest first."""

    cover: Cover
    heading: tuple[str, ...]
    warning: str
    before: tuple[Prose, ...]
    chapters: tuple[Chapter, ...]
    after: tuple[Prose, ...]
    labels: Mapping[str, str]
