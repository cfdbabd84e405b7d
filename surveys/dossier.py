"""One response as one person sees it: what the pages of a body share, with each query made once."""

import json
from functools import cached_property

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys import pages, rules
from surveys.answers import fingerprint
from surveys.changes import Side
from surveys.models import Membership, Response, SectionAnswers, Submission, User
from surveys.pages import Progress, Total
from surveys.questionnaire import Questionnaire, Section
from surveys.rules import Answers

Role = Membership.Role


def submitted_side(response: Response) -> Side:
    """The answers of a response as they were last submitted."""
    assert response.submission
    return Side(response.survey.questionnaire, response.body.kind, json.loads(response.submission.document))


class Dossier:
    """A response with its stored sections, its progress, and what this person may do."""

    def __init__(self, response: Response, user: User) -> None:
        self.response, self.user = response, user
        self.survey, self.body, self.kind = response.survey, response.body, response.body.kind

    @classmethod
    def find(cls, user: User, year: int, code: str) -> "Dossier":
        """The response of a body in a round; not found if this person may not see it."""
        return cls(get_object_or_404(Response.objects.for_user(user), survey__year=year, body__code=code), user)

    @cached_property
    def questionnaire(self) -> Questionnaire:
        return self.survey.questionnaire

    @cached_property
    def stored(self) -> dict[str, SectionAnswers]:
        return {section.section: section for section in self.response.sections.all()}

    @cached_property
    def answers(self) -> Answers:
        """All answers of the draft, also those that do not apply now."""
        return {id: answer for section in self.stored.values() for id, answer in section.answers.items()}

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the answers as this page shows them; on the receipt if they are submitted."""
        return fingerprint(rules.applicable(self.questionnaire, self.kind, self.answers))

    @cached_property
    def progress(self) -> list[Progress]:
        return pages.all_progress(self.questionnaire, self.kind, self.answers)

    @cached_property
    def total(self) -> Total:
        return pages.total(self.progress)

    @property
    def side(self) -> Side:
        """The answers as they stand, for a comparison with earlier ones."""
        return Side(self.questionnaire, self.kind, rules.applicable(self.questionnaire, self.kind, self.answers))

    @cached_property
    def earlier(self) -> Response | None:
        """What the body submitted in the latest round before this one."""
        found = Response.objects.filter(body=self.body, survey__year__lt=self.survey.year, state__in=Response.COUNTED)
        return found.select_related("survey", "submission", "body").order_by("-survey__year").first()

    def last_submission(self) -> Submission:
        """The last submission, withdrawn or sent back or not; not found if there is none."""
        return get_object_or_404(self.response.submissions.select_related("submitted_by").order_by("-number")[:1])

    def reload(self) -> None:
        """Read the answers again after a save."""
        for name in ("stored", "answers", "progress", "total"):
            self.__dict__.pop(name, None)

    def section(self, id: str) -> Section:
        """A section this kind of body is asked; others are not found."""
        section = self.questionnaire.section_by_id.get(id)
        if section is None or not section.asked_of(self.kind):
            raise Http404
        return section

    def section_answers(self, id: str) -> SectionAnswers:
        return self.stored.get(id) or SectionAnswers(response=self.response, section=id)

    def progress_of(self, section: Section) -> Progress:
        return next(entry for entry in self.progress if entry.section == section)

    @property
    def state(self) -> str:
        """The state that the chip shows: a draft in which nothing is answered has not been started."""
        response = self.response
        if response.state == Response.State.DRAFT and not any(entry.started for entry in self.progress):
            return pages.NOT_STARTED
        return str(response.state)

    @property
    def is_submitted(self) -> bool:
        """Whether the answers shown are those of the last submission."""
        return self.response.state in Response.COUNTED

    @property
    def entrance(self) -> Section:
        """The section to go on with: the first that is not finished, else the first."""
        asked = [entry for entry in self.progress if entry.asked]
        return next((entry for entry in asked if entry.state != pages.DONE), asked[0]).section

    # Who

    @cached_property
    def roles(self) -> set[str]:
        return self.response.roles_of(self.user)

    @property
    def role(self) -> str:
        """The highest role, in words."""
        if Role.APPROVER in self.roles:
            return str(Role.APPROVER.label)
        if self.roles:
            return str(Role.EDITOR.label)
        return _("総務省") if self.user.is_staff else str(Role.COORDINATOR.label)

    @property
    def may_edit(self) -> bool:
        """Whether this person may change the answers now."""
        return bool(self.roles) and self.response.is_editable

    @property
    def is_approver(self) -> bool:
        return Role.APPROVER in self.roles

    @property
    def why_not_withdraw(self) -> str:
        """Why this person cannot take the submission back, or an empty text."""
        return self.response.why_not_withdraw() if self.is_approver else _("取り下げられるのは決裁者だけです。")

    @property
    def is_withdrawn(self) -> bool:
        """Whether the last submission was taken back."""
        return self.response.state == Response.State.DRAFT and self.response.submission_id is not None

    @cached_property
    def approvers(self) -> list[User]:
        found = self.body.memberships.filter(role=Role.APPROVER).select_related("user").order_by("user__sign_in_id")
        return [membership.user for membership in found]

    # Dates

    @property
    def days_left(self) -> int | None:
        """Whole days to the deadline; negative when it has passed."""
        if self.survey.deadline is None:
            return None
        return (timezone.localdate(self.survey.deadline) - timezone.localdate()).days

    @property
    def why_not_submit(self) -> str:
        """Why this person cannot submit a response that is open for changes, or an empty text."""
        if not self.is_approver:
            return _("提出できるのは決裁者です。")
        return "" if self.total.complete else _("足りないところや直すところが残っているため、まだ提出できません。")
