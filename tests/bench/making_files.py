"""Files made in a process of their own: seconds of the first one, and of the same once more."""

import json
import shutil
from pathlib import Path
from typing import Any
from unittest import mock

import typst

from aggregation import dataset, downloads, making
from aggregation.export import COMPARISON_FORMATS, TABLE_FORMATS
from aggregation.export.page import Page
from aggregation.models import Run
from tests.bench.clock import once

YEAR, CITY = 2020, "202037"


def main(what: str, argument: str = "") -> dict[str, float]:
    run = Run.objects.select_related("survey").get(survey__year=YEAR, edition=1)
    if what == "bodies":
        return _bodies(run, int(argument))
    if argument:
        return _keep_sources(run, what, Path(argument))
    sizes: list[int] = []
    first, again = (once(lambda: sizes.append(len(_make(run, what)))) / 1000 for _ in range(2))
    return {"first": first, "again": again, "size": sizes[0]}


def _make(run: Run, what: str) -> bytes:
    """A file, from what the database holds."""
    kind, _, of_body = what.partition("-")
    if kind != "body":
        return TABLE_FORMATS[what](downloads.national(run))
    response = dataset.response_of(run.survey, CITY)
    assert response
    return COMPARISON_FORMATS[of_body](downloads.for_body(run, response))


def _bodies(run: Run, most: int) -> dict[str, float]:
    """Some of the reports of all bodies, in chunks as `making` takes them, spread over all kinds and sizes."""
    making.folder_of(run).mkdir(parents=True, exist_ok=True)
    chunks = making._in_chunks(making._in_order(run, run.numbers))
    chosen = chunks[:: len(chunks) // (most // making.AT_ONCE)][: most // making.AT_ONCE]
    seconds = once(lambda: [making.make_some((run.pk, chunk)) for chunk in chosen]) / 1000
    return {"made": sum(map(len, chosen)), "bodies": len(run.numbers), "seconds": seconds}


def _keep_sources(run: Run, what: str, folder: Path) -> dict[str, float]:
    """What `tests.bench.bare` makes the same file from: the cells of the workbook, or the sources of the PDF."""
    if what == "pdf":
        compile = typst.compile

        def kept(main: Path, root: Path, **options: Any) -> Any:
            shutil.copytree(root, folder / "pdf", symlinks=True)
            return compile(main, root=root, **options)

        with mock.patch.object(typst, "compile", kept):
            _make(run, what)
    else:
        (folder / "cells.json").write_text(json.dumps(_cells(run, what), default=float))
    return {}


def _cells(run: Run, what: str) -> dict[str, list[tuple[int, int, Any]]]:
    """The cells of each sheet, noted while they are written."""
    found: dict[str, list[tuple[int, int, Any]]] = {}

    def put(page: Page, line: int, column: int, value: Any, look: Any) -> None:
        found.setdefault(page.name, []).append((line, column, value))

    def write_url(page: Page, line: int, column: int, url: str, look: Any, text: str) -> None:
        found.setdefault(page.name, []).append((line, column, text))

    def set_body(page: Page, top: int, rows: Any) -> None:
        cells = [(line, column, value) for line, row in enumerate(rows, top) for column, value in enumerate(row)]
        found.setdefault(page.name, []).extend(cells)

    with mock.patch.multiple(Page, put=put, write_url=write_url, set_body=set_body):
        _make(run, what)
    return found
