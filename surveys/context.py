from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, object]:
    """What the frame of every page shows."""
    return {
        "csrf_cookie": settings.CSRF_COOKIE_NAME,  # for the script that saves while somebody types
        "demo_strip": settings.SHOW_DEMO_STRIP,
        "telephone": settings.CONTACT_TELEPHONE,
        "contact_hours": settings.CONTACT_HOURS,
    }
