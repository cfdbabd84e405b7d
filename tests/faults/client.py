"""A browser without its window: cookies, forms, and a connection that may break in the middle of a request."""

import contextlib
import queue
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

PATIENCE = 20.0  # seconds, as the page's script has them
HALF, CUT, SENT, ANSWERED = "half sent", "cut short", "sent", "half answered"  # when a connection breaks
Fields = dict[str, list[str]]


class Broken(Exception):
    """No whole answer came."""


class Page(HTMLParser):
    """The forms of a page by their action, the question blocks that are not saved, and what stands in its data."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.forms: dict[str, Fields] = {}
        self.questions: Fields = {}
        self.unsaved: set[str] = set()
        self.state = ""
        self.fingerprint = ""
        self._form: Fields = {}
        self._textarea = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = self.forms.setdefault(found.get("action", ""), {})
            if found.get("id") == "questions":
                self._form = self.questions
        elif found.get("id") == "desk":
            self.state = found.get("data-state", "")
        elif "data-unsaved" in found:
            self.unsaved.add(found["id"].removesuffix(".question"))
        elif "fingerprint" in found.get("class", "").split():
            self.fingerprint = found.get("title", "")
        elif tag in ("input", "textarea") and found.get("name"):
            self._control(tag, found)

    def _control(self, tag: str, found: dict[str, str]) -> None:
        self._textarea = found["name"] if tag == "textarea" else ""
        is_mark = found.get("type") in ("radio", "checkbox")
        if not is_mark or "checked" in found:
            self._form.setdefault(found["name"], []).append(found.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = {}
        if tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._form[self._textarea][-1] += data


class Answer(NamedTuple):
    status: int
    location: str
    text: str
    redirect: str  # HX-Redirect: where the page's script goes

    @property
    def page(self) -> Page:
        return Page(self.text)


class Trouble(NamedTuple):
    """An answer of 500 or more."""

    status: int
    begun: float
    ended: float
    where: str


@dataclass
class Wire:
    """What all clients share: the address, the breaks that wait for a request, and what was counted."""

    port: int
    breaks: "queue.Queue[str]" = field(default_factory=queue.Queue)
    requests: int = 0
    broken: int = 0
    broken_on_purpose: int = 0
    signed_out: int = 0
    troubles: list[Trouble] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = Lock()

    def count(self, name: str, by: int = 1) -> None:
        with self._lock:
            setattr(self, name, getattr(self, name) + by)


class Client:
    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.cookies: dict[str, str] = {}
        self.headers: dict[str, str] = {}  # sent with every request

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def post(self, path: str, form: Fields, *, live: bool = False) -> Answer:
        return self.request("POST", path, form, live=live)

    def request(self, method: str, path: str, form: Fields | None = None, *, live: bool = False) -> Answer:
        """Ask, and read the whole answer. Raises Broken if it does not come."""
        self.wire.count("requests")
        begun = time.monotonic()
        try:
            answer = self._ask(method, path, form, live)
        except (OSError, HTTPException) as error:
            self.wire.count("broken")
            raise Broken(f"{method} {path}: {error!r}") from error
        if answer.status >= 500:
            self.wire.troubles.append(Trouble(answer.status, begun, time.monotonic(), f"{method} {path}"))
        return answer

    def _ask(self, method: str, path: str, form: Fields | None, live: bool) -> Answer:
        headers = {**self.headers, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if live:
            headers["HX-Request"] = "true"
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(form, doseq=True).encode()
        connection = HTTPConnection("127.0.0.1", self.wire.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            when = self._when_to_break() if body else ""
            if when in (HALF, CUT):
                self._send_half(connection, method, path, headers, body or b"", when)
            connection.request(method, path, body, headers)
            if when == SENT:
                self._reset(connection, when)
            response = connection.getresponse()
            if when == ANSWERED:
                response.read(100)
                self._reset(connection, when)
            return self._answer(response)

    def _when_to_break(self) -> str:
        with contextlib.suppress(queue.Empty):
            return self.wire.breaks.get_nowait()
        return ""

    def _send_half(
        self, connection: HTTPConnection, method: str, path: str, headers: Any, body: bytes, when: str
    ) -> None:
        connection.putrequest(method, path)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body[: len(body) // 2])
        if when == CUT and connection.sock:  # an end in good order, as of a proxy that gives up
            connection.sock.shutdown(socket.SHUT_WR)
            connection.sock.recv(1000)
        self._reset(connection, when)

    def _reset(self, connection: HTTPConnection, when: str) -> None:
        """End the connection with a reset, as when a cable is pulled out."""
        if connection.sock:  # else the answer is read and the connection is closed already
            connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        self.wire.count("broken_on_purpose")
        raise ConnectionResetError(f"broken on purpose: {when}")

    def _answer(self, response: HTTPResponse) -> Answer:
        text = response.read().decode(errors="replace")
        for line in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0" or (morsel["max-age"] == 0):
                    del self.cookies[name]
        location = urlsplit(response.headers.get("Location", "")).path
        return Answer(response.status, location, text, response.headers.get("HX-Redirect", ""))


def values(fields: Fields, names: Sequence[str]) -> list[tuple[str, str]]:
    """Name and value of what is typed or chosen in some fields."""
    return [(name, value) for name in names for value in fields.get(name, ()) if value.strip()]
