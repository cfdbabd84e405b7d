"""The one door from the database to the numbers: the bodies of a round with their counted answers, as plain rows."""

import json
from dataclasses import dataclass

from aggregation import populations
from aggregation.comparison import Own
from aggregation.tables import BodyRow
from surveys.answers import fingerprint
from surveys.answers_file import SYNTHETIC
from surveys.models import Body, Survey
from surveys.models import Response as Response  # what `own` reads; `report` takes it from here
from surveys.rules import applicable


@dataclass(frozen=True)
class Dataset:
    """The bodies of the register on the reference date, in code order, and the fingerprint of all that is counted.

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
    names = ("code", "name", "kind", "prefecture_code", "population", "population_source")
    register = list(Body.objects.on(survey.reference_date).order_by("code").values_list(*names))
    population = populations.counted((code, kind, prefecture, own) for code, _, kind, prefecture, own, _ in register)
    bodies, prints = [], []
    for code, name, kind, prefecture, _, source in register:
        synthetic, digest, document = found.get(code, (False, "", ""))
        answers = json.loads(document) if document else None
        bodies.append(BodyRow(code, name, kind, prefecture, population[code], answers, synthetic))
        prints.append((code, name, kind, population[code], source == SYNTHETIC, synthetic, digest))
    made_up = any(body.synthetic for body in bodies) or any(source == SYNTHETIC for *_, source in register)
    return Dataset(tuple(bodies), fingerprint(prints), made_up)


def _counted(survey: Survey) -> dict[str, tuple[bool, str, str]]:
    """By code of the body: whether its answers are synthetic, their fingerprint and their JSON."""
    counted = Response.objects.filter(survey=survey, state__in=Response.COUNTED)
    fields = ("body__code", "synthetic", "submission__fingerprint", "submission__document")
    return {code: (synthetic, digest, document) for code, synthetic, digest, document in counted.values_list(*fields)}


def own(response: Response) -> Own:
    """The answers of one body as they stand now, those that apply."""
    body, survey = response.body, response.survey
    answers = applicable(survey.questionnaire, body.kind, response.answers())
    return Own(body.code, str(body), body.kind, survey.year, response.synthetic, answers, body.population)


def submitted(response: Response) -> Own:
    """The answers of one body as they were last submitted."""
    body, submission = response.body, response.submission
    assert submission
    answers = json.loads(submission.document)
    return Own(body.code, str(body), body.kind, response.survey.year, response.synthetic, answers, body.population)


def response_of(survey: Survey, code: str) -> Response | None:
    """The response of a body in a round, for the ministry's commands."""
    return Response.objects.select_related("body", "survey").filter(survey=survey, body__code=code).first()
