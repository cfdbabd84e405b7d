"""What stands in the report on paper, as plain data that its template is given as JSON. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from surveys.paper.document import Cover


@dataclass(frozen=True)
class Chart:
    """One chart as SVG: whose numbers it shows, who was asked, all its values in words; `ratio`: height by width."""

    svg: str
    label: str
    base: str
    alt: str
    ratio: float


@dataclass(frozen=True)
class Heads:
    """A group of columns: a side or a column of the table, with the heads of its measures."""

    label: str
    heads: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A row, with the fill that its chart gives it as SVG, or none; `is_sum`: it adds others up."""

    label: str
    values: tuple[str, ...]
    swatch: str
    is_sum: bool


@dataclass(frozen=True)
class Grid:
    """A table as printed; `caption` is the side that it is about, where it is not that of its columns."""

    caption: str
    item: str
    groups: tuple[Heads, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True)
class Shown:
    """A table or figure. `number` is that of the report (第１図), empty for face items.

    `leaves_out`: a part is too small for a label in its chart; `below`: what is missing, and where numbers are from.
    """

    number: str
    title: str
    level: int
    sentences: tuple[str, ...]
    charts: tuple[Chart, ...]
    leaves_out: bool
    grids: tuple[Grid, ...]
    notes: tuple[str, ...]
    below: tuple[str, ...]


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
    """Paragraphs under a heading, and lines of a table, the first one its head; what is empty is left out."""

    title: str = ""
    paragraphs: tuple[str, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Prose:
    """A chapter that is written: the introduction, the glossary. `short`: its headings are words within it."""

    title: str
    passages: tuple[Passage, ...]
    short: bool = False


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
