"""A figure of the report on paper: sentences, charts, numbers, notes and sources. Pure."""

import re
from collections.abc import Iterator, Sequence
from html import unescape

from aggregation.disclosure import LEAST
from aggregation.export.facts import Against, places
from aggregation.export.national import National
from aggregation.export.paper import words
from aggregation.export.paper.document import Chart, Shown
from aggregation.export.paper.grid import grids
from aggregation.figure_page import Figure, Panel
from aggregation.figures.palette import BY_ID
from aggregation.pages import whole
from aggregation.tables import SERIES
from surveys.questionnaire import Text

HIGHEST = 2.6  # height by width of a chart that still fits on a page beside another one
_SIZE = re.compile(r'<svg [^>]*?\bwidth="(\d+)"[^>]*? height="(\d+)"')
_WORDS = re.compile(r"<(?:title|desc)[^>]*>(.*?)</(?:title|desc)>", re.DOTALL)
_PATTERNED = re.compile(r'<(\w+) ([^>]*)fill="url\(#[\w-]*(p\d)\)"([^>]*)/>')


def shown(figure: Figure, level: int, against: Against, withheld: Sequence[Text], language: str) -> Shown:
    """A figure; `level` is that of its heading, `withheld` are the sides of which something may not be shown."""
    table, national = figure.table, National(figure.table, against.baseline)
    return Shown(
        number=table.number.in_language(language) if table.number else "",
        title=table.title.in_language(language),
        level=level,
        sentences=tuple(text.in_language(language) for text in figure.sentences),
        charts=tuple(_charts(figure.panels, language)),
        leaves_out=figure.leaves_out,
        grids=tuple(grids(figure, national, language)),
        notes=tuple(national.notes(language)),
        below=tuple(_below(national, against, withheld, language)),
    )


def _charts(panels: Sequence[Panel], language: str) -> Iterator[Chart]:
    """The charts in the order of the sides. Where one is higher than a page, the first one stands for all."""
    found = [_chart(panel, language) for panel in panels]
    fitting = [chart for chart in found if chart.ratio <= HIGHEST]
    yield from found if fitting == found else fitting[:1]


def _chart(panel: Panel, language: str) -> Chart:
    """Its title and description are all that it shows, in words."""
    size = _SIZE.match(panel.svg)
    assert size is not None  # every chart begins so
    width, height = map(int, size.groups())
    label, base = (text.in_language(language) if text else "" for text in (panel.label, panel.base))
    alt = words.STOP.in_language(language).join(unescape(text) for text in _WORDS.findall(panel.svg))
    return Chart(grounded(panel.svg), label, base, alt, height / width)


def grounded(svg: str) -> str:
    """The chart with the plain colour under each pattern: in PDF, fine lines show between the tiles of a pattern."""
    return _PATTERNED.sub(lambda it: f'<{it[1]} {it[2]}fill="{BY_ID[it[3]].colour}"{it[4]}/>{it[0]}', svg)


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
    printed = places(table, against.baseline.cells) if against.baseline else ""
    if printed and against.year:
        yield words.SOURCE.in_language(language).format(report=words.year(against.year, language), places=printed)
    if table.kind == SERIES and (past := places(table, against.past)):
        yield words.PAST.in_language(language).format(places=past)
