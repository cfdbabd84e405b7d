"""What people do: each in a thread of its own, with a browser of its own, again and again until told to stop."""

import time
from dataclasses import dataclass, field
from random import Random
from threading import Condition, Event, Thread

from surveys.questionnaire import Questionnaire
from tests.faults.client import Answer, Broken, Client, Fields, Page, Wire
from tests.faults.ledger import Ledger
from tests.faults.world import PASSWORD, YEAR, Place


class Stopped(Exception):
    """The run is over."""


class Gate:
    """Lets people through one act at a time, and can be shut: then nobody is in the middle of anything."""

    def __init__(self) -> None:
        self.is_over = Event()
        self._condition, self._shut, self._inside = Condition(), False, 0

    def __enter__(self) -> None:
        with self._condition:
            self._condition.wait_for(lambda: not self._shut)
            self._inside += 1

    def __exit__(self, *raised: object) -> None:
        with self._condition:
            self._inside -= 1
            self._condition.notify_all()

    def shut(self) -> None:
        with self._condition:
            self._shut = True
            assert self._condition.wait_for(lambda: not self._inside, timeout=120), "people do not come to an end"

    def open(self) -> None:
        with self._condition:
            self._shut = False
            self._condition.notify_all()


@dataclass
class Scene:
    """What all people of a run share."""

    wire: Wire
    ledger: Ledger
    questionnaire: Questionnaire
    places: list[Place]
    gate: Gate = field(default_factory=Gate)


class Person(Thread):
    """Somebody with a browser. `act` is one thing they do."""

    def __init__(self, scene: Scene, sign_in_id: str, seed: int) -> None:
        super().__init__(name=sign_in_id, daemon=True)
        self.scene, self.sign_in_id = scene, sign_in_id
        self.rng = Random(f"{seed} {sign_in_id}")
        self.client = Client(scene.wire)
        self.failed: BaseException | None = None

    def act(self) -> None:
        """Do one thing, as people of this sort do."""
        raise NotImplementedError  # each sort says what

    def run(self) -> None:
        try:
            while not self.scene.gate.is_over.is_set():
                with self.scene.gate:
                    self.act()
                self.rest(0.02, 0.15)
        except Stopped:
            pass
        except BaseException as error:  # told to the harness, which ends the run
            self.failed = error
            raise

    def rest(self, least: float, most: float) -> None:
        time.sleep(self.rng.uniform(least, most))

    def sign_in(self) -> None:
        page = self.page("/accounts/login/")
        form = form_with(page, "login") or {}
        answer = self.insist("POST", "/accounts/login/", {**form, "login": [self.sign_in_id], "password": [PASSWORD]})
        if answer.status != 302:
            raise AssertionError(f"{self.sign_in_id} cannot sign in: {answer.status}")

    def page(self, path: str) -> Page:
        return self.insist("GET", path).page

    def insist(self, method: str, path: str, form: Fields | None = None, *, live: bool = False) -> Answer:
        """Ask until there is an answer, as a person who presses again does."""
        until = time.monotonic() + 100
        while time.monotonic() < until:
            try:
                answer = self.client.request(method, path, form, live=live)
            except Broken:
                answer = None
            if answer and answer.status < 500:
                return self._looked_at(answer, f"{method} {path}")
            self.rest(0.05, 0.5)
        raise AssertionError(f"{self.sign_in_id}: {method} {path} is not answered any more")

    def _looked_at(self, answer: Answer, where: str) -> Answer:
        wire = self.scene.wire
        if answer.status == 401 or "/accounts/login/" in answer.location and "/accounts/login/" not in where:
            wire.count("signed_out")
            self.sign_in()
        elif answer.status not in (200, 302, 409):
            wire.unexpected.append(f"{answer.status} {where} {self.sign_in_id}")
        return answer


def form_with(page: Page, name: str, action: str = "") -> Fields | None:
    """The form of a page that has a field, and an action that ends so."""
    forms = page.forms.items()
    return next((form for to, form in forms if name in form and to.endswith(action)), None)


def body_path(place: Place, *parts: str) -> str:
    return "/".join(["", str(YEAR), place["code"], *parts, ""])


def subject(place: Place, *parts: str) -> str:
    """How events name a response or a section of it."""
    return " ".join([f"response {YEAR}-{place['code']}", *parts])
