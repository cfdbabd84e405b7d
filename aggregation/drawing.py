"""From the spec of a chart to SVG: the only importer of vl_convert. Pure.

vl_convert hangs for ever in a forked process whose parent has drawn something: nothing is drawn at import or start.
"""

import hashlib
import re
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import vl_convert

from aggregation.figures.marks import FAMILY
from aggregation.figures.palette import BY_ID
from surveys.answers import canonical

FONTS = Path(__file__).parents[1] / "node_modules/@expo-google-fonts/biz-udpgothic"
_HEAD = re.compile(r'<svg [^>]*width="(\d+)" height="(\d+)"[^>]*>')
_USED = re.compile(r"url\(#(\w+)\)")
_EMPTY = re.compile(r'<path class="(?:background|foreground)"[^>]*/>')
_CLASSES = re.compile(r' (?:class|role|aria-[a-z]+)="[^"]*"')


@cache
def _version() -> str:
    """A name of the code that draws, so that what was drawn by other code is drawn again."""
    drawn_with = f"{version('vl-convert-python')} {BY_ID}"
    return hashlib.sha256(Path(__file__).read_bytes() + drawn_with.encode()).hexdigest()


@cache
def _fonts() -> None:
    for folder in sorted(path for path in FONTS.glob("*/") if any(path.glob("*.ttf"))):
        vl_convert.register_font_directory(str(folder))


def key(spec: dict[str, Any]) -> str:
    """A name of a drawing: equal specs have equal drawings."""
    return hashlib.sha256(f"{_version()}\n{canonical(spec)}".encode()).hexdigest()


def draw(spec: dict[str, Any]) -> str:
    """The SVG of a spec made by `aggregation.figures`: with title and description, without style attributes and
    references out of it, all its ids its own. The same spec gives the same text.

    Raises ValueError if Vega-Lite does not take the spec.
    """
    _fonts()
    drawn = vl_convert.vegalite_to_svg(spec)
    head = _HEAD.match(drawn)
    assert head is not None  # vl_convert begins so
    body = _CLASSES.sub("", _EMPTY.sub("", drawn[head.end() :])).replace('font-family="BIZ UDPGothic"', "")
    name = f"f{key(spec)[:12]}"
    used = sorted(set(_USED.findall(body)))
    defined = "".join(BY_ID[fill].pattern.replace('id="', f'id="{name}-', 1) for fill in used)
    body = _USED.sub(rf"url(#{name}-\1)", body)
    return _framed(spec, name, head.groups(), f"<defs>{defined}</defs>{body}" if defined else body)


def _framed(spec: dict[str, Any], name: str, size: tuple[str, ...], body: str) -> str:
    width, height = size
    meta = spec["usermeta"]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-labelledby="{name}-title {name}-desc" lang="{meta["language"]}" font-family="{FAMILY}">'
        f'<title id="{name}-title">{escape(meta["title"])}</title>'
        f'<desc id="{name}-desc">{escape(spec["description"])}</desc>{body}'
    )
