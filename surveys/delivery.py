"""Handing one message to the mail server, and what is known of it afterwards."""

from contextlib import suppress
from enum import Enum
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
)
from typing import NamedTuple

from django.core.mail import EmailMessage, get_connection

from surveys.mail import reason_of


class Fate(Enum):
    SENT = "sent"  # the server has taken it
    REFUSED = "refused"  # the server has said that it does not take it, or no header can hold it
    UNKNOWN = "unknown"  # the connection was lost, so it may have been taken
    NO_SERVER = "no_server"  # nothing was handed over: no connection, or no sign-in


class Delivery(NamedTuple):
    fate: Fate
    reason: str = ""


# Raised before the message is handed over. ValueError: an address or a header that cannot be written.
NOT_TAKEN = (SMTPHeloError, SMTPNotSupportedError, SMTPRecipientsRefused, SMTPSenderRefused, ValueError)


def deliver(message: EmailMessage) -> Delivery:
    """Hand one message over, on a connection of its own: after a fault, the next begins afresh."""
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        return Delivery(Fate.NO_SERVER, reason_of(error))
    try:
        connection.send_messages([message])
    except (OSError, SMTPException, ValueError) as error:
        return Delivery(Fate.REFUSED if _was_refused(error) else Fate.UNKNOWN, reason_of(error))
    finally:
        with suppress(OSError, SMTPException):  # what has been said of the message holds
            connection.close()
    return Delivery(Fate.SENT)


def _was_refused(error: Exception) -> bool:
    """Whether the error proves that the server has not taken the message (RFC 5321: an answer of 4xx or 5xx)."""
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 400  # -1: what came was no answer
    return isinstance(error, NOT_TAKEN)
