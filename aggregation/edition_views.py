"""The editions of a round and what each changes against the one before it: 版と正誤表."""

from typing import Any

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from aggregation import errata as pure
from aggregation import report
from aggregation.addresses import Edition
from aggregation.errata import Errata
from aggregation.export import errata_form
from aggregation.export.long_form import to_csv
from aggregation.models import Run, RunErrata
from aggregation.views import published_run
from surveys.templatetags.surveys import fiscal_year

NEWEST = 20  # corrections in the feed


@require_safe
def editions(request: HttpRequest, edition: Edition) -> HttpResponse:
    """All editions of a round, and the errata of this one."""
    run = published_run(edition)
    context = {"run": run, "edition": edition, "errata": _errata(run)}
    context["editions"] = [(Edition(edition.year, each.edition), each) for each in Run.objects.editions_of(run.survey)]
    return render(request, "aggregation/editions.html", context)


@require_safe
def errata_file(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The errata of an edition as CSV; a first edition has none."""
    run = published_run(edition)
    found = _errata(run)
    if found is None:
        raise Http404
    form = errata_form.long_form(found, run.survey.year, run.edition_name, report.origin(run))
    name = report.file_name(run, "csv", f"errata-{run.edition_name}")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(to_csv(form), content_type="text/csv; charset=utf-8", headers=headers)


def _errata(run: Run) -> Errata | None:
    """What everybody may see of what an edition changes; None for a first edition."""
    kept = RunErrata.objects.filter(run=run).first()
    if kept is None:
        return None
    found, rule = kept.content, report.disclosed(run)
    sides = [each for each in (Run.objects.edition_before(run), run) if each]
    withheld = {
        table.id: {
            cell[:4] for side in sides if (made := report.one(side, table.id)) for cell in rule.table(made).cells
        }
        for table in found.tables
        if not rule.individual(table.id)
    }
    return pure.public(found, withheld)


class Corrections(Feed[Run, Any]):
    """訂正のお知らせ: each edition that replaced another one, the newest first, as Atom."""

    feed_type = Atom1Feed
    title = _("電子自治体の推進状況　訂正のお知らせ")
    subtitle = _("公表した数値を訂正した版をお知らせします。")

    def link(self) -> str:
        return reverse("report-index")

    def items(self) -> list[Run]:
        later = Run.objects.published().filter(edition__gt=1).order_by("-published_at")
        return list(later.select_related("survey").defer("survey__document", "peers", "counted")[:NEWEST])

    def item_title(self, item: Run) -> str:
        words = {"year": fiscal_year(item.survey.year), "edition": item.edition_name}
        return _g("%(year)s　%(edition)sを公表しました") % words

    def item_description(self, item: Run) -> str:
        words = {"year": fiscal_year(item.survey.year), "edition": item.edition_name}
        return _g("%(year)sの集計を訂正し、%(edition)sとして公表しました。変わった欄は正誤表にあります。") % words

    def item_link(self, item: Run) -> str:
        return reverse("report-editions", args=[Edition(item.survey.year, item.edition)])

    def item_updateddate(self, item: Run) -> Any:
        return item.published_at

    item_pubdate = item_updateddate
