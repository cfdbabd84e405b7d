"""What every answer says to the browser beside its content: files, errors and what middleware refuses among them."""

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

Answer = Callable[[HttpRequest], HttpResponseBase]

# What a page may ask of the device: copying what was not saved, and passkeys. All else is closed to it.
ALLOWED = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
CLOSED = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "display-capture"),
    *("encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection"),
    *("keyboard-map", "local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture"),
    *("screen-wake-lock", "serial", "storage-access", "sync-xhr", "usb", "window-management"),
    "xr-spatial-tracking",
)
PERMISSIONS = ", ".join([*(f"{name}=()" for name in CLOSED), *(f"{name}=(self)" for name in ALLOWED)])
METHODS = ("GET", "HEAD", "POST")
API = "/api/"  # answers for its methods itself


def headers(answer: Answer) -> Answer:
    """Headers that Django has no setting for, and how long an answer may be kept."""
    for_others = re.compile(settings.CORS_URLS_REGEX)

    def answered(request: HttpRequest) -> HttpResponseBase:
        found = answer(request)
        found.headers.setdefault("Permissions-Policy", PERMISSIONS)
        found.headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        is_open = for_others.match(request.path_info)
        found.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if is_open else "same-origin")
        found.headers.setdefault("Cache-Control", _kept(request))
        return found

    return answered


def _kept(request: HttpRequest) -> str:
    """Where a view does not say otherwise: nothing that a signed-in person saw is there for the next at the machine;
    a page for everybody is asked for again, and kept by nobody in between, since its forms hold a token."""
    return "private, no-store" if settings.SESSION_COOKIE_NAME in request.COOKIES else "private, no-cache"


def methods(answer: Answer) -> Answer:
    """No page takes another method than these, so that none is tried on any view."""

    def answered(request: HttpRequest) -> HttpResponseBase:
        if request.method in METHODS or request.path_info.startswith(API):
            return answer(request)
        return HttpResponseNotAllowed(METHODS)

    return answered


class _Cookie(CookieStorage):
    @property
    def cookie_name(self) -> str:  # type: ignore[override]  # asked for by the instance only
        return settings.MESSAGES_COOKIE_NAME


class Notices(FallbackStorage):
    """Messages for the next page, in a cookie with the name that the settings give it."""

    storage_classes = (_Cookie, SessionStorage)
