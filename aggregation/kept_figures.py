"""The charts of a run: each is drawn once, when it is first needed or by `manage.py draw_figures`, and kept."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from aggregation import drawing, figures, report
from aggregation.figures import Plan
from aggregation.models import Run, RunFigure
from aggregation.tables import Table

LANGUAGES = ("ja", "en")


class Drawn(NamedTuple):
    """How a table is drawn, and the SVG of each of its sides (`figures.TOGETHER`: of all in one)."""

    plan: Plan
    svgs: Mapping[str, str]


def drawn(run: Run, tables: Sequence[Table], language: str) -> dict[str, Drawn]:
    """The charts of tables of a run by table, where there is something to draw; one query if they are kept."""
    plans = _plans(tables)
    specs = _specs(tables, plans, language)
    made = dict(zip(specs, svgs(run, list(specs.values())), strict=True))
    return {id: Drawn(plan, {side: made[id, side] for side in plan.sides}) for id, plan in plans.items()}


def draw_all(run: Run) -> int:
    """Draw what everybody may see of a run in both languages, as far as it is not kept; the number of its charts.

    Charts that nobody asks for any more, since what may be public, words or code have changed, are forgotten.
    """
    tables = report.public(run)
    plans = _plans(tables)
    specs = [spec for language in LANGUAGES for spec in _specs(tables, plans, language).values()]
    svgs(run, specs)
    keys = set(map(drawing.key, specs))
    old = [pk for pk, key in run.figures.values_list("pk", "key") if key not in keys]
    run.figures.filter(pk__in=old).delete()
    return len(specs)


def _specs(tables: Iterable[Table], plans: Mapping[str, Plan], language: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The specs of all charts by table and side."""
    found = [(table, plans[table.id]) for table in tables if table.id in plans]
    return {(table.id, side): figures.spec(table, plan, side, language) for table, plan in found for side in plan.sides}


def _plans(tables: Iterable[Table]) -> dict[str, Plan]:
    specs = report.spec_by_id()
    return {table.id: plan for table in tables if (plan := figures.plan(table, specs.get(table.id)))}


def svgs(run: Run, specs: Sequence[dict[str, Any]]) -> list[str]:
    """The drawing of each spec, kept from now on. Two who need it at once may both draw it: it is the same."""
    keys = [drawing.key(spec) for spec in specs]
    kept = dict(run.figures.filter(key__in=keys).values_list("key", "svg"))
    new = {key: drawing.draw(spec) for key, spec in zip(keys, specs, strict=True) if key not in kept}
    found = [RunFigure(run=run, key=key, svg=svg) for key, svg in new.items()]
    RunFigure.objects.bulk_create(found, ignore_conflicts=True)
    return [{**kept, **new}[key] for key in keys]
