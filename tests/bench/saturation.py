"""Section `saturation`: requests a second when all connections ask without a pause, beside pages that do nothing.

The ratio is how many times dearer our page is than the plain one. Same gunicorn, same processors, same run. The section
that is asked for is the longest matrix; an autosave changes one answer each time.
"""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from random import Random
from typing import Any

from tests.bench import filled
from tests.bench.frame import Place, Row
from tests.bench.pages import prepared
from tests.bench.serving import HOST, THREADS, Site, headers, set_up, workers

TOKEN = "a" * 32
SECTION = "platform-products"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
PLAIN = (("empty", "an empty template"), ("query", "a template and one query"))
Requests = list[dict[str, Any]]


def rows(place: Place) -> Iterator[Row]:
    if place.database != "postgresql":
        return
    lines, seconds = 2 * workers() * THREADS, 2.0 if place.quick else 15.0
    known = json.loads(prepared(place).read_text())
    people = known["people"][:lines]
    with Site(place) as site:
        own = {name: _rate(place, site, plan, seconds) for name, plan in _ours(site, known["year"], people).items()}
    for name, found in own.items():
        yield Row(
            "saturation", name, found["rate"], "1/s", note=f"p50 {found['p50']} ms, p99 {found['p99']} ms; {set_up()}"
        )
    for middleware, extra in (("our middleware", {}), ("Django's least middleware", {"PLAIN": "least"})):
        with Site(place, DJANGO_SETTINGS_MODULE="tests.bench.plain_settings", **extra) as site:
            for path, what in PLAIN:
                plan = [[_get(f"/{path}/", person, site)] for person in people]
                plain = _rate(place, site, plan, seconds)["rate"]
                for name, found in own.items():
                    yield Row("saturation", f"{what}, {middleware}", plain, "1/s", name, found["rate"])


def _rate(place: Place, site: Site, lines: list[Requests], seconds: float) -> dict[str, float]:
    """Requests a second, after some that do not count. Raises if anything was not answered as it should."""
    path = place.folder / "plan.json"
    for length in (seconds / 4, seconds):
        path.write_text(json.dumps({"port": site.port, "seconds": length, "lines": lines}))
        said = place.process("-m", "tests.bench.closed_loop", str(path)).said
        if said["wrong"]:
            raise AssertionError(f"not answered as it should be: {said['wrong']}")
    return {**said, "rate": said["requests"] / said["seconds"]}


def _ours(site: Site, year: int, people: list[dict[str, str]]) -> dict[str, list[Requests]]:
    """Each person's own home, section, and saves while typing."""
    places = [f"/{year}/{person['code']}" for person in people]
    both = list(zip(places, people, strict=True))
    return {
        "home": [[_get(f"{at}/", person, site)] for at, person in both],
        "section": [[_get(f"{at}/{SECTION}/", person, site)] for at, person in both],
        "autosave": [_saves(f"{at}/{SECTION}/", person, site) for at, person in both],
        "review": [[_get(f"{at}/review/", person, site)] for at, person in both],
        "comparison": [[_get(f"{at}/compare/", person, site)] for at, person in both],
    }


def _get(path: str, person: dict[str, str], site: Site) -> dict[str, Any]:
    sent = headers(person["session"], TOKEN, site.port)
    return {"method": "GET", "path": path, "headers": dict(sent), "body": "", "status": 200}


def _saves(path: str, person: dict[str, str], site: Site) -> Requests:
    """Two saves of one page, with another row of the same table changed, so that each changes what is stored."""
    page, rng = filled.read(_page(path, person, site)), Random(person["code"])
    first = page.change(rng)
    (row,) = first
    others = [name for name in page.choices if name != row and name.partition("|")[0] == row.partition("|")[0]]
    second = page.change(rng, others)
    request = _get(path, person, site)
    request |= {"method": "POST", "headers": {**request["headers"], **FORM}}
    return [{**request, "body": page.body(TOKEN, 1, **change)} for change in (first, second)]


def _page(path: str, person: dict[str, str], site: Site) -> str:
    connection = HTTPConnection(HOST, site.port, timeout=60)
    connection.request("GET", path, headers=dict(headers(person["session"], TOKEN, site.port)))
    return connection.getresponse().read().decode()
