"""推移: each table over all published rounds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from aggregation import kept_figures, trend_figure, trends
from aggregation.trend import Side
from aggregation.trends import TrendPage


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All tables that any published round has."""
    runs = trends.published()
    context = {"page": "trend", "runs": runs, "chapters": trends.contents(runs)}
    return render(request, "aggregation/trend_index.html", context)


def charts(found: TrendPage) -> list[tuple[Side, str, bool]]:
    """Each side with its chart, empty where there is none, and whether that leaves lines out."""
    language = get_language() or "ja"
    specs = {side.code: trend_figure.spec(found.trend, side, language) for side in found.trend.sides}
    drawn = {code: spec for code, spec in specs.items() if spec}
    svgs = dict(zip(drawn, kept_figures.svgs(found.latest, list(drawn.values())), strict=True))
    return [
        (side, svgs.get(side.code, ""), len(trend_figure.lines(side)) < len(side.lines)) for side in found.trend.sides
    ]


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
        "sides": charts(found),
        "most": trend_figure.MOST,
        "marked": found.trend.marked,
        "synthetic": found.synthetic,
        "to": to,
    }
    return render(request, "aggregation/trend.html", context)
