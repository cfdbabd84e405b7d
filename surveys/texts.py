"""What text is taken, and as what it is kept: one rule for pages, the admin, workbooks and files. Pure.

Nothing of it is refused: what is taken out cannot be seen, comes with a copy from elsewhere, and a person told of it
could neither find nor remove it. What can be seen stays as typed, but for the width of katakana.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial


@dataclass(frozen=True)
class Rule:
    """What becomes of some signs: the text put in their place, or a function of them."""

    signs: str
    becomes: str | Callable[[str], str]
    why: str


def _variants() -> dict[str, str]:
    """The kanji that NFC would fold into their common form (U+FA19 is one of 神), as that form and the selector that
    Unicode has for each, in the order of their numbers: so a name keeps its shape."""
    found: dict[str, str] = {}
    count: dict[str, int] = defaultdict(int)
    for code in (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20)):
        base = unicodedata.normalize("NFC", sign := chr(code))
        if base != sign:
            found[sign] = base + chr(0xFE00 + count[base])
            count[base] += 1
    return found


_VARIANTS = _variants()

RULES = (
    Rule("\r\n|[\n\v\f\r\x85\u2028\u2029]", "\n", "one line end, whatever program the text comes from"),
    Rule("\t", " ", "a cell of a table that was pasted"),
    Rule("[\0-\x08\x0e-\x1f\x7f-\x9f]", "", "controls: no database, XML or paper takes them all"),
    Rule("[\ud800-\udfff]", "", "half of a sign: no UTF-8"),
    Rule("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", "turns the order of signs: a text that reads otherwise"),
    Rule("[\xad\u180e\u200b\u200c\u2060-\u2065\u206a-\u206f\ufeff]", "", "no width: two names that look the same"),
    Rule("(?<![\u2190-\u2bff\u3030-\u3299\ufe0f\U0001f000-\U0001faff])\u200d", "", "joins emoji; nothing else here"),
    Rule("[\ufff9-\ufffb\U000e0000-\U000e007f]", "", "invisible notes and tags"),
    Rule("[\ufdd0-\ufdef]|[\ufffe\uffff]", "", "no signs at all"),
    Rule("[\uff61-\uff9f]+", partial(unicodedata.normalize, "NFKC"), "half-width katakana: as the wide ones"),
    Rule("[\uf900-\ufaff\U0002f800-\U0002fa1f]", lambda sign: _VARIANTS.get(sign, sign), "a kanji in its own shape"),
)
_COMPILED = [(re.compile(rule.signs), rule.becomes) for rule in RULES]


def clean(text: str) -> str:
    """A text as it is kept: by the rules above, then in NFC (which leaves ①, ㈱, wide letters, emoji and the shapes of
    kanji alone)."""
    if text.isascii() and text.isprintable():
        return text
    for signs, becomes in _COMPILED:
        text = signs.sub(becomes if isinstance(becomes, str) else _on_match(becomes), text)
    return unicodedata.normalize("NFC", text)


def _on_match(becomes: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
    return lambda found: becomes(found[0])


def line(text: str) -> str:
    """The same for what stands on one line, such as a name: without blanks around it."""
    return re.sub("[ \n]*\n[ \n]*", " ", clean(text)).strip()
