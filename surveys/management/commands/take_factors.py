from typing import Any

from django.core.management.base import CommandError, CommandParser

from surveys.management.base import Command as BaseCommand
from surveys.models import NotAllowed, User


class Command(BaseCommand):
    help = "Take away the second factors of a person who has lost them, when no other manager is there to do it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("sign_in_id")
        parser.add_argument("--reason", required=True, help="how you made sure who asked; kept in the history")

    def handle(self, *, sign_in_id: str, reason: str, **options: Any) -> None:
        try:
            User.objects.get(sign_in_id=sign_in_id).take_factors(by=None, reason=reason)
        except User.DoesNotExist:
            raise CommandError(f"There is nobody with the sign-in id {sign_in_id}.") from None
        except NotAllowed as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{sign_in_id}: no second factor any more; it is set up anew after the next sign-in.")
