"""The device cookie: with which sign-in ids this browser has signed in before (OWASP, "device cookies").

It opens nothing. It only tells a person's own browser from those of strangers, so that the strangers' failures are not
counted against it (surveys/locking.py). Signed, out of reach of scripts, and without names: `key` is a keyed hash.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

SALT = "surveys.device"
LASTS = timedelta(days=180)
MOST = 5  # people who share a browser


def known(request: HttpRequest, key: str) -> str:
    """What tells this browser from others of the same person; empty if the person has not signed in with it."""
    return dict(_read(request)).get(key, "")


def remember(request: HttpRequest, response: HttpResponse, key: str) -> None:
    """Give the browser its cookie after a sign-in, with a new secret."""
    others = [pair for pair in _read(request) if pair[0] != key]
    value = signing.dumps([[key, secrets.token_urlsafe(12)], *others][:MOST], salt=SALT)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        value,
        max_age=LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> list[list[str]]:
    try:
        found: list[list[str]] = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=LASTS
        )
    except signing.BadSignature:
        return []
    return found
