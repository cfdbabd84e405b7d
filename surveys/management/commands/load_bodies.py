from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from surveys.csv_file import FileFaults
from surveys.management.base import Command as BaseCommand
from surveys.models import Body

SHIPPED = Path(__file__).parents[2] / "data" / "local_governments.csv"


class Command(BaseCommand):
    help = "Load the register of bodies from a CSV file (default: the shipped one). A bad file is refused whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED)

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            added, changed = Body.load(self.file(file), source=file.name)
        except FileFaults as error:
            raise self.refuse(file.name, error.faults) from None
        for body, fields in changed:
            self.stdout.write(f"changed {body.code} {body}: {', '.join(fields)}")
        self.stdout.write(f"{len(added)} bodies added, {len(changed)} changed, {Body.objects.count()} in the register")
