"""What somebody sees who was invited into an account that is there: its sign-in id, and a password to choose."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST

from surveys.account_form import PasswordForm
from surveys.models import AccountLink, NotAllowed
from surveys.models.coded import OPEN

KEPT = "invitation"  # in the session: the SHA-256 of the code that was given


@require_POST
@cache_control(private=True, no_store=True)
def set_password(request: HttpRequest) -> HttpResponse:
    """Set the password and sign in; whoever was signed in here before no longer is.

    Who has a second factor is asked for it, as always: a link alone is not enough.
    """
    link = AccountLink.with_digest(request.session.get(KEPT, ""))
    if link is None:
        return redirect("invitation")
    if link.accepted_at and request.user == link.user:
        return redirect("home")  # a second click
    form = PasswordForm(link.user, request.POST)
    if not form.is_valid():
        return page(request, link, form, status=400)
    try:
        user = link.set_password(form.cleaned_data["new_password1"])
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return page(request, link, form, status=409)
    if request.user.is_authenticated:
        logout(request)
    messages.success(request, _("パスワードを決めました。次からは、サインインIDとこのパスワードでサインインします。"))
    found: HttpResponse = perform_login(request, user, redirect_url=reverse("home"))
    return found


def page(request: HttpRequest, link: AccountLink, form: PasswordForm | None = None, status: int = 200) -> HttpResponse:
    context = {"invitation": link, "form": form or PasswordForm(link.user)}
    if link.state != OPEN:
        return render(request, "invitation/closed.html", context, status=410)
    return render(request, "invitation/account.html", context, status=status)
