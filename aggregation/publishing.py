"""The step that publishes a run, with the page that says what it means."""

from collections.abc import Iterator

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from aggregation import editions, report
from aggregation.disclosure import LEAST
from aggregation.errata import Errata, Erratum, TableErrata
from aggregation.models import Run
from surveys.admin.base import Step
from surveys.models.access import ResponseState
from surveys.templatetags.surveys import datum, localised

SHOWN = 20  # cells of the errata on the page that asks; the page of the edition has all of them


def _publishes(run: Run) -> list[str]:
    before = Run.objects.edition_before(run)
    words = {"run": run, "responses": run.responses, "before": before.edition_name if before else ""}
    found = [_g("%(run)s：%(responses)d団体の回答を数えています。") % words, *_left(run), *_corrected(run)]
    if run.synthetic:
        found.append(_g("合成データを含みます。公表ページにもそう示されます。"))
    if before:
        found.append(_g("いま公表している%(before)sに代わります。%(before)sも残ります。") % words)
        changes = editions.compare(before, run)
        found += [*_changes(before, changes), *_subtractable(run, changes)]
    return found


def _left(run: Run) -> Iterator[str]:
    """What has not come to its end; whoever adds a reason to wait adds a line here."""
    responses = run.survey.responses
    left = responses.filter(state__in=[ResponseState.DRAFT, ResponseState.RETURNED]).count()
    yield ngettext("提出していない団体：%(count)d団体", "提出していない団体：%(count)d団体", left) % {"count": left}
    waiting = responses.filter(state=ResponseState.SUBMITTED).count()
    text = ngettext(
        "提出済みで、まだ受理していない団体：%(count)d団体",
        "提出済みで、まだ受理していない団体：%(count)d団体",
        waiting,
    )
    yield text % {"count": waiting}


def _corrected(run: Run) -> Iterator[str]:
    if corrections := run.corrections():
        names = _g("、").join(sorted({each.ended_by.name for each in corrections if each.ended_by}))
        text = _g("新しく数える訂正：%(count)d件（訂正した人：%(names)s）。訂正した人は公表できません。")
        yield text % {"count": len(corrections), "names": names}


def _changes(before: Run, found: Errata) -> Iterator[str]:
    text = ngettext("%(before)sから変わる欄：%(count)dか所", "%(before)sから変わる欄：%(count)dか所", found.count)
    yield text % {"before": before.edition_name, "count": found.count}
    cells = [(table, cell) for table in found.tables for cell in table.cells]
    yield from (_line(table, cell) for table, cell in cells[:SHOWN])
    rest = len(cells) - SHOWN
    if rest > 0:
        yield _g("ほか%(rest)dか所") % {"rest": rest}


def _subtractable(run: Run, found: Errata) -> Iterator[str]:
    """Of questions that are not public body by body: an edition less the one before it gives what few bodies changed.
    Both editions stay, so that only who publishes can weigh it."""
    rule = report.disclosed(run)
    closed = [table for table in found.tables if not rule.individual(table.id)]
    changed = {code for table in closed for cell in table.cells for code in cell.bodies}
    if 0 < len(changed) < LEAST:
        text = ngettext(
            "団体ごとに公表していない問の回答が変わる団体：%(count)d団体。前の版との差から、その回答が分かることがあります。",
            "団体ごとに公表していない問の回答が変わる団体：%(count)d団体。前の版との差から、その回答が分かることがあります。",
            len(changed),
        )
        yield text % {"count": len(changed)}


def _line(table: TableErrata, cell: Erratum) -> str:
    """第１図　CIOの任命：任命している／市区町村　団体 3 → 4、割合（％） 60.0 → 80.0"""
    changes = _g("、").join(
        f"{localised(each.words)} {datum(each.before)} → {datum(each.after)}" for each in cell.differences
    )
    words = {"table": localised(table.name), "place": localised(cell.place), "changes": changes}
    return _g("%(table)s：%(place)s　%(changes)s") % words


PUBLISH = Step(
    "publish",
    _("公表する"),
    lambda run, by, reason: run.publish(by=by),
    lambda run: run.why_not_publish(),
    (
        _("すべての表が、サインインしていない人にも見えるようになります。公表は取り消せません。"),
        _("公表した版（r1、r2 …）は残ります。2回目からは、前の版と違う欄が正誤表になります。"),
        _("各団体の「比べる」のページも、この計算と比べるようになります。"),
    ),
    _publishes,
)
