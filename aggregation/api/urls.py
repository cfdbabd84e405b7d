from collections.abc import Iterator
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from ninja.errors import ValidationError

from aggregation.api.reading import Missing, problem, readable
from aggregation.api.views import api
from surveys.questionnaire import Text

WRONG = Text(
    "アドレスの書き方に正しくないところがあります。書き方は /api/v1/openapi.json にあります。",
    "Something in the address is not right; /api/v1/openapi.json says how it is written.",
)


@api.exception_handler(Missing)
def missing(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.message, 404)


@api.exception_handler(ValidationError)
def wrong(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(WRONG, 422, [f"{each['loc'][-1]}: {each['msg']}" for each in error.errors])


def _patterns() -> Iterator[URLPattern]:
    """Those of the API, apart from the last one: a page of its own that the library would show."""
    for pattern in cast(list[URLPattern], api.urls[0][:-1]):
        pattern.callback = readable(pattern.callback)
        yield pattern


app_name = "api"
urlpatterns = [*_patterns()]
