"""What a browser that has kept nothing loads for a page: style sheets, scripts, the icon and the parts of the fonts."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

STATIC = re.compile(rf'(?:href|src)="{static("")}([^"#]+)')
FACE = re.compile(r"@font-face\s*{([^}]*)}")
RANGE = re.compile(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", re.IGNORECASE)
FONT = re.compile(r"url\(([^)]+\.woff2)\)")


def sizes(html: str) -> dict[str, int]:
    """The bytes of each kind of file, as they lie on the disk. Of the fonts both weights of every part that has a
    character of the page, though not every character is shown in both."""
    found = dict.fromkeys(("css", "js", "svg", "fonts"), 0)
    for name in sorted(set(STATIC.findall(html))):
        path = _file(name)
        found[path.suffix.removeprefix(".")] += path.stat().st_size
        if path.suffix == ".css":
            found["fonts"] += sum(font.stat().st_size for font in _fonts(path, set(html)))
    return found


def _file(name: str) -> Path:
    path = finders.find(name)
    assert isinstance(path, str), f"{name} is not there: run `make static`"
    return Path(path)


def _fonts(sheet: Path, characters: set[str]) -> Iterator[Path]:
    """The files of the faces in a style sheet that are wanted for some of these characters."""
    for face in FACE.findall(sheet.read_text()):
        ranges = [(int(first, 16), int(last or first, 16)) for first, last in RANGE.findall(face)]
        if any(first <= ord(each) <= last for first, last in ranges for each in characters):
            yield sheet.parent / FONT.findall(face)[0].strip("'\"")
