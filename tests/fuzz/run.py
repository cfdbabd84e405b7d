"""Makes the requests: round after round over all places, each batch of a place from a seed of its own."""

import logging
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from django.core import mail
from django.http import HttpResponse
from django.test import TestCase
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz import api, places, values
from tests.fuzz.oracle import Watch, Wrong
from tests.fuzz.places import Place
from tests.fuzz.values import Sent
from tests.fuzz.world import ROLES, World, undone, world

SLOW, FEWER = 0.3, 5  # a page that takes so many seconds of work is asked for so many times less often
BATCH = 10  # requests to a place, one after the other
PARTIAL = "partial write"


@dataclass
class Figures:
    """What a run came to. `failures`: of each sort the first, with its batch and request."""

    requests: int = 0
    changes: int = 0  # of these, those that changed what is stored
    seconds: float = 0.0
    by_route: Counter[str] = field(default_factory=Counter)
    by_status: Counter[int] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)
    server_errors: int = 0
    partial_writes: int = 0

    def add(self, other: "Figures") -> None:
        self.requests += other.requests
        self.changes += other.changes
        self.seconds = max(self.seconds, other.seconds)
        self.by_route += other.by_route
        self.by_status += other.by_status
        self.failures = {**other.failures, **self.failures}
        self.server_errors += other.server_errors
        self.partial_writes += other.partial_writes

    def add_failure(self, sort: str, text: str) -> bool:
        """Keep the first of a sort; whether this is it."""
        return self.failures.setdefault(sort, text) is text


def run(requests: int, seed: int, *, part: int = 0, parts: int = 1, only: str = "", batch: int = BATCH) -> Figures:
    """So many requests, or a few more, to all places in turn. `part` of `parts`: every so many batches, for processes
    beside each other; `only`: the one batch of that name, to see a failure again."""
    with quiet(), world() as known:
        return Fuzz(known, batch).run(requests, seed, part, parts, only)


@contextmanager
def quiet() -> Iterator[None]:
    """Refusals are what this is about; the log need not have each of them."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


class Fuzz:
    def __init__(self, known: World, batch: int) -> None:
        self.known, self.batch = known, batch
        self.shrinks = False  # that takes minutes: only for a batch that is looked at again
        self.places = places.find(known)
        self.watch = Watch()
        self.figures = Figures()

    def run(self, requests: int, seed: int, part: int, parts: int, only: str) -> Figures:
        self.shrinks = bool(only)
        begun, wanted, round = perf_counter(), requests / parts, 0
        batches = [*self.places, *api.operations()]
        while self.figures.requests < wanted:
            for at, place in enumerate(batches):
                name = f"{seed}.{round}.{at}"
                if only in ("", name) and (only or (at + round) % parts == part):
                    self._batch(place, name, hash_of(seed, round, at))
                if self.figures.requests >= wanted and round:
                    break
            round += 1
            if only and round > int(only.split(".")[1]):
                break
        self.figures.seconds = perf_counter() - begun
        return self.figures

    def _batch(self, place: Any, name: str, number: int) -> None:
        """Some requests to one place; the first that fails is made as small as it gets, and noted."""
        count = max(min(self.batch, 2), self.batch // FEWER) if place.seconds > SLOW else self.batch
        phases = [Phase.generate, Phase.shrink] if self.shrinks else [Phase.generate]
        make = place.requests if isinstance(place, api.Operation) else self._requests(place)

        @seed(number)
        @settings(max_examples=count, phases=phases, **SETTINGS)
        @given(data=st.data())
        def hold(data: Any) -> None:
            with undone():
                self._answers(data, data.draw(make), place)

        try:
            hold()
        except Exception as error:  # whatever it is, the run goes on
            self._failed(place, name, error)

    def _answers(self, data: Any, sent: Sent, place: Any) -> None:
        """Send a request; what a page then asks to be confirmed is sent too."""
        answer = self._send(sent, place.route)
        for _ in range(2):
            if sent.method != "POST" or answer.status_code != 200 or data.draw(st.integers(0, 3)) == 3:
                return
            forms = [form for form in _forms(answer, sent.path) if form.method == "post" and _goes_on(form)]
            if not forms:
                return
            form = data.draw(st.sampled_from(forms))
            body, content_type = data.draw(values.body(form.fields, self.known.files))
            sent = Sent("POST", form.action, sent.role, body, content_type)
            answer = self._send(sent, places.route_of(form.action))

    def _send(self, sent: Sent, route: str) -> HttpResponse:
        self.figures.requests += 1
        self.figures.by_route[route] += 1
        client, headers = self.known.client(sent.role), dict(sent.headers)
        try:
            with self.watch.looking(), TestCase.captureOnCommitCallbacks(execute=True):
                answer: Any = client.generic(
                    sent.method, sent.path, sent.body, sent.content_type or "text/plain", headers=headers
                )
                if answer.streaming:
                    answer._container = [b"".join(answer.streaming_content)]
            self.figures.by_status[answer.status_code] += 1
            self.figures.changes += self.watch.judge(sent, route, answer)
        except Exception as error:
            error.add_note(f"{sent}")
            raise
        finally:
            mail.outbox.clear()
        found: HttpResponse = answer
        return found

    def _requests(self, place: Place) -> st.SearchStrategy[Sent]:
        return requests_to(place, self.known.files)

    def _failed(self, place: Any, name: str, error: Exception) -> None:
        if isinstance(error, ExceptionGroup):  # what comes only once: hypothesis tries it again, and is surprised
            error = error.exceptions[0]
        is_partial = isinstance(error, Wrong) and str(error).startswith(PARTIAL)
        self.figures.partial_writes += is_partial
        self.figures.server_errors += not is_partial
        frames = [f"{each.filename}:{each.lineno} {each.name}" for each in traceback.extract_tb(error.__traceback__)]
        what = f"{type(error).__name__}: {error}"
        notes = [note for note in getattr(error, "__notes__", []) if " as " in note and not note.startswith("Draw")]
        lines = [
            f"batch {name}: {place.name}",
            what[:1000],
            *([] if isinstance(error, Wrong) else frames[-7:]),
            *notes[:1],
        ]
        if self.figures.add_failure(f"{what[:60]} {frames[-1]}", "\n".join(lines)):
            print("\n".join(lines), file=sys.stderr, flush=True)


SETTINGS: dict[str, Any] = {
    "database": None,
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "report_multiple_bugs": False,
}


def hash_of(*numbers: int) -> int:
    """One number for a batch."""
    found = 0
    for each in numbers:
        found = (found * 1_000_003 + each) % 2**63
    return found


@st.composite
def requests_to(draw: st.DrawFn, place: Place, files: dict[str, bytes]) -> Sent:
    """A request to a place, mostly by the role that found it."""
    role = draw(st.sampled_from((*[place.role] * 20, *ROLES)))
    headers = draw(values.HEADERS) if draw(st.integers(0, 2)) == 2 else ()
    url = draw(values.address(place.url, place.queries, 12 if place.form else 3))
    form = place.form
    if form and form.method == "get":
        return Sent(
            "GET", url.partition("?")[0] + "?" + values.encoded(draw(values.pairs(form.fields))), role, headers=headers
        )
    if form:
        body, content_type = draw(values.body(form.fields, files))
        return Sent("POST", url, role, body, content_type, headers)
    method = draw(st.sampled_from(("GET", "GET", "GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE")))
    if method != "POST":
        return Sent(method, url, role, headers=headers)
    body, content_type = draw(values.body([places.Field(name, "text") for name in values.EXTRA[:12]], files))
    return Sent("POST", url, role, body, content_type, headers)


def _forms(answer: Any, url: str) -> Sequence[places.Form]:
    if not answer.get("Content-Type", "").startswith("text/html"):
        return []
    return places.forms_of(answer.content.decode(), url.partition("?")[0])


def _goes_on(form: places.Form) -> bool:
    """Whether a form belongs to the page rather than to its frame (language, sign-out)."""
    return not form.action.startswith(("/i18n/", "/accounts/logout/", "/admin/logout/"))


Report = Callable[[Figures], None]
