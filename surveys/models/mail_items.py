from collections import Counter
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys import tasks
from surveys.delivery import Fate, deliver
from surveys.models.events import Entry, Event
from surveys.models.people import User
from surveys.models.refusal import NotAllowed
from surveys.models.reminded import Recipient, letter, recipients, why_not_remind
from surveys.models.responses import Response
from surveys.one_at_a_time import one_at_a_time
from surveys.reminder_days import LATE, speaks_too_late

SENDER = 20_200_402  # the lock of who sends
MOST_REFUSALS = 3  # then only a person tries again


class ItemState(models.TextChoices):
    WAITING = "waiting", _("送信待ち")
    CLAIMED = "claimed", _("送信中")
    SENT = "sent", _("送信済")
    FAILED = "failed", _("送れませんでした")
    UNKNOWN = "unknown", _("送信状況不明")
    DROPPED = "dropped", _("送らずに終了")
    SETTLED = "settled", _("確認済")


class MailingItemQuerySet(models.QuerySet["MailingItem"]):
    def whole(self) -> "MailingItemQuerySet":
        """With all that a mail is made of."""
        found = self.select_related("mailing", "response__survey", "response__body")
        return found.defer("response__survey__document")

    @transaction.atomic
    def claim(self) -> "MailingItem | None":
        """The next item that waits, now claimed, or dropped if it is not to be sent any more."""
        waiting = self.whole().filter(state=ItemState.WAITING).order_by("pk")
        item = waiting.select_for_update(of=("self",), skip_locked=True).first()
        if item:
            item._begin()
        return item

    def mark_lost(self) -> None:
        """What is claimed while nobody sends was left by a process that ended: its fate is unknown."""
        for item in self.whole().filter(state=ItemState.CLAIMED):
            item._end(ItemState.UNKNOWN, _g("送っている途中で、処理が止まりました。"))

    def retry(self) -> None:
        """Let what the server refused wait again, a few times."""
        refused = self.filter(state=ItemState.FAILED, refusals__lt=MOST_REFUSALS)
        refused.update(state=ItemState.WAITING, claimed_at=None)


class MailingItem(models.Model):
    """One mail of a sending: to one address about one response.

    waiting → claimed, committed before anything is handed over → sent, failed (the server has refused it) or unknown
    (nobody can tell). The unknown is sent again only by a person, so nobody gets a mail twice unless a person says so.
    dropped: submitted meanwhile, or the text fits no more. settled: a person has found out otherwise.

    The address is kept since it is the fate of this one mail that is told, and a person may have left it by then. It
    stands nowhere else, the history included, and has no use after the round: what removes personal data after a round
    has to blank it.
    """

    State = ItemState

    mailing = models.ForeignKey("surveys.Mailing", models.PROTECT, related_name="items", verbose_name=_("催促の送信"))
    response = models.ForeignKey(Response, models.PROTECT, related_name="mail_items", verbose_name=_("回答"))
    address = models.CharField(_("宛先"), max_length=254)
    due = models.DateTimeField(_("提出期限"))
    key = models.CharField(max_length=60)
    state = models.CharField(_("状態"), max_length=10, choices=ItemState, default=ItemState.WAITING)
    reason = models.TextField(_("理由"), blank=True)
    refusals = models.PositiveSmallIntegerField(_("断られた回数"), default=0)
    queued_at = models.DateTimeField(_("送信待ちにした日時"), default=timezone.now)
    claimed_at = models.DateTimeField(_("送り始めた日時"), null=True)
    sent_at = models.DateTimeField(_("送信した日時"), null=True)

    objects = MailingItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("催促メール")
        ordering = ["response__body__code", "id"]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["id"], condition=Q(state="waiting"), name="mailing_item_waiting")
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["key", "response", "address"], name="mailing_item_once"),
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="mailing_item_known_state"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "dropped"], claimed_at__isnull=True)
                | Q(state__in=["claimed", "sent", "failed", "unknown", "settled"], claimed_at__isnull=False),
                name="mailing_item_claimed_before_it_is_sent",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="mailing_item_sent_at_goes_with_state",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "unknown", "dropped"]) | ~Q(reason=""),
                name="mailing_item_says_why_it_was_not_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response} {self.address}"

    @property
    def subject(self) -> str:
        """How events name this mail: by its response."""
        return self.response.subject

    def is_now(self) -> str:
        """In which state the mail is, for a person who wanted to move it from another."""
        return _g("このメールは今「%(state)s」です。") % {"state": self.get_state_display()}

    def people(self) -> list[User]:
        """Who reads the address for this body now."""
        wanted = self.address.casefold()
        same = [each.people for each in recipients([self.response]) if each.address.casefold() == wanted]
        return same[0] if same else []

    def why_not_send(self) -> str:
        """Why it is not to be sent any more, or an empty text."""
        if timezone.now() - self.queued_at > timedelta(LATE):
            return _g("送れないまま日がたち、文面が合わなくなりました。")
        return self.why_not_send_again()

    def why_not_send_again(self) -> str:
        """The same for a person who sends it again, however late."""
        if reason := why_not_remind(self.response):
            return reason
        if self.response.due != self.due:
            return _g("提出期限が変わりました。")
        if speaks_too_late(self.mailing.days, self.due, timezone.now()):
            return _g("提出期限を過ぎて、文面が合わなくなりました。")
        return "" if self.people() else _g("この宛先の人は、もうこの団体の担当ではありません。")

    def message(self) -> EmailMessage:
        """The mail as it is now."""
        return letter(Recipient(self.response, self.address, self.people()), self.mailing.wording)

    def _begin(self) -> None:
        """Claim it, unless it is not to be sent any more."""
        if why_not := self.why_not_send():
            self._end(ItemState.DROPPED, why_not)
        else:
            self.state, self.claimed_at, self.reason = ItemState.CLAIMED, timezone.now(), ""
            self.save(update_fields=["state", "claimed_at", "reason"])

    def send(self) -> None:
        """Hand a claimed mail over, and note what became of it; it waits again if there was no server."""
        delivery = deliver(self.message())
        if delivery.fate is Fate.NO_SERVER:
            self._set(ItemState.WAITING, delivery.reason, claimed_at=None)
        elif delivery.fate is Fate.REFUSED:
            self._end(ItemState.FAILED, delivery.reason, refusals=F("refusals") + 1)
        else:
            self._end(ItemState(delivery.fate.value), delivery.reason)

    @transaction.atomic
    def _end(self, state: ItemState, reason: str, **fields: Any) -> None:
        """Take on a last state, with its event: it names no address."""
        if state == ItemState.SENT:
            fields["sent_at"] = timezone.now()
        if self._set(state, reason, **fields):
            after = {"template": "reminder", "mailing": self.mailing_id, "recipients": 1}
            Event.objects.record([Entry(f"mail.{state}", self.subject, None, after, reason)], actor=None)

    def _set(self, state: ItemState, reason: str, **fields: Any) -> bool:
        """Store a state, unless the mail has moved on meanwhile."""
        mine = MailingItem.objects.filter(pk=self.pk, state=self.state, claimed_at=self.claimed_at)
        self.state = state
        return bool(mine.update(state=state, reason=reason, **fields))

    # What a person decides

    @transaction.atomic
    def again(self, *, by: User) -> None:
        """Send once more what was refused, or what may have arrived. Raises NotAllowed."""
        locked = self._undecided()
        if why_not := locked.why_not_send_again():
            raise NotAllowed(why_not)
        locked.state, locked.claimed_at, locked.reason, locked.queued_at = ItemState.WAITING, None, "", timezone.now()
        locked.save(update_fields=["state", "claimed_at", "reason", "queued_at"])
        locked._record("again", by)
        transaction.on_commit(tasks.send_waiting.enqueue)

    @transaction.atomic
    def settle(self, *, by: User) -> None:
        """Nothing more is to be done about it. Raises NotAllowed."""
        locked = self._undecided()
        locked.state = ItemState.SETTLED
        locked.save(update_fields=["state"])
        locked._record("settled", by)

    def why_not_decide(self) -> str:
        return "" if self.state in (ItemState.UNKNOWN, ItemState.FAILED) else self.is_now()

    def _undecided(self) -> "MailingItem":
        locked = MailingItem.objects.whole().select_for_update(of=("self",)).get(pk=self.pk)
        if why_not := locked.why_not_decide():
            raise NotAllowed(why_not)
        return locked

    def _record(self, kind: str, by: User) -> None:
        after = {"template": "reminder", "mailing": self.mailing_id, "recipients": 1}
        Event.objects.record([Entry(f"mail.{kind}", self.subject, None, after)], actor=by)


def send_waiting(*, retry: bool = False) -> Counter[str]:
    """Send what waits, one after the other and in one process at a time; returns how many ended in which state.

    It ends early, with one that waits again, if the mail server cannot be used. `retry`: also what was refused before.
    """
    done: Counter[str] = Counter()
    with one_at_a_time(SENDER), translation.override(settings.LANGUAGE_CODE):
        MailingItem.objects.mark_lost()
        if retry:
            MailingItem.objects.retry()
        while item := MailingItem.objects.claim():
            if item.state == ItemState.CLAIMED:
                item.send()
            done[item.state] += 1
            if item.state == ItemState.WAITING:
                break
    return done
