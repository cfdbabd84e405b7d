from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from surveys.csv_file import FileFaults
from surveys.management.base import Command as BaseCommand
from surveys.models import Body
from surveys.models.loading import Loading, compare, load

SHIPPED = Path(__file__).parents[2] / "data" / "local_governments.csv"
MOST_LISTED = 100


class Command(BaseCommand):
    help = "Load the register of bodies from a CSV file (default: the shipped one). A bad file is refused whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED)
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            found = compare(self.file(file)) if dry_run else load(self.file(file), source=file.name)
        except FileFaults as error:
            raise self.refuse(file.name, error.faults) from None
        for line in _lines(found):
            self.stdout.write(line)
        count = Body.objects.count() + (len(found.added) if dry_run else 0)
        self.stdout.write(f"{len(found.added)} bodies added, {len(found.changed)} changed, {count} in the register")
        if dry_run:
            self.stdout.write("Nothing was changed (--dry-run).")


def _lines(found: Loading) -> Iterator[str]:
    """What changes, body by body."""
    yield from _some("added", found.added)
    for body, differences in found.changed:
        words = ", ".join(f"{each.field}: {each.before} → {each.after}" for each in differences)
        yield f"changed {body.code} {body}: {words}"
    yield from _some("not in the file", found.unnamed)


def _some(what: str, bodies: list[Body]) -> Iterator[str]:
    """Bodies line by line; of very many only the number, as when the whole register is loaded for the first time."""
    if len(bodies) > MOST_LISTED:
        yield f"{what}: {len(bodies)} bodies"
    else:
        yield from (f"{what} {body.code} {body}" for body in bodies)
