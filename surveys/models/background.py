"""What the answers of bodies are held against to find doubts; read once for all of them."""

import json
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from surveys import doubts
from surveys.doubted import Doubt
from surveys.models.populations import Population
from surveys.models.ranges import Dated, PeerRange, band_of, ranges_of
from surveys.models.rounds import Survey
from surveys.past import Past
from surveys.rules import Answers

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from surveys.models.responses import Response


class Background:
    """Of some bodies in a round: what each submitted in the latest round before, and what its peers published.

    `asked` are their responses in the round, `responses` those of all rounds that count.
    """

    def __init__(self, survey: Survey, asked: "Sequence[Response]", responses: "QuerySet[Response]") -> None:
        self.survey, self.asked, self.responses = survey, asked, responses

    @cached_property
    def earlier(self) -> "dict[int, Response]":
        """The response of each body in the latest round before, by key of the body.

        A body that came out of a merger or a split, or has a new code, has none: its predecessors are other bodies.
        """
        bodies = [response.body_id for response in self.asked]
        found = self.responses.filter(body__in=bodies, survey__year__lt=self.survey.year)
        found = found.select_related("survey", "submission", "body").defer("survey__document").order_by("survey__year")
        # A cursor on the server saves memory for many; for one it would be four statements in place of one.
        rows = found.iterator(chunk_size=500) if len(bodies) > 1 else found
        return {response.body_id: response for response in rows}

    @cached_property
    def ranges(self) -> list[Dated]:
        kinds, bands = {response.kind for response in self.asked}, {"", *self.bands.values()}
        return PeerRange.objects.before(self.survey).filter(kind__in=kinds, band__in=bands).rows()

    @cached_property
    def bands(self) -> dict[int, str]:
        """The population band of each body on the reference date, by key of the body."""
        known = Population.objects.on(self.survey.reference_date, [response.body for response in self.asked])
        return {response.body_id: band_of(response.kind, known.get(response.body_id)) for response in self.asked}

    def past(self, response: "Response") -> Past | None:
        earlier = self.earlier.get(response.body_id)
        if earlier is None:
            return None
        assert earlier.submission  # a response that counts has one
        return Past(earlier.survey.questionnaire, json.loads(earlier.submission.document))

    def doubts(self, response: "Response", answers: Answers) -> list[Doubt]:
        """The doubts about the answers of one of the bodies."""
        ranges = ranges_of(response.kind, self.bands[response.body_id], self.ranges)
        return doubts.doubts(self.survey.questionnaire, response.kind, answers, self.past(response), ranges)
