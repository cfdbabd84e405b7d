"""Paper to PDF with Typst: tagged (PDF/UA-1), with the font of the pages, the same bytes for the same data. Pure.

Nothing is rendered while this is imported: Typst hangs in a process forked from one that has rendered.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import typst

from surveys.paper.document import Paper
from surveys.paper.glyphs import GETA, covered, printable

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
TEMPLATES = ("surveys", "aggregation")  # the folders of the templates
FONTS = ROOT / "node_modules" / "@expo-google-fonts" / "biz-udpgothic"
REGULAR = "400Regular/BIZUDPGothic_400Regular.ttf"


class FontMissing(RuntimeError):
    """The font for paper is not there; says how to get it."""


def pdf(paper: Paper) -> bytes:
    """The paper as PDF. Raises FontMissing."""
    return compiled(paper, FOLDER / f"{paper.template}.typ")


def compiled(paper: "DataclassInstance", template: Path) -> bytes:
    """A paper as PDF by a template, which finds it in `sheet.typ`. It has a `cover` and `labels` as `Paper` has.

    The data come as a file beside the templates. As an input they would be part of the library of Typst, and nothing
    that was typeset for one paper would be remembered for the next, which has the same tables in it.

    Raises FontMissing.
    """
    font = FONTS / REGULAR
    if not font.is_file():
        raise FontMissing(f"The font for PDF files is missing ({font}): run `make static`, which runs `npm ci`.")
    data = printable(asdict(paper), covered(font))
    data["is_unprintable"] = f"{GETA}(U+" in json.dumps(data, ensure_ascii=False, default=_moment)
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for name in TEMPLATES:
            (root / name).symlink_to(ROOT / name)
        (root / "paper.json").write_text(json.dumps(data, ensure_ascii=False, default=_moment))
        main = root / "main.typ"
        main.write_text(f'#include "/{template.relative_to(ROOT).as_posix()}"')
        return typst.compile(main, root=root, font_paths=_fonts(FONTS), pdf_standards=["ua-1"])


@cache
def _fonts(folder: Path) -> typst.Fonts:
    """The fonts of the pages and no others, read once for all papers."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def _moment(value: datetime) -> dict[str, Any]:
    """A moment for Typst's `datetime`, in UTC, as PDF files have it."""
    at = value.astimezone(UTC)
    return {name: getattr(at, name) for name in ("year", "month", "day", "hour", "minute", "second")}
