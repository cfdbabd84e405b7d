"""The one door from the database to the numbers: the bodies of a round with their counted answers, as plain rows."""

import json
from dataclasses import dataclass
from typing import Any

from aggregation import populations
from aggregation.comparison import Own
from aggregation.tables import BodyRow
from surveys.answers import fingerprint
from surveys.answers_file import SYNTHETIC
from surveys.dated import Known
from surveys.models import Population, Survey
from surveys.models import Response as Response  # what `own` reads; `report` takes it from here
from surveys.rules import applicable


@dataclass(frozen=True)
class Dataset:
    """The bodies of the round as they were on the reference date, in code order, and the fingerprint of what counts.

    `synthetic`: some counted answers, or some population of the register, are made up.
    """

    bodies: tuple[BodyRow, ...]
    fingerprint: str
    synthetic: bool

    @property
    def counted(self) -> int:
        return sum(body.answers is not None for body in self.bodies)


def load(survey: Survey) -> Dataset:
    """The dataset of a round. Counted are responses submitted or accepted, by their last submitted snapshot."""
    found = _counted(survey)
    register = survey.listed()
    known = Population.objects.on(survey.reference_date, [body for body, _, _ in register])
    made_up = {pk for pk, own in known.items() if own.source == SYNTHETIC}
    own = ((body.code, kind, body.prefecture_code, _value(known.get(body.pk))) for body, _, kind in register)
    population = populations.counted(own)
    bodies, prints = [], []
    for body, name, kind in register:
        code = body.code
        synthetic, digest, document = found.get(code, (False, "", ""))
        answers = json.loads(document) if document else None
        bodies.append(BodyRow(code, name, kind, body.prefecture_code, population[code], answers, synthetic))
        prints.append((code, name, kind, population[code], body.pk in made_up, synthetic, digest))
    return Dataset(tuple(bodies), fingerprint(prints), bool(made_up) or any(body.synthetic for body in bodies))


def _value(known: Known | None) -> int | None:
    return known.value if known else None


def _counted(survey: Survey) -> dict[str, tuple[bool, str, str]]:
    """By code of the body: whether its answers are synthetic, their fingerprint and their JSON."""
    counted = Response.objects.filter(survey=survey, state__in=Response.COUNTED)
    fields = ("body__code", "synthetic", "submission__fingerprint", "submission__document")
    return {code: (synthetic, digest, document) for code, synthetic, digest, document in counted.values_list(*fields)}


def own(response: Response) -> Own:
    """The answers of one body as they stand now, those that apply."""
    return _own(response, applicable(response.survey.questionnaire, response.kind, response.answers()))


def submitted(response: Response) -> Own:
    """The answers of one body as they were last submitted."""
    assert response.submission
    return _own(response, json.loads(response.submission.document))


def _own(response: Response, answers: dict[str, Any]) -> Own:
    code, name, kind, year = response.body.code, response.full_name, response.kind, response.survey.year
    return Own(code, name, kind, year, response.synthetic, answers, _value(response.population()))


def response_of(survey: Survey, code: str) -> Response | None:
    """The response of a body in a round, for the ministry's commands."""
    return Response.objects.select_related("body", "survey").filter(survey=survey, body__code=code).first()
