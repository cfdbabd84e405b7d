from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from surveys.backup import Fault, facts, store
from surveys.management.base import Command as BaseCommand


class Command(BaseCommand):
    help = "Restore a backup into the empty database that DATABASE_URL names, all or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", type=Path, metavar="FILE", help="the file of the key that opens it")

    def handle(self, *, file: Path, key: Path | None, **options: Any) -> None:
        try:
            manifest = store.restore(file, key)
        except Fault as fault:
            raise CommandError(f"{file}: {fault}") from None
        self.stdout.write(f"restored: the backup of {manifest['made_at']}, version {manifest['version']}")
        for line in facts.words(manifest):
            self.stdout.write(f"  {line}")
        if waiting := store.waiting(manifest):
            self.stdout.write(f"This version has {waiting} migrations more: run manage.py migrate now.")
