"""What browsers, search engines and finders of faults look for on every site, and the answer to a request that cannot
be read."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views import defaults
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from aggregation.api.reading import nothing_here
from surveys import away

TEXT = "text/plain; charset=utf-8"
NOT_TO_FIND = ("/accounts/", "/admin/", "/invitation/", "/progress/", "/prefecture/")
TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
VALID = timedelta(days=180)  # of security.txt: at most a year (RFC 9116)


@require_safe
@cache_control(public=True, max_age=86_400)
def robots(request: HttpRequest) -> HttpResponse:
    """The report may be found; what needs a sign-in need not be tried."""
    lines = ["User-agent: *", *(f"Disallow: {place}" for place in NOT_TO_FIND)]
    return HttpResponse("\n".join(lines) + "\n", TEXT)


@require_safe
@cache_control(public=True, max_age=86_400)
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116); not there where nobody is named."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (timezone.now() + VALID).strftime("%Y-%m-%dT00:00:00Z")
    lines = [f"Contact: {settings.SECURITY_CONTACT}", f"Expires: {expires}", "Preferred-Languages: ja, en"]
    if settings.PUBLIC_URL:
        lines.append(f"Canonical: {settings.PUBLIC_URL}{reverse('security-txt')}")
    return HttpResponse("\n".join(lines) + "\n", TEXT)


@require_safe
@cache_control(public=True, max_age=86_400)
def icon(request: HttpRequest) -> HttpResponse:
    """For browsers that ask before they have read a page."""
    return redirect(static("surveys/icon.svg"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """The programs that read the API are told so in its own form."""
    if request.path_info.startswith("/api/"):
        return nothing_here(request)
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """A request that is too large is told so; of another that cannot be read nothing is said."""
    if isinstance(exception, TOO_MUCH):
        return render(request, "413.html", status=413)
    found = away.bad_request(request, exception)
    return found if found.status_code == away.STATUS else render(request, "400.html", status=400)
