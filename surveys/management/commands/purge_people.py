from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from surveys.management.base import Command as BaseCommand
from surveys.purging import gone, invitations, purge, purge_invitations


class Command(BaseCommand):
    help = "Purge names and addresses of people who have left, from the register of people and beside the history."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--before", metavar="YYYY-MM-DD", help="who has done nothing since this day")
        parser.add_argument("--dry-run", action="store_true", help="only name who it would be")

    def handle(self, *, before: str | None, dry_run: bool, **options: Any) -> None:
        day = _day(before)
        people, invited = gone(day), invitations(day)
        for user in people:
            self.stdout.write(f"{user.sign_in_id} (user {user.pk})")
        details = 0
        if not dry_run:
            details = sum(purge(user) for user in people) + purge_invitations(day)
        verb = "would be purged" if dry_run else f"purged, with {details} names and addresses"
        self.stdout.write(f"{len(people)} people and {invited.count() if dry_run else 'old'} invitations {verb}")


def _day(before: str | None) -> date:
    """The day given, or as many years ago as PERSONAL_DETAILS_YEARS says."""
    if before:
        try:
            found = parse_date(before)
        except ValueError:
            found = None
        if found is None or found > timezone.localdate():
            raise CommandError(f"{before}: write a day that has been, like 2023-04-01.")
        return found
    if not settings.PERSONAL_DETAILS_YEARS:
        raise CommandError("Nothing says how long names are kept: set PERSONAL_DETAILS_YEARS, or give --before.")
    return timezone.localdate() - timedelta(days=365.25 * settings.PERSONAL_DETAILS_YEARS)
