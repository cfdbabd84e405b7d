"""Logs of production: a line of JSON each, on standard error, without a name, an address, a code or an answer in it.

A request is told by the name of its URL, never by its path, since links hold codes; a person by the number of the
account; an error by where it happened and of what kind it is, not by its words, which may quote what somebody typed.
"""

import logging
import re
import time
import traceback
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from pythonjsonlogger.json import JsonFormatter

REQUESTS = logging.getLogger("survey.requests")
GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}\Z")  # an id that the proxy made
OWN = ("survey.", "gunicorn.")  # whose messages hold no data of requests

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.logs.Formatter"}},
    "handlers": {"json": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["json"], "level": "INFO"},
    # Django's own: its mails to administrators would hold what was posted.
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    },
}


class Formatter(JsonFormatter):
    """Time, level, who says it, what, and where an error happened."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s", rename_fields={"levelname": "level", "name": "logger"})

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        for name in ("request", "exc_info", "exc_text", "stack_info", "taskName"):
            log_data.pop(name, None)
        return log_data

    def format(self, record: logging.LogRecord) -> str:
        told = logging.makeLogRecord({**vars(record), "args": (), "exc_info": None, "exc_text": None})
        told.msg = _told(record)
        told.at = self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z")
        if record.exc_info and record.exc_info[1]:
            told.error, told.frames = _where(record.exc_info[1])
        return super().format(told)


def _told(record: logging.LogRecord) -> str:
    """What is said, without what was filled in: that may come from a request."""
    if (request := getattr(record, "request", None)) is not None:
        return f"{getattr(record, 'status_code', '')} {route(request)}".strip()
    return record.getMessage() if record.name.startswith(OWN) else str(record.msg)


def _where(error: BaseException) -> tuple[str, list[str]]:
    frames = traceback.extract_tb(error.__traceback__)
    return type(error).__qualname__, [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def route(request: Any) -> str:
    """The name of the URL of a request."""
    match = getattr(request, "resolver_match", None)
    return match.view_name if match and match.view_name else "none"


def requests(answer: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """A line for each request, with an id that its answer carries too."""

    def answered(request: HttpRequest) -> HttpResponseBase:
        began, id = time.perf_counter(), _id(request)
        request.META["REQUEST_ID"] = id  # the page of an error says it
        found = answer(request)
        found.headers["X-Request-ID"] = id
        facts = {"id": id, "method": request.method, "route": route(request), "status": found.status_code}
        facts["ms"] = round((time.perf_counter() - began) * 1000)
        facts["bytes"] = None if found.streaming else len(getattr(found, "content", b""))
        # Only who has been asked for already: a log line must not ask the database.
        facts["user"] = getattr(getattr(request, "_cached_user", None), "pk", None)
        REQUESTS.info("request", extra=facts)
        return found

    return answered


def _id(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-ID", "")
    return given if settings.BEHIND_PROXY and GIVEN.match(given) else uuid.uuid4().hex
