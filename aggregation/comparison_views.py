"""The comparison of a body: for those who may see its answers, found as every page of a body is found."""

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aggregation import comparison_page, measure_list, report
from aggregation.comparison import Comparison, name_of
from aggregation.models import Run
from surveys import pages
from surveys.dossier import Dossier
from surveys.models import User
from surveys.questionnaire import tier
from surveys.templatetags.surveys import fiscal_year


@login_required
@require_safe
def compare(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """The summary by section, and the measures: first what many peers have in place and this body has not."""
    dossier, context = _found(request, year, code)
    found, wanted = context["comparison"], context["wanted"]
    lines = measure_list.lines(found)
    changed = _changed(dossier, found) if wanted.show == measure_list.CHANGED else frozenset()
    taken = [line for line in lines if wanted.takes(line, changed)]
    context |= {
        "chapters": comparison_page.summary(dossier.questionnaire, found),
        "shown": measure_list.SHOWN,
        "taken": len(taken),
        "blocks": measure_list.blocks(taken),
        "counted": [(section, comparison_page.counted(section)) for section in found.sections if section.measures],
    }
    return render(request, "aggregation/compare.html", context)


def _changed(dossier: Dossier, found: Comparison) -> frozenset[measure_list.Key]:
    return measure_list.changed(found, report.alone(dossier.earlier)) if dossier.earlier else frozenset()


@login_required
@require_safe
def compare_section(request: HttpRequest, year: int, code: str, section_id: str) -> HttpResponse:
    """The questions of one section."""
    dossier, context = _found(request, year, code, section_id)
    found: Comparison = context["comparison"]
    (own,) = found.sections
    before, after = pages.neighbours(dossier.progress, own.section)
    context |= {
        "found": own,
        "scale": comparison_page.Scale(own),
        "cards": comparison_page.cards(own, dossier.kind, found.has_run),
        "counted": comparison_page.counted(own),
        "before": before,
        "after": after,
    }
    return render(request, "aggregation/compare_section.html", context)


def _found(request: HttpRequest, year: int, code: str, section_id: str = "") -> tuple[Dossier, dict[str, Any]]:
    """The response, if this person may see it, beside the latest published run of its year or before."""
    dossier = Dossier.find(cast(User, request.user), year, code)
    only = [dossier.section(section_id)] if section_id else dossier.questionnaire.sections_for(dossier.kind)
    run = Run.objects.published_until(year)
    comparison = report.for_body(run, dossier.response, only)
    baseline_year = report.baseline_year(year)
    own = comparison.own
    context = {
        "dossier": dossier,
        "page": "compare",
        "run": run,
        "comparison": comparison,
        "labels": (name_of(comparison.group), name_of(tier(own.kind))),
        "kind_label": name_of(own.kind),
        "size_label": name_of(own.peers) if own.peers else None,
        "wanted": measure_list.Filter.read(request.GET, dossier.questionnaire.sections),
        "baseline_year": baseline_year,
        "published_name": _published_name(baseline_year),
    }
    return dossier, context


def _published_name(year: int | None) -> str:
    return _("公表値") if year is None else _("公表値（%(year)s）") % {"year": fiscal_year(year)}
