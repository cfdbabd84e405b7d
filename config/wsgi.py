import os
from collections.abc import Callable, Iterable
from email.message import Message
from typing import Any

from django.core.wsgi import get_wsgi_application

from surveys.whole_body import whole_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = whole_bodies(get_wsgi_application())
UTF_8 = ("utf-8", "utf8", "us-ascii")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django, but for forms that say they are in another encoding than UTF-8, which no page of ours asks for: Django
    breaks on some before any middleware could answer, and would take half signs from others."""
    if charset(environ) not in UTF_8:
        start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
        return ["フォームはUTF-8で送ってください。 Please send forms in UTF-8.\n".encode()]
    return django_application(environ, start_response)


def charset(environ: dict[str, Any]) -> str:
    """The encoding that a request says its form is in."""
    header = Message()
    header["Content-Type"] = environ.get("CONTENT_TYPE", "").replace("\r", "").replace("\n", "")
    return str(header.get_param("charset", "utf-8")).lower()
