"""Whether a run can be made again from what is stored: the same tables from the answers that it counted."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from aggregation import dataset, report, tabulate
from aggregation.collect import collect
from aggregation.models import Run
from aggregation.tables import Cell, Table

MEASURES = ("bodies", "responded", "base", "count", "percent", "value", "note")
Place = tuple[str, str, str, str, str]  # table, row, column, breakdown, group


class Differing(NamedTuple):
    """A cell that comes out otherwise, as it is stored and as it is recomputed; None where there is none."""

    place: Place
    stored: str | None
    recomputed: str | None

    def __str__(self) -> str:
        where = " ".join(part or "-" for part in self.place)
        return f"{where}: stored {self.stored or 'no cell'} / recomputed {self.recomputed or 'no cell'}"


@dataclass(frozen=True)
class Verification:
    """What was found. `faults`: stored answers that are not what was submitted. `moved`: what is another one than when
    the run was made, without being wrong."""

    cells: int
    differing: tuple[Differing, ...]
    faults: tuple[str, ...]
    moved: tuple[str, ...]

    @property
    def identical(self) -> bool:
        return not self.differing and not self.faults


def verify(run: Run) -> Verification:
    """Recompute all tables of a run from the submissions that it counted."""
    submissions = dataset.counted_documents(run)
    rows = dataset.rows_of(run, dataset.register(run.survey))
    collected = collect(run.survey.questionnaire, rows)
    made = tabulate.build(collected, report.specs(), report.past(), run.survey.year)
    stored, recomputed = (dict(_cells(tables)) for tables in (report.national(run), made))
    places = list({**stored, **recomputed})
    differing = tuple(
        Differing(place, stored.get(place), recomputed.get(place))
        for place in places
        if stored.get(place) != recomputed.get(place)
    )
    return Verification(len(places), differing, tuple(_faults(run, submissions)), tuple(_moved(run)))


def _cells(tables: list[Table]) -> Iterator[tuple[Place, str]]:
    for table in tables:
        for cell in table.cells:
            yield (table.id, *cell[:4]), _words(cell)


def _words(cell: Cell) -> str:
    known = {name: getattr(cell, name) for name in MEASURES}
    return ", ".join(f"{name} {value}" for name, value in known.items() if value is not None)


def _faults(run: Run, submissions: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """Submissions whose text is not the one that was submitted, or that are gone."""
    counted: dict[str, Any] = json.loads(run.counted)
    for code, number in counted.items():
        if code not in submissions:
            yield f"{code}: submission {number} is not stored"
            continue
        document, fingerprint = submissions[code]
        if hashlib.sha256(document.encode()).hexdigest() != fingerprint:
            yield f"{code}: submission {number} is not what was submitted: its SHA-256 differs"
    if len(counted) != run.responses:
        yield f"the run names {len(counted)} submissions and says that it counted {run.responses}"


def _moved(run: Run) -> Iterator[str]:
    if run.code_version != report.code_version():
        yield f"the code of the tables: {run.code_version} then, {report.code_version()} now"
    if run.questionnaire_checksum != run.survey.checksum:
        yield "the wording of the questionnaire: labels may differ, numbers may not"
    if run.answers_fingerprint != dataset.fingerprint_now(run.survey):
        yield "answers, names or populations since: a later edition would count other ones"
