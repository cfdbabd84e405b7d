"""両方の年に回答した団体: the tables of two runs over the bodies that both count, read through `dataset`."""

import json
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from aggregation import dataset, tables, tabulate
from aggregation.collect import collect
from aggregation.groups import OnlyNational
from aggregation.tables import SERIES, Table, TableSpec
from surveys.answers import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregation.models import Run


def matched(before: "Run", after: "Run") -> frozenset[str]:
    """The codes of the bodies that both runs count. A body that has come out of a merger is not in both."""
    return frozenset(json.loads(before.counted)).intersection(json.loads(after.counted))


def make(before: "Run", after: "Run") -> dict[str, str]:
    """The tables that both runs have over the bodies that both count, by id: what `read` reads."""
    codes = matched(before, after)
    was, now = ({table.id: table for table in _national(run, codes)} for run in (before, after))
    documents = ((id, [tables.to_document(was[id]), tables.to_document(now[id])]) for id in was if id in now)
    return {id: canonical(document) for id, document in documents}


def read(document: str) -> tuple[Table, Table]:
    """The same table of the run before and of the run after."""
    before, after = json.loads(document)
    return tables.from_document(before), tables.from_document(after)


def _national(run: "Run", codes: "Iterable[str]") -> list[Table]:
    """The national numbers of some bodies of a run. A series has none of its own."""
    rows = dataset.counted_rows(run, frozenset(codes))
    collected = replace(collect(run.survey.questionnaire, rows), grouping=OnlyNational(rows))
    made = tabulate.build(collected, _specs(), (), run.survey.year)
    return [table for table in made if table.kind != SERIES]


@cache
def _specs() -> tuple[TableSpec, ...]:
    return tables.load_specs()
