"""Measuring whole processes, and the rows of the table that a bench ends in."""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
MIB = 2**20


@dataclass(frozen=True)
class Row:
    """One line: what was measured, in which unit (s, ms, MiB, bytes, queries, 1/s), beside what, and the goal.

    The ratio is `value` by `other`; the goal is the largest ratio wanted, or without `other` the largest value.
    """

    section: str
    what: str
    value: float
    unit: str
    beside: str = ""
    other: float | None = None
    goal: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.other if self.other else None

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; None if there is none."""
        reached = self.value if self.other is None else self.ratio
        return None if self.goal is None or reached is None else reached <= self.goal


@dataclass(frozen=True)
class Cost:
    """Of one whole process: wall and processor seconds, peak memory in MiB, and the JSON it printed last."""

    seconds: float
    cpu: float
    peak: float
    said: Any


@dataclass(frozen=True)
class Place:
    """Where a section measures: a database with a complete round (1,788 responses), and a folder for what it makes."""

    database: str  # postgresql or sqlite
    url: str
    folder: Path
    quick: bool  # a small run, to see that it works: no figure of it counts
    environment: Mapping[str, str] = field(default_factory=dict)

    def process(self, *command: str, **extra: str) -> Cost:
        """Run a Python process in this place; the last line it prints may be JSON. Raises on failure."""
        return process(command, {**self.environment, **extra})

    def repeated(self, times: int, *command: str, **extra: str) -> list[Cost]:
        """The same again and again (twice in a quick run), with nothing else going on."""
        return [self.process(*command, **extra) for _ in range(2 if self.quick else times)]


def process(command: Sequence[str], environment: Mapping[str, str]) -> Cost:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env={**os.environ, **environment}, stdout=out, stderr=errors
        )
        _pid, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), errors.seek(0)
        if child.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}:\n{errors.read().decode()[-3000:]}")
        lines = out.read().decode().splitlines()
    peak = usage.ru_maxrss * 1024 / MIB
    return Cost(seconds, usage.ru_utime + usage.ru_stime, peak, _json(lines[-1] if lines else ""))


def _json(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def median(numbers: Sequence[float]) -> float:
    return statistics.median(numbers)


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    model = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = [line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal")]
    return {
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "commit": commit.stdout.strip(),
        "processor": model[0] if model else platform.processor(),
        "processors": os.cpu_count(),
        "memory_gib": round(int(memory[0]) / MIB, 1) if memory else None,
        "python": platform.python_version(),
    }


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The rows as lines of Markdown; a goal that is missed says so."""
    yield "| | measured | beside | ratio | goal | |"
    yield "|---|--:|---|--:|--:|---|"
    for row in rows:
        other = f"{row.beside} {_number(row.other, row.unit)}" if row.other is not None else row.beside
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
        goal = "" if row.goal is None else f"≤ {row.goal:g}{'' if row.other is not None else f' {row.unit}'}"
        verdict = {None: "", True: "met", False: "**missed**"}[row.is_met]
        said = " · ".join(filter(None, (verdict, row.note)))
        yield f"| {row.section}: {row.what} | {_number(row.value, row.unit)} | {other} | {ratio} | {goal} | {said} |"


def _number(value: float, unit: str) -> str:
    digits = 0 if unit in ("bytes", "queries", "requests") or value >= 1000 else 3 if value < 1 else 1
    return f"{value:,.{digits}f} {unit}"
