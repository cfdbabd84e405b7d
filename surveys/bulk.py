"""Taking the answers of many bodies at once: all or nothing, by the rules of the form."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from surveys.answers import fingerprint
from surveys.answers_file import BodyAnswers
from surveys.csv_file import FileFaults
from surveys.doubted import Doubted
from surveys.doubts import with_reasons
from surveys.models import Event, Response, SectionAnswers, Submission, Survey, User
from surveys.models.background import Background
from surveys.models.events import Entry
from surveys.rules import all_problems, applicable

BATCH = 500


@dataclass
class Taken:
    """What became of the bodies of a file, by code."""

    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    submitted: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)


@transaction.atomic
def take(survey: Survey, bodies: Iterable[BodyAnswers], *, submit: bool = False, by: User | None = None) -> Taken:
    """Replace all answers of each body named; other bodies stay as they are. The same answers change nothing.

    A draft round is opened first. Raises FileFaults, and changes nothing, if the round is closed, if a response is
    submitted or accepted with other answers, or if synthetic answers meet reported ones.
    """
    if survey.state == Survey.State.DRAFT:
        survey.open(by=by)
    if not survey.is_open:
        raise FileFaults([f"the round of {survey.year} is closed"])
    found = {body.code: body for body in bodies}
    responses = Response.objects.for_change().filter(survey=survey, body__code__in=found).order_by("body__code")
    asked = list(Response.objects.filter(survey=survey, body__code__in=found).select_related("body"))
    background = Background(survey, asked, Response.objects.filter(state__in=Response.COUNTED))
    work = _Work(survey, submit, by, background)
    stored = _stored(survey)
    if any(body.synthetic for body in found.values()):
        work.refuse_mixture(stored)
    for response in responses.iterator(chunk_size=BATCH):
        response.survey = survey
        work.body(response, found[response.body.code], stored.get(response.pk, {}))
    if work.faults:
        raise FileFaults(work.faults)
    work.write()
    return work.taken


def _stored(survey: Survey) -> dict[int, dict[str, SectionAnswers]]:
    found: dict[int, dict[str, SectionAnswers]] = {}
    for answers in SectionAnswers.objects.filter(response__survey=survey):
        found.setdefault(answers.response_id, {})[answers.section] = answers
    return found


class _Work:
    """Collects the rows to write while the bodies are gone through, so that each table is written at once."""

    def __init__(self, survey: Survey, submit: bool, by: User | None, background: Background) -> None:
        self.survey, self.submit, self.by, self.background = survey, submit, by, background
        self.taken = Taken()
        self.faults: list[str] = []
        self.sections: list[SectionAnswers] = []
        self.responses: list[Response] = []
        self.submissions: list[Submission] = []
        self.events: list[Entry] = []

    def refuse_mixture(self, stored: Container[int]) -> None:
        """Synthetic answers never enter a round in which a body has reported."""
        others = Response.objects.filter(survey=self.survey, synthetic=False).order_by("body__code")
        for pk, code in others.values_list("pk", "body__code"):
            if pk in stored:
                self.faults.append(f"body {code} has reported answers; synthetic ones are refused in this round")

    def body(self, response: Response, given: BodyAnswers, stored: dict[str, SectionAnswers]) -> None:
        """Compare one body's answers with the stored ones and note what is to be written."""
        code, kind, questionnaire = given.code, response.kind, self.survey.questionnaire
        before: dict[str, Any] = {}
        for section in stored.values():
            before.update(section.answers)
        same = applicable(questionnaire, kind, before) == given.answers and given.answers != {}
        if not same and response.state not in Response.EDITABLE:
            self.faults.append(
                f"line {given.first_line}: body {code} is {response.state} with other answers; send it back first"
            )
            return
        if response.nothing_reason:
            self.faults.append(f"line {given.first_line}: body {code} has stated that it has nothing to answer")
            return
        (self.taken.unchanged if same else self.taken.changed).append(code)
        if not same:
            self.replace(response, given, before, stored)
        if self.submit and response.state in Response.EDITABLE:
            self.hand_in(response, given.answers, stored)

    def replace(
        self, response: Response, given: BodyAnswers, before: dict[str, Any], stored: dict[str, SectionAnswers]
    ) -> None:
        for section in self.survey.questionnaire.sections:
            ids = section.question_by_id.keys()
            given_here = {id: given.answers[id] for id in ids if id in given.answers}
            own = stored.get(section.id) or SectionAnswers(response=response, section=section.id)
            changes = {
                id: given_here.get(id, {})
                for id in {*own.answers, *given_here}
                if own.answers.get(id) != given_here.get(id)
            }
            if changes:
                own.response = response
                own.put(changes, by=self.by)
                self.sections.append(own)
        if response.synthetic != given.synthetic:
            response.synthetic = given.synthetic
            self.responses.append(response)
        # The history of real answers holds them; for synthetic ones their fingerprint is enough.
        old, new = ((fingerprint(side) if given.synthetic else side) for side in (before, given.answers))
        self.events.append(Entry("answers.imported", response.subject, old, new))

    def hand_in(self, response: Response, answers: dict[str, Any], stored: dict[str, SectionAnswers]) -> None:
        if all_problems(self.survey.questionnaire, response.kind, answers):
            self.taken.incomplete.append(response.body.code)
            return
        doubted = self.doubted(response, answers, stored)
        if not all(each.is_settled for each in doubted):
            self.taken.doubtful.append(response.body.code)
            return
        submission = Submission.of(response, answers, self.by, doubted)
        self.submissions.append(submission)
        self.events.append(response.to_submitted(submission))
        if response not in self.responses:
            self.responses.append(response)
        self.taken.submitted.append(response.body.code)

    def doubted(self, response: Response, answers: dict[str, Any], stored: dict[str, SectionAnswers]) -> list[Doubted]:
        """The doubts about the answers of a body; none about synthetic ones, which are made question by question."""
        if response.synthetic:
            return []
        reasons = {key: reason for section in stored.values() for key, reason in section.reasons.items()}
        return with_reasons(self.background.doubts(response, answers), reasons)

    def write(self) -> None:
        new = [answers for answers in self.sections if answers.pk is None]
        old = [answers for answers in self.sections if answers.pk is not None]
        SectionAnswers.objects.bulk_create(new, batch_size=BATCH)
        SectionAnswers.objects.bulk_update(
            old, ["version", "answers", "marks", "complete", "changed_at"], batch_size=BATCH
        )
        Submission.objects.bulk_create(self.submissions, batch_size=BATCH)
        fields = ["state", "synthetic", "submission", "return_reason"]
        Response.objects.bulk_update(self.responses, fields, batch_size=BATCH)
        Event.objects.record(self.events, actor=self.by)
