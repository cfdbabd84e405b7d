"""The introduction, the chronology and what the survey is about: the pages before and after the tables."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aggregation import dataset, front_matter
from aggregation.addresses import Edition
from aggregation.text_models import ReportText
from aggregation.views import published_run
from surveys.questionnaire import PREFECTURE


@require_safe
def introduction(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Ⅰ はじめに: how it came to this, and what was asked of whom."""
    run = published_run(edition)
    register = dataset.register(run.survey)
    prefectures = sum(body.kind == PREFECTURE for body in register)
    context = {"run": run, "edition": edition, "blocks": ReportText.objects.blocks(run.survey)}
    context |= {"prefectures": prefectures, "municipalities": len(register) - prefectures}
    context["missing"] = len(register) - run.responses
    return render(request, "aggregation/introduction.html", context)


@require_safe
def chronology(request: HttpRequest, edition: Edition) -> HttpResponse:
    """参考: what was done for digital local government, year by year."""
    run = published_run(edition)
    return render(
        request, "aggregation/chronology.html", {"run": run, "edition": edition, "years": front_matter.chronology()}
    )
