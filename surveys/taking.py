"""Files with what is not public: who takes one leaves an event. What a person's own body has answered is no event,
since it is theirs; what everybody may have is none either."""

from django.http import HttpRequest

from surveys.body_page import person
from surveys.dossier import Dossier
from surveys.models import Event, User
from surveys.models.events import Entry

KIND = "data.taken"


def taken(subject: str, file: str, *, by: User | None) -> None:
    """Write down that a file was taken; without the event there is no file."""
    Event.objects.record([Entry(KIND, subject, None, {"file": file})], actor=by)


def taken_by(request: HttpRequest, subject: str, file: str) -> None:
    """The same for a request that really gives the file."""
    if request.method == "GET":
        taken(subject, file, by=person(request))


def taken_of(request: HttpRequest, dossier: Dossier, file: str) -> None:
    """The same for a file about a body: of somebody who is not of that body."""
    if not dossier.roles:
        taken_by(request, dossier.response.subject, file)
