"""Signing in as the history tells it.

Refused attempts are told of known people only, and not one by one: the first of an hour and the first lock-out of an
hour for each person, so that nobody can flood the chain of events or hold it up.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from surveys.models import Event, User
from surveys.models.events import Entry

log = logging.getLogger(__name__)
AN_HOUR = 3600


def later(request: HttpRequest, act: Callable[[], None]) -> None:
    """Do something when the answer has gone out (surveys.session_limits sees to it)."""
    request.__dict__.setdefault("after_answer", []).append(partial(_safely, act))


def _safely(act: Callable[[], None]) -> None:
    try:
        act()
    except Exception:  # nobody is there to be answered any more, and Django would say nothing
        log.exception("What followed an answer could not be done")


def answered(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    closers: list[Callable[[], None]] = response._resource_closers  # type: ignore[attr-defined]  # called by close()
    closers += request.__dict__.get("after_answer", [])
    return response


def refused(sign_in_id: str, kind: str) -> None:
    """A password was refused for this id, if there is such a person."""
    if user := User.objects.filter(sign_in_id=sign_in_id.strip().lower()).first():
        tell(user, kind, {"step": "password"})


def tell(user: User, kind: str, after: Any) -> None:
    if cache.add(f"{kind}:{user.pk}:{after['step']}", True, AN_HOUR):
        Event.objects.record([Entry(kind, user.subject, None, after)], actor=None)
