"""Sign-in through django-allauth: by sign-in id, with sign-up closed."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from surveys.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the ministry or by invitation, never by signing up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        user.record_password(by=user)


def display_name(user: User) -> str:
    return user.name
