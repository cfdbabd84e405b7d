"""Texts that every program reads alike: no platform-dependent characters, no spaces for looks. Pure.

Platform-dependent are characters outside JIS X 0208 (NEC's and IBM's own rows of Shift_JIS, half-width katakana).
"""

import re
import unicodedata
from functools import cache

GETA = "〓"  # what printers set for a sign that they do not have
_FIRST, _LAST = 0x8540, 0x889E  # codes of Shift_JIS between the signs and the kanji of the standard
_BEYOND = 0xEB40  # codes after its last kanji
_HALF_WIDTH = re.compile("[\uff61-\uff9f]+")


@cache
def dependent(sign: str) -> bool:
    """Whether a sign is platform-dependent."""
    if sign.isascii():
        return not (sign.isprintable() or sign in "\t\n\r")
    if _HALF_WIDTH.match(sign):
        return True
    try:
        code = int.from_bytes(sign.encode("cp932"), "big")
    except UnicodeEncodeError:
        return True
    return _FIRST <= code <= _LAST or code >= _BEYOND


@cache
def plain(text: str) -> str:
    """The text with such signs replaced: ① becomes (1), ㎡ m2, Ⅳ IV, half-width katakana full-width, others 〓."""
    whole = _HALF_WIDTH.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    signs = "".join(_replaced(sign) if dependent(sign) else sign for sign in whole)
    return " ".join(signs.split())


def _replaced(sign: str) -> str:
    found = unicodedata.normalize("NFKC", sign)
    if any(map(dependent, found)):
        return GETA
    return f"({found})" if unicodedata.decomposition(sign).startswith("<circle>") else found
