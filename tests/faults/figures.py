"""What a run of the harness found, as numbers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

KINDS = ("lost", "half_saved", "receipts_without_submission", "states_without_event", "broken_chain")


@dataclass(frozen=True)
class Problem:
    """Something that must not be: `kind` is one of KINDS, `text` says where."""

    kind: str
    text: str


@dataclass
class Figures:
    """`server_errors`: answers 500 at any time, and 502 to 504 while everything was up. `unavailable`: answers 503
    while the database was away. `signed_out`: people whose session was gone. The rest as the names say."""

    database: str
    seed: int
    officers: int
    kills: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    broken_requests: int = 0
    unavailable: int = 0
    acknowledged_saves: int = 0
    unacknowledged_saves: int = 0
    acknowledged_submits: int = 0
    acknowledged_steps: int = 0
    events: int = 0
    checks: int = 0
    lost: int = 0
    half_saved: int = 0
    receipts_without_submission: int = 0
    states_without_event: int = 0
    broken_chain: int = 0
    server_errors: int = 0
    signed_out: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def all_kills(self) -> int:
        return self.kills.total()

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost and nothing went wrong that must not."""
        return not (self.problems or self.server_errors or self.signed_out)

    def add(self, found: Sequence[Problem]) -> None:
        """Count what a check has found; the same thing is found again by later checks, and counted once."""
        for problem in found:
            if problem.text not in self.problems:
                self.problems.append(problem.text)
                setattr(self, problem.kind, getattr(self, problem.kind) + 1)

    def table(self) -> str:
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.kills.items()))
        rows: list[tuple[str, object]] = [
            ("database", self.database),
            ("seed", self.seed),
            ("officers", self.officers),
            ("kills", f"{self.all_kills} ({kinds})"),
            ("requests", f"{self.requests} ({self.broken_requests} without an answer, {self.unavailable} times 503)"),
            ("acknowledged saves", f"{self.acknowledged_saves} ({self.unacknowledged_saves} more without an answer)"),
            ("acknowledged submits", self.acknowledged_submits),
            ("acknowledged withdrawals, finishes, reviews", self.acknowledged_steps),
            ("events in the history", self.events),
            ("checks", self.checks),
            *((kind.replace("_", " "), getattr(self, kind)) for kind in KINDS),
            ("500s, and 502 to 504 with all up", self.server_errors),
            ("sessions lost", self.signed_out),
            ("seconds", round(self.seconds)),
        ]
        return "\n".join(f"{name:<46} {value}" for name, value in rows)
