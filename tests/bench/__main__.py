"""`python -m tests.bench [SECTION …] [--quick] [--database sqlite]`: measure, print a table, keep it in var/bench."""

import argparse
import importlib
import json
import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tests.bench import frame
from tests.bench.frame import ROOT, Place, Row
from tests.faults.servers import Postgres, environment

SECTIONS = (
    *("recompute", "growth", "freshness", "pages", "saturation"),
    *("largest_page", "files", "admin", "start"),
)
KEPT = ROOT / "var" / "bench"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--database", choices=("postgresql", "sqlite"), action="append")
    parser.add_argument("--quick", action="store_true", help="small and twice: only to see that it works")
    given = parser.parse_args()
    if unknown := set(given.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    failed = []
    for database in given.database or ("postgresql", "sqlite"):
        rows: list[Row] = []
        with _place(database, given.quick) as place:
            for section in given.sections or SECTIONS:
                try:
                    _measure(section, place, rows)
                except Exception:  # hours of other figures are not thrown away with it
                    traceback.print_exc()
                    failed.append(f"{section} on {database}")
        _keep(database, rows, given.quick)
    if failed:
        print(f"not measured to the end: {', '.join(failed)}")
    return 1 if failed else 0


def _measure(section: str, place: Place, rows: list[Row]) -> None:
    """Add the rows of a section as they come; those before a failure stay."""
    print(f"\n{section}, {place.database}", flush=True)
    for row in importlib.import_module(f"tests.bench.{section}").rows(place):
        print(list(frame.table([row]))[2], flush=True)
        rows.append(row)


@contextmanager
def _place(database: str, quick: bool) -> Iterator[Place]:
    """A database of its own with the demo in it: 1,788 bodies with complete answers of 2020."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    folder.chmod(0o711)
    (folder / "database").mkdir()
    postgres = Postgres(folder / "database") if database == "postgresql" else None
    try:
        url = postgres.url if postgres else f"sqlite:///{folder / 'db.sqlite3'}"
        place = Place(database, url, folder, quick, environment(folder, url))
        place.process("manage.py", "demo")
        yield place
    finally:
        if postgres:
            postgres.close()
        shutil.rmtree(folder, ignore_errors=True)


def _keep(database: str, rows: list[Row], quick: bool) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    machine = frame.machine()
    found = {"machine": machine, "database": database, "quick": quick}
    found["rows"] = [{**asdict(row), "ratio": row.ratio, "met": row.is_met} for row in rows]
    name = f"{machine['date'].replace(' ', '-').replace(':', '')}-{database}"
    (KEPT / f"{name}.json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    lines = [*frame.table(rows)]
    (KEPT / f"{name}.md").write_text("\n".join(lines) + "\n")
    print("\n" + "\n".join(lines) + f"\n\n{machine}\nkept in {(KEPT / name).relative_to(ROOT)}.json", flush=True)


if __name__ == "__main__":
    sys.exit(main())
