"""Inside a measured program: time, queries, and the test client of a person."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from surveys import session_limits
from surveys.models import User
from tests.bench.frame import median


def client_of(sign_in_id: str) -> Client:
    client, user, now = Client(), User.objects.get(sign_in_id=sign_in_id), time.time()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[session_limits.KEPT] = {"began": now, "acted": now, "strict": user.oversees}
    session.save()
    return client


def milliseconds(times: int, act: Callable[[], Any]) -> float:
    """The median of so many goes, after one that fills what is kept."""
    act()
    return median([once(act) for _ in range(times)])


def once(act: Callable[[], Any]) -> float:
    """Milliseconds of one go."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def queries(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as found:
        act()
    return len(found)
