"""Rendering the page of a section with the most cells of tables, in ms and in MiB.

The form part (making the form, and its HTML) stands beside the same fields in a plain Django form with the same
choices and values, rendered as Django does it by default: `tests.bench.plain_form`. Time and memory are of separate
passes in one warm process; blocks are those alive at the end of one rendering, with the collector paused. The whole
page is a GET by the test client, in a round with last year's answers beside each row.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.bench.frame import MIB, Place, Row

SECTION = "largest_page"
TIMES_PLAIN = 1.5


def rows(place: Place) -> Iterator[Row]:
    page = place.process("-m", "tests.bench.inside", "rendering", "3" if place.quick else "30").said
    yield from _form_rows(page)
    yield from _page_rows(page)


def _form_rows(page: Mapping[str, Any]) -> Iterator[Row]:
    form, plain = page["form"], page["plain"]
    what = f"form of {page['section']} ({page['cells']} cells, {page['controls']} controls)"
    for name, unit, scale in (("time", "ms", 1), ("peak", "MiB", MIB), ("blocks", "blocks", 1), ("size", "bytes", 1)):
        goal = None if name == "size" else TIMES_PLAIN
        yield Row(
            SECTION, f"{what}: {name}", form[name] / scale, unit, "plain Django form", plain[name] / scale, goal=goal
        )


def _page_rows(page: Mapping[str, Any]) -> Iterator[Row]:
    beside = page["beside_last_year"]
    yield Row(SECTION, f"{page['section']}: form with last year's answers", beside["time"], "ms")
    whole = page["page"]
    yield Row(SECTION, f"{page['section']}: whole page, GET", whole["time"], "ms", note=f"{whole['queries']} queries")
    yield Row(SECTION, f"{page['section']}: whole page, size", whole["size"], "bytes")
