"""From nothing to the first page: seconds of whole processes, of imports, and of `make demo SERVE=0`.

Imports are those of `config.wsgi`, by package. Packages that only the environments of tests and bench have are kept
out of them, since a library of the product would take them up. `make demo` runs with the environment of this folder
into an empty database and, on SQLite, once more in a clone of this folder, which installs everything first.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.bench.databases import another
from tests.bench.frame import ROOT, Place, Row, median

SECTION = "start"
WITHOUT = "import sys; sys.modules.update(dict.fromkeys(('numpy', 'pandas', 'PIL')))"
SET_UP = (
    f"{WITHOUT}; import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; import django; django.setup()"
)
PROCESSES = {
    "python -c pass": ("-c", "pass"),
    "django.setup()": ("-c", SET_UP),
    "import config.wsgi": ("-c", f"{WITHOUT}; import config.wsgi"),
    "manage.py check": ("manage.py", "check"),
}
LARGEST = 5
IMPORTED = re.compile(r"import time: +(\d+) \| +\d+ \| +([\w.]+)")  # microseconds of the module itself


def rows(place: Place) -> Iterator[Row]:
    for what, command in PROCESSES.items():
        costs = place.repeated(5, *command)
        peak = median([cost.peak for cost in costs])
        yield Row(SECTION, what, median([cost.seconds for cost in costs]), "s", note=f"{peak:.0f} MiB")
    yield from _imports(place)
    firsts = [cost.said for cost in place.repeated(5, "-m", "tests.bench.first_page")]
    for what in ("first", "second"):
        yield Row(SECTION, f"{what} page after start", median([found[what] for found in firsts]), "ms")
    with another(place, "empty", copy=False) as url:
        yield _demo("make demo SERVE=0, everything installed", ROOT, {**place.environment, "DATABASE_URL": url})
    if place.database == "sqlite" and not place.quick:
        yield from _from_nothing(place)


def _imports(place: Place) -> Iterator[Row]:
    command = [sys.executable, "-X", "importtime", "-c", f"{WITHOUT}; import config.wsgi"]
    environment = {**os.environ, **place.environment}
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stderr
    packages: Counter[str] = Counter()
    for microseconds, module in IMPORTED.findall(told):
        packages[module.partition(".")[0]] += int(microseconds)
    yield Row(SECTION, "imports of config.wsgi, all", packages.total() / 1000, "ms", note="as -X importtime counts")
    for name, microseconds in packages.most_common(LARGEST):
        yield Row(SECTION, f"imports of config.wsgi: {name}", microseconds / 1000, "ms")


def _from_nothing(place: Place) -> Iterator[Row]:
    folder = place.folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    inherited = ("DATABASE_URL", "SECRET_KEY", "FILES_FOLDER", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if name not in inherited}
    yield _demo("make demo SERVE=0, from a clone", folder, kept)


def _demo(what: str, folder: Path, environment: Mapping[str, str]) -> Row:
    began = time.perf_counter()
    made = subprocess.run(
        ["make", "demo", "SERVE=0"], cwd=folder, env=dict(environment), capture_output=True, text=True
    )
    seconds = time.perf_counter() - began
    if made.returncode:
        last = (made.stderr.strip().splitlines() or [""])[-1]
        return Row(
            SECTION, what, 0, "s", note=f"not measured, it failed after {seconds:.0f} s: {json.dumps(last)[:200]}"
        )
    return Row(SECTION, what, seconds, "s")
