import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import connection

from surveys.backup import Fault, facts, retention, store
from surveys.backup.container import Manifest
from surveys.management.base import Command as BaseCommand


class Command(BaseCommand):
    help = "Restore a backup into a database of its own, verify every run and the history there, and drop it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="default: the newest of BACKUP_FOLDER")
        parser.add_argument("--key", type=Path, metavar="FILE", help="the file of the key that opens it")

    def handle(self, *, file: Path | None, key: Path | None, **options: Any) -> None:
        path = file or retention.newest(Path(settings.BACKUP_FOLDER))
        if path is None:
            raise CommandError(f"There is no backup in {settings.BACKUP_FOLDER}: run manage.py backup.")
        try:
            manifest = store.read(path, key)
            failed = self.verify(path.absolute(), key, manifest)
        except Fault as fault:
            raise CommandError(f"{path}: {fault}") from None
        if failed:
            raise CommandError(f"{path}: not verified: {', '.join(failed)}")
        self.stdout.write(f"{path}: verified (backup of {manifest['made_at']})")
        self.mark(path, manifest)

    def verify(self, path: Path, key: Path | None, manifest: Manifest) -> list[str]:
        """The commands that found something else than what was backed up."""
        if manifest["vendor"] == "postgresql" != connection.vendor:
            raise Fault("it was made from postgresql: set DATABASE_URL to a server on which a database can be made.")
        made_of = store.vendor(manifest["vendor"])
        with tempfile.TemporaryDirectory() as folder, made_of.scratch(connection, Path(folder)) as environment:
            opening = ["--key", str(key.absolute())] if key else []
            failed = self.run("restore", str(path), *opening, **environment)
            for command in [] if failed else self.checks(manifest):
                failed += self.run(*command, **environment)
        return failed

    def checks(self, manifest: Manifest) -> Iterator[tuple[str, ...]]:
        if store.waiting(manifest):
            yield "migrate", "--verbosity=0"
        yield "verify_audit", *([f"--expect={manifest['head']}"] if manifest["head"] else [])
        yield from (("verify_run", str(id)) for id, *_ in manifest["runs"])

    def run(self, name: str, *arguments: str, **environment: str) -> list[str]:
        """Run a command in a process of its own, whose database is the restored one."""
        command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), name, *arguments]
        self.stdout.write(f"{name} {' '.join(arguments)}", ending="\n")
        done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)  # noqa: S603  our own
        for line in (done.stdout + done.stderr).splitlines():
            self.stdout.write(f"  {line}")
        return [name] if done.returncode else []

    def mark(self, path: Path, manifest: facts.Facts) -> None:
        """So that the newest verified one is never removed."""
        text = f"{datetime.now(UTC).isoformat(timespec='seconds')} {manifest['dump']['sha256']}\n"
        try:
            path.with_name(path.name + retention.VERIFIED).write_text(text)
        except OSError as error:
            self.stderr.write(f"It could not be marked as verified: {error.strerror}")
