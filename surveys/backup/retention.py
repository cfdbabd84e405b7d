"""Which backups of a folder are kept: all of the last days, then one a week, then one a month.

Counted are days, weeks and months that have a backup, so that a clock that ran wrong or a long pause removes no more.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

NAME = re.compile(r"survey-(\d{8}T\d{6}Z)\.tar(\.age)?")
PART = re.compile(rf"\.{NAME.pattern}(\.copy)?\.[0-9a-f]{{8}}\.part")
STAMP = "%Y%m%dT%H%M%SZ"
VERIFIED = ".verified"


class Keep(NamedTuple):
    days: int
    weeks: int
    months: int


def file_name(at: datetime, *, encrypted: bool) -> str:
    return f"survey-{at.astimezone(UTC).strftime(STAMP)}.tar{'.age' if encrypted else ''}"


def made_at(name: str) -> datetime | None:
    """When a backup was made, from its name; None if this is no name that we give."""
    found = NAME.fullmatch(name)
    try:
        return datetime.strptime(found[1], STAMP).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def superfluous(names: Iterable[str], keep: Keep) -> list[str]:
    """Backups to remove among the names of a folder. The newest stays, and the newest verified one."""
    there = set(names)
    dated = sorted(((at, name) for name in there if (at := made_at(name))), reverse=True)
    kept = {name for _, name in dated[:1]}
    kept |= set([name for _, name in dated if name + VERIFIED in there][:1])
    days = set(sorted({at.date() for at, _ in dated}, reverse=True)[: keep.days])
    kept |= {name for at, name in dated if at.date() in days}
    kept |= _newest_of_each(dated, lambda at: at.isocalendar()[:2], keep.weeks)
    kept |= _newest_of_each(dated, lambda at: (at.year, at.month), keep.months)
    return sorted(name for _, name in dated if name not in kept)


def _newest_of_each(dated: list[tuple[datetime, str]], of: Callable[[datetime], object], count: int) -> set[str]:
    found: dict[object, str] = {}
    for at, name in dated:
        found.setdefault(of(at), name)
    return set(list(found.values())[:count])


def newest(folder: Path) -> Path | None:
    dated = [(at, path) for path in folder.glob("survey-*") if (at := made_at(path.name))]
    return max(dated)[1] if dated else None


def prune(folder: Path, keep: Keep, now: datetime) -> list[str]:
    """Remove what is superfluous, and what a killed backup left a day ago or longer."""
    removed = superfluous((path.name for path in folder.iterdir()), keep)
    for name in removed:
        (folder / name).unlink()
        (folder / (name + VERIFIED)).unlink(missing_ok=True)
    for path in folder.glob(".survey-*.part"):
        if PART.fullmatch(path.name) and now.timestamp() - path.stat().st_mtime > 24 * 60 * 60:
            path.unlink(missing_ok=True)
    return removed
