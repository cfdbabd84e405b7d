"""Every text that comes in with a request passes here, so that no form can forget the rule (`surveys.texts`)."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, UnreadablePostError

from surveys.texts import clean, line

LONGEST = 4094  # signs of a query, as limit_request_line in deploy/gunicorn.conf.py
SECRET = "password"  # noqa: S105  the name of a field: a password is kept as it was typed


class TextDoor:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """A cookie with controls in it is none: it would be looked up in the database. What is asked for in an address
        is as long as gunicorn takes it: a search for more than the database takes would be an error."""
        if len(request.META.get("QUERY_STRING", "")) > LONGEST:
            raise RequestDataTooBig("The address is too long.")
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if value.isprintable()}
        request.GET = _cleaned(request.GET)  # type: ignore[assignment]  # the stubs want their own kind of it
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        """Only here, since an address that leads nowhere need not have its form read."""
        if any(isinstance(value, str) and value != clean(value) for value in kwargs.values()):
            raise Http404
        if request.method == "POST":
            try:
                request.POST = _cleaned(request.POST)  # type: ignore[assignment]  # as above
            except UnreadablePostError as error:  # the connection has ended in the middle
                raise BadRequest(str(error)) from error
            for _name, files in request.FILES.lists():
                for file in files:
                    file.name = line(file.name or "") or "file"


def _cleaned(given: QueryDict) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, values in given.lists():
        found.setlist(clean(name), [value if SECRET in name else clean(str(value)) for value in values])
    found._mutable = False
    return found
