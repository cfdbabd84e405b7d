"""The one door from the database to the numbers: the bodies of a round with their counted answers, as plain rows."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import JSONField, QuerySet
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast

from aggregation import members, populations
from aggregation.comparison import Own
from aggregation.members import Member
from aggregation.tables import BodyRow
from surveys.answers_file import SYNTHETIC
from surveys.models import Body, Population, Submission, Survey
from surveys.models import Response as Response  # what `own` reads; `report` takes it from here
from surveys.rules import applicable

if TYPE_CHECKING:
    from aggregation.models import Run


# Is given the answers by which a body is counted, with the position of the body and its kind.
Take = Callable[[int, str, Mapping[str, Any]], None]


@dataclass(frozen=True)
class Dataset:
    """The bodies of the round as they were on the reference date, in code order, and the fingerprint of what counts.

    `bodies`: their answers are {} where there are some, since `load` hands them on one by one.
    `members`: the same bodies as a run keeps them. `numbers`: by code, the number of the submission by which a body is
    counted. `synthetic`: some counted answers, or some population of the register, are made up.
    """

    bodies: tuple[BodyRow, ...]
    members: tuple[Member, ...]
    numbers: dict[str, int]
    fingerprint: str
    synthetic: bool

    @property
    def counted(self) -> int:
        return sum(body.answers is not None for body in self.bodies)


CHUNK = 200  # submissions that are read at a time
MANY = 500  # bodies: for more of them it is quicker to read all than to name them


class _Counted(NamedTuple):
    """By what a body is counted."""

    synthetic: bool = False
    fingerprint: str = ""
    number: int = 0


class Registered(NamedTuple):
    """A body of the register on the reference date; `population` as tables see it, its own with `source` and `day`."""

    code: str
    name: str
    kind: str
    prefecture: str
    population: int | None
    source: str
    day: date | None


def load(survey: Survey, take: Take) -> Dataset:
    """The dataset of a round. Counted are responses submitted or accepted, by their last submitted snapshot.

    The answers are given to `take` in code order, one body after the other, and are not kept: those of all bodies take
    a hundred times the memory of what is made of them.
    """
    registered, found = register(survey), {}
    position = {body.code: index for index, body in enumerate(registered)}
    # One query, so that answers and fingerprints belong together whatever is submitted meanwhile.
    for code, *facts, document in _counted(survey, "submission__document").iterator(chunk_size=CHUNK):
        found[code] = _Counted(*facts)
        take(position[code], registered[position[code]].kind, json.loads(document))
    listed = _with_facts(registered, found)
    rows = [_row(member, {} if member.code in found else None) for member in listed]
    made_up = any(member.synthetic or member.made_up for member in listed)
    numbers = {member.code: found[member.code].number for member in listed if member.code in found}
    return Dataset(tuple(rows), tuple(listed), numbers, _print(listed, found), made_up)


def fingerprint_now(survey: Survey) -> str:
    """The fingerprint of all that is counted now, without reading the answers."""
    found = _facts(survey)
    return _print(_with_facts(register(survey), found), found)


def register(survey: Survey) -> list[Registered]:
    """The bodies of a round as they were on the reference date, in code order."""
    listed: list[tuple[int, str, str, str, str]] = []

    def bodies() -> Iterator[Body]:
        for body, name, kind in survey.each_listed():
            listed.append((body.pk, body.code, name, kind, body.prefecture_code))
            yield body

    known = Population.objects.on(survey.reference_date, bodies())
    value = {pk: own.value for pk, own in known.items()}
    own = ((code, kind, prefecture, value.get(pk)) for pk, code, _, kind, prefecture in listed)
    population = populations.counted(own)
    found = []
    for pk, code, name, kind, prefecture in listed:
        source, day = (known[pk].source, known[pk].date) if pk in known else ("", None)
        found.append(Registered(code, name, kind, prefecture, population[code], source, day))
    return found


def _counted(survey: Survey, *more: str) -> QuerySet[Response, tuple[Any, ...]]:
    """What is counted, in code order; `more`: also the document."""
    counted = Response.objects.filter(survey=survey, state__in=Response.COUNTED).order_by("body__code")
    return counted.values_list("body__code", "synthetic", "submission__fingerprint", "submission__number", *more)


def _facts(survey: Survey) -> dict[str, _Counted]:
    return {code: _Counted(*facts) for code, *facts in _counted(survey)}


def _with_facts(registered: Iterable[Registered], counted: Mapping[str, _Counted]) -> list[Member]:
    nobody = _Counted()
    return [
        Member(*body[:5], body.source == SYNTHETIC, counted.get(body.code, nobody).synthetic) for body in registered
    ]


def _print(bodies: Iterable[Member], counted: Mapping[str, _Counted]) -> str:
    return members.fingerprint(bodies, {code: each.fingerprint for code, each in counted.items()})


def _row(member: Member, answers: dict[str, Any] | None) -> BodyRow:
    return BodyRow(*member[:5], answers, member.synthetic)


class Submitted(NamedTuple):
    """One submission of a body."""

    number: int
    receipt: str
    document: str


NOTHING = Submitted(0, "", "{}")


def submissions(survey: Survey, codes: Iterable[str]) -> dict[str, list[Submitted]]:
    """All submissions of some bodies in a round, by code, the first one first."""
    found: dict[str, list[Submitted]] = {}
    rows = Submission.objects.filter(response__survey=survey, response__body__code__in=[*codes]).order_by("number")
    for code, number, receipt, document in rows.values_list("response__body__code", *Submitted._fields):
        found.setdefault(code, []).append(Submitted(number, receipt, document))
    return found


def counted_answers(run: "Run", codes: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
    """The answers by which a run counts bodies, by code; `codes`: only of these. A body not counted is left out."""
    numbers: dict[str, int] = json.loads(run.counted)
    rows = Submission.objects.filter(response__survey=run.survey_id)
    if codes is not None:
        rows = rows.filter(response__body__code__in=codes)
    found = rows.values_list("response__body__code", "number", "document")
    return {code: json.loads(document) for code, number, document in found if numbers.get(code) == number}


def counted_documents(run: "Run") -> dict[str, tuple[str, str]]:
    """The text of the submission by which a run counts each body, and the SHA-256 noted of it, by code."""
    numbers: dict[str, int] = json.loads(run.counted)
    found = Submission.objects.filter(response__survey=run.survey_id)
    rows = found.values_list("response__body__code", "number", "document", "fingerprint")
    return {code: (document, noted) for code, number, document, noted in rows if numbers.get(code) == number}


def members_now(survey: Survey) -> list[Member]:
    """The bodies of a round as a run would take them now."""
    return _with_facts(register(survey), _facts(survey))


def members_of(run: "Run") -> list[Member]:
    """The bodies as a run took them; those of now for a run of an older version, which did not keep them."""
    kept = run.members_kept()
    return members_now(run.survey) if kept is None else members.from_text(kept)


def rows_of(listed: Iterable[Member], answers: Mapping[str, dict[str, Any]]) -> list[BodyRow]:
    """Some bodies with their answers, or without."""
    return [_row(member, answers.get(member.code)) for member in listed]


def counted_parts(run: "Run", questions: Sequence[str], codes: Collection[str]) -> dict[str, dict[str, Any]]:
    """The answers of some bodies to some questions by which a run counts them, by code.

    The database cuts them out: all of a big round in 0.1 s, where reading the whole submissions takes 0.4 s.
    """
    numbers: dict[str, int] = json.loads(run.counted)
    parts = {f"part_{at}": KeyTransform(id, Cast("document", JSONField())) for at, id in enumerate(questions)}
    rows = Submission.objects.filter(response__survey=run.survey_id)
    if len(codes) <= MANY:
        rows = rows.filter(response__body__code__in=codes)
    found = rows.annotate(**parts).values_list("response__body__code", "number", *parts)
    return {
        code: {id: answer for id, answer in zip(questions, answers, strict=True) if answer}
        for code, number, *answers in found
        if numbers.get(code) == number
    }


def counted_rows(run: "Run", codes: Collection[str]) -> list[BodyRow]:
    """Some bodies as a run counts them, in code order."""
    answers = counted_answers(run, codes)
    bodies = (body for body in register(run.survey) if body.code in answers)
    return [BodyRow(*body[:5], answers[body.code], run.synthetic) for body in bodies]


def counted_kinds(run: "Run") -> dict[str, str]:
    """The kind of each body that a run counts, by code."""
    counted = json.loads(run.counted)
    kinds = Response.objects.filter(survey=run.survey_id).values_list("body__code", "kind")
    return {code: kind for code, kind in kinds if code in counted}


def all_rows(run: "Run", codes: Collection[str] | None = None, *, answered: bool = True) -> list[BodyRow]:
    """The bodies of a round, counted by a run or not, in code order; `codes`: only these. Populations are not read,
    and answers only if they are wanted."""
    answers = counted_answers(run, codes) if answered else {}
    return [
        BodyRow(body.code, name, kind, body.prefecture_code, None, answers.get(body.code), run.synthetic)
        for body, name, kind in run.survey.listed()
        if codes is None or body.code in codes
    ]


def own(response: Response) -> Own:
    """The answers of one body as they stand now, those that apply."""
    return _own(response, applicable(response.survey.questionnaire, response.kind, response.answers()))


def submitted(response: Response) -> Own:
    """The answers of one body as they were last submitted."""
    assert response.submission
    return _own(response, json.loads(response.submission.document))


def counted(survey: Survey, numbers: Mapping[str, int]) -> Iterator[Own]:
    """The answers of some bodies by the submissions that a run counts: the number of each, by code."""
    rows = Submission.objects.filter(response__survey=survey, response__body__code__in=[*numbers])
    for found in rows.select_related("response__body").order_by("response__body__code"):
        response = found.response
        if found.number == numbers[response.body.code]:
            response.survey = survey
            yield _own(response, json.loads(found.document))


def _own(response: Response, answers: dict[str, Any]) -> Own:
    code, name, kind, year = response.body.code, response.full_name, response.kind, response.survey.year
    known = response.population()
    return Own(code, name, kind, year, response.synthetic, answers, known.value if known else None)


def response_of(survey: Survey, code: str) -> Response | None:
    """The response of a body in a round, for the ministry's commands."""
    return Response.objects.select_related("body", "survey").filter(survey=survey, body__code=code).first()
