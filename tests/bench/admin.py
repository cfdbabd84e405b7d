"""The lists and pages of the admin with 1,788 bodies, 5 rounds and 1,000,000 events (quick: 10,000): ms and queries.

In a copy of the database, which is thrown away. The events are written by one statement and their hashes are none,
which no page here reads. Each page is asked for by a superuser with the test client: the second of two times.
"""

from collections.abc import Iterator

from tests.bench.databases import another
from tests.bench.frame import Place, Row

SECTION = "admin"
EVENTS, FEW_EVENTS = 1_000_000, 10_000
SLOWEST, MOST_QUERIES = 1000, 30


def rows(place: Place) -> Iterator[Row]:
    events = FEW_EVENTS if place.quick else EVENTS
    with another(place, "filled", copy=True) as url:
        place.process("-m", "tests.bench.inside", "filling", str(events), DATABASE_URL=url)
        pages = place.process("-m", "tests.bench.inside", "admin_pages", DATABASE_URL=url).said
    for page in pages:
        note = f"{page['queries']} queries, {page['size']:,} bytes"
        yield Row(SECTION, page["page"], page["time"], "ms", goal=SLOWEST, note=note)
    most = max(pages, key=lambda page: int(page["queries"]))
    yield Row(SECTION, "most queries of a page", most["queries"], "queries", goal=MOST_QUERIES, note=most["page"])
