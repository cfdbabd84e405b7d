from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from surveys.census import Census, census
from surveys.csv_file import FileFaults
from surveys.management.base import Command as BaseCommand
from surveys.models import Body, Population
from surveys.population_file import Row, read


class Command(BaseCommand):
    help = "Load the populations of municipalities from a table in e-Stat's CSV form. A bad file is refused whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="where it was published, such as 令和2年国勢調査")
        parser.add_argument("--date", required=True, type=date.fromisoformat, help="the day it counts: YYYY-MM-DD")
        parser.add_argument("--column", default="", help="the column of the populations, where that is not plain")

    def handle(self, *, file: Path, source: str, date: date, column: str, **options: Any) -> None:
        longest = Population._meta.get_field("source").max_length or 0
        if not 0 < len(source.strip()) <= longest:
            raise CommandError(f"--source: name the source in 1 to {longest} characters; nothing was changed.")
        try:
            rows = read(self.file(file), column)
        except FileFaults as error:
            raise self.refuse(file.name, error.faults) from None
        municipalities = Body.objects.exclude(kind=Body.Kind.PREFECTURE)
        found = census(rows, municipalities.values_list("code", flat=True))
        taken = Population.objects.register(found.values, date, source.strip(), by=None)
        missing = [body for body in municipalities.on(date).order_by("code") if body.code not in found.values]
        for line in _lines(found, missing, {row.code: row for row in rows}):
            self.stdout.write(f"{file.name}: {line}")
        count = f"{len(found.values)} municipalities have a population as of {date}, {len(taken)} of them new"
        self.stdout.write(f"{count}; {len(missing)} have none in the file; {found.parts} rows of other areas left out")


def _lines(found: Census, missing: list[Body], rows: dict[str, Row]) -> Iterator[str]:
    """What somebody should look at, with the line of the file where it has one."""
    for row, total in found.differing:
        yield f"line {row.line}: {row.name} has {row.value:,}, but its municipalities add up to {total:,} (not stored)"
    yield from (f"line {row.line}: {row.code} {row.name} is not in the register; left out" for row in found.unknown)
    for body in missing:
        at = rows.get(body.code[:5])
        yield f"line {at.line}: {body.code} {body} has no value" if at else f"{body.code} {body} is not in the file"
