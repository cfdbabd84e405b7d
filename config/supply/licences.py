"""Writes docs/licences.md (`make licences`): the licences of all that runs in production, as installed."""

import json
import subprocess
import sys
from pathlib import Path

from config.supply.locks import NPM_LOCK, ROOT, RUNTIME, Package, read

# What the product may be made of: nothing of these asks for our own source, and all may be used by an office.
PERMITTED = {
    *("0BSD", "Apache-2.0", "Apache Software License", "BSD License", "BSD-2-Clause", "BSD-3-Clause", "MIT"),
    *("MIT License", "MIT-0", "PSF-2.0", "Python Software Foundation License"),
    *("Apache-2.0 OR BSD-2-Clause", "Apache-2.0 OR BSD-3-Clause"),
}
# Each that is otherwise: its licence as declared (as its files say, where nothing is declared), and why it may stay.
_LGPL = "LGPL as a library: imported unchanged, replaceable, so that only its own source is owed"
_FONT = "font: may be embedded in pages and PDF files and passed on; it may not be sold by itself"
_WINDOWS = "only installed on Windows, so written here by hand"
ODD = {
    "@expo-google-fonts/biz-udpgothic": ("MIT AND OFL-1.1", _FONT),
    "@fontsource/biz-udpgothic": ("OFL-1.1", _FONT),
    "colorama": ("BSD-3-Clause", _WINDOWS),
    "fido2": (
        "Apache Software License; BSD License; Mozilla Public License 2.0 (MPL 2.0)",
        "MPL only for its copy of the list of public domain suffixes, which stays unchanged",
    ),
    "psycopg": ("LGPL-3.0-only", _LGPL),
    "psycopg-binary": ("LGPL-3.0-only", _LGPL),
    "psycopg-pool": ("LGPL-3.0-only", _LGPL),
    "pyrage": ("MIT", "declares nothing; its licence file is the MIT licence"),
    "qrcode": (
        "BSD License; Other/Proprietary License",
        "its licence file is BSD-3-Clause, and MIT for the part it is derived from; nothing in it is proprietary",
    ),
    "tzdata": ("Apache-2.0", _WINDOWS),
}
UNDECLARED = "UNKNOWN"
HEAD = """# Licences

All that runs in production or is sent to a browser, with the licence each package declares. Made by `make licences`
from the lock files and what is installed; a test holds it against both. The product itself is under the
[MIT licence](../LICENSE). Wheels with compiled parts carry the licences of these parts in their own files.

| package | version | licence | why it may stay, if it is not simply permissive |
|---|---|---|---|"""


def declared() -> dict[str, str]:
    """What each installed Python package says of itself, by pip-licenses."""
    command = [str(Path(sys.executable).parent / "pip-licenses"), "--from=mixed", "--format=json"]
    found = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603  no word comes from outside
    return {each["Name"].lower().replace("_", "-"): each["License"] for each in json.loads(found.stdout)}


def packages() -> list[Package]:
    """What runs in production or in a browser."""
    return [each for name in (RUNTIME, NPM_LOCK) for each in read(name) if each.is_runtime]


def licence(package: Package, installed: dict[str, str]) -> str:
    """As declared; else as ODD says."""
    found = package.licence if package.kind == "npm" else installed.get(package.name, UNDECLARED)
    return ODD[package.name][0] if found == UNDECLARED and package.name in ODD else found


def page(installed: dict[str, str]) -> str:
    """The whole list as Markdown."""
    lines = [HEAD]
    for package in packages():
        reason = ODD.get(package.name, ("", ""))[1]
        lines.append(f"| {package.name} | {package.version} | {licence(package, installed)} | {reason} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (ROOT / "docs" / "licences.md").write_text(page(declared()), "utf-8")
