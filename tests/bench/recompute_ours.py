"""The product's own recompute, again and again as if its code were new each time: else the latest run would stay.

With BENCH_TIMES=0 it is the command a person gives, `manage.py recompute`; else `report.compute` in one process.
`python -m tests.bench.recompute_ours once` recomputes once and says its seconds; `… forget` takes the runs away.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from time import time_ns
from typing import TYPE_CHECKING

from tests.bench import reading

if TYPE_CHECKING:
    from aggregation.tables import Table
    from surveys.questionnaire import Questionnaire

MARK = "bench"


def main(*arguments: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from aggregation import report
    from aggregation.models import Run

    if arguments == ("forget",):
        Run.objects.filter(code_version__startswith=MARK).delete()
        return
    report.code_version = lambda: f"{MARK}-{time_ns()}"
    if arguments == ("once",):
        _once()
    elif os.environ.get("BENCH_TIMES") == "0":
        from django.core.management import execute_from_command_line

        execute_from_command_line(["manage.py", "recompute", str(reading.YEAR)])
    else:
        _warm()


def _once() -> None:
    from aggregation import report
    from surveys.models import Survey

    computed = report.compute(Survey.objects.get(year=reading.YEAR))
    print(json.dumps({"seconds": computed.seconds, "bodies": computed.run.responses}))


def _warm() -> None:
    from aggregation import report
    from surveys.models import Survey

    survey = Survey.objects.get(year=reading.YEAR)
    result = reading.measured(lambda: report.compute(survey).run)
    found = dict(_checked(report.national(result["found"]), survey.questionnaire))
    print(json.dumps({**result, "found": found}))


def _checked(tables: "Iterable[Table]", questionnaire: "Questionnaire") -> Iterator[tuple[str, int]]:
    """The numbers of some tables in the form of `reading.checked`: no totals, and no rows that are computed."""
    for table in tables:
        for cell in table.cells if table.id in reading.CHECKED else ():
            row = questionnaire.question_by_id[table.id].row_by_code.get(cell.row)
            if cell.group == "total" or (row and row.computed):
                continue
            number, column = (cell.value, "sum") if cell.count is None else (cell.count, cell.column)
            found = {(cell.row, column): number}
            if cell.breakdown == "national":
                found["", "base"] = cell.base
            yield from (
                ("|".join((cell.breakdown, cell.group, table.id, *place)), n) for place, n in found.items() if n
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
