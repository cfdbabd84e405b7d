"""What locust plays: officers at work, bodies that submit, and people who sign in. Run by tests/bench/pages.py.

Each person waits some seconds before each step, drawn anew (LOAD_THINK). How many there are of each: LOAD_OFFICERS,
LOAD_SUBMITTERS, LOAD_ARRIVALS. Who they are: LOAD_PEOPLE, a file made of what tests/bench/prepare.py prints.
"""

import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import gevent
from locust import FastHttpUser, task

from tests.bench import filled
from tests.bench.serving import CSRF, OF_THE_PROXY, SESSION

KNOWN = json.loads(Path(os.environ["LOAD_PEOPLE"]).read_text())
LEAST, MOST = map(float, os.environ.get("LOAD_THINK", "3,15").split(","))
OFFICERS, SUBMITTERS, ARRIVALS = (
    int(os.environ.get(f"LOAD_{name}", "0")) for name in ("OFFICERS", "SUBMITTERS", "ARRIVALS")
)
TOKEN = "a" * 32
POLLED = 30.0  # seconds between two questions of an open page who else is there
EACH = 20.0  # seconds from one submission of a submitter to the next: 10 of them are 0.5 a second
LINE = iter(KNOWN["people"][: OFFICERS + ARRIVALS])
WAITING = iter(KNOWN["people"][: OFFICERS + ARRIVALS - 1 : -1])  # from the end: their answers no officer has changed
REVIEWED = re.compile(r'name="reviewed"\s+value="([^"]+)"')


class Person(FastHttpUser):
    """Somebody with a browser."""

    abstract = True
    connection_timeout = network_timeout = 60.0

    def become(self, person: dict[str, str], *, signed_in: bool = True) -> None:
        self.person, self.place = person, f"/{KNOWN['year']}/{person['code']}"
        self.rng = Random(f"{person['code']}")
        self.address = f"198.51.100.{self.rng.randint(1, 254)}"
        self.cookie = f"{CSRF}={TOKEN}" + (f"; {SESSION}={person['session']}" if signed_in else "")
        self.polled, self.at = time.monotonic(), ""

    def think(self) -> None:
        """Some seconds; whoever has a section open is asked for by the page itself meanwhile."""
        gevent.sleep(self.rng.uniform(LEAST, MOST))
        if self.at and time.monotonic() - self.polled > POLLED:
            self.polled = time.monotonic()
            self.ask("GET", f"{self.place}/{self.at}/people/?version=1", "presence", live=True)

    def ask(self, method: str, path: str, name: str, body: str | None = None, **how: Any) -> str:
        """A request that must be answered with 200, or with a redirect if `redirect`."""
        referer = f"https://{self.host.partition('//')[2]}/"
        sent = {**OF_THE_PROXY, "X-Forwarded-For": self.address, "Cookie": self.cookie, "Referer": referer}
        if how.get("live"):
            sent["HX-Request"] = "true"
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        with self.client.request(
            method, path, name=name, data=body, headers=sent, allow_redirects=False, catch_response=True
        ) as answer:
            wanted = 302 if how.get("redirect") else 200
            if answer.status_code != wanted:
                answer.failure(f"{name}: {answer.status_code} instead of {wanted}")
                return ""
            answer.success()
            return answer.text or ""


class Officer(Person):
    """Opens the home and a section, changes answers that are saved while typing, saves, and looks at the review or at
    the comparison."""

    fixed_count, abstract = OFFICERS, not OFFICERS

    def on_start(self) -> None:
        self.become(next(LINE))
        gevent.sleep(self.rng.uniform(0, MOST))

    @task
    def work(self) -> None:
        self.at = ""
        self.ask("GET", f"{self.place}/", "home")
        self.think()
        self.at = self.rng.choice(KNOWN["sections"])
        self.answer(f"{self.place}/{self.at}/")
        self.at = ""
        name = self.rng.choice(["review", "compare"])
        self.ask("GET", f"{self.place}/{name}/", "comparison" if name == "compare" else name)
        self.think()

    def answer(self, path: str) -> None:
        form = self.ask("GET", path, "section")
        for turn in range(1, self.rng.randint(3, 6)):
            self.think()
            if 'id="questions"' not in form:
                return
            page = filled.read(form)
            form = self.ask("POST", path, "autosave", page.body(TOKEN, turn, **page.change(self.rng)), live=True)
        self.think()
        if form:
            page = filled.read(form)
            self.ask("POST", path, "save", page.body(TOKEN, None, **page.change(self.rng)), redirect=True)


class Submitter(Person):
    """One body after another is looked through and submitted."""

    fixed_count, abstract = SUBMITTERS, not SUBMITTERS

    def on_start(self) -> None:
        gevent.sleep(Random(id(self)).uniform(0, EACH))

    @task
    def submit(self) -> None:
        began, person = time.monotonic(), next(WAITING, None)
        if person is None:  # all of them have submitted
            gevent.sleep(EACH)
            return
        self.become(person)
        for _ in self._steps():
            gevent.sleep(self.rng.uniform(1, 5))
        gevent.sleep(max(0.0, EACH - (time.monotonic() - began)))

    def _steps(self) -> Iterator[None]:
        self.ask("GET", f"{self.place}/", "home")
        yield
        self.ask("GET", f"{self.place}/{self.rng.choice(KNOWN['sections'])}/", "section")
        yield
        found = REVIEWED.search(self.ask("GET", f"{self.place}/review/", "review"))
        yield
        form = urlencode({"csrfmiddlewaretoken": TOKEN, "reviewed": found[1] if found else ""})
        self.ask("POST", f"{self.place}/submit/", "submit", form, redirect=True)
        self.ask("GET", f"{self.place}/receipt/", "receipt")


class Arrival(Person):
    """Signs in with a password, again and again."""

    fixed_count, abstract = ARRIVALS, not ARRIVALS

    def on_start(self) -> None:
        self.become(next(LINE), signed_in=False)

    @task
    def sign_in(self) -> None:
        self.ask("GET", "/accounts/login/", "sign-in page")
        self.think()
        form = {"csrfmiddlewaretoken": TOKEN, "login": self.person["sign_in_id"], "password": KNOWN["password"]}
        self.ask("POST", "/accounts/login/", "sign-in", urlencode(form), redirect=True)
        self.think()
