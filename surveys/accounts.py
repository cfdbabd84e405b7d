"""Sign-in through django-allauth: by sign-in id, with sign-up closed, and with a second factor for who has one."""

import base64
import hashlib
from typing import Any, cast

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core import context, ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathImage

from surveys import device, locking, session_limits
from surveys.models import Event, User
from surveys.models.events import Entry
from surveys.templatetags.surveys import moment

WRONG_CODE = _("このコードは使えません。いま表示されているコードか、まだ使っていない回復コードを入れてください。")
AGAIN = {
    "reauthenticate": _("パスワードで確かめる"),
    "mfa_reauthenticate": _("認証アプリか回復コードで確かめる"),
    "mfa_reauthenticate:webauthn": _("パスキーで確かめる"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the ministry or by invitation, never by signing up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("サインインIDかパスワードが違います。確かめて、もう一度入れてください。"),
        "incorrect_password": _("パスワードが違います。確かめて、もう一度入れてください。"),
        "enter_current_password": _("いまのパスワードが違います。確かめて、もう一度入れてください。"),
        "incorrect_code": WRONG_CODE,
        "too_many_login_attempts": _("コードが続けて違いました。15分ほど待ってから、もう一度入れてください。"),
        "rate_limited": _("短い間に何度も送られました。少し待ってから、もう一度お試しください。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Slow down an address; in place of allauth's limit for a name, with which anybody could be locked out."""
        is_known = device.known(request, locking.name_key(request, credentials))
        if not (is_known or ratelimit.consume(request, action="sign_in")):
            text = _g("いまは、サインインがこの回線に集中しています。1分ほど待ってから、もう一度お試しください。")
            raise ValidationError(text)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        if getattr(request, "axes_locked_out", False):
            text = _g(
                "続けて違ったため、いまはサインインできません。%(until)sを過ぎてから、もう一度お試しください。"
                "パスワードを忘れたときは、団体の取りまとめ担当者か、総務省の調査担当にお尋ねください。"
            )
            until = moment(locking.locked_until(request, credentials["username"]))
            raise ValidationError(text % {"until": until})

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Without a password an account is not in use, though its passkey may be at hand."""
        if not user.has_usable_password():
            return redirect("account_inactive")
        found: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return found

    def login(self, request: HttpRequest, user: User) -> None:
        ways = [record.get("type", record["method"]) for record in get_authentication_records(request, user)]
        super().login(request, user)
        session_limits.begin(request)
        # Who has just signed in is not asked once more before changing something.
        record_authentication(request, user, "sign_in", reauthenticated=True)
        after = {"ways": ways or ["link"]}
        Event.objects.record([Entry("sign_in.done", user.subject, None, after)], actor=user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        device.remember(request, response, locking.key_of(user.sign_in_id))
        return response

    def logout(self, request: HttpRequest) -> None:
        user = cast(User, request.user)
        UserSession.objects.filter(session_key=request.session.session_key).delete()
        super().logout(request)
        Event.objects.record([Entry("sign_out", user.subject)], actor=user)

    @transaction.atomic
    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        user.end_sessions(by=user, but=context.request.session.session_key)
        user.record_password(by=user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        found = super().get_reauthentication_methods(user)
        return [{**method, "description": AGAIN[method["id"]]} for method in found]


class FactorAdapter(DefaultMFAAdapter):
    """The second factor. Its secrets are stored encrypted: a copy of the database alone opens nothing."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE,
        "cannot_generate_recovery_codes": _("先に、認証アプリかパスキーを登録してください。"),
    }

    def get_totp_issuer(self) -> str:
        return _g("電子自治体の推進状況調査")

    def _get_site_name(self) -> str:
        return self.get_totp_issuer()

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.sign_in_id)  # a mail address is often shared

    def build_totp_svg(self, url: str) -> str:
        """In the page itself, since the policy of the site allows no picture from anywhere else."""
        drawn: str = qrcode.make(url, image_factory=SvgPathImage).to_string(encoding="unicode")
        return mark_safe(drawn)  # noqa: S308  made here, of squares

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _g("パスキー%(number)d") % {"number": count + 1}

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> MultiFernet:
    """With the keys of the settings, the present one first."""
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    digests = [hashlib.sha256(f"surveys.second_factor {key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def display_name(user: User) -> str:
    return user.name
