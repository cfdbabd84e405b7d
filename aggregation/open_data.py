"""The open data of an edition: tables, answers of single bodies, what describes them, and all of it as a package."""

from collections.abc import Iterator, Mapping

from aggregation import dataset, downloads, report
from aggregation.export import package
from aggregation.export.individual_form import PARTS, IndividualFile
from aggregation.export.long_form import to_csv
from aggregation.models import Run


def individual(run: Run) -> IndividualFile:
    """The answers of single bodies of a run that may be public today."""
    survey = run.survey
    bodies = dataset.all_rows(run)
    rule, origin = report.disclosed(run), report.origin(run)
    return IndividualFile(survey.year, run.edition_name, origin, survey.questionnaire, rule, bodies)


def one(run: Run, name: str) -> bytes:
    """One of the files by its name."""
    found = individual(run)
    return to_csv(PARTS[name](found)) if name in PARTS else _descriptor(run, found, "")


def files(run: Run) -> Iterator[tuple[str, bytes]]:
    """All files of the package with their names; what holds synthetic numbers says so in its name."""
    found, prefix = individual(run), report.prefix(run)
    yield package.DATAPACKAGE, _descriptor(run, found, prefix)
    yield package.file_name(package.TABLES, prefix), to_csv(downloads.public(run).form)
    for name, make in PARTS.items():
        yield package.file_name(name, prefix), to_csv(make(found))


def archive(run: Run) -> bytes:
    """The package as a ZIP."""
    return zipped(run, dict(files(run)))


def zipped(run: Run, found: Mapping[str, bytes]) -> bytes:
    """The files of the package as a ZIP."""
    return package.archive(found.items(), downloads.facts(run))


def _descriptor(run: Run, found: IndividualFile, prefix: str) -> bytes:
    return package.to_bytes(package.datapackage(downloads.facts(run), run.answers_fingerprint, found, prefix))


def file_name(run: Run, name: str, suffix: str) -> str:
    """The name under which a file of the package is saved: synthetic-answers-codes-2020.csv."""
    return package.file_name(f"{name}-{run.survey.year}.{suffix}", report.prefix(run))


def example(run: Run) -> str:
    """The id of a table of a run, for examples."""
    return str(report.heads(run)[0]["id"])
