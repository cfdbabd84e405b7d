"""What is counted when somebody signs in, so that passwords cannot be tried out and nobody locks a neighbour out.

Failures are counted for a sign-in id together with the address they come from: an id is known to many, and all the town
halls of a prefecture may share one address. A browser that carries the device cookie of the person is counted apart,
wherever it is: what others fail with the same id, at the same address too, does not stop it. The places named in the
settings AXES_... are here. Of a typed id only a keyed hash is stored: it may be a password in the wrong field.
"""

from datetime import datetime
from functools import partial
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from allauth.core.internal.ratelimit import truncate_ip
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_failure_limit
from django.conf import settings
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from surveys import device, sign_in_history

Credentials = dict[str, Any] | None


def name_key(request: HttpRequest, credentials: Credentials = None) -> str:
    return key_of((credentials or {}).get("username") or "")


def key_of(sign_in_id: str) -> str:
    """A sign-in id as it is stored here and in the device cookie."""
    return salted_hmac("surveys.sign_in", sign_in_id.strip().lower(), algorithm="sha256").hexdigest()[:32]


def address(request: HttpRequest) -> str | None:
    """Where a request comes from: of IPv6 the network, since whoever has one has all its addresses."""
    found = get_client_ip(request)
    return truncate_ip(found) if found else None


def counted_by(request: HttpRequest, credentials: Credentials = None) -> list[list[str]]:
    """What failures are counted by. axes' user agent is the secret of the device cookie here, or empty."""
    if device.known(request, name_key(request, credentials)):
        return [["username", "user_agent"]]
    return [["username", "ip_address", "user_agent"]]


class Handler(AxesDatabaseHandler):
    """axes' counting in the database, which all nodes share."""

    def filter_user_attempts(self, request: Any, credentials: Credentials = None) -> list[QuerySet[Any]]:
        request.axes_user_agent = device.known(request, name_key(request, credentials))
        found: list[QuerySet[Any]] = super().filter_user_attempts(request, credentials)
        return found

    def user_login_failed(self, sender: Any, credentials: Any, request: Any = None, **kwargs: Any) -> None:
        was_locked = request.axes_locked_out
        request.axes_user_agent = device.known(request, name_key(request, credentials))
        super().user_login_failed(sender, credentials, request, **kwargs)
        count = request.axes_failures_since_start
        if not was_locked and (count == 1 or count >= get_failure_limit(request, credentials)):
            kind = "sign_in.failed" if count == 1 else "sign_in.locked"
            # After the answer: that an id exists must not be seen from how long it takes to write so into the history.
            sign_in_history.later(request, partial(sign_in_history.refused, credentials["username"], kind))


def locked_until(request: HttpRequest, sign_in_id: str) -> datetime:
    attempts = AxesProxyHandler.get_implementation().get_user_attempts(request, {"username": sign_in_id})
    last: datetime | None = attempts[0].aggregate(last=Max("attempt_time"))["last"]
    found: datetime = (last or timezone.now()) + settings.AXES_COOLOFF_TIME
    return found


def locked_page(request: HttpRequest, response: HttpResponse, credentials: Credentials) -> HttpResponse:
    """The page with the form says why and until when (surveys.accounts); its status says that it was too often."""
    if response.status_code == 200:
        response.status_code = 429
    return response
