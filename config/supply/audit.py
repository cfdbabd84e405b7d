"""Asks for known vulnerabilities of everything locked (`make audit`); needs the network.

A service that cannot be reached, or does not know a package, is no clean bill: pip-audit alone says "No known
vulnerabilities found" and ends with 0 then. This ends with 1 if something is vulnerable, with 3 if something was not
checked.
"""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from config.supply.locks import NPM_LOCK, PYTHON_LOCKS, ROOT, Package, read

VULNERABLE, UNCHECKED = 1, 3
SERVICES = ("pypi", "osv")  # the second is asked about what the first does not know
SECONDS = 300


@dataclass
class Findings:
    """What was asked about, and what came back."""

    vulnerable: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)

    @property
    def code(self) -> int:
        return VULNERABLE if self.vulnerable else UNCHECKED if self.unchecked else 0


def said(*command: str) -> tuple[Any, str]:
    """The JSON that a command prints, or None with the last line of its complaint."""
    try:
        found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS)  # noqa: S603  fixed
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, str(error)
    try:
        return json.loads(found.stdout), ""
    except ValueError:
        return None, (found.stderr.strip().splitlines() or ["no answer"])[-1][:200]


def of_python(answers: dict[str, tuple[Any, str]], names: list[str]) -> Findings:
    """What pip-audit says of a lock, by service. A package counts as checked if one service knew it."""
    found, left = Findings(), set(names)
    for service, (document, complaint) in answers.items():
        for each in document["dependencies"] if document else ():
            if "skip_reason" in each:
                found.reasons.add(f"{service}: {each['skip_reason'].partition(':')[0]}")
                continue
            left.discard(each["name"])
            if ids := [vulnerability["id"] for vulnerability in each["vulns"]]:
                found.vulnerable.append(f"{each['name']} {each['version']}: {', '.join(ids)} ({service})")
        if not document:
            found.reasons.add(f"{service}: {complaint}")
    found.unchecked = sorted(left)
    return found


def of_npm(document: Any, complaint: str, names: list[str]) -> Findings:
    """What npm says of its lock; it answers about all packages or about none."""
    if not document or "vulnerabilities" not in document:
        return Findings(unchecked=sorted(names), reasons={f"npm: {(document or {}).get('message') or complaint}"})
    return Findings([f"{name}: {each['severity']}" for name, each in sorted(document["vulnerabilities"].items())])


def plain(packages: list[Package]) -> str:
    """A lock as requirements without conditions: pip-audit leaves out what is for other machines."""
    return "".join(
        f"{each.name}=={each.version} {' '.join(f'--hash=sha256:{digest}' for digest in each.hashes)}\n"
        for each in packages
    )


def ask_python(lock: str) -> Findings:
    packages = read(lock)
    names = [package.name for package in packages]
    command = [str(Path(sys.executable).parent / "pip-audit"), "--disable-pip", "--require-hashes"]
    answers: dict[str, tuple[Any, str]] = {}
    with TemporaryDirectory() as folder:
        (file := Path(folder, "requirements.txt")).write_text(plain(packages), "utf-8")
        for service in SERVICES:
            quiet = ("--progress-spinner=off", "--format=json")
            answers[service] = said(*command, *quiet, "-r", str(file), "-s", service)
            if not of_python(answers, names).unchecked:
                break
    return of_python(answers, names)


def ask_npm() -> Findings:
    npm = shutil.which("npm") or str(Path(sys.executable).parent / "npm")
    return of_npm(*said(npm, "audit", "--package-lock-only", "--json"), [package.name for package in read(NPM_LOCK)])


def told(lock: str, found: Findings) -> str:
    """The findings of one lock in words."""
    lines = [f"{lock}: {len(found.vulnerable)} vulnerable, {len(found.unchecked)} of {len(read(lock))} not checked"]
    lines += [f"  VULNERABLE {each}" for each in found.vulnerable]
    if found.unchecked:
        lines += [
            f"  NOT CHECKED: {', '.join(found.unchecked)}",
            *(f"  because {why}" for why in sorted(found.reasons)),
        ]
    return "\n".join(lines)


def main() -> int:
    findings = {lock: ask_python(lock) for lock in PYTHON_LOCKS} | {NPM_LOCK: ask_npm()}
    for lock, found in findings.items():
        print(told(lock, found))
    codes = {found.code for found in findings.values()}
    return VULNERABLE if VULNERABLE in codes else max(codes)


if __name__ == "__main__":
    sys.exit(main())
