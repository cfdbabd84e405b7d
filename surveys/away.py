"""What is answered while the database is away or lets go of a connection: 503 and "try again", in place of an error.

Nothing is stored then. The script of a page keeps what was typed and saves it later, as with any failure.
"""

import sys
from typing import Any

from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.views import defaults

STATUS = 503
RETRY_AFTER = 10  # seconds
SQLITE_ERROR = 1  # SQLite's code for what is wrong with a statement, which Django calls operational too


def is_away(error: BaseException | None) -> bool:
    """Whether an error comes from a database that is not there for now, and not from what was asked of it."""
    # The driver's own errors come through where Django closes a cursor that reads in parts.
    driver: Any = connection.Database  # type: ignore[attr-defined]  # every backend has it
    kinds = (OperationalError, InterfaceError, driver.OperationalError, driver.InterfaceError)
    if error is None or not isinstance(error, kinds):
        return False
    return getattr(error.__cause__ or error, "sqlite_errorcode", None) != SQLITE_ERROR


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Django calls this where the error is handled, so that it can be asked for."""
    if is_away(sys.exc_info()[1]):
        return _away(request)
    page = render_to_string("500.html", {"number": request.META.get("REQUEST_ID", "")})
    return HttpResponse(page, status=500)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """A session that could not be written counts as gone, whatever the reason: Django says that it was deleted."""
    reason = exception.__context__ if isinstance(exception, SessionInterrupted) else None
    if reason is not None and is_away(reason.__context__):
        return _away(request)
    return defaults.bad_request(request, exception)


def _away(request: HttpRequest) -> HttpResponse:
    page = render_to_string("503.html", {"may_reload": request.method in ("GET", "HEAD")})
    return HttpResponse(page, status=STATUS, headers={"Retry-After": str(RETRY_AFTER)})
