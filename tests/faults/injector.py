"""Kills, at moments that come from a seed: of what the server is made of, one after the other."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from random import Random

from tests.faults.client import ANSWERED, CUT, HALF, SENT, Trouble, Wire
from tests.faults.ledger import Ledger
from tests.faults.servers import Postgres, Server, until

# How often each is chosen. A backend that is killed makes the whole database start again, as a crash does.
ON_SQLITE = {"worker": 4, "server": 3, "connection": 3}
ON_POSTGRESQL = {**ON_SQLITE, "backend ended": 3, "backend killed": 2, "database stopped": 2, "database killed": 2}
WORK = 4  # acknowledged saves between two kills, at most
BREAKS = (HALF, CUT, SENT, ANSWERED)


class Injector:
    """`away` are the times in which the database was not there, or ended a connection: then 503 is the right answer."""

    def __init__(self, seed: int, wire: Wire, ledger: Ledger, server: Server, database: Postgres | None) -> None:
        self.rng, self.wire, self.ledger, self.server = Random(seed), wire, ledger, server
        self.database = database
        self.kills: Counter[str] = Counter()
        self.away: list[tuple[float, float]] = []
        weights = ON_POSTGRESQL if database else ON_SQLITE
        self.deck = [kind for kind, weight in weights.items() for _ in range(weight)]
        self.hand: list[str] = []

    def strike(self) -> None:
        """Let people work a moment, kill something, and wait until all is up again. Kinds come in a random order."""
        saves = len(self.ledger.acknowledged) + self.rng.randint(0, WORK)
        until(lambda: len(self.ledger.acknowledged) >= saves, "work between two kills")
        time.sleep(self.rng.uniform(0, 0.3))
        if not self.hand:
            self.hand = self.rng.sample(self.deck, len(self.deck))
        kind = self.hand.pop()
        ways: dict[str, Callable[[], bool]] = {
            "worker": self._worker,
            "server": self._server,
            "connection": self._connection,
            "backend ended": self._backend_ended,
            "backend killed": self._backend_killed,
            "database stopped": lambda: self._database(stop=True),
            "database killed": lambda: self._database(stop=False),
        }
        self.kills[kind] += ways[kind]()

    def _worker(self) -> bool:
        os.kill(self.rng.choice(self.server.workers()), signal.SIGKILL)
        until(lambda: len(self.server.workers()) == self.server.workers_wanted, "another worker")
        return True

    def _server(self) -> bool:
        self.server.kill()
        time.sleep(self.rng.uniform(0, 0.3))
        self.server.start()
        self.server.wait()
        return True

    def _connection(self) -> bool:
        """The next request that writes loses its connection."""
        before = self.wire.broken_on_purpose
        self.wire.breaks.put(self.rng.choice(BREAKS))
        until(lambda: self.wire.broken_on_purpose > before, "a request that writes")
        return True

    def _backend_ended(self) -> bool:
        assert self.database
        begun = time.monotonic()
        ended = self.database.terminate_backend(busy=self.rng.random() < 0.8)
        self.away.append((begun, time.monotonic() + 1))
        return ended

    def _backend_killed(self) -> bool:
        assert self.database
        begun = time.monotonic()
        pid = self.database.backend(busy=self.rng.random() < 0.8)
        try:
            os.kill(pid or 0, signal.SIGKILL if pid else 0)
        except ProcessLookupError:  # it has just ended by itself
            return False
        self._back_since(begun)
        return pid is not None

    def _database(self, *, stop: bool) -> bool:
        assert self.database
        begun = time.monotonic()
        if stop:
            self.database.stop_at_once()
        else:
            self.database.kill()
        time.sleep(self.rng.uniform(0, 1.5))
        self.database.start()
        self._back_since(begun)
        return True

    def _back_since(self, begun: float) -> None:
        assert self.database
        until(self.database.answers, "an answer of the database")
        self.away.append((begun, time.monotonic()))

    def was_away(self, trouble: Trouble) -> bool:
        """Whether the database was away during some of a request."""
        return any(begun <= trouble.ended and trouble.begun <= ended for begun, ended in self.away)
