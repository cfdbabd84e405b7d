"""Whether the history is as it was written: the chain from the first entry to the last, and what is sealed."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from surveys.models import Detail, Event
from surveys.models.details import seals

CHUNK = 2000  # entries read at a time: a million fit into the memory of a small machine
PURGED = "personal.purged"  # the kind of the event that counts what went
GUARD = "SELECT tgenabled FROM pg_trigger WHERE tgname = 'event_is_never_changed'"


class Broken(ValueError):
    """The first thing that is not as it was written, in words."""


@dataclass(frozen=True)
class Audit:
    """What was found intact: entries, the hash of the last one, names and addresses that are stored and purged."""

    entries: int
    head: str
    details: int
    purged: int


def verify(noted: str = "") -> Audit:
    """Go through the whole history. `noted` is the hash of an entry that somebody wrote down earlier.

    A plain chain cannot show that its last entries are gone: only a hash noted elsewhere can. Raises Broken.
    """
    count, last, sealed, purged, is_there = 0, "", 0, 0, not noted
    for event in entries():
        _check(event, last)
        count, last = count + 1, event.hash
        sealed += len(seals(event.before)) + len(seals(event.after))
        purged += event.after["details"] if event.kind == PURGED and event.after else 0
        is_there = is_there or event.hash == noted
    if not is_there:
        raise Broken(f"no entry has the hash {noted}: entries after it, or with it, are gone from the end")
    details = _details()
    if sealed - details != purged:
        raise Broken(f"{sealed - details} names or addresses are missing and {purged} were purged")
    _check_guard()
    return Audit(count, last, details, purged)


def entries() -> Iterator[Event]:
    """The history from its beginning."""
    found: QuerySet[Event] = Event.objects.order_by("id")
    return found.iterator(chunk_size=CHUNK)


def _check(event: Event, last: str) -> None:
    name = f"entry {event.pk} ({event.at.isoformat()}, {event.kind}, {event.subject})"
    if event.previous != last:
        raise Broken(f"{name} does not follow the one before it: one was removed, added or moved there")
    if event.hash != event.expected_hash():
        raise Broken(f"{name} was changed: its content does not fit its hash")


def _details() -> int:
    count = 0
    for detail in Detail.objects.order_by("at", "seal").iterator(chunk_size=CHUNK):
        if not detail.fits:
            raise Broken(f"a name or address of {detail.subject} ({detail.at.isoformat()}) does not fit its seal")
        count += 1
    return count


def _check_guard() -> None:
    """On PostgreSQL: that the database still refuses to change the history."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(GUARD)
            if cursor.fetchone() != ("O",):
                raise Broken("the trigger that keeps the history from being changed is switched off")
