"""allauth's forms for the codes of the second factor, typed in any width."""

import unicodedata
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from allauth.mfa.totp import forms as totp
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from surveys import sign_in_history

FIRST_CODE = _(
    "この数字では確かめられません。アプリに今出ている6桁を入れてください。続くときは、端末の時計を合わせてください。"
)
WAS_USED = 120  # seconds, longer than a code of an app is good


class _Typed:
    """A code as it is typed on a Japanese keyboard: １２３ ４５６."""

    user: Any
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        self.cleaned_data["code"] = "".join(unicodedata.normalize("NFKC", self.cleaned_data["code"]).split())
        code: str = super().clean_code()
        return code


class _Once(_Typed):
    """A code is good once, and who gets it wrong stands in the history."""

    def clean_code(self) -> str:
        try:
            code = super().clean_code()
        except ValidationError as refusal:
            is_locked = refusal.code == "too_many_login_attempts"
            sign_in_history.tell(self.user, "sign_in.locked" if is_locked else "sign_in.failed", {"step": "code"})
            raise
        if not cache.add(f"sign_in.code:{self.user.pk}:{code}", True, WAS_USED):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(_Once, forms.AuthenticateForm):
    pass


class ReauthenticateForm(_Once, forms.ReauthenticateForm):
    pass


class ActivateForm(_Typed, totp.ActivateTOTPForm):
    """The first code of a new app: there is no recovery code yet that could be meant."""

    def clean_code(self) -> str:
        try:
            return super().clean_code()
        except ValidationError as refusal:
            raise ValidationError(FIRST_CODE) from refusal
