"""A request whose connection ends before all of its body has come is refused.

A form that is cut short would look like a page with fewer questions, and half of a save would be stored. Pure.
"""

from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class CutShort(OSError):
    """The connection ended too early. Django takes it, as any OSError, for a post that cannot be read."""


class WholeBody:
    """The body of a request, of which so many bytes were announced."""

    def __init__(self, stream: Any, length: int) -> None:
        self.stream, self.left = stream, length

    def read(self, size: int | None = -1) -> bytes:
        wanted = self.left if size is None or size < 0 else min(size, self.left)
        parts = []
        while wanted:
            parts.append(self._came(self.stream.read(wanted)))
            wanted -= len(parts[-1])
        return b"".join(parts)

    def readline(self, size: int | None = -1) -> bytes:
        return self._came(self.stream.readline(self.left if size is None or size < 0 else size)) if self.left else b""

    def _came(self, part: bytes) -> bytes:
        if not part:
            raise CutShort(f"the connection ended {self.left} bytes before the body of the request did")
        self.left -= len(part)
        return part


def whole_bodies(application: Application) -> Application:
    """An application that gets whole requests only."""

    def found(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isascii() and length.isdigit():
            environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(length))
        return application(environ, start_response)

    return found
