"""What the commands share: reading a file, and a refusal that lists every fault."""

from collections.abc import Iterable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from surveys.models import Survey


class Command(BaseCommand):
    """A command that exits 0 only if all was done.

    Settings that are not safe refuse to load. What Django would check besides (models, addresses, admin, templates)
    changes with the code alone, and takes longer than most commands: `manage.py migrate` and `check` look at it.
    """

    requires_system_checks = ()

    def file(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: cannot be read: {error.strerror}") from None

    def write(self, path: Path, data: bytes) -> None:
        """Write a file whole or not at all."""
        try:
            part = path.with_name(path.name + ".part")
            part.write_bytes(data)
            part.replace(path)
        except OSError as error:
            raise CommandError(f"{path}: cannot be written: {error.strerror}") from None

    def refuse(self, source: object, faults: Iterable[str]) -> CommandError:
        lines = [f"{source}: {fault}" for fault in faults]
        count = "1 fault" if len(lines) == 1 else f"{len(lines)} faults"
        return CommandError("\n".join([*lines, f"{count}; nothing was changed."]))

    def survey(self, year: int) -> Survey:
        try:
            return Survey.objects.get(year=year)
        except Survey.DoesNotExist:
            raise CommandError(f"There is no round of {year}; run: manage.py load_survey {year}") from None
