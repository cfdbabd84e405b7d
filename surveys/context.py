from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, object]:
    """What the frame of every page shows."""
    return {
        "demo_strip": settings.SHOW_DEMO_STRIP,
        "telephone": settings.CONTACT_TELEPHONE,
        "contact_hours": settings.CONTACT_HOURS,
    }
