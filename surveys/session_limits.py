"""When a session ends by itself: some time after the last action, and some time after signing in whatever is done.

An action is whatever a person asks for, and each save while typing; not what an open page asks by itself to show who
else is there. The session keeps both moments, and is written once a minute at most, so that reading stays reading.
"""

import time
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys import sign_in_history
from surveys.live import is_live
from surveys.models import User

KEPT = "signed_in"  # in the session: {"began", "acted": seconds, "strict": for staff and coordinators}
EVERY = 60


def begin(request: HttpRequest) -> None:
    """Somebody has signed in."""
    request.session.pop(KEPT, None)
    _note(request, time.time())


class SessionLimits:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return sign_in_history.answered(request, self.get_response(request))

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or SESSION_KEY not in request.session:
            return
        now, kept = time.time(), request.session.get(KEPT)
        if kept and (text := _why_over(kept, now)):
            UserSession.objects.filter(session_key=request.session.session_key).delete()
            logout(request)
            messages.info(request, text)
        elif not kept or (now - kept["acted"] >= EVERY and not _is_poll(request)):
            _note(request, now)


def _why_over(kept: dict[str, Any], now: float) -> str:
    staff = "_STAFF" if kept["strict"] else ""
    if now - kept["acted"] >= 60 * getattr(settings, f"SESSION_IDLE_MINUTES{staff}"):
        return _("しばらく操作がなかったので、サインアウトしました。サインインすると、続きから始められます。")
    if now - kept["began"] >= 3600 * getattr(settings, f"SESSION_MAX_HOURS{staff}"):
        return _("サインインから時間がたったので、サインアウトしました。サインインすると、続きから始められます。")
    return ""


def _is_poll(request: HttpRequest) -> bool:
    """What an open page fetches by itself: all that it gets rather than posts."""
    return is_live(request) and request.method == "GET"


def _note(request: HttpRequest, now: float) -> None:
    user = request.user
    began = request.session.get(KEPT, {}).get("began", now)
    strict = isinstance(user, User) and user.oversees
    request.session[KEPT] = {"began": began, "acted": now, "strict": strict}
    found = UserSession.objects.filter(session_key=request.session.session_key)
    found.update(last_seen_at=timezone.now())
