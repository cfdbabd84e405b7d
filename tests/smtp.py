"""A real mail server in this process."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from pytest_django import Settings


class Post:
    """Keeps what a mail server was given; refuses the addresses and messages it is told to, or hangs up."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.envelopes: list[list[str]] = []
        self.refused: set[str] = set()
        self.full = False
        self.hangs_up = False

    @property
    def addresses(self) -> list[str]:
        return [address for envelope in self.envelopes for address in envelope]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refused:
            return f"550 5.1.1 <{address}>: no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.full:
            return "452 4.3.1 disk full"
        self.take(envelope)
        if self.hangs_up:  # before it says that the message was taken
            server.transport.abort()
        return "250 OK"

    def take(self, envelope: Any) -> None:
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.messages.append(found)
        self.envelopes.append(envelope.rcpt_tos)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(post: Post) -> Iterator[int]:
    """The port on which it takes mail."""
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port
    controller.stop()


def use(settings: Settings, port: int) -> None:
    """Settings that hand mails to a server on this port."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.DEFAULT_FROM_EMAIL, settings.PUBLIC_URL = "survey@survey.example", "https://survey.example"
