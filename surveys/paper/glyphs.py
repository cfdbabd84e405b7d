"""Which characters a font can show, and texts with only those. Pure.

A tagged PDF may hold no character without a shape, and BIZ UDPGothic lacks some that names are written with (𠮷).
"""

import struct
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

GETA = "〓"  # what Japanese printers set for a character they have no type for
CMAP_FULL = (3, 10)  # the table of characters for all of Unicode: platform Windows, encoding UCS-4 (OpenType, "cmap")


@cache
def covered(font: Path) -> frozenset[int]:
    """The code points a TrueType font has shapes for, from its table for all of Unicode (format 12)."""
    data = font.read_bytes()
    (tables,) = struct.unpack_from(">H", data, 4)
    offsets = dict(struct.unpack_from(">4s4xL", data, 12 + 16 * at) for at in range(tables))
    start = offsets[b"cmap"]
    (encodings,) = struct.unpack_from(">H", data, start + 2)
    found = [struct.unpack_from(">HHL", data, start + 4 + 8 * at) for at in range(encodings)]
    table = start + next(offset for platform, encoding, offset in found if (platform, encoding) == CMAP_FULL)
    (groups,) = struct.unpack_from(">L", data, table + 12)
    ranges = (struct.unpack_from(">LL", data, table + 16 + 12 * at) for at in range(groups))
    return frozenset(point for first, last in ranges for point in range(first, last + 1))


def printable(value: Any, known: frozenset[int]) -> Any:
    """The same value with texts a font can show: what it lacks becomes 〓(U+20BB7), what is invisible goes."""
    if isinstance(value, str):
        return _text(value, known)
    if isinstance(value, dict):
        return {key: printable(item, known) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [printable(item, known) for item in value]
    return value


@lru_cache(2**14)  # the texts of a questionnaire come again on every paper of a round
def _text(text: str, known: frozenset[int]) -> str:
    return text.translate({ord(sign): _shown(sign, known) for sign in set(text)})


def _shown(sign: str, known: frozenset[int]) -> str:
    category = unicodedata.category(sign)
    if sign == "\n":
        return sign
    if category in ("Cc", "Zl", "Zp"):
        return " "
    if category == "Cf" or unicodedata.name(sign, "").startswith("VARIATION SELECTOR"):
        return ""
    return sign if ord(sign) in known else f"{GETA}(U+{ord(sign):04X})"
