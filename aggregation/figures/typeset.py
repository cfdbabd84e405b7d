"""How wide a text of a chart is, and where its lines break. Pure.

Widths are those of BIZ UDPGothic, the wider of its two weights; what it does not say is taken for full width.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

_NARROW = {  # width in em: signs
    0.34: " ,.:;",
    0.40: "'!_ijl",
    0.51: "-()*/（）「」『』・：‘’“”–",
    0.57: '"I[\\]^`f|rt{}~J',
    0.64: "1cz",
    0.67: "FLagksvxy、。",
    0.76: "023456789EThnueoSbdpqYPVKZR",
    0.78: "AB",
}


class _Widths(dict[str, float]):
    """By sign; what is not in it has full width."""

    def __missing__(self, sign: str) -> float:
        return 1.0


_width_of = _Widths((sign, width) for width, signs in _NARROW.items() for sign in signs).__getitem__
# A run of katakana or of Latin signs stays together; everything else may break after each sign.
_PIECES = re.compile(r"[ァ-ヴー]+|[!-~‘’“”–—]+|.", re.DOTALL)
NOT_FIRST = frozenset("、。，．・：；？！％）」』】〕〉》”’ーぁぃぅぇぉっゃゅょァィゥェォッャュョヵヶ々,.)]!?:;%")
_HIRAGANA = frozenset(map(chr, range(0x3041, 0x3097)))
NOT_LAST = frozenset("（「『【〔〈《“‘([")


def width(text: str, size: float) -> float:
    """The width of a line at a font size, in the unit of that size."""
    return sum(map(_width_of, text)) * size


def wrap(text: str, limit: float, size: float) -> list[str]:
    """The lines of a text, none wider than the limit, about equally long; a line does not begin with a closing sign
    nor end with an opening one. Lines break between phrases where that needs no more of them. One sign that is wider
    than the limit stands alone."""
    pieces = list(_pieces(text, limit, size))
    lines = _balanced(pieces, limit, size)
    if len(lines) == 1:
        return lines
    by_phrase = _balanced(list(_phrases(pieces, limit, size)), limit, size)
    return by_phrase if len(by_phrase) == len(lines) else lines


def _balanced(pieces: Sequence[str], limit: float, size: float) -> list[str]:
    """As few lines as there can be, about equally long."""
    lines = _filled(pieces, limit, size)
    narrow = lines
    while len(narrow) == len(lines) > 1 and all(width(piece, size) <= limit for piece in pieces):
        lines = narrow
        limit *= 0.95
        narrow = _filled(pieces, limit, size)
    return lines


def _phrases(pieces: Iterable[str], limit: float, size: float) -> Iterator[str]:
    """Pieces joined up to where a phrase ends, as far as they fit a line."""
    held = ""
    for piece in pieces:
        if held and (_ends_phrase(held[-1], piece[0]) or width(held + piece, size) > limit):
            yield held
            held = ""
        held += piece
    yield held


def _ends_phrase(last: str, following: str) -> bool:
    """Particles and endings are hiragana: what follows them in another script begins a phrase."""
    return last in "・、。， " or following in NOT_LAST or (last in _HIRAGANA and following not in _HIRAGANA)


def _pieces(text: str, limit: float, size: float) -> Iterator[str]:
    """What no line may break, unless it is wider than a line."""
    held = ""
    for piece in _PIECES.findall(text):
        if held and not (held[-1] in NOT_LAST or piece[0] in NOT_FIRST):
            yield from _short(held, limit, size)
            held = ""
        held += piece
    yield from _short(held, limit, size)


def _short(piece: str, limit: float, size: float) -> Iterator[str]:
    """A piece in parts that fit a line."""
    part = ""
    for sign in piece:
        if part and width(part + sign, size) > limit:
            kept = len(part) - 1 if sign in NOT_FIRST and len(part) > 1 else len(part)
            yield part[:kept]
            part = part[kept:]
        part += sign
    yield part


def _filled(pieces: Sequence[str], limit: float, size: float) -> list[str]:
    lines = [""]
    for piece in pieces:
        if lines[-1] and width((lines[-1] + piece).rstrip(), size) > limit:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    lines[-1] = lines[-1].rstrip()
    return lines
