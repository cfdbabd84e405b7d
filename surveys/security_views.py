"""サインインの安全: a person's own second factor, password and sessions."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from surveys.body_page import person
from surveys.browser_words import browser, system

OTHERS = "others"  # in place of one session: all but this one


@login_required
@never_cache
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    user = person(request)
    factors: dict[str, list[Any]] = {kind: [] for kind in Authenticator.Type.values}
    for found in Authenticator.objects.filter(user=user).order_by("created_at"):
        factors[found.type].append(found)
    codes = factors["recovery_codes"]
    context = {
        "totp": factors["totp"],
        "passkeys": factors["webauthn"],
        "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
        "has_factor": bool(factors["totp"] or factors["webauthn"]),
        "must": settings.REQUIRE_MFA and user.oversees,
        "sessions": _sessions(request),
    }
    return render(request, "account/security.html", context)


def _sessions(request: HttpRequest) -> list[dict[str, Any]]:
    """The sessions of this person, this one first, then the one used last."""
    here = request.session.session_key
    found = UserSession.objects.purge_and_list(request.user)
    found.sort(key=lambda each: (each.session_key == here, each.last_seen_at), reverse=True)
    return [
        {
            "session": each,
            "browser": browser(each.user_agent),
            "system": system(each.user_agent),
            "is_here": each.session_key == here,
        }
        for each in found
    ]


@login_required
@require_http_methods(["GET", "POST"])
@reauthentication_required(app="surveys", allow_get=True)  # type: ignore[untyped-decorator]  # of allauth
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one of the own sessions, or all but this one; after being asked for the password anew."""
    which = request.POST.get("session", "")
    if request.method == "POST" and (which == OTHERS or which.isdecimal()):
        only = None if which == OTHERS else int(which)
        user, here = person(request), request.session.session_key or ""
        count = user.end_sessions(by=user, but=here, only=only)
        messages.success(request, _("%(count)d件のサインインを終わらせました。") % {"count": count})
    return redirect("mfa_index")
