"""One SVG file of a figure: its charts side by side, under its title and over its notes. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from aggregation.figure_page import Panel
from aggregation.figures.marks import FAMILY, ROOM, WIDTH
from aggregation.figures.palette import INK, PAPER, QUIET
from aggregation.figures.typeset import wrap

MARGIN, BETWEEN, LINE = 24, 40, 24
_SIZE = re.compile(r'<svg xmlns="[^"]*" width="(\d+)" height="(\d+)"')


@dataclass(frozen=True)
class FigureFile:
    """What a file says; `notes` stand below the charts."""

    title: str
    panels: Sequence[Panel]
    notes: Sequence[str]
    language: str

    def to_svg(self) -> str:
        width = 2 * MARGIN + len(self.panels) * WIDTH + (len(self.panels) - 1) * BETWEEN
        title = wrap(self.title, width - 2 * MARGIN, ROOM)
        top = MARGIN + len(title) * LINE + LINE
        parts = [*_texts(title, MARGIN, MARGIN, "start", True)]
        heights = []
        for at, panel in enumerate(self.panels):
            left = MARGIN + at * (WIDTH + BETWEEN)
            parts += self._panel(panel, left, top)
            heights.append(_height(panel.svg))
        foot = top + 2 * LINE + max(heights) + LINE
        notes = [line for note in self.notes for line in wrap(note, width - 2 * MARGIN, ROOM)]
        parts += _texts(notes, MARGIN, foot, "start", False)
        return self._framed(width, foot + len(notes) * LINE + MARGIN, "".join(parts))

    def _panel(self, panel: Panel, left: int, top: int) -> Iterator[str]:
        """A chart under its heading and what it stands on."""
        heads = [text.in_language(self.language) if text else "" for text in (panel.label, panel.base)]
        for at, (head, is_bold) in enumerate(zip(heads, (True, False), strict=True)):
            yield from _texts([head], left + WIDTH // 2, top + at * LINE, "middle", is_bold)
        yield panel.svg.replace("<svg ", f'<svg x="{left}" y="{top + 2 * LINE}" ', 1)

    def _framed(self, width: int, height: int, body: str) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" lang="{self.language}" font-family="{FAMILY}">'
            f"<title>{escape(self.title)}</title><desc>{escape(' '.join(self.notes))}</desc>"
            f'<rect width="{width}" height="{height}" fill="{PAPER}"/>{body}</svg>\n'
        )


def _height(svg: str) -> int:
    found = _SIZE.match(svg)
    assert found is not None  # so `aggregation.drawing` begins
    return int(found[2])


def _texts(lines: Sequence[str], x: int, y: int, anchor: str, is_bold: bool) -> Iterator[str]:
    weight, colour, size = (' font-weight="bold"', INK, 17) if is_bold else ("", QUIET, 14)
    for at, line in enumerate(lines):
        place = f'x="{x}" y="{y + at * LINE + 17}" text-anchor="{anchor}"'
        yield f'<text {place} font-size="{size}px"{weight} fill="{colour}">{escape(line)}</text>'
