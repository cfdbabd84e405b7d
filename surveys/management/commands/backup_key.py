from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from surveys.backup import keys
from surveys.backup.files import whole
from surveys.management.base import Command as BaseCommand


class Command(BaseCommand):
    help = "Make a pair of keys for backups: the one that opens them goes to FILE, the public one is printed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        text, public = keys.new_pair()
        try:
            with whole(file) as target:
                target.write(text.encode())
        except OSError as error:
            raise CommandError(f"{file}: cannot be written: {error.strerror}") from None
        self.stdout.write(f"BACKUP_RECIPIENT={public}")
        self.stderr.write(f"Keep {file} away from the server, in two places: without it no backup can be read.")
