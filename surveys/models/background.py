"""What the answers of bodies are held against to find doubts; read once for all of them."""

import json
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from surveys import doubts
from surveys.doubted import Doubt
from surveys.models.ranges import PeerRange, band_of, ranges_of
from surveys.models.register import Body
from surveys.models.rounds import Survey
from surveys.past import Past
from surveys.rules import Answers

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from surveys.models.responses import Response


class Background:
    """Of some bodies in a round: what each submitted in the latest round before, and what its peers published.

    `responses` are those of all rounds that count.
    """

    def __init__(self, survey: Survey, bodies: Sequence[Body], responses: "QuerySet[Response]") -> None:
        self.survey, self.bodies, self.responses = survey, bodies, responses

    @cached_property
    def earlier(self) -> "dict[int, Response]":
        """The response of each body in the latest round before, by key of the body."""
        found = self.responses.filter(body__in=self.bodies, survey__year__lt=self.survey.year)
        found = found.select_related("survey", "submission", "body").defer("survey__document")
        return {response.body_id: response for response in found.order_by("survey__year").iterator(chunk_size=500)}

    @cached_property
    def ranges(self) -> list[PeerRange]:
        kinds, bands = {body.kind for body in self.bodies}, {"", *map(band_of, self.bodies)}
        return list(PeerRange.objects.before(self.survey).filter(kind__in=kinds, band__in=bands))

    def past(self, body: Body) -> Past | None:
        earlier = self.earlier.get(body.pk)
        if earlier is None:
            return None
        assert earlier.submission  # a response that counts has one
        return Past(earlier.survey.questionnaire, json.loads(earlier.submission.document))

    def doubts(self, body: Body, answers: Answers) -> list[Doubt]:
        """The doubts about the answers of one of the bodies."""
        ranges = ranges_of(body, self.ranges)
        return doubts.doubts(self.survey.questionnaire, body.kind, answers, self.past(body), ranges)
