from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from surveys import reminder_text
from surveys.models.events import Event, Facts, changes
from surveys.models.reminded import why_not_remind
from surveys.models.responses import Response
from surveys.models.rounds import Survey
from surveys.reminder_days import EARLIEST, LATEST, due_rule
from surveys.reminder_text import Wording

if TYPE_CHECKING:
    from surveys.models.people import User


def only_known_places(text: str) -> None:
    """Refuse a place that is not of the closed list, and braces that stand alone. Raises ValidationError."""
    if faults := reminder_text.faults(text):
        words = {
            "faults": " ".join(dict.fromkeys(faults)),
            "known": " ".join(f"{{{name}}}" for name in reminder_text.PLACEHOLDERS),
        }
        raise ValidationError(_g("%(faults)s は差し込めません。差し込めるのは %(known)s です。") % words)


def in_days(days: int) -> str:
    """The day of a rule in words."""
    if not days:
        return _g("提出期限の日")
    if days < 0:
        return ngettext("提出期限の%(days)d日前", "提出期限の%(days)d日前", -days) % {"days": -days}
    return ngettext("提出期限の%(days)d日後", "提出期限の%(days)d日後", days) % {"days": days}


class Worded(models.Model):
    """The texts of a reminder in both languages."""

    subject_ja = models.CharField(_("件名（日本語）"), max_length=120, validators=[only_known_places])
    text_ja = models.TextField(_("本文（日本語）"), max_length=4000, validators=[only_known_places])
    subject_en = models.CharField(_("件名（英語）"), max_length=120, validators=[only_known_places])
    text_en = models.TextField(_("本文（英語）"), max_length=4000, validators=[only_known_places])

    class Meta:
        abstract = True

    @property
    def wording(self) -> Wording:
        return Wording(*(getattr(self, name) for name in Wording._fields))


class ReminderRule(Worded):
    """When the bodies of a round that have not submitted are reminded, and in which words.

    `days` after the date the body itself is asked to submit by, so that an extension moves it; negative: before.
    Proposed when the round opens; nothing is sent until a person switches it on.
    """

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="reminder_rules", verbose_name=_("調査"))
    days = models.SmallIntegerField(
        _("提出期限からの日数"),
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        help_text=_("7日前なら -7、当日なら 0、3日後なら 3。期限を延ばした団体は、延ばした期限から数えます。"),
    )
    active = models.BooleanField(
        _("送る"), default=False, help_text=_("入れると、その日に、まだ提出していない団体へ自動で送ります。")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("催促の決まり")
        ordering = ["-survey__year", "days"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["survey", "days"],
                name="reminder_once_a_day",
                violation_error_message=_("この調査には、同じ日の催促がもうあります。"),
            ),
            models.CheckConstraint(
                condition=Q(days__gte=EARLIEST, days__lte=LATEST), name="reminder_days_near_the_deadline"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey} {self.day}"

    @property
    def day(self) -> str:
        return in_days(self.days)

    @property
    def subject(self) -> str:
        """How events name this rule."""
        return f"{self.survey.subject} reminder {self.pk}"

    def facts(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("days", "active", *Wording._fields)}

    @staticmethod
    def propose(survey: Survey) -> list[int]:
        """Make the rules that a round begins with, switched off; returns their days."""
        proposed = reminder_text.PROPOSED.items()
        rules = [ReminderRule(survey=survey, days=days, **text._asdict()) for days, text in proposed]
        ReminderRule.objects.bulk_create(rules)
        return [days for days, _text in proposed]

    @transaction.atomic
    def keep(self, *, by: "User | None") -> None:
        """Store the rule as it is now, with an event of what differs."""
        stored = ReminderRule.objects.select_for_update().filter(pk=self.pk).first() if self.pk else None
        before: Facts | None = stored.facts() if stored else None
        self.save()
        Event.objects.record(changes("reminder", self.subject, before, self.facts()), actor=by)

    def key(self, response: Response) -> str:
        """What a body is sent once: this day before or after this date."""
        return f"rule {self.days} {timezone.localdate(response.due).isoformat()}"


def due_by_rule(survey: Survey) -> dict[ReminderRule, list[Response]]:
    """The responses that each active rule of an open round is to reach now, without those it has reached already."""
    rules = {rule.days: rule for rule in survey.reminder_rules.filter(active=True).select_related("survey")}
    reached, now = _reached(survey), timezone.localtime()
    found: dict[ReminderRule, list[Response]] = {}
    for response in can_be_reminded(survey) if rules else []:
        days = due_rule(rules, timezone.localtime(response.due), now)
        if days is not None and (response.pk, rules[days].key(response)) not in reached:
            found.setdefault(rules[days], []).append(response)
    return found


def to_come(rule: ReminderRule) -> list[tuple[datetime, Response]]:
    """Whom a rule is still to reach, switched on or not, if none of them submits before; each with the moment: the
    beginning of its day, or now."""
    others = rule.survey.reminder_rules.filter(active=True).values_list("days", flat=True)
    reached, now = _reached(rule.survey), timezone.localtime()
    found = []
    for response in can_be_reminded(rule.survey):
        due = timezone.localtime(response.due)
        day = due.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(rule.days)
        at = max(now, day)
        if due_rule({*others, rule.days}, due, at) == rule.days and (response.pk, rule.key(response)) not in reached:
            found.append((at, response))
    return sorted(found, key=lambda entry: entry[0])


def _reached(survey: Survey) -> set[tuple[int, str]]:
    """What the responses of a round have been sent, by their keys."""
    return set(survey.responses.filter(mail_items__isnull=False).values_list("pk", "mail_items__key"))


def can_be_reminded(survey: Survey) -> Iterator[Response]:
    """The responses of a round that may still be submitted and are not."""
    for response in survey.responses.filter(state__in=Response.EDITABLE).select_related("body"):
        response.survey = survey
        if not why_not_remind(response):
            yield response
