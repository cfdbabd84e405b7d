"""Whether a run can be made again from what is stored: the same tables from the answers that it counted."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from aggregation import dataset, members, report, tabulate
from aggregation.collect import collect
from aggregation.members import Member
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
    """What was found. `faults`: what is stored is not what the run was made of, or what it made. `moved`: what is
    another one than when the run was made, without being wrong."""

    cells: int
    differing: tuple[Differing, ...]
    faults: tuple[str, ...]
    moved: tuple[str, ...]

    @property
    def identical(self) -> bool:
        return not self.differing and not self.faults


def verify(run: Run) -> Verification:
    """Recompute all tables of a run from the bodies and the submissions that it counted."""
    bodies, submissions = dataset.members_of(run), dataset.counted_documents(run)
    made = _made(run, bodies, submissions)
    stored = report.national(run)
    before, after = dict(_cells(stored)), dict(_cells(made))
    places = list({**before, **after})
    differing = tuple(
        Differing(place, before.get(place), after.get(place))
        for place in places
        if before.get(place) != after.get(place)
    )
    faults = [*_faults(run, submissions), *_origin_faults(run, bodies, submissions)]
    words = [] if differing else list(_words_differing(stored, made))
    if (run.code_version, run.questionnaire_checksum) == (report.code_version(), run.survey.checksum):
        faults += words
    return Verification(len(places), differing, tuple(faults), tuple(_moved(run, bodies)))


@report.collector_paused()
def _made(run: Run, bodies: Iterable[Member], submissions: Mapping[str, tuple[str, str]]) -> list[Table]:
    answers = {code: _read(document) for code, (document, _) in submissions.items()}
    readable = {code: read for code, read in answers.items() if read is not None}
    collected = collect(run.survey.questionnaire, dataset.rows_of(bodies, readable))
    return tabulate.build(collected, report.specs(), report.past(), run.survey.year)


def _read(document: str) -> dict[str, Any] | None:
    """The answers of a submission; None if its text was damaged, which its SHA-256 then tells."""
    try:
        found: dict[str, Any] = json.loads(document)
    except json.JSONDecodeError:
        return None
    return found


def _cells(tables: Iterable[Table]) -> Iterator[tuple[Place, str]]:
    for table in tables:
        for cell in table.cells:
            yield (table.id, *cell[:4]), _words(cell)


def _words(cell: Cell) -> str:
    known = {name: getattr(cell, name) for name in MEASURES}
    return ", ".join(f"{name} {value}" for name, value in known.items() if value is not None)


def _words_differing(stored: Iterable[Table], made: Iterable[Table]) -> Iterator[str]:
    """Tables whose numbers are the same, but not their labels, notes or order."""
    texts = {table.id: table.to_text() for table in made}
    for table in stored:
        if table.to_text() != texts.get(table.id):
            yield f"{table.id}: the numbers are the same, but not the words (title, labels, units, notes or order)"


def _faults(run: Run, submissions: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """Submissions whose text is not the one that was submitted, or that are gone."""
    counted: dict[str, int] = json.loads(run.counted)
    for code, number in counted.items():
        if code not in submissions:
            yield f"{code}: submission {number} is not stored"
            continue
        document, noted = submissions[code]
        if _sha256(document) != noted:
            yield f"{code}: submission {number} is not what was submitted: its SHA-256 differs"
    if len(counted) != run.responses:
        yield f"the run names {len(counted)} submissions and says that it counted {run.responses}"


def _origin_faults(run: Run, bodies: Iterable[Member], submissions: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """The fingerprint of the run, made again from the bodies it kept and the texts of the submissions: it also tells
    a text that was changed together with its SHA-256."""
    found = members.fingerprint(bodies, {code: _sha256(document) for code, (document, _) in submissions.items()})
    if found != run.answers_fingerprint and run.members_kept() is not None:
        yield "the bodies and answers stored are not those the run was made from: their fingerprint differs"


def _sha256(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()


def _moved(run: Run, then: Iterable[Member]) -> Iterator[str]:
    """What is another one now, and what that means for a difference."""
    if run.code_version != report.code_version():
        yield (
            f"the code of the tables: {run.code_version} then, {report.code_version()} now; "
            "a cell that differs may differ because its rule was changed"
        )
    if run.questionnaire_checksum != run.survey.checksum:
        yield "the wording of the questionnaire: labels may differ, numbers may not"
    if run.members_kept() is None:
        yield (
            "this run is of an older version and did not keep names and populations: it is recomputed with those of "
            "now, and a cell that differs may differ because they were changed"
        )
    if run.answers_fingerprint != dataset.fingerprint_now(run.survey):
        yield "answers, names or populations: a later edition counts other ones" + _changed(run, then)


def _changed(run: Run, then: Iterable[Member]) -> str:
    """Which bodies have another name, kind or population now."""
    now = {member.code: member[:5] for member in dataset.members_now(run.survey)}
    codes = [member.code for member in then if now.pop(member.code, None) != member[:5]] + list(now)
    return f" (another name, kind or population, or no longer or newly listed: {', '.join(codes)})" if codes else ""
