import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.answers import fingerprint
from surveys.mail import Outcome
from surveys.models.details import Detail, take_out

Facts = Mapping[str, Any]
CHAIN_LOCK = 20_200_401  # one number for pg_advisory_xact_lock: whoever appends to the chain holds it until commit


@dataclass(frozen=True)
class Entry:
    """What happened, before it is chained: `subject` is the thing it happened to, e.g. "response 2020-202037"."""

    kind: str
    subject: str
    before: Any = None
    after: Any = None
    reason: str = ""
    at: datetime = field(default_factory=timezone.now)


def changes(noun: str, subject: str, before: Facts | None, after: Facts | None) -> list[Entry]:
    """The entry for a thing that was added, removed or changed, with what differs; none if nothing does."""
    if before is None or after is None:
        return [Entry(f"{noun}.{'added' if before is None else 'removed'}", subject, before, after)]
    names = [name for name in after if before[name] != after[name]]
    was, now = ({name: side[name] for name in names} for side in (before, after))
    return [Entry(f"{noun}.changed", subject, was, now)] if names else []


class EventQuerySet(models.QuerySet["Event"]):
    def record(self, entries: Iterable[Entry], *, actor: Any) -> None:
        """Append to the chain, in order. Call it last in a transaction: others wait for the chain until commit."""
        with transaction.atomic():
            prepared = self._without_details(entries)
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
            last = self.order_by("-id").values_list("hash", flat=True).first() or ""
            chained = []
            for entry in prepared:
                event = Event(**vars(entry), actor=actor, previous=last)
                event.hash = last = event.expected_hash()
                chained.append(event)
            self.bulk_create(chained, batch_size=500)

    def _without_details(self, entries: Iterable[Entry]) -> list[Entry]:
        """The entries with seals in the place of names and addresses, which are stored beside the history."""
        details: list[Detail] = []
        prepared = []
        for entry in entries:
            before, after = (take_out(side, entry.subject, entry.at, details) for side in (entry.before, entry.after))
            prepared.append(replace(entry, before=before, after=after))
        Detail.objects.bulk_create(details, batch_size=500)
        return prepared

    def record_mail(self, subject: str, outcome: Outcome) -> None:
        """What became of a mail about a subject, with the number of addresses and none of them."""
        counts = (("sent", outcome.sent, ""), ("failed", outcome.failed, outcome.reason))
        entries = [
            Entry(f"mail.{kind}", subject, None, {"template": outcome.template, "recipients": count}, reason)
            for kind, count, reason in counts
            if count
        ]
        self.record(entries, actor=None)

    def about(self, subject: str) -> Self:
        return self.filter(subject=subject)

    def under(self, subject: str) -> Self:
        """What happened to a thing or to its parts: "response 2020-202037", "response 2020-202037 website"."""
        return self.filter(Q(subject=subject) | Q(subject__startswith=f"{subject} "))


class Event(models.Model):
    """The one history: answers, states, corrections, permissions, sign-ins, downloads. Append-only; each entry carries
    the hash of the one before it, so that a changed or missing entry shows.

    People stand in it by the number of their account only. Their names and addresses are in `Detail`, which can be
    purged."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("行った人"))
    kind = models.CharField(_("種類"), max_length=40)
    subject = models.CharField(_("対象"), max_length=80, db_index=True)
    before = models.JSONField(_("前"), null=True)
    after = models.JSONField(_("後"), null=True)
    reason = models.TextField(_("理由"), blank=True)
    at = models.DateTimeField(_("日時"), db_index=True)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("履歴")
        ordering = ["id"]
        indexes = [models.Index(fields=["kind", "id"], name="event_of_a_kind")]  # kinds that are rare among millions
        constraints = [
            # Each entry is followed by one entry at most: a fork of the chain is refused.
            models.UniqueConstraint(fields=["previous"], name="event_chain_does_not_fork"),
            models.CheckConstraint(condition=~models.Q(kind=""), name="event_has_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    def expected_hash(self) -> str:
        """SHA-256 over the entry and the hash before it.

        The text that is hashed is the JSON array [previous, [actor, kind, subject, before, after, reason, at]] with
        sorted keys, without spaces, in UTF-8; `actor` is the number of an account or null, `at` as in
        2020-09-01T00:30:00.123456+00:00.
        """
        content = [self.actor_id, self.kind, self.subject, self.before, self.after, self.reason, self.at.isoformat()]
        return fingerprint([self.previous, json.loads(json.dumps(content))])

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError("An event is written by Event.objects.record and never changed.")

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("An event is never deleted.")
