"""Reads the lock files; a line that is not pinned and hashed is refused."""

import base64
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
RUNTIME, DEVELOPMENT, NODE = "requirements.lock", "requirements-dev.lock", "requirements-node.lock"
BENCH = "requirements-bench.lock"
PYTHON_LOCKS = (RUNTIME, DEVELOPMENT, NODE, BENCH)
NPM_LOCK = "package-lock.json"

_PIN = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)==([0-9][0-9a-z.+!]*)((?: ; [^#@]+)?) \\")
_HASH = re.compile(r"    --hash=sha256:([0-9a-f]{64})(?: \\)?")
_WITHOUT_AN_ADDRESS = {"version", "integrity", "license", "dev", "engines", "optional", "peer", "dependencies", "bin"}


class NotLocked(Exception):
    """A line of a lock file that is not pinned, not hashed, or says where to get something."""


@dataclass(frozen=True)
class Package:
    """One locked package; any file with one of the hashes is the one that was locked."""

    kind: str  # pypi or npm
    name: str
    version: str
    hashes: tuple[str, ...]
    is_runtime: bool
    marker: str = ""
    licence: str = ""


def python_packages(text: str, is_runtime: bool, source: str = "") -> list[Package]:
    """The packages of a requirements lock."""
    found: list[tuple[str, str, str, list[str]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if pin := _PIN.fullmatch(line):
            found.append((pin[1], pin[2], pin[3].removeprefix(" ; "), []))
        elif found and (digest := _HASH.fullmatch(line)):
            found[-1][3].append(digest[1])
        else:
            raise NotLocked(f"{source} line {number}: neither a pinned package nor its hash: {line}")
    if bare := [name for name, *_, hashes in found if not hashes]:
        raise NotLocked(f"{source}: without a hash: {', '.join(bare)}")
    return [Package("pypi", name, version, tuple(own), is_runtime, marker) for name, version, marker, own in found]


def npm_packages(document: dict[str, Any]) -> list[Package]:
    """The packages of a package-lock.json; its first entry is the project itself."""
    return [_npm(path, entry) for path, entry in document["packages"].items() if path]


def _npm(path: str, entry: dict[str, Any]) -> Package:
    name = path.rpartition("node_modules/")[2]
    if more := entry.keys() - _WITHOUT_AN_ADDRESS:
        raise NotLocked(f"{NPM_LOCK}: {name} has {', '.join(sorted(more))}")
    algorithm, _, digest = entry.get("integrity", "").partition("-")
    if algorithm != "sha512":
        raise NotLocked(f"{NPM_LOCK}: {name} is without a hash")
    hashes = (base64.b64decode(digest, validate=True).hex(),)
    return Package("npm", name, entry["version"], hashes, not entry.get("dev"), licence=entry["license"])


def read(name: str) -> list[Package]:
    """The packages of one lock file of the project."""
    text = (ROOT / name).read_text("utf-8")
    return npm_packages(json.loads(text)) if name == NPM_LOCK else python_packages(text, name == RUNTIME, name)


def all_packages() -> list[Package]:
    """Each package once, as runtime if it is one anywhere."""
    found: dict[tuple[str, str], Package] = {}
    for name in (*PYTHON_LOCKS, NPM_LOCK):
        for package in read(name):
            found.setdefault((package.kind, package.name), package)
    return sorted(found.values(), key=lambda package: (package.kind, package.name))


def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
