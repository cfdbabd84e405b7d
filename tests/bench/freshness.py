"""From the acknowledgement of a submission until a recomputed table contains it, while 100 officers save.

A recompute is begun by a person of the ministry (計算し直す in the admin, which answers when the run is stored) or by
the command `manage.py recompute`; nothing begins it by itself. Both are asked for at once after the acknowledgement.
The server is gunicorn with two workers of four threads, on PostgreSQL. The time of the button holds that of the other
requests that it waits for; that of the command holds the start of its process.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from threading import Event, Thread

import psycopg

from tests.bench import growth_round
from tests.bench.frame import Place, Row, median
from tests.bench.freshness_world import MINISTRY, PASSWORD
from tests.bench.reading import YEAR
from tests.faults import client
from tests.faults.client import Broken, Client, Fields, Page, Wire
from tests.faults.servers import Server

APPLICATION = "tests.faults.wsgi"
OFFICERS = 100
TIMES = 7  # submissions for each of the two ways
PAUSE = (5.0, 15.0)  # seconds between two saves of one person
SECTION, QUESTION, OPTIONS = "organisation", "fig-01", ("appointed", "not_appointed")
BASE = """
    SELECT document FROM aggregation_runtable
    WHERE run_id = (SELECT max(id) FROM aggregation_run) AND "table" = 'fig-01'
"""
GOAL = 1.0


def rows(place: Place) -> Iterator[Row]:
    if place.database != "postgresql":
        return
    client.PATIENCE = 120.0  # where the server is slow, a figure says so and no failure
    officers, times = (5, 1) if place.quick else (OFFICERS, TIMES)
    with growth_round.copy_of(place.url) as url:
        place = replace(place, url=url, environment={**place.environment, "DATABASE_URL": url})
        codes: list[str] = place.process("-m", "tests.bench.freshness_world", str(officers), str(2 * times)).said
        with _server(place) as wire, _people(wire, codes[:officers]) as saves:
            yield from _measured(place, wire, codes[officers:], saves)


@contextmanager
def _server(place: Place) -> Iterator[Wire]:
    server = Server(place.folder, place.url, APPLICATION)
    try:
        server.wait()
        yield Wire(server.port)
    finally:
        server.kill()


@contextmanager
def _people(wire: Wire, codes: list[str]) -> Iterator[list[float]]:
    """Officers at work from here on; gives the seconds of their saves as they come."""
    over, saves = Event(), list[float]()
    desks = [_signed_in(wire, f"desk-{code}") for code in codes]
    threads = [
        Thread(target=_work, args=(desk, code, over, saves), daemon=True)
        for desk, code in zip(desks, codes, strict=True)
    ]
    for thread in threads:
        thread.start()
    try:
        time.sleep(PAUSE[1])  # until all of them have begun
        yield saves
    finally:
        over.set()
        for thread in threads:
            thread.join(timeout=60)


def _work(desk: Client, code: str, over: Event, saves: list[float]) -> None:
    """Open a section, then change an answer and let the page save it, again and again."""
    rng, turns = Random(code), itertools.count(1)
    over.wait(rng.uniform(0, PAUSE[1]))
    fields = desk.get(f"/{YEAR}/{code}/{SECTION}/").page.questions
    while not over.wait(rng.uniform(*PAUSE)):
        turn = next(turns)
        page = [f"{fields['page'][0].partition('.')[0]}.{turn}"]
        began = time.perf_counter()
        try:
            typed = {**fields, QUESTION: [OPTIONS[turn % 2]], "page": page}
            answer = desk.post(f"/{YEAR}/{code}/{SECTION}/", typed, live=True)
        except Broken:
            continue
        assert answer.status == 200 and not answer.page.unsaved, f"a save of {code}: {answer.status}"
        saves.append(time.perf_counter() - began)
        fields = answer.page.questions


def _measured(place: Place, wire: Wire, codes: list[str], saves: list[float]) -> Iterator[Row]:
    ministry = _signed_in(wire, MINISTRY)

    def press() -> None:
        path = f"/admin/aggregation/run/recompute/{YEAR}/"
        answer = ministry.post(path, _form(ministry.get("/admin/aggregation/run/").page, path))
        assert answer.status == 302, f"the recompute: {answer.status}"

    def command() -> None:
        place.process("manage.py", "recompute", str(YEAR))

    press()  # a run of what stands now, to see the change against
    half = len(codes) // 2
    for what, begin, own in (("the button", press, codes[:half]), ("the command", command, codes[half:])):
        del saves[:]
        found = [_fresh(place, wire, code, begin) for code in own]
        note = f"longest {max(found):.2f} s; {len(saves)} saves meanwhile, median {median(saves or [0]) * 1000:.0f} ms"
        yield Row("freshness", f"submit to table by {what}", median(found), "s", goal=GOAL, note=note)


def _fresh(place: Place, wire: Wire, code: str, begin: Callable[[], None]) -> float:
    """The seconds from the acknowledgement of one submission until the run that counts it is stored."""
    desk, before = _signed_in(wire, f"desk-{code}"), _base(place.url)
    review = desk.get(f"/{YEAR}/{code}/review/").page
    answer = desk.post(f"/{YEAR}/{code}/submit/", _form(review, "/submit/"))
    acknowledged = time.perf_counter()
    assert answer.status == 302, f"the submission of {code}: {answer.status}"
    begin()
    seconds = time.perf_counter() - acknowledged
    assert _base(place.url) == before + 1, f"the submission of {code} is not in the table"
    return seconds


def _base(url: str) -> int:
    """How many bodies the latest run has counted in one table."""
    from aggregation.tables import from_text

    with psycopg.connect(url) as connection:
        (text,) = connection.execute(BASE).fetchone() or ("",)
    return next(cell.base or 0 for cell in from_text(text).cells if cell.group == "total")


def _signed_in(wire: Wire, sign_in_id: str) -> Client:
    desk, path = Client(wire), "/accounts/login/"
    form = next(form for form in desk.get(path).page.forms.values() if "login" in form)
    answer = desk.post(path, {**form, "login": [sign_in_id], "password": [PASSWORD]})
    assert answer.status == 302, f"{sign_in_id} cannot sign in: {answer.status}"
    return desk


def _form(page: Page, end: str) -> Fields:
    found = [form for action, form in page.forms.items() if action.endswith(end)]
    assert found, f"no form that goes to {end}: {page.html[:2000]}"
    return found[0]
