"""Who must have a second factor and has none comes to the pages that set one up, and nowhere else."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from surveys.models import User

# The pages that set one up, with what they lead through; signing out; the language. Static files come before this.
OPEN = {
    *("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
    *("account_reauthenticate", "account_logout", "set_language"),
}


class SecondFactorRequired:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        match = request.resolver_match
        if not settings.REQUIRE_MFA or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        if (match and match.view_name in OPEN) or not isinstance(request.user, User):
            return None
        return redirect("mfa_index") if request.user.lacks_factor() else None
