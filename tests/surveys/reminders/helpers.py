"""What the tests of reminders do again and again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from surveys.models import Event, Mailing, MailingItem, ReminderRule, Response, Survey, User
from surveys.models.dates import Dates
from surveys.models.mailings import new_key
from surveys.reminder_text import BY_HAND
from tests.factories import COMPLETE, answer

Commit = Callable[..., Any]


def due_in(survey: Survey, days: int) -> None:
    survey.set_dates(Dates(evening(days)), by=None)


def evening(days: int) -> datetime:
    """The end of a day from today."""
    return timezone.localtime().replace(hour=23, minute=59, second=0, microsecond=0) + timedelta(days)


def switch_on(days: int = -3) -> ReminderRule:
    rule = ReminderRule.objects.get(days=days)
    rule.active = True
    rule.keep(by=None)
    return rule


def start(response: Response, by: User, key: str = "") -> Mailing:
    return Mailing.start([response], BY_HAND, by=by, key=key or new_key())


def states() -> dict[str, str]:
    return dict(MailingItem.objects.values_list("address", "state"))


def run(*arguments: str) -> str:
    """The command; what it prints."""
    out = StringIO()
    call_command("send_reminders", *arguments, stdout=out)
    return out.getvalue()


def kinds(prefix: str = "mail.") -> list[str]:
    return list(Event.objects.filter(kind__startswith=prefix).order_by("id").values_list("kind", flat=True))


def submit(response: Response) -> None:
    answer(response.survey, response.body, COMPLETE, submit=True)
