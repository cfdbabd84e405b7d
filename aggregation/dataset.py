"""The one door from the database to the numbers: the bodies of a round with their counted answers, as plain rows."""

import json
from dataclasses import dataclass

from aggregation.tables import BodyRow
from surveys.answers import fingerprint
from surveys.models import Body, Response, Survey


@dataclass(frozen=True)
class Dataset:
    """The bodies of the register on the reference date, in code order, and the fingerprint of all that is counted."""

    bodies: tuple[BodyRow, ...]
    fingerprint: str

    @property
    def counted(self) -> int:
        return sum(body.answers is not None for body in self.bodies)

    @property
    def synthetic(self) -> bool:
        return any(body.synthetic for body in self.bodies)


def load(survey: Survey) -> Dataset:
    """The dataset of a round. Counted are responses submitted or accepted, by their last submitted snapshot."""
    counted = Response.objects.filter(survey=survey, state__in=Response.COUNTED)
    fields = ("body__code", "synthetic", "submission__fingerprint", "submission__document")
    found = {code: rest for code, *rest in counted.values_list(*fields)}
    register = Body.objects.on(survey.reference_date).order_by("code")
    names = ("code", "name", "kind", "prefecture_code", "population")
    bodies, prints = [], []
    for code, name, kind, prefecture, population in _with_prefectures(list(register.values_list(*names))):
        synthetic, digest, document = found.get(code, (False, "", ""))
        answers = json.loads(document) if document else None
        bodies.append(BodyRow(code, name, kind, prefecture, population, answers, synthetic))
        prints.append((code, name, kind, population, synthetic, digest))
    return Dataset(tuple(bodies), fingerprint(prints))


Line = tuple[str, str, str, str, int | None]


def _with_prefectures(lines: list[Line]) -> list[Line]:
    """A prefecture's population is the sum of its municipalities', or unknown if one of them is."""
    sums: dict[str, int | None] = {}
    for _code, _name, kind, prefecture, population in lines:
        if kind != Body.Kind.PREFECTURE:
            before = sums.get(prefecture, 0)
            sums[prefecture] = None if before is None or population is None else before + population
    return [
        (code, name, kind, prefecture, sums.get(prefecture) if kind == Body.Kind.PREFECTURE else population)
        for code, name, kind, prefecture, population in lines
    ]
