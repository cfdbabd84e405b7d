"""From a table to its charts as Vega-Lite specs. Pure.

`plan` says how a table is drawn, `spec` makes the chart of one of its sides in a language. Besides what Vega-Lite
draws, a spec carries its title in `usermeta` and all its values in words in `description`; fills are those of
`palette`, whose patterns the drawing defines.
"""

from collections.abc import Callable, Iterator

from aggregation.chart_rules import BAR, LINE, PIE, STACKED
from aggregation.figures import bars, lines, pie, stacked, words
from aggregation.figures.marks import Spec
from aggregation.figures.plan import PROCEDURES, TOGETHER, Plan, groups, numbers, plan
from aggregation.tables import NATIONAL, GroupLabel, Table

__all__ = ["TOGETHER", "Plan", "plan", "spec"]

_SPECS: dict[str, Callable[[Table, Plan, str, str], Spec]] = {
    PIE: pie.spec,
    BAR: bars.spec,
    PROCEDURES: bars.spec,
    STACKED: stacked.spec,
    LINE: lambda table, plan, side, language: lines.spec(table, plan, language),
}


def spec(table: Table, plan: Plan, side: str, language: str) -> Spec:
    """The chart of one of the sides of a plan (`TOGETHER`: of all groups), in "ja" or "en"."""
    label = next((group for group in groups(table) if group.code == side), None)
    return {
        **_SPECS[plan.kind](table, plan, side, language),
        "description": words.description(_sentences(table, plan, label, language), language),
        "usermeta": {
            "title": words.title(table, label if len(groups(table)) > 1 else None, language),
            "language": language,
        },
    }


def _sentences(table: Table, plan: Plan, side: GroupLabel | None, language: str) -> Iterator[str]:
    """Every value of a chart in words, after its base if it has one."""
    code = side.code if side else TOGETHER
    bases = {cell.base for cell in table.cells if (cell.breakdown, cell.group) == (NATIONAL, code)}
    if len(bases) == 1 and (base := bases.pop()) is not None:
        yield words.BASE.in_language(language).format(f"{base:,}")
    for name, values in _values(table, plan, code, language):
        yield words.value_sentence(name, values, language)


def _values(table: Table, plan: Plan, side: str, language: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    columns = {column.code: column.label.in_language(language) for column in table.columns}
    if plan.kind == STACKED:
        for row, cells in stacked.shown(table, plan, side):
            yield (
                row.label.in_language(language),
                [(columns[each.column], words.number(each, language)) for each in cells],
            )
    elif plan.kind == LINE:
        found = lines.shown(table)
        for group in groups(table):
            if own := found.get(group.code):
                said = [(columns[code], words.share(cell.percent)) for code, cell in own.items()]
                yield group.label.in_language(language), said
    else:
        for row, cell in numbers(table, plan.kind, side):
            yield row.label.in_language(language), [("", words.number(cell, language))]
