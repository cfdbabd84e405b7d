"""Files of a run: seconds and peak MiB of whole processes, and seconds of the second one made in a process.

The workbook stands beside XlsxWriter writing the same cells with neither looks nor charts, the PDF beside Typst
compiling the same sources; both are processes without Django (`tests.bench.bare`). Of the reports of all bodies only
some are made, in chunks as the product takes them, by one process.
"""

from collections.abc import Iterator, Sequence

from tests.bench.frame import Cost, Place, Row, median

SECTION = "files"
WORKBOOK, PDF = "xlsx", "pdf"
FORMATS = {"csv": "CSV", "json": "JSON", WORKBOOK: "workbook with charts", PDF: "PDF"}
BODY = {"body-pdf": "a body's report, PDF", "body-xlsx": "a body's report, workbook"}
TIMES_BARE = {WORKBOOK: 1.5, PDF: 2.0}
BODIES, FEW_BODIES = 60, 10
INSIDE = ("-m", "tests.bench.inside", "making_files")
BARE = {WORKBOOK: "XlsxWriter, cells alone", PDF: "Typst alone"}


def rows(place: Place) -> Iterator[Row]:
    sources = place.folder / "sources"
    sources.mkdir(exist_ok=True)
    for what, name in {**FORMATS, **BODY}.items():
        made = place.repeated(3, *INSIDE, what)
        if what in BARE:
            place.process(*INSIDE, what, str(sources))
            bare = place.repeated(3, "-m", "tests.bench.bare", what, str(sources))
            yield from _beside(what, made, bare)
        else:
            yield from _alone(name, made)
    yield from _all_bodies(place)


def _beside(what: str, made: Sequence[Cost], bare: Sequence[Cost]) -> Iterator[Row]:
    name, other, goal = FORMATS[what], BARE[what], TIMES_BARE[what]
    for part in ("first", "again"):
        ours, theirs = (median([cost.said[part] for cost in costs]) for costs in (made, bare))
        is_kept = what == PDF and part == "again"  # Typst remembers what it has set, of ours and alone
        yield Row(SECTION, f"{name}: {part} in a process", ours, "s", other, theirs, None if is_kept else goal)
    ours, theirs = (median([cost.seconds - cost.said["again"] for cost in costs]) for costs in (made, bare))
    yield Row(SECTION, f"{name}: whole process", ours, "s", other, theirs, note="with the start of Django")
    ours, theirs = (median([cost.peak for cost in costs]) for costs in (made, bare))
    yield Row(SECTION, f"{name}: peak of the process", ours, "MiB", other, theirs, note=_size(made))


def _alone(name: str, made: Sequence[Cost]) -> Iterator[Row]:
    whole = median([cost.seconds - cost.said["again"] for cost in made])
    yield Row(SECTION, f"{name}: whole process", whole, "s", note=_size(made))
    yield Row(SECTION, f"{name}: again in a process", median([cost.said["again"] for cost in made]), "s")
    yield Row(SECTION, f"{name}: peak of the process", median([cost.peak for cost in made]), "MiB")


def _size(made: Sequence[Cost]) -> str:
    return f"{made[0].said['size']:,} bytes"


def _all_bodies(place: Place) -> Iterator[Row]:
    cost = place.process(*INSIDE, "bodies", str(FEW_BODIES if place.quick else BODIES))
    made, bodies = cost.said["made"], cost.said["bodies"]
    each = cost.said["seconds"] / made
    note = f"{made} of {bodies:,} bodies made, PDF and workbook each, by one process; all: {each * bodies:,.0f} s of it"
    yield Row(SECTION, "reports of all bodies: each", each * 1000, "ms", note=note)
    yield Row(SECTION, f"reports of all bodies: peak of the process, {made} bodies", cost.peak, "MiB")
