"""One run: the real server on a real database, people at work, and kills in between; then what is left is checked."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from surveys.definition import parse
from surveys.questionnaire import read_folder
from tests.faults import checker, world
from tests.faults.client import Wire
from tests.faults.figures import Figures
from tests.faults.injector import Injector
from tests.faults.ledger import Ledger
from tests.faults.officers import Approver, Delegate, Officer, Reviewer
from tests.faults.people import Person, Scene
from tests.faults.servers import ROOT, Postgres, Server, until

APPLICATION = "tests.faults.wsgi"
CHECK_AFTER = 25  # kills
BODY = (Officer, Delegate, Approver)  # who works for a body; two of them officers


def run(kills: int, seed: int, database: str, officers: int, application: str = APPLICATION) -> Figures:
    """Kill something so many times while people work, and count what was lost. `database`: postgresql or sqlite."""
    begun = time.monotonic()
    figures = Figures(database, seed, officers)
    with _folder() as folder, _database(folder, database) as postgres:
        url = postgres.url if postgres else f"sqlite:///{folder / 'server' / 'db.sqlite3'}"
        places = world.make(folder / "server", url, max(1, officers // 2))
        questionnaire = parse(read_folder(ROOT / "tests/data/questionnaires" / world.QUESTIONNAIRE, world.YEAR))
        server = Server(folder / "server", url, application)
        try:
            server.wait()
            scene = Scene(Wire(server.port), Ledger(), questionnaire, places)
            injector = Injector(seed, scene.wire, scene.ledger, server, postgres)
            _work(figures, scene, injector, kills, seed, lambda: world.read(folder / "server", url))
        finally:
            server.kill()
    figures.seconds = time.monotonic() - begun
    return figures


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder with one for the database, which may belong to another user, and one for the server."""
    found = Path(tempfile.mkdtemp(prefix="faults-"))
    found.chmod(0o711)
    try:
        for name in ("database", "server"):
            (found / name).mkdir()
        yield found
    finally:
        shutil.rmtree(found, ignore_errors=True)


@contextmanager
def _database(folder: Path, kind: str) -> Iterator[Postgres | None]:
    if kind == "sqlite":
        yield None
        return
    assert kind == "postgresql", f"{kind}: postgresql or sqlite"
    postgres = Postgres(folder / "database")
    try:
        yield postgres
    finally:
        postgres.close()


def _work(
    figures: Figures, scene: Scene, injector: Injector, kills: int, seed: int, read: Callable[[], world.Snapshot]
) -> None:
    """Let people work, kill until it is enough, and check now and then and at the end."""
    people = _people(scene, seed)
    for person in people:
        person.sign_in()
    for person in people:
        person.start()
    until(lambda: scene.ledger.submits > 0, "the first submission")
    checked = 0
    while injector.kills.total() < kills:
        injector.strike()
        if failed := [person.failed for person in people if person.failed]:
            raise failed[0]
        if injector.kills.total() - checked >= CHECK_AFTER:
            checked = injector.kills.total()
            _check(figures, scene, read)
    scene.gate.is_over.set()
    _check(figures, scene, read)
    for person in people:
        person.join(timeout=60)
    _count(figures, scene, injector)


def _people(scene: Scene, seed: int) -> list[Person]:
    found: list[Person] = [Reviewer(scene, "reviewer", seed)]
    for place in scene.places:
        found += [kind(scene, f"{kind.__name__.lower()}-{place['code']}", seed, place) for kind in BODY]
    return found


def _check(figures: Figures, scene: Scene, read: Callable[[], world.Snapshot]) -> None:
    """While nobody is in the middle of anything, hold what people were told against what is stored."""
    scene.gate.shut()
    snapshot = read()
    figures.events, figures.checks = len(snapshot["events"]), figures.checks + 1
    figures.add(checker.check(snapshot, scene.ledger, scene.questionnaire))
    scene.gate.open()


def _count(figures: Figures, scene: Scene, injector: Injector) -> None:
    wire, ledger = scene.wire, scene.ledger
    wrong = [each for each in wire.troubles if each.status == 500 or not injector.was_away(each)]
    figures.kills, figures.requests, figures.broken_requests = injector.kills, wire.requests, wire.broken
    figures.unavailable = len(wire.troubles) - len(wrong)
    figures.server_errors = len(wrong)
    figures.acknowledged_saves = len(ledger.acknowledged)
    figures.unacknowledged_saves = len(ledger.saves) - len(ledger.acknowledged)
    figures.acknowledged_submits, figures.acknowledged_steps = ledger.submits, len(ledger.steps)
    figures.signed_out = wire.signed_out
    figures.problems += [f"{each.status} {each.where}" for each in wrong] + wire.unexpected
