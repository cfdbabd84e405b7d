"""Mails to people: Japanese, then English below a line, sent when what they tell of is committed.

A mail that cannot be sent never undoes what it tells of: it is logged, and told to whoever asked for it.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from django.core.mail.backends.base import BaseEmailBackend

    from surveys.models import User

log = logging.getLogger(__name__)
PAUSE = 60  # seconds in which a server that did not answer is left alone: else a list of 50 would wait 50 times
Context = Mapping[str, Any]
Group = tuple[str, list["User"]]  # an address with the people who share it


@dataclass(frozen=True)
class Outcome:
    """What became of a mail: to how many addresses it went, to how many it did not, and why. No addresses."""

    template: str
    sent: int = 0
    failed: int = 0
    reason: str = ""


class _Server:
    """Until when the mail server is left alone, on the monotonic clock of this process."""

    silent_until = 0.0


def send(template: str, recipients: Iterable["User"], context: Context, *, told: Callable[[Outcome], None]) -> None:
    """Send templates/mail/<template>.txt after the commit, one message an address; `told` hears what became of it.

    The template's first line is the subject; beside the context it has `people`, `public_url` and `telephone`.
    """
    if settings.SENDS_MAIL:
        # Robust: what is committed stays good, whatever goes wrong here. Django logs it by the name of the function,
        # which a partial does not have.
        transaction.on_commit(lambda: _deliver(template, recipients, context, told), robust=True)


def _deliver(template: str, recipients: Iterable["User"], context: Context, told: Callable[[Outcome], None]) -> None:
    if groups := by_address(recipients):
        told(_sent(template, groups, context))


def by_address(recipients: Iterable["User"]) -> list[Group]:
    """The people behind each address: a town hall often shares one."""
    found: dict[str, Group] = {}
    for user in recipients:
        if user.is_active and user.email:
            found.setdefault(user.email.casefold(), (user.email, []))[1].append(user)
    return list(found.values())


def _sent(template: str, groups: list[Group], context: Context) -> Outcome:
    if time.monotonic() < _Server.silent_until:
        return Outcome(template, 0, len(groups), "the mail server did not answer a moment ago")
    reasons: list[str] = []
    try:
        with get_connection() as connection:
            for address, people in groups:
                reasons += _one(compose(template, address, people, context, connection))
    except (OSError, SMTPException) as error:
        log.exception("The mail server cannot be used; mails %r were not sent", template)
        _Server.silent_until = time.monotonic() + PAUSE
        reasons = [reason_of(error)] * len(groups)
    return Outcome(template, len(groups) - len(reasons), len(reasons), "; ".join(dict.fromkeys(reasons)))


def _one(message: EmailMessage) -> list[str]:
    """Send one message; returns why it was not sent, if it was not."""
    try:
        message.send()
    except (OSError, SMTPException, ValueError) as error:  # ValueError: an address that no header may hold
        log.exception("A mail was not sent")
        return [reason_of(error)]
    return []


def compose(
    template: str,
    address: str,
    people: list["User"],
    context: Context,
    connection: "BaseEmailBackend | None" = None,
) -> EmailMessage:
    """One message to the people who share an address."""
    values = {"people": people, "public_url": settings.PUBLIC_URL, "telephone": settings.CONTACT_TELEPHONE, **context}
    subject, _, body = render_to_string(f"mail/{template}.txt", values).partition("\n")
    # A name with a line break must not begin a header of its own.
    subject = " ".join(subject.split())
    headers = {"Auto-Submitted": "auto-generated"}  # RFC 3834: no out-of-office replies
    return EmailMessage(subject, body.strip() + "\n", to=[address], connection=connection, headers=headers)


def reason_of(error: Exception) -> str:
    """What went wrong, for the history: without the address, which the answers of mail servers repeat."""
    name = type(error).__name__
    if isinstance(error, SMTPRecipientsRefused):
        return f"{name} {'/'.join(str(code) for code, _ in error.recipients.values())}"
    if isinstance(error, SMTPResponseException):
        return f"{name} {error.smtp_code}"
    return f"{name}: {error}" if isinstance(error, OSError) and not isinstance(error, SMTPException) else name
