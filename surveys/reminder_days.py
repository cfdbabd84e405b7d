"""On which day a rule of reminders reaches a body. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

LATE = 3  # days for which a missed reminder is made up for; then its text fits no more
EARLIEST, LATEST = -90, 90


def due_rule(rules: Iterable[int], due: datetime, now: datetime) -> int | None:
    """The rule that is to reach a body now, or none. Rules are days after the date it is asked to submit by; before
    it they are negative.

    It is the last one whose day has come. One whose day was missed, since nothing ran, is made up for on the next
    `LATE` days, but not beyond the day of the next rule, nor beyond `due` if it speaks of the time before.
    """
    come = [days for days in rules if due.date() + timedelta(days) <= now.date()]
    if not come:
        return None
    last = max(come)
    is_late = (now.date() - due.date()).days - last > LATE
    return None if is_late or speaks_too_late(last, due, now) else last


def speaks_too_late(days: int | None, due: datetime, now: datetime) -> bool:
    """Whether a text for the time up to the date would arrive after it; a mail sent by hand has no rule."""
    return days is not None and days <= 0 and due < now
