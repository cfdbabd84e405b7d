from typing import Any

from django.core.management.base import CommandError, CommandParser

from surveys.audit import Broken, verify
from surveys.management.base import Command as BaseCommand
from surveys.models import Event
from surveys.models.events import Entry


class Command(BaseCommand):
    help = "Go through the history and name the first entry that is not as it was written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--expect", default="", metavar="HASH", help="a hash noted earlier that must still be there"
        )
        parser.add_argument("--record", action="store_true", help="write the result into the history, for the desk")

    def handle(self, *, expect: str, record: bool, **options: Any) -> None:
        try:
            found = verify(expect)
        except Broken as broken:
            raise CommandError(f"The history is broken: {broken}") from None
        self.stdout.write(
            f"intact: {found.entries:,} entries, {found.details:,} names and addresses, {found.purged:,} purged\n"
            f"head: {found.head or '(none yet)'}"
        )
        if record:
            facts = {"entries": found.entries, "head": found.head}
            Event.objects.record([Entry("audit.verified", "history", None, facts)], actor=None)
