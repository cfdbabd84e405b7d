from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys import reminder_text, tasks
from surveys.models.events import Entry, Event
from surveys.models.mail_items import ItemState, MailingItem
from surveys.models.people import User
from surveys.models.refusal import NotAllowed
from surveys.models.reminded import Recipient, may_remind, recipients, why_not_remind
from surveys.models.reminders import ReminderRule, Worded, due_by_rule, in_days
from surveys.models.responses import Response
from surveys.models.rounds import Survey
from surveys.reminder_text import Wording


def new_key() -> str:
    return get_random_string(24)


class MailingQuerySet(models.QuerySet["Mailing"]):
    def with_counts(self) -> Self:
        """With how many items are in each state, as `waiting`, `sent` …, and `total`."""
        counts = {state.value: Count("items", filter=Q(items__state=state)) for state in ItemState}
        return self.select_related("survey", "by").defer("survey__document").annotate(total=Count("items"), **counts)


class Mailing(Worded):
    """One sending of reminders, by a rule or by a person, with the texts as they are sent.

    `key` is the page it was started from, so that a second click starts no second one.
    """

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="mailings", verbose_name=_("調査"))
    key = models.CharField(max_length=40, unique=True, default=new_key)
    days = models.SmallIntegerField(_("決まり"), null=True)  # of the rule
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("始めた人"))
    at = models.DateTimeField(_("始めた日時"), default=timezone.now)

    objects = MailingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("催促")
        ordering = ["-id"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(days__isnull=True, by__isnull=False) | Q(days__isnull=False, by__isnull=True),
                name="mailing_by_a_rule_or_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey} {_g('手で送信') if self.days is None else in_days(self.days)}"

    @property
    def left(self) -> int:
        """How many mails are still to be sent; of one `with_counts`."""
        return int(self.waiting + self.claimed)  # type: ignore[attr-defined]  # annotated

    @property
    def subject(self) -> str:
        """How events name this sending."""
        return f"{self.survey.subject} mailing {self.pk}"

    @classmethod
    @transaction.atomic
    def start(cls, responses: Iterable[Response], wording: Wording, *, by: User, key: str) -> "Mailing":
        """Remind these bodies of one round now; who is no longer to be reminded is left out.

        `responses` are those that the person may see (`for_user`). It is sent in the background. Raises NotAllowed.
        """
        chosen = list(responses)
        if not settings.SENDS_MAIL:
            raise NotAllowed(_g("この仕組みは、メールを送らない設定になっています（EMAIL_URL=none）。"))
        if not all(may_remind(response, by) for response in chosen):
            raise NotAllowed(_g("この団体に催促メールを送る権限がありません。"))
        if any(reminder_text.faults(text) for text in wording):
            raise NotAllowed(_g("文面に、差し込めないものがあります。"))
        to = recipients(response for response in chosen if not why_not_remind(response))
        if not to:
            raise NotAllowed(_g("催促メールを送る相手がいません。"))
        survey = to[0].response.survey
        texts = wording._asdict()
        made, is_new = cls.objects.get_or_create(key=key, by=by, defaults={"survey": survey, **texts})
        if is_new:
            made._address(to, lambda response: key)
            transaction.on_commit(tasks.send_waiting.enqueue)
        return made

    @classmethod
    @transaction.atomic
    def start_by_rules(cls, survey: Survey) -> list["Mailing"]:
        """What the rules of an open round ask for now; again on the same day, nothing."""
        Survey.objects.select_for_update().get(pk=survey.pk)  # two at once would plan the same
        planned = [(rule, recipients(responses)) for rule, responses in due_by_rule(survey).items()]
        return [cls._start_by(rule, to) for rule, to in planned if to]

    @classmethod
    def _start_by(cls, rule: ReminderRule, to: list[Recipient]) -> "Mailing":
        made = cls.objects.create(survey=rule.survey, days=rule.days, **rule.wording._asdict())
        made._address(to, rule.key)
        return made

    def _address(self, to: list[Recipient], key: Callable[[Response], str]) -> None:
        MailingItem.objects.bulk_create(
            [
                MailingItem(
                    mailing=self, response=each.response, address=each.address, due=each.due, key=key(each.response)
                )
                for each in to
            ],
            batch_size=500,
        )
        bodies = len({each.response.pk for each in to})
        facts = {"days": self.days, "bodies": bodies, "addresses": len(to), **self.wording._asdict()}
        Event.objects.record([Entry("mailing.started", self.subject, None, facts)], actor=self.by)
