from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from aggregation import editions, report, report_page
from aggregation.errata import Errata
from aggregation.export import errata_form
from aggregation.export.long_form import to_csv
from aggregation.figures.palette import FILLS
from aggregation.introduction_admin import IntroductionPages
from aggregation.models import Run, RunErrata
from aggregation.publishing import PUBLISH
from aggregation.reports_admin import BodyReportsAdmin
from surveys.admin import work
from surveys.admin.base import Button
from surveys.admin.beside import Shares, share_sources
from surveys.admin.definition import table_reports
from surveys.admin.rounds import SurveyAdmin
from surveys.dossier import Dossier
from surveys.models import Correction, Event, Survey

MOVED = ("response.submitted", "response.withdrawn", "response.returned", "correction.made")  # what a run counts


@admin.register(Run)
class RunAdmin(BodyReportsAdmin, IntroductionPages):
    list_display = [
        *("__str__", "survey", "edition_name", "created_at", "responses", "synthetic"),
        *("published_at", "published_by"),
    ]
    list_filter = ["synthetic", ("published_at", admin.EmptyFieldListFilter)]
    list_select_related = ["survey", "published_by"]
    fields = [
        *("survey", "edition_name", "created_at", "responses", "synthetic", "published_at", "published_by"),
        *("code_version", "questionnaire_checksum", "answers_fingerprint"),
    ]
    steps = (PUBLISH,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return super().get_queryset(request).select_related("survey").defer("survey__document", "peers", "counted")

    @admin.display(description=_("版"), ordering="edition")
    def edition_name(self, run: Run) -> str:
        return run.edition_name

    def get_urls(self) -> list[URLPattern]:
        recompute = self.admin_site.admin_view(self.recompute)
        table, errata = (self.admin_site.admin_view(view) for view in (self.table, self.errata))
        return [
            path("recompute/<int:year>/", recompute, name="aggregation_run_recompute"),
            path("<path:object_id>/tables/<slug:table>/", table, name="aggregation_run_table"),
            path("<path:object_id>/errata.csv", errata, name="aggregation_run_errata"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        surveys = Survey.objects.exclude(state=Survey.State.DRAFT).defer("document")
        found = [button for survey in surveys for button in recompute_buttons(request, survey)]
        return super().changelist_view(request, {"buttons": found, **(extra_context or {})})

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        run = context["original"]
        context["chapters"] = report_page.contents(run)
        context["errata"] = _errata(run)
        return super().render_change_form(request, context, *args, **kwargs)

    @method_decorator(require_POST)
    def recompute(self, request: HttpRequest, year: int) -> HttpResponse:
        """A new run of a round, or the latest one if nothing has changed."""
        if not self.has_act_permission(request):
            raise PermissionDenied
        computed = report.compute(get_object_or_404(Survey.objects.exclude(state=Survey.State.DRAFT), year=year))
        words = {"run": computed.run, "responses": computed.run.responses, "seconds": f"{computed.seconds:.1f}"}
        if computed.new:
            text = _g("計算しました：%(run)s（%(responses)d団体、%(seconds)s秒）。") % words
        else:
            text = _g("回答、調査票、プログラムのどれも変わっていないため、%(run)sのままです。") % words
        messages.success(request, text)
        return redirect(self.url_of(computed.run))

    @method_decorator(require_safe)
    def table(self, request: HttpRequest, object_id: str, table: str) -> HttpResponse:
        """One table of a run, published or not."""
        run = self.get_object(request, unquote(object_id))
        found = report.one(run, table) if run else None
        if run is None or found is None:
            raise Http404
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        figures = report_page.figures(run, [found])
        context = {"run": run, "table": found, "figures": figures, "opts": self.opts, "original": run, "fills": FILLS}
        context["baseline_year"] = report.baseline_year(run.survey.year)
        site = self.admin_site.each_context(request)
        return TemplateResponse(request, "admin/aggregation/run/table.html", {**site, **context})

    @method_decorator(require_safe)
    def errata(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The errata of an edition as CSV."""
        run = self.get_object(request, unquote(object_id))
        found = _errata(run) if run else None
        if run is None or found is None:
            raise Http404
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        form = errata_form.long_form(found, run.survey.year, run.edition_name, report.origin(run))
        name = report.file_name(run, "csv", f"errata-{run.edition_name}")
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(to_csv(form), content_type="text/csv; charset=utf-8", headers=headers)


def _errata(run: Run) -> Errata | None:
    """The errata of an edition; the first one has none."""
    found = RunErrata.objects.filter(run=run).first()
    return found.content if found else None


def recompute_buttons(request: HttpRequest, survey: Survey) -> list[Button]:
    """The button that recomputes a round, on the list of runs and on the page of the round."""
    if survey.state == Survey.State.DRAFT or not request.user.has_perm("aggregation.change_run"):
        return []
    label = _g("%(survey)sを計算し直す") % {"survey": survey}
    return [Button(label, reverse("admin:aggregation_run_recompute", args=[survey.year]), posts=True)]


SurveyAdmin.more_buttons.append(recompute_buttons)
table_reports.append(report.misfits_in_words)


def peer_shares(dossier: Dossier) -> Shares | None:
    """The shares that the review shows beside each answer: those of the same kind and size."""
    known = dossier.response.population()
    found = report.shares_before(dossier.kind, known.value if known else None, dossier.survey.year)
    if found is None:
        return None
    run, peers = found
    cells = {(table, cell.row, cell.column): cell for table, cell in peers.cells()}
    bodies = max((cell.responded or 0 for cell in cells.values()), default=0)
    return Shares(run.survey.year, bodies, {place: cell.percent for place, cell in cells.items()})


share_sources.append(peer_shares)


@work.source
def runs(request: HttpRequest) -> Iterator[work.Line]:
    """Runs to publish, and bodies that have submitted or been sent back since the latest run."""
    if not request.user.has_perm("aggregation.view_run"):
        return
    latest: dict[int, Run] = {}
    for run in Run.objects.select_related("survey").defer("survey__document", "peers", "counted"):
        latest.setdefault(run.survey_id, run)
    for run in latest.values():
        page = reverse("admin:aggregation_run_change", args=[run.pk])
        yield work.Line(_g("公表していない計算"), str(run.survey), int(run.published_at is None), page)
    surveys = Survey.objects.exclude(state=Survey.State.DRAFT).only("year")
    moved = {survey: _moved(survey, latest.get(survey.pk)) for survey in surveys}
    counts = Event.objects.filter(kind__in=MOVED).aggregate(
        **{str(survey.pk): Count("subject", distinct=True, filter=Q(**found)) for survey, found in moved.items()}
    )
    for survey, found in moved.items():
        title = _g("最後の計算のあとに、提出、差戻し、訂正があった団体")
        query = {**found, "kind__in": ",".join(MOVED)}
        yield work.Line(title, str(survey), counts[str(survey.pk)], work.url("surveys_event", **query))


@work.source
def unpublished(request: HttpRequest) -> Iterator[work.Line]:
    """Corrections that stand in no published edition: recomputed there, and published by somebody else."""
    if not request.user.has_perm("aggregation.view_run"):
        return
    corrected = Correction.objects.filter(state=Correction.State.MADE).values("response__survey")
    for survey in Survey.objects.filter(pk__in=corrected).defer("document"):
        count = len(editions.unpublished(survey, Run.objects.published_of(survey.year)))
        yield work.Line(_g("公表していない訂正"), str(survey), count, reverse("admin:aggregation_run_changelist"))


def _moved(survey: Survey, run: Run | None) -> dict[str, Any]:
    """Which events of a round have changed what is counted since its latest run, if it has one."""
    found = {"kind__in": MOVED, "subject__startswith": f"response {survey.year}-"}
    return {**found, "at__gt": run.created_at.isoformat()} if run else found
