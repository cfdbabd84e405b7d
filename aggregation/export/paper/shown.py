"""A table of the report for paper: sentences, charts, numbers, notes and sources. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape

from aggregation.chart_rules import PIE, chart_kind
from aggregation.disclosure import LEAST
from aggregation.export.facts import Against, places
from aggregation.export.national import National
from aggregation.export.paper import words
from aggregation.export.paper.document import Chart, Shown
from aggregation.export.paper.grid import grids, of
from aggregation.pages import whole
from aggregation.tables import NATIONAL, SERIES, TOTAL, Table
from surveys.questionnaire import Text

SMALL = 5  # per cent: a part of a pie that is smaller has no label
HIGHEST = 2.6  # height by width of a chart that still fits on a page beside another one
_SIZE = re.compile(r'<svg [^>]*?\bwidth="(\d+)"[^>]*? height="(\d+)"')
_WORDS = re.compile(r"<(?:title|desc)[^>]*>(.*?)</(?:title|desc)>", re.DOTALL)


@dataclass(frozen=True)
class Around:
    """What a table is printed with: charts as SVG by side, sentences, and the sides of which something is withheld."""

    svgs: Mapping[str, str] = field(default_factory=dict)
    sentences: Sequence[str] = ()
    withheld: Sequence[Text] = ()


def shown(table: Table, level: int, against: Against, around: Around, language: str) -> Shown:
    """A table with everything around it; `level` is that of its heading."""
    national = National(table, against.baseline)
    return Shown(
        number=table.number.in_language(language) if table.number else "",
        title=table.title.in_language(language),
        level=level,
        sentences=tuple(around.sentences),
        charts=tuple(_charts(national, around.svgs, language)),
        has_small=bool(around.svgs) and _has_small(table),
        grids=tuple(grids(national, language)),
        notes=tuple(national.notes(language)),
        below=tuple(_below(national, against, around.withheld, language)),
    )


def _charts(national: National, svgs: Mapping[str, str], language: str) -> Iterator[Chart]:
    """The charts in the order of the sides. Where one is higher than a page, the first one stands for all."""
    sides = {side.code: of(side.label, national.base(side.code), language) for side in national.sides}
    found = [Chart(svg, sides.get(side, ""), _alt(svg), _ratio(svg)) for side, svg in svgs.items()]
    fitting = [chart for chart in found if chart.ratio <= HIGHEST]
    yield from found if fitting == found else fitting[:1]


def _ratio(svg: str) -> float:
    size = _SIZE.match(svg)
    assert size is not None  # every chart begins so
    width, height = map(int, size.groups())
    return height / width


def _alt(svg: str) -> str:
    """Title and description of a chart: all that it shows, in words."""
    return "　".join(unescape(text) for text in _WORDS.findall(svg))


def _has_small(table: Table) -> bool:
    shares = (cell.percent or 0 for cell in table.cells if cell.breakdown == NATIONAL and cell.group != TOTAL)
    return chart_kind(table) == PIE and any(0 < share < SMALL for share in shares)


def _below(national: National, against: Against, withheld: Sequence[Text], language: str) -> Iterator[str]:
    """What is left out and who is missing, then where the other numbers are printed."""
    table, comma = national.table, words.COMMA.in_language(language)
    if withheld:
        sides = comma.join(side.in_language(language) for side in withheld)
        yield words.WITHHELD.in_language(language).format(sides=sides, least=LEAST)
    missing = [(side.in_language(language), bodies - responded) for side, bodies, responded in national.counted()]
    if any(number for _, number in missing):
        each = words.SIDE_MISSING.in_language(language)
        sides = comma.join(each.format(side=side, missing=whole(number)) for side, number in missing)
        yield words.MISSING.in_language(language).format(sides=sides)
    if printed := places(table, against.baseline.cells if against.baseline else ()):
        yield words.SOURCE.in_language(language).format(report=words.year(against.year, language), places=printed)
    if table.kind == SERIES and (past := places(table, against.past)):
        yield words.PAST.in_language(language).format(places=past)
