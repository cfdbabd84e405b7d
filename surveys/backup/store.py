"""Making a backup of the database of the settings, reading one, and restoring it."""

import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from pyrage.x25519 import Recipient

from surveys.backup import Fault, facts, postgresql, sqlite
from surveys.backup.container import Manifest, manifest_of, packed, unpacked
from surveys.backup.files import whole
from surveys.backup.keys import encrypt, opened


def vendor(name: str) -> Any:
    """The module for a kind of database; both have `dumping`, `restore` and `scratch`."""
    return {"postgresql": postgresql, "sqlite": sqlite}[name]


def make(target: Path, to: Sequence[Recipient]) -> facts.Facts:
    """Write a backup to a new file; returns what it holds."""
    found: facts.Facts
    try:
        with vendor(connection.vendor).dumping(connection, target) as (found, pieces), whole(target) as file:
            content = packed(pieces, {**_made_by(), **found})
            if to:
                encrypt(content, file, to)
            else:
                file.writelines(content)
    except OSError as error:
        raise Fault(f"{target}: it cannot be written: {error.strerror or error}. No backup was made.") from None
    return found


def _made_by() -> dict[str, Any]:
    project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text("utf-8"))["project"]
    made = timezone.now().isoformat(timespec="seconds")
    return {"format": 1, "made_at": made, "product": project["name"], "version": project["version"], "commit": commit()}


def commit() -> str:
    """The commit that runs here; empty where there is no repository."""
    command = ["git", "-C", str(settings.BASE_DIR), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603  fixed
    except (OSError, subprocess.CalledProcessError):
        return ""


def read(path: Path, key: Path | None) -> Manifest:
    """The manifest of a backup, all of which was read and is as it was written."""
    try:
        with opened(path, key) as source:
            return manifest_of(source)
    except OSError as error:
        raise Fault(f"it cannot be read: {error.strerror}") from None


def restore(path: Path, key: Path | None) -> Manifest:
    """Into the empty database of the settings, all or nothing; returns the manifest, which the database agrees with."""
    refuse_unless_empty()
    manifest = read(path, key)
    if manifest["vendor"] != connection.vendor:
        raise Fault(f"it was made from {manifest['vendor']}, and DATABASE_URL names {connection.vendor}.")
    if newer := facts.unknown(manifest["migrations"], migrations()):
        version = f"version {manifest['version']}, commit {manifest['commit'] or 'unknown'}"
        raise Fault(f"a newer version made it ({newer[0]} is unknown here): install {version}, and restore with that.")
    with opened(path, key) as source:
        vendor(connection.vendor).restore(connection, unpacked(source), manifest)
    return manifest


def refuse_unless_empty() -> None:
    with connection.cursor() as cursor:
        there = facts.tables(cursor, connection.vendor)
    if there:
        raise Fault(
            f"the database {connection.settings_dict['NAME']} is not empty ({len(there)} tables, such as {there[0]}), "
            "and nothing is ever restored over another one: make a new, empty database, name it in DATABASE_URL, and "
            "restore into that. (Do not run migrate before.)"
        )


def migrations() -> set[tuple[str, str]]:
    """All that this version knows."""
    return set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def waiting(manifest: Manifest) -> int:
    """How many migrations this version has beyond those of the backup."""
    return len(migrations() - {(app, name) for app, name in manifest["migrations"]})
