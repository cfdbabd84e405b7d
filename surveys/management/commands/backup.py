from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from surveys.backup import Fault, facts, keys, retention, store
from surveys.management.base import Command as BaseCommand


class Command(BaseCommand):
    help = "Write the whole database to one file, encrypted for the keys of BACKUP_RECIPIENT; old ones are removed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, metavar="FOLDER|FILE", help="default: BACKUP_FOLDER")
        parser.add_argument("--key", action="append", help="public key (age1…) or a file of them, instead")

    def handle(self, *, to: Path | None, key: list[str] | None, **options: Any) -> None:
        folder, now = Path(settings.BACKUP_FOLDER), datetime.now(UTC)
        try:
            recipients = keys.recipients(key or settings.BACKUP_RECIPIENT)
            if to is None:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            target = self.target(to or folder, now, encrypted=bool(recipients))
            found = store.make(target, recipients)
        except (Fault, OSError) as error:
            raise CommandError(str(error)) from None
        self.say(target, found, encrypted=bool(recipients))
        if to is None:
            for name in retention.prune(folder, retention.Keep(*settings.BACKUP_KEEP), now):
                self.stdout.write(f"removed: {name}")

    def target(self, to: Path, now: datetime, *, encrypted: bool) -> Path:
        return to / retention.file_name(now, encrypted=encrypted) if to.is_dir() else to

    def say(self, target: Path, found: facts.Facts, *, encrypted: bool) -> None:
        self.stdout.write(f"{target}: {target.stat().st_size:,} bytes, {'' if encrypted else 'not '}encrypted")
        for line in facts.words(found):
            self.stdout.write(f"  {line}")
        if not encrypted:
            self.stderr.write("Whoever gets this file can read all of it: set BACKUP_RECIPIENT (see docs/backup.md).")
