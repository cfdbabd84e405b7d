from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import get_language

from surveys import people_file, people_import
from surveys.management.base import Command as BaseCommand
from surveys.workbook.faults import Fault, Refused


class Command(BaseCommand):
    help = "Take people and their roles from a CSV or Excel file: all or nothing. Nobody is removed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            rows = people_file.read(self.file(file))
        except Refused as refusal:
            raise self._refused(file, refusal.faults) from None
        plan = people_import.plan(rows)
        if plan.faults:
            raise self._refused(file, plan.faults)
        for person in plan.people:
            if not person.is_same:
                self.stdout.write(f"{'new' if person.is_new else 'changed'} {person.user}: {_says(person)}")
        for body in plan.without_approver:
            self.stdout.write(f"without an approver: {body.code} {body}")
        if not dry_run:
            people_import.take(rows, seen=plan.fingerprint, by=None)
        counts = f"{len(plan.new)} new, {len(plan.changed)} changed, {len(plan.same)} the same"
        left = f"{len(plan.others)} roles of people whom the file does not name are left alone"
        self.stdout.write(f"{counts}; {left}{'; nothing was changed (dry run)' if dry_run else ''}")

    def _refused(self, file: Path, faults: list[Fault]) -> Exception:
        return self.refuse(file.name, [fault.in_language(get_language() or "ja") for fault in faults])


def _says(person: people_import.Person) -> str:
    """What changes of a person: roles, and fields with their values before and after."""
    changed = [f"{name} {before!r} -> {after!r}" for name, before, after in person.differences if not person.is_new]
    return ", ".join([*changed, *(f"{role} of {code}" for code, role in person.added)])
