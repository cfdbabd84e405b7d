"""Fills of charts: colours with patterns, so that colour is never the only sign. Pure.

Colours are tokens of the Digital Agency's design system (@digital-go-jp/design-tokens).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

INK, QUIET, OUTLINE, PAPER = "#1a1a1a", "#4d4d4d", "#666", "#fff"


@dataclass(frozen=True)
class Fill:
    """A fill. `marks`: what is drawn on the colour, in a tile of `width` × `height` units turned by `turn` degrees;
    without marks the fill is the plain colour. `outlined`: it needs an outline on white ground."""

    id: str
    colour: str
    marks: str = ""
    width: int = 8
    height: int = 8
    turn: int = 0
    outlined: bool = False

    @property
    def paint(self) -> str:
        """The fill as SVG names it."""
        return f"url(#{self.id})" if self.marks else self.colour

    @property
    def is_dark(self) -> bool:
        """Whether white text can be read on it."""
        return not self.marks and not self.outlined

    @property
    def pattern(self) -> str:
        """The definition of the pattern in SVG, or nothing for a plain colour."""
        if not self.marks:
            return ""
        turn = f' patternTransform="rotate({self.turn})"' if self.turn else ""
        ground = f'<rect width="{self.width}" height="{self.height}" fill="{self.colour}"/>'
        size = f'width="{self.width}" height="{self.height}"'
        return f'<pattern id="{self.id}" patternUnits="userSpaceOnUse" {size}{turn}>{ground}{self.marks}</pattern>'


_DOTS = '<circle cx="2" cy="2" r="{0}" fill="{1}"/><circle cx="6" cy="6" r="{0}" fill="{1}"/>'
_LONG = 4000  # stripes go through in one piece: fine lines show between the tiles of a pattern, most in PDF
FILLS = (
    Fill("p1", "#0017c1"),
    Fill("p2", "#0877d7", f'<rect width="2.4" height="{_LONG}" fill="#fff"/>', height=_LONG, turn=45),
    Fill("p3", "#197a4b", _DOTS.format(1.2, "#fff")),
    Fill("p4", "#c74700", f'<rect width="{_LONG}" height="1.8" fill="#fff"/>', width=_LONG, height=6),
    Fill("p5", "#6f23d0", '<path d="M0 0H8M0 0V8" stroke="#fff" stroke-width="2.4"/>', turn=45),
    Fill("p6", "#927200", f'<rect width="1.8" height="{_LONG}" fill="#fff"/>', width=6, height=_LONG),
    Fill("p7", "#767676"),
    Fill("p8", "#fff", _DOTS.format(0.9, "#666"), outlined=True),
)
BLANK = Fill("p0", "#fff", outlined=True)
BY_ID = {fill.id: fill for fill in (*FILLS, BLANK)}


def in_order(codes: Iterable[str]) -> dict[str, Fill]:
    """Categories in their order; of two, the second is the light one. More than there are fills start again."""
    found = list(codes)
    if len(found) == 2:
        return dict(zip(found, (FILLS[0], FILLS[-1]), strict=True))
    return {code: FILLS[at % len(FILLS)] for at, code in enumerate(found)}


def of_states(states: Mapping[str, bool]) -> dict[str, Fill]:
    """States by whether they mean that there is nothing: the others in order, then white and white with dots."""
    absent = [code for code, is_absent in states.items() if is_absent]
    light = {code: (BLANK, FILLS[-1])[at % 2] for at, code in enumerate(absent)}
    return {**dict(zip((code for code in states if code not in light), FILLS, strict=False)), **light}
