"""Section `pages`: how long people wait for a page, in milliseconds: 100 officers at work, and the last hour.

gunicorn with the shipped configuration and PostgreSQL with fsync; locust plays the people (tests/bench/officers.py).
SQLite is for trying the program out and has one writer, so nothing is measured on it.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from tests.bench.frame import Place, Row
from tests.bench.serving import HOST, Site, production, set_up

GOAL = 300.0  # ms, p99, for what an officer waits for all day
WITH_GOAL = ("section", "autosave", "save")
BODIES, HOUR = 1_788, 3_600  # all submit within the last hour
SHARES = ("50%", "95%", "99%")


def rows(place: Place) -> Iterator[Row]:
    if place.database != "postgresql":
        return
    people = prepared(place)
    officers, seconds = (10, 15) if place.quick else (100, 300)
    with Site(place) as site:
        load(
            place,
            site,
            people,
            "warm",
            8 if place.quick else 20,
            LOAD_OFFICERS=str(min(officers, 20)),
            LOAD_THINK="0,1",
        )
        at_work = load(place, site, people, "work", seconds, LOAD_OFFICERS=str(officers), LOAD_ARRIVALS="2")
        yield from told(at_work, f"{officers} officers", seconds)
        seconds, mix = (15, {"LOAD_OFFICERS": "5", "LOAD_SUBMITTERS": "4"}) if place.quick else (120, deadline_day())
        last_hour = load(place, site, people, "deadline", seconds, **mix)
        yield from told(last_hour, "last day", seconds)


def deadline_day() -> dict[str, str]:
    """Officers who still save, and as many submitters as bring all bodies in an hour: each begins one every 20 s."""
    return {"LOAD_OFFICERS": "50", "LOAD_SUBMITTERS": str(round(BODIES / HOUR * 20))}


def prepared(place: Place) -> Path:
    """Who the people are, as many as any section needs; the round is prepared once for all."""
    path = place.folder / "people.json"
    if not path.exists():
        bodies = 40 if place.quick else 100 + 2 + 80  # officers, arrivals, and submitters for two minutes
        made = place.process("-m", "tests.bench.prepare", str(bodies), **production(place.folder, place.url))
        place.process("manage.py", "collectstatic", "--noinput", "-v0", **production(place.folder, place.url))
        path.write_text(json.dumps(made.said))
    return path


def load(place: Place, site: Site, people: Path, name: str, seconds: int, **mix: str) -> dict[str, dict[str, str]]:
    """What locust found, by name of the request. Raises if anything failed."""
    users = sum(int(value) for key, value in mix.items() if key != "LOAD_THINK")
    prefix = place.folder / name
    place.process(
        *("-m", "locust", "-f", "tests/bench/officers.py", "--headless", "--only-summary", "--csv", str(prefix)),
        *("--users", str(users), "--spawn-rate", str(users), "--run-time", f"{seconds}s", "--stop-timeout", "30"),
        *("--host", f"http://{HOST}:{site.port}"),
        LOAD_PEOPLE=str(people),
        **mix,
    )
    with Path(f"{prefix}_stats.csv").open() as file:
        return {line["Name"]: line for line in csv.DictReader(file)}


def told(found: dict[str, dict[str, str]], who: str, seconds: int) -> Iterator[Row]:
    whole = found.pop("Aggregated")
    note = f"{whole['Request Count']} requests in {seconds} s, none failed; {set_up()}"
    yield Row("pages", f"{who}, requests a second", float(whole["Requests/s"]), "1/s", note=note)
    for name, line in sorted(found.items()):
        count = f"{line['Request Count']} requests"
        for share in SHARES:
            goal = GOAL if share == "99%" and name in WITH_GOAL else None
            yield Row("pages", f"{who}, {name}, p{share[:-1]}", float(line[share]), "ms", goal=goal, note=count)
