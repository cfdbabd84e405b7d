"""The review queue: the responses of a round that wait for review, the one submitted first in front."""

from typing import NamedTuple

from surveys.models import Response


class Place(NamedTuple):
    """A response that waits, with the name of its body."""

    pk: int
    name: str


class Queue(NamedTuple):
    """Where a response stands among those that wait: `number` from 1, 0 if it does not wait any more."""

    number: int
    length: int
    before: Place | None
    after: Place | None


def queue(response: Response) -> Queue:
    """The queue as one at this response sees it; from one that waits no more it goes on with the first of the rest."""
    waiting = Response.objects.filter(survey_id=response.survey_id, state=Response.State.SUBMITTED)
    rows = waiting.order_by("submission__submitted_at", "pk").values_list("pk", "body__prefecture", "body__name")
    places = [Place(pk, name if name == prefecture else f"{prefecture}{name}") for pk, prefecture, name in rows]
    at = next((index for index, place in enumerate(places) if place.pk == response.pk), None)
    if at is None:
        return Queue(0, len(places), None, places[0] if places else None)
    before = places[at - 1] if at else None
    after = places[at + 1] if at + 1 < len(places) else None
    return Queue(at + 1, len(places), before, after)
