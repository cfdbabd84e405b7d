"""What the views of a body share: who asks, and the frame of its pages."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from surveys.dossier import Dossier
from surveys.models import User


def person(request: HttpRequest) -> User:
    """Who asks, in a view that only lets signed-in people in."""
    return cast(User, request.user)


def body_page(
    request: HttpRequest, name: str, dossier: Dossier, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The page templates/surveys/<name>.html of one response."""
    return render(request, f"surveys/{name}.html", {"dossier": dossier, "page": name, **context}, status=status)


def next_place(request: HttpRequest, otherwise: str) -> str:
    """Where a form says that it goes on, if that is a page of this site."""
    place = request.POST.get("next", "")
    is_here = url_has_allowed_host_and_scheme(place, {request.get_host()}, request.is_secure())
    return place if is_here and place.startswith("/") else otherwise
