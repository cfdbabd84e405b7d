"""From a round to its run, and from a run to what is shown: the tables beside the published baseline."""

import gc
import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from aggregation import baseline, dataset, members, peers, series, tables, tabulate
from aggregation import misfits as table_misfits
from aggregation.collect import Collected, Collector
from aggregation.comparison import KEPT, Comparison, Now, Own, compare_body
from aggregation.disclosure import Disclosed
from aggregation.groups import ByKindAndBand, kind_and_band
from aggregation.models import Run, RunPeers
from aggregation.peers import Peers
from surveys.answers import canonical
from surveys.answers_file import REPORTED, SYNTHETIC
from surveys.models import Disclosure, Survey
from surveys.questionnaire import Questionnaire, Section, Text

FOLDER = Path(__file__).parent
DATA = FOLDER / "data"
NUMERIC = [
    "assemble",
    "baseline",
    "collect",
    "dataset",
    "estimate",
    "groups",
    "measures",
    "members",
    "peers",
    "populations",
    "ranges",
    "series",
    "tables",
    "tabulate",
]
RULES = ["answers", "bands", "definition", "questionnaire", "rules"]
SOURCES = [
    *(FOLDER / f"{name}.py" for name in NUMERIC),
    *(
        FOLDER.parent / "surveys" / f"{name}.py"
        for name in ("answers", "bands", "definition", "questionnaire", "rules")
    ),
    *sorted(DATA.glob("baseline-*.csv")),
    DATA / "series.csv",
    DATA / "tables.toml",
]


@dataclass(frozen=True)
class Computed:
    """A run, whether it is new, and the seconds of the whole and of reading and taking in the answers."""

    run: Run
    new: bool
    seconds: float
    reading: float


@cache
def code_version() -> str:
    """A name of the code and data that make the tables: a digest of their files, read once per process."""
    digest = hashlib.sha256()
    for path in SOURCES:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def specs() -> tuple[tables.TableSpec, ...]:
    return tables.load_specs(DATA / "tables.toml")


@cache
def spec_by_id() -> dict[str, tables.TableSpec]:
    return {spec.id: spec for spec in specs()}


@cache
def past() -> tuple[baseline.Published, ...]:
    """Past values of the series: those of public pages, then those of the published reports."""
    return (*baseline.load_series(DATA / "series.csv"), *series.from_baselines(specs(), baselines()))


def _baseline_years() -> list[int]:
    return sorted(int(path.stem.removeprefix("baseline-")) for path in DATA.glob("baseline-*.csv"))


def baselines() -> dict[int, baseline.Baseline]:
    """The published numbers of all years that the project ships."""
    return {year: found for year in _baseline_years() if (found := published(year))}


@cache
def published(year: int) -> baseline.Baseline | None:
    """The published numbers of a year, if the project ships them."""
    path = DATA / f"baseline-{year}.csv"
    return baseline.load(path) if path.exists() else None


@cache
def baseline_year(year: int) -> int | None:
    """The year of the published numbers that a round is held against: the newest shipped up to its own."""
    return max((found for found in _baseline_years() if found <= year), default=None)


def baseline_of(run: Run) -> baseline.Baseline | None:
    """The published numbers that a run is held against."""
    year = baseline_year(run.survey.year)
    return None if year is None else published(year)


@contextmanager
def collector_paused() -> Iterator[None]:
    """No garbage collection meanwhile: a run makes some million small objects that all stay alive until it ends,
    and looking through them again and again takes more time than reading the answers (0.34 s against 0.15 s)."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@transaction.atomic
@collector_paused()
def compute(survey: Survey) -> Computed:
    """A new run of the round, or its latest one if answers, definition and code are the same."""
    started = time.perf_counter()
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    collector = Collector(survey.questionnaire)
    data = dataset.load(survey, collector.take)
    reading = time.perf_counter() - started
    facts: dict[str, Any] = {
        "code_version": code_version(),
        "questionnaire_checksum": survey.checksum,
        "answers_fingerprint": data.fingerprint,
    }
    latest = Run.objects.latest_of(survey)
    if latest and all(getattr(latest, name) == value for name, value in facts.items()):
        return Computed(latest, False, time.perf_counter() - started, reading)
    collected = collector.finish(data.bodies)
    made = tabulate.build(collected, specs(), past(), survey.year)
    facts["peers"] = peers.to_text(collected)
    facts |= {"survey": survey, "responses": data.counted, "synthetic": data.synthetic}
    facts["counted"] = canonical(data.numbers)
    kept = members.to_text(data.members)
    run = Run.keep(made, peers_by_group(collected, survey.year), kept, **facts)
    return Computed(run, True, time.perf_counter() - started, reading)


def peers_by_group(collected: Collected, year: int) -> dict[str, str]:
    """What a run keeps of each kind and size of body, by the rules of its tables."""
    grouping = ByKindAndBand(collected.bodies)
    made = tabulate.build(replace(collected, grouping=grouping), specs(), past(), year)
    return peers.by_kind_and_band(collected, grouping.groups, made)


def misfits(survey: Survey) -> list[str]:
    """Where the round's questionnaire does not fit the table definitions, so that a table is missing or poorer."""
    return table_misfits.misfits(specs(), survey.questionnaire)


def misfits_in_words(before: Questionnaire | None, after: Questionnaire) -> list[Text]:
    """The same of a questionnaire that may become a round's, after the one of the round before."""
    return table_misfits.in_words(specs(), before, after)


def national(run: Run) -> list[tables.Table]:
    """All tables of a run, in the order of the report."""
    return [tables.from_text(document) for document in run.tables.values_list("document", flat=True)]


def heads(run: Run) -> list[dict[str, Any]]:
    """What tables a run has, in the order of the report: id, number, title, heading and chapter of each."""
    return list(run.tables.values_list("head", flat=True))


def one(run: Run, table: str) -> tables.Table | None:
    """One table of a run."""
    document = run.tables.filter(table=table).values_list("document", flat=True).first()
    return tables.from_text(document) if document else None


def disclosed(run: Run) -> Disclosed:
    """Of which questions of a run the answers of single bodies may be public today."""
    open_now = Disclosure.objects.open_on(run.survey, timezone.localdate())
    return Disclosed(open_now | {spec.id for spec in specs() if spec.series and spec.series.source in open_now})


def public(run: Run) -> list[tables.Table]:
    """All tables of a run as everybody may see them."""
    rule = disclosed(run)
    return [rule.table(table) for table in national(run)]


def public_some(run: Run, ids: Sequence[str]) -> list[tables.Table]:
    """Some tables of a run as everybody may see them, in the order of the report; no other table is read."""
    rule = disclosed(run)
    documents = run.tables.filter(table__in=ids).values_list("document", flat=True)
    return [rule.table(tables.from_text(document)) for document in documents]


def public_one(run: Run, table: str) -> tables.Table | None:
    """One table of a run as everybody may see it."""
    found = one(run, table)
    return disclosed(run).table(found) if found else None


def for_body(run: Run | None, response: dataset.Response, only: Sequence[Section] | None = None) -> Comparison:
    """The answers of a body beside a run (without one, only beside the published numbers); `only`: some sections."""
    own, questionnaire = dataset.own(response), response.survey.questionnaire
    sections = questionnaire.sections_for(own.kind) if only is None else only
    now = None if run is None else Now(_tables_of(run, sections), _peers_of(run, own.peers), run.synthetic)
    year = baseline_year(own.year)
    return compare_body(own, questionnaire, now, None if year is None else published(year), sections)


class Comparer:
    """Compares many bodies with one run; what they share is read once."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.questionnaire = run.survey.questionnaire
        self.tables = _tables_of(run, self.questionnaire.sections)
        self.peers = cache(partial(_peers_of, run))

    def compare(self, own: Own) -> Comparison:
        now = Now(self.tables, self.peers(own.peers), self.run.synthetic)
        return compare_body(own, self.questionnaire, now, baseline_of(self.run))


def alone(response: dataset.Response) -> Comparison:
    """What a body last submitted in a round, beside nothing."""
    return compare_body(dataset.submitted(response), response.survey.questionnaire, None, None)


def _tables_of(run: Run, sections: Sequence[Section]) -> list[tables.Table]:
    """The tables of some sections, with no more than what bodies are compared with."""
    wanted = {question.public_id for section in sections for question in section.questions}
    documents = run.tables.filter(table__in=wanted).values_list("document", flat=True)
    return [tables.from_text(document, KEPT) for document in documents]


def _peers_of(run: Run, group: str) -> Peers:
    """The peers of a body: those of its kind and, if enough of them are counted, of its kind and size."""
    sized = run.peers_by_group.filter(group=group).values_list("document", flat=True).first() if group else None
    return Peers.from_texts(run.peers, group, sized or "")


def shares_before(kind: str, population: int | None, year: int) -> tuple[Run, Peers] | None:
    """What the bodies of a kind and size answered in the latest published round before a year; one query."""
    latest = Run.objects.published().filter(survey__year__lt=year).values("pk")[:1]
    kept = RunPeers.objects.filter(run__in=latest, group=kind_and_band(kind, population))
    found = kept.select_related("run__survey").defer("run__survey__document", "run__peers").first()
    return (found.run, Peers.from_texts("", found.group, found.document)) if found else None


def origin(run: Run) -> str:
    return SYNTHETIC if run.synthetic else REPORTED


def prefix(run: Run) -> str:
    """What stands before the name of a file that holds synthetic numbers."""
    return f"{SYNTHETIC}-" if run.synthetic else ""


def file_name(run: Run, suffix: str, what: str = "tables") -> str:
    """The name of a file of this run; synthetic numbers say so in it."""
    return _named(f"{what}-{run.survey.year}.{suffix}", run.synthetic)


def tables_file_name(run: Run, format: str) -> str:
    """The name of a file of all tables; that for machines says so: tables-2020-machine.xlsx."""
    how, _, suffix = format.rpartition("-")
    return _named(f"tables-{run.survey.year}{how and f'-{how}'}.{suffix}", run.synthetic)


def comparison_file_name(comparison: Comparison, suffix: str) -> str:
    """The name of a file of a body's comparison."""
    return _named(f"comparison-{comparison.own.year}-{comparison.own.code}.{suffix}", comparison.synthetic)


def _named(name: str, synthetic: bool) -> str:
    return f"{SYNTHETIC}-{name}" if synthetic else name
