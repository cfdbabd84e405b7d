"""The stored answers of a round read without the product: for what its recompute is held against.

No part of the product is imported here, and no Django, so that a process that uses it starts as lightly as it can.
"""

import json
import os
import sqlite3
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import count
from typing import Any, NamedTuple

import psycopg

YEAR = 2020
ANSWERS = f"""
    SELECT body.code, response.kind, body.prefecture_code, body.population, submission.number, submission.document
    FROM surveys_response response
    JOIN surveys_survey survey ON survey.id = response.survey_id
    JOIN surveys_body body ON body.id = response.body_id
    JOIN surveys_submission submission ON submission.id = response.submission_id
    WHERE survey.year = {YEAR} AND response.state IN ('submitted', 'accepted')
    ORDER BY body.code
"""  # noqa: S608  ours
# The bands of population by which tables are broken down: from how many persons on (surveys/bands.py).
BANDS = {"lt5k": 0, "5k-10k": 5_000, "10k-30k": 10_000, "30k-50k": 30_000, "50k-100k": 50_000,
         "100k-300k": 100_000, "ge300k": 300_000}  # fmt: skip
CHECKED = ("fig-01", "fig-07", "fig-21", "fig-33", "table-1")  # of each kind of question one: held against our tables
TIMES = 7


class Stored(NamedTuple):
    """One counted body with the answers by which it is counted."""

    code: str
    kind: str
    prefecture: str
    population: int | None
    number: int
    document: str


class Long(NamedTuple):
    """All data of all bodies in the long form, as numbers: the position of the body, and that of its place.

    A place is (question, row, column): an option has no column; procedures have "exists" for yes, "online" for done;
    who has answered a question at all, its base, is at (question, "", "base"), since a submission is complete.
    `numbers` are those of the questions that are summed, `sums` their places.
    """

    bodies: list[int]
    marks: list[int]
    places: list[tuple[str, str, str]]
    summed: list[int]
    sums: list[int]
    numbers: list[int]


def stored() -> Iterator[Stored]:
    """The rows as the database gives them."""
    url = os.environ["DATABASE_URL"]
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            yield from map(Stored._make, connection.execute(ANSWERS))
    else:
        with psycopg.connect(url) as connection:
            yield from map(Stored._make, connection.execute(ANSWERS))


def long(documents: Iterable[str]) -> Long:
    """Each datum once: what pandas and polars then count."""
    position: defaultdict[tuple[str, str, str], int] = defaultdict(count().__next__)
    found = Long([], [], [], [], [], [])
    for body, document in enumerate(documents):
        answers = json.loads(document)
        for question, answer in answers.items():
            found.marks.append(position[question, "", "base"])
            _take(found, position, question, answer)
        found.bodies.extend([body] * (len(found.marks) - len(found.bodies)))
        found.summed.extend([body] * (len(found.sums) - len(found.summed)))
    found.places.extend(position)
    return found


def _take(found: Long, position: dict[tuple[str, str, str], int], id: str, answer: dict[str, Any]) -> None:
    if value := answer.get("value"):
        found.marks.append(position[id, value, ""])
    elif values := answer.get("values"):
        found.marks.extend([position[id, value, ""] for value in values])
    elif cells := answer.get("cells"):
        first = next(iter(cells.values()))
        if isinstance(first, str):
            found.marks.extend([position[id, row, column] for row, column in cells.items()])
        elif isinstance(first, int):
            found.sums.extend([position[id, row, "sum"] for row in cells])
            found.numbers.extend(cells.values())
        else:
            having = {row: cell for row, cell in cells.items() if cell.get("exists") == "yes"}
            found.marks.extend([position[id, row, "exists"] for row in having])
            found.marks.extend(
                [position[id, r, "online"] for r, cell in having.items() if cell.get("online") == "done"]
            )


def measured(once: Callable[[], Any]) -> dict[str, Any]:
    """Run again and again in this process: the seconds of the first time, the median of the others, what came last."""
    seconds, found = [], None
    for _ in range(int(os.environ.get("BENCH_TIMES", TIMES)) + 1):
        began = time.perf_counter()
        found = once()
        seconds.append(time.perf_counter() - began)
    return {"first": seconds[0], "warm": statistics.median(seconds[1:] or seconds), "found": found}


def checked(places: list[tuple[str, str, str]], lines: Iterable[tuple[str, int, str, int]]) -> dict[str, int]:
    """Of some questions what was counted, to hold against our tables; `lines`: breakdown, place, group, number.

    Of the bases only those of the whole country, since sums have no others.
    """
    found = {}
    for breakdown, place, group, number in lines:
        id, row, column = places[place]
        if id in CHECKED and number and (column != "base" or breakdown == "national"):
            found["|".join((breakdown, group, id, row, column))] = number
    return found
