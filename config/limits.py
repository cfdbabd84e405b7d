"""How often one person, or one address that nobody has signed in from, may ask for what costs the server much.

So generous that no work comes near it: a whole prefecture may share one address. Nothing is kept but counts.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django_ratelimit import ALL
from django_ratelimit.core import get_usage

from aggregation.api.reading import problem
from surveys.questionnaire import Text

API = Text(
    "短い間に多くの問い合わせがありました。Retry-Afterの秒数を待ってから、続けてください。",
    "Too many requests in a short time: go on after the seconds that Retry-After says.",
)


class Limit(NamedTuple):
    """A rate of django-ratelimit (times/time), the URLs that share it by their names, and the method that counts."""

    rate: str
    urls: tuple[str, ...]
    method: Any = ALL


LIMITS = {
    "numbers": Limit("600/m", ("explore", "explore-file", "bodies", "body", "body-beside", "trend", "report-cell")),
    "files": Limit(
        "300/m",
        (
            *("report-tables-file", "report-machine-file", "report-table-file", "report-figure-file"),
            *("report-data-archive", "report-data-file", "report-cell-file", "report-errata-file"),
        ),
    ),
    "api": Limit(
        "600/m",
        (
            *("api:api-root", "api:openapi-json", "api:rounds", "api:tables", "api:table", "api:cells", "api:bodies"),
            *("api:body-answers", "api:question-answers"),
        ),
    ),
    "papers": Limit(
        "60/m",
        (
            *("paper-blank", "paper-answers", "paper-receipt", "workbook-file", "compare-file", "history-file"),
            *("prefecture-csv", "progress-bodies-file", "progress-prefectures-file", "admin:surveys_event_file"),
            *("admin:surveys_survey_definition_file", "admin:surveys_user_import-file"),
            *("admin:aggregation_run_errata", "admin:aggregation_run_reports_file"),
        ),
    ),
    "imports": Limit(
        "120/h",
        (
            *("workbook", "workbook-confirm", "admin:surveys_body_load", "admin:surveys_user_import"),
            *("admin:surveys_user_import-confirm", "admin:surveys_survey_definition"),
            "admin:surveys_survey_definition_confirm",
        ),
        "POST",
    ),
    "computing": Limit("60/h", ("admin:aggregation_run_recompute", "admin:aggregation_run_reports"), "POST"),
}
GROUPS = {url: name for name, limit in LIMITS.items() for url in limit.urls}


def address(request: HttpRequest) -> str:
    """Where somebody asks from, as the sign-in finds it: behind a proxy, as the proxy says."""
    return str(get_adapter(request).get_client_ip(request))


class Limits:
    """Refuses what comes too often before its view begins."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.answer(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        group = GROUPS.get(match.view_name) if match else None
        if group is None:
            return None
        limit = LIMITS[group]
        usage = get_usage(request, group=group, key="user_or_ip", rate=limit.rate, method=limit.method, increment=True)
        if usage is None or not usage["should_limit"]:
            return None
        return _refused(request, max(int(usage["time_left"]), 1))


def _refused(request: HttpRequest, seconds: int) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        found: HttpResponse = problem(API, 429)
    else:
        found = render(request, "429.html", {"minutes": -(-seconds // 60)}, status=429)
    found["Retry-After"] = str(seconds)
    return found
