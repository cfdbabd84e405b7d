"""How every address of the API is read: by anybody, from anywhere, not again if nothing has changed."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import quote_etag
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition

from aggregation.addresses import EditionConverter
from aggregation.download_views import state
from aggregation.models import Run
from surveys.questionnaire import Text

READING = ("GET", "HEAD", "OPTIONS")
View = Callable[..., Any]
ONLY_READING = Text("このAPIは読むためのもので、GETだけに答えます。", "This API is for reading: use GET.")
NO_ADDRESS = Text(
    "このアドレスには何もありません。アドレスの一覧は /api/v1/openapi.json にあります。",
    "There is nothing at this address; /api/v1/openapi.json lists those there are.",
)


class Missing(Exception):
    """What was asked for is not there, or not public."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


def problem(message: Text, status: int, parameters: list[str] | None = None) -> JsonResponse:
    """An error: what is wrong and what to do."""
    document = {"message": {"ja": message.ja, "en": message.en}, "parameters": parameters or []}
    return JsonResponse(document, status=status, json_dumps_params={"ensure_ascii": False})


def run_of(request: HttpRequest, edition: str) -> Run:
    """The run of an edition, looked up once for a request."""
    known: dict[str, Run | None] = request.__dict__.setdefault("runs", {})
    if edition not in known:
        known[edition] = Run.objects.published_of(*EditionConverter().to_python(edition))
    if (found := known[edition]) is None:
        message = "版「{}」は公表されていません。公表した版は /api/v1/rounds にあります。"
        english = "There is no published edition {}; /api/v1/rounds lists those there are."
        raise Missing(Text(message.format(edition), english.format(edition)))
    return found


def _etag(request: HttpRequest, **parts: str) -> str | None:
    """Of an address about an edition: what the edition depends on; of another: the same of all of them."""
    if "edition" not in parts:
        facts: Any = [state(run) for run in Run.objects.published_rounds()]
    else:
        try:
            facts = state(run_of(request, parts["edition"]))
        except (Missing, ValueError, TypeError):
            return None
    return quote_etag(hashlib.sha256(repr((facts, request.get_full_path())).encode()).hexdigest()[:32])


def readable(view: View) -> View:
    """A view of the API that is read: HEAD is answered like GET, and nothing else is taken."""

    @cache_control(public=True, no_cache=True)
    @condition(_etag)
    def read(request: HttpRequest, **parts: str) -> HttpResponse:
        asked, request.method = request.method, "GET"
        found: HttpResponse = view(request, **parts)
        request.method = asked  # the server sends no body for HEAD
        return found

    @csrf_exempt
    def answered(request: HttpRequest, **parts: str) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": ", ".join(READING)})
        if request.method in READING:
            return read(request, **parts)
        found = problem(ONLY_READING, 405)
        found["Allow"] = ", ".join(READING)
        return found

    return answered


@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """An address below /api/ that is none."""
    return problem(NO_ADDRESS, 404)
