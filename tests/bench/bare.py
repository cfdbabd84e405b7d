"""`python -m tests.bench.bare xlsx|pdf FOLDER`: the same cells by XlsxWriter, or the same sources by Typst; no Django.

As anybody would call the library first: XlsxWriter in memory, without a look or a chart. Prints seconds as JSON.
"""

import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parents[2] / "node_modules" / "@expo-google-fonts" / "biz-udpgothic"


def workbook(folder: Path) -> Callable[[], bytes]:
    from xlsxwriter import Workbook

    sheets: dict[str, list[tuple[int, int, Any]]] = json.loads((folder / "cells.json").read_text())

    def make() -> bytes:
        out = io.BytesIO()
        book = Workbook(out, {"in_memory": True})
        for name, cells in sheets.items():
            sheet = book.add_worksheet(name)
            for line, column, value in cells:
                if isinstance(value, str):
                    sheet.write_string(line, column, value)
                elif value is not None:
                    sheet.write_number(line, column, value)
        book.close()
        return out.getvalue()

    return make


def pdf(folder: Path) -> Callable[[], bytes]:
    import typst

    def make() -> bytes:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
        root = folder / "pdf"
        return bytes(typst.compile(root / "main.typ", root=root, font_paths=fonts, pdf_standards=["ua-1"]))

    return make


def main(what: str, folder: str) -> None:
    make = {"xlsx": workbook, "pdf": pdf}[what](Path(folder))
    seconds = []
    for _ in range(2):
        began = time.perf_counter()
        size = len(make())
        seconds.append(time.perf_counter() - began)
    print(json.dumps({"first": seconds[0], "again": seconds[1], "size": size}))


if __name__ == "__main__":
    main(*sys.argv[1:])
