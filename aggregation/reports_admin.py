"""The page in the admin on which the reports of all bodies of a run are begun, watched and taken."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _g
from django.views.decorators.http import require_safe

from aggregation import report, tasks
from aggregation.body_reports import BodyReports
from aggregation.models import Run
from surveys.admin.base import Button, ReadOnlyAdmin, numbered, person
from surveys.models import NotAllowed

if TYPE_CHECKING:
    from django.http.response import FileResponse as File

SECONDS = 5  # after which the page comes again by itself while they are being made


class BodyReportsAdmin(ReadOnlyAdmin):
    """What the admin of runs has of the reports of all bodies."""

    def get_urls(self) -> list[URLPattern]:
        reports, file = (self.admin_site.admin_view(view) for view in (self.reports, self.reports_file))
        return [
            path("<path:object_id>/reports/", reports, name="aggregation_run_reports"),
            path("<path:object_id>/reports.zip", file, name="aggregation_run_reports_file"),
            *super().get_urls(),
        ]

    def buttons(self, request: HttpRequest, thing: Any) -> list[Button]:
        place = reverse("admin:aggregation_run_reports", args=[thing.pk])
        return [*super().buttons(request, thing), Button(_g("団体ごとの報告"), place)]

    def reports(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """How far they are; begin or go on by POST. While they are being made the page comes again by itself."""
        run = self._run(request, object_id)
        if request.method == "POST":
            return self._begin(request, run)
        job = BodyReports.objects.select_related("by").filter(run=run).first()
        begins = _g("作る") if job is None else "" if job.is_there or job.is_alive else _g("続きを作る")
        context = {
            "title": _g("団体ごとの報告：%(run)s") % {"run": run},
            "job": job,
            "run": run,
            "opts": self.opts,
            "begins": begins if self.has_act_permission(request) else "",
            "total": len(run.numbers),
            "size": job.path.stat().st_size if job and job.is_there else None,
            "still": "still" in request.GET,
        }
        page = TemplateResponse(
            request, "admin/aggregation/run/reports.html", {**self.admin_site.each_context(request), **context}
        )
        if job and job.is_alive and not context["still"]:
            page.headers["Refresh"] = str(SECONDS)
        return page

    def _begin(self, request: HttpRequest, run: Run) -> HttpResponse:
        if not self.has_act_permission(request):
            raise PermissionDenied
        try:
            job, begins = BodyReports.start(run, by=person(request))
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
        else:
            if begins:
                tasks.send_to_work(job)
        return redirect("admin:aggregation_run_reports", run.pk)

    @method_decorator(require_safe)
    def reports_file(self, request: HttpRequest, object_id: str) -> "HttpResponse | File":
        """The finished file; that it was taken is an event, since it holds the answers of all bodies."""
        run = self._run(request, object_id)
        job = BodyReports.objects.select_related("run").filter(run=run).first()
        if job is None or not job.is_there:
            raise Http404
        if request.method == "GET":
            job.taken(by=person(request))
        name = report.file_name(run, "zip", "body-reports")
        return FileResponse(job.path.open("rb"), as_attachment=True, filename=name, content_type="application/zip")

    def _run(self, request: HttpRequest, object_id: str) -> Run:
        run: Run | None = numbered(Run.objects.select_related("survey"), object_id)
        if run is None:
            raise Http404
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        return run
