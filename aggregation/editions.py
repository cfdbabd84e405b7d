"""What lies between two runs of a round: whose answers are counted anew, by which corrections, and in which cells."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from aggregation import dataset, errata, tables
from aggregation.dataset import Registered, Submitted
from aggregation.errata import Changed, Errata, Reach, Reason
from aggregation.groups import Grouping
from aggregation.tables import BodyRow, Table
from surveys.models import Correction, Survey
from surveys.questionnaire import MUNICIPALITY, PREFECTURE, Questionnaire

if TYPE_CHECKING:
    from aggregation.models import Run

Counted = Mapping[str, int]  # by code of a body: the number of the submission that a run counts


def _counted(run: "Run | None") -> Counted:
    found: Counted = json.loads(run.counted) if run else {}
    return found


def _place(correction: Correction) -> tuple[str, int]:
    """The body of a correction, and the number of the submission that it made."""
    assert correction.submission  # one that was made has one
    return correction.response.body.code, correction.submission.number


def newly_counted(before: "Run | None", after: "Run") -> list[Correction]:
    """The corrections that a run counts and the edition before it did not."""
    was, now = _counted(before), _counted(after)
    found = []
    for correction in Correction.objects.made_in(after.survey):
        code, number = _place(correction)
        if was.get(code, 0) < number <= now.get(code, 0):
            found.append(correction)
    return found


def unpublished(survey: Survey, edition: "Run | None") -> list[Correction]:
    """The corrections of a round whose answers stand in no published edition."""
    was, made = _counted(edition), Correction.objects.made_in(survey)
    newer = {each: code for each in made for code, number in [_place(each)] if number > was.get(code, 0)}
    found = dataset.submissions(survey, newer.values())
    return [each for each, code in newer.items() if not _is_back(found[code], was.get(code, 0))]


def _is_back(submissions: Sequence[Submitted], published: int) -> bool:
    """Whether the last submission of a body says again what was published."""
    return submissions[-1].document == _numbered(submissions, published).document


def _numbered(submissions: Sequence[Submitted], number: int) -> Submitted:
    return next((each for each in submissions if each.number == number), dataset.NOTHING)


def compare(before: "Run", after: "Run") -> Errata:
    """Everything that an edition changes against the one before it."""
    was, now = (dict(run.tables.values_list("table", "document")) for run in (before, after))
    moved = [id for id in {**now, **was} if now.get(id) != was.get(id)]
    return errata.errata(_read(was, moved), _read(now, moved), _reaches(before, after))


def _read(documents: Mapping[str, str], ids: Iterable[str]) -> list[Table]:
    return [tables.from_text(documents[id]) for id in ids if id in documents]


def _reaches(before: "Run", after: "Run") -> list[Reach]:
    """Each body that is counted by another submission, with what that reaches."""
    survey, was, now = after.survey, _counted(before), _counted(after)
    moved = {code for code in {**was, **now} if was.get(code) != now.get(code)}
    found = dataset.submissions(survey, moved)
    texts = {_place(each): each.reason for each in newly_counted(before, after)}
    reaches = []
    for body in dataset.register(survey):
        if body.code in moved:
            ends = was.get(body.code, 0), now.get(body.code, 0)
            old, new = (_numbered(found[body.code], number) for number in ends)
            passed = [each for each in found[body.code] if ends[0] < each.number <= ends[1]]
            reasons = tuple(Reason(each.receipt, texts.get((body.code, each.number), "")) for each in passed)
            changed = Changed(body.code, body.name, old.receipt, new.receipt, reasons)
            reaches.append(Reach(changed, _tables(survey.questionnaire, old, new), _groups(body)))
    return reaches


def _tables(questionnaire: Questionnaire, old: Submitted, new: Submitted) -> frozenset[str]:
    """The tables made from the questions that are answered otherwise, and the series that continue them."""
    before, after = json.loads(old.document), json.loads(new.document)
    found = {
        question.public_id for id, question in questionnaire.question_by_id.items() if before.get(id) != after.get(id)
    }
    return frozenset(found | {id for id, source in _series().items() if source in found})


@cache
def _series() -> dict[str, str]:
    """The table that each series continues."""
    return {spec.id: spec.series.source for spec in tables.load_specs() if spec.series}


def _groups(body: Registered) -> frozenset[tuple[str, str]]:
    """The groups that a body belongs to, by the rules of the tables."""
    alone = Grouping([BodyRow(*body[:5], None, synthetic=False)])
    return frozenset((group.breakdown, group.code) for group in alone.of(frozenset({PREFECTURE, MUNICIPALITY})))
