"""推移: each table over all published rounds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aggregation import trends
from aggregation.trends import TrendPage


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All tables that any published round has."""
    runs = trends.published()
    context = {"page": "trend", "runs": runs, "chapters": trends.contents(runs)}
    return render(request, "aggregation/trend_index.html", context)


@require_safe
def trend(request: HttpRequest, table: str) -> HttpResponse:
    """One table over the rounds, and its change between two of them."""
    to = request.GET.get("to", "")
    found = TrendPage(table, request.GET.get("row", ""), to)
    context = {
        "page": "trend",
        "current": "true",
        "found": found,
        "trend": found.trend,
        "marked": found.trend.marked,
        "synthetic": found.synthetic,
        "to": to,
    }
    return render(request, "aggregation/trend.html", context)
