from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from surveys.management.base import Command as BaseCommand
from surveys.models import Mailing, MailingItem, Survey
from surveys.models.mail_items import ItemState, send_waiting
from surveys.models.reminded import recipients, without_address
from surveys.models.reminders import due_by_rule


class Command(BaseCommand):
    help = (
        "Send the reminders that the rules of open rounds ask for today, and all others that wait; for cron, once a "
        "day or more often. Exit 0 only if no mail was refused and none is of unknown fate."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="print whom the rules would reach, and send nothing")

    def handle(self, *, dry_run: bool, **options: object) -> None:
        if not settings.SENDS_MAIL:
            raise CommandError("EMAIL_URL=none: this installation sends no mail.")
        for survey in Survey.objects.filter(state=Survey.State.OPEN).order_by("year"):
            if dry_run:
                self.plan(survey)
            else:
                self.start(survey)
        if not dry_run:
            self.send()

    def plan(self, survey: Survey) -> None:
        for rule, responses in due_by_rule(survey).items():
            to = recipients(responses)
            self.stdout.write(f"{survey.year} rule {rule.days:+}: {len(responses)} bodies, {len(to)} addresses")
            for each in to:
                people = ", ".join(user.sign_in_id for user in each.people)
                self.stdout.write(f"  {each.response.body.code} {each.response.name} {each.address} ({people})")
            for response in without_address(responses, to):
                self.stdout.write(f"  {response.body.code} {response.name} has no address")

    def start(self, survey: Survey) -> None:
        for mailing in Mailing.start_by_rules(survey):
            self.stdout.write(f"{survey.year} rule {mailing.days:+}: {mailing.items.count()} mails")

    def send(self) -> None:
        done = send_waiting(retry=True)
        left = MailingItem.objects.filter(state=ItemState.WAITING).count()
        found = {state.value: done[state] for state in (ItemState.SENT, ItemState.FAILED, ItemState.DROPPED)}
        found |= {"waiting": left, "unknown": MailingItem.objects.filter(state=ItemState.UNKNOWN).count()}
        self.stdout.write(", ".join(f"{name} {count}" for name, count in found.items()))
        if found["failed"] or found["unknown"] or left:
            raise CommandError(
                "Not every mail was sent. Those that were refused are tried again by the next run, a few times; those "
                "of unknown fate wait for a person in the admin (催促メール)."
            )
