"""One response as one person sees it: what the pages of a body share, with each query made once."""

import json
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys import pages, rules, threads
from surveys.answers import fingerprint
from surveys.changes import Side
from surveys.doubted import Doubted
from surveys.doubts import with_reasons
from surveys.models import Comment, Delegation, Membership, Query, Response, SectionAnswers, Submission, User
from surveys.models.access import Access
from surveys.models.background import Background
from surveys.models.corrections import why_not_correct
from surveys.pages import Answered, Progress, Total
from surveys.questionnaire import PREFECTURE, Question, Questionnaire, Section
from surveys.rules import Answers
from surveys.threads import Asked, Thread

Role = Membership.Role


def submitted_side(response: Response) -> Side:
    """The answers of a response as they were last submitted."""
    assert response.submission
    return Side(response.survey.questionnaire, response.kind, json.loads(response.submission.document))


class Remark(NamedTuple):
    """A comment with the question it is about."""

    section: Section
    question: Question
    number: str
    comment: Comment


class Dossier:
    """A response with its stored sections, its progress, and what this person may do.

    For one who is limited to delegated sections it holds these and no others: the questionnaire and the stored answers
    are cut down here, and every page, paper and workbook is made from them.
    """

    def __init__(self, response: Response, user: User) -> None:
        self.response, self.user = response, user
        self.survey, self.body, self.kind = response.survey, response.body, response.kind

    @classmethod
    def find(cls, user: User, year: int, code: str) -> "Dossier":
        """The response of a body in a round; not found if this person may not see it."""
        return cls(get_object_or_404(Response.objects.for_user(user), survey__year=year, body__code=code), user)

    @cached_property
    def access(self) -> Access:
        return self.response.access(self.user)

    @property
    def is_limited(self) -> bool:
        return self.access.only is not None

    @cached_property
    def questionnaire(self) -> Questionnaire:
        found, only = self.survey.questionnaire, self.access.only
        return found if only is None else found.only(only)

    @cached_property
    def stored(self) -> dict[str, SectionAnswers]:
        return {each.section: each for each in self.response.sections.all() if self.access.covers(each.section)}

    @cached_property
    def delegations(self) -> dict[str, Delegation]:
        """Who holds which section: a matter of the body, which those who only read its answers are not told."""
        if not self.roles:
            return {}
        found = self.response.delegations.with_answers()
        return {each.section: each for each in found if self.access.covers(each.section)}

    @property
    def finished(self) -> int:
        """How many sections their holders have said to be finished."""
        return sum(found.is_finished for found in self.delegations.values())

    def held_by(self, section: Section, user: User) -> Delegation | None:
        """The delegation of a section, if this person holds it."""
        found = self.delegations.get(section.id)
        return found if found and found.person == user else None

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
        return pages.all_progress(self.questionnaire, self.kind, self.answers, self.doubted)

    @cached_property
    def total(self) -> Total:
        return pages.total(self.progress)

    @property
    def side(self) -> Side:
        """The answers as they stand, for a comparison with earlier ones."""
        return Side(self.questionnaire, self.kind, rules.applicable(self.questionnaire, self.kind, self.answers))

    @cached_property
    def background(self) -> Background:
        return self.response.background()

    @property
    def earlier(self) -> Response | None:
        """What the body submitted in the latest round before this one."""
        return self.background.earlier.get(self.body.pk)

    @cached_property
    def earlier_side(self) -> Side | None:
        """Those answers; None if there are none."""
        return submitted_side(self.earlier) if self.earlier else None

    @cached_property
    def doubted(self) -> list[Doubted]:
        """What is doubtful in the answers shown, with the reasons given; of submitted ones, as they were submitted."""
        if self.is_submitted:
            assert self.response.submission  # the database has no such state without one
            known = self.questionnaire.question_by_id.keys()
            return [each for each in self.response.submission.doubted if known >= each.doubt.questions]
        reasons = {key: reason for section in self.stored.values() for key, reason in section.reasons.items()}
        return with_reasons(self.background.doubts(self.response, self.answers), reasons)

    def last_submission(self) -> Submission:
        """The last submission, withdrawn or sent back or not; not found if there is none.

        It is of the whole body, so that one who sees only some sections does not find it.
        """
        if self.is_limited:
            raise Http404
        return get_object_or_404(self.response.submissions.select_related("submitted_by").order_by("-number")[:1])

    def in_words(self, section: Section) -> list[Answered]:
        """The answers of a section as they are read, with what is doubted in them."""
        return pages.in_words(section, self.kind, self.answers, get_language() or "ja", self.doubted)

    def reload(self) -> None:
        """Read the answers again after a save."""
        for name in ("stored", "answers", "doubted", "progress", "total", "delegations"):
            self.__dict__.pop(name, None)

    def section(self, id: str) -> Section:
        """A section this kind of body is asked; others are not found."""
        section = self.questionnaire.section_by_id.get(id)
        if section is None or not section.asked_of(self.kind):
            raise Http404
        return section

    def question(self, section_id: str, id: str) -> Question:
        """A question that this kind of body can come to, asked of it now or not; others are not found."""
        section = self.section(section_id)
        if id not in pages.numbers(section, self.kind):
            raise Http404
        return section.question_by_id[id]

    @cached_property
    def comments(self) -> dict[str, list[Comment]]:
        """The comments of this round that this person may read, by question, oldest first."""
        found: dict[str, list[Comment]] = {}
        for comment in self.response.comments.for_user(self.user).filter(withdrawn_at=None):
            found.setdefault(comment.question, []).append(comment)
        return found

    @cached_property
    def earlier_comment_counts(self) -> dict[str, int]:
        """How many comments of earlier rounds its members find at a question."""
        if not self.roles:
            return {}
        found = Comment.objects.of_earlier_rounds(self.response).order_by().values_list("question")
        return dict(found.annotate(Count("pk")))

    def earlier_comments(self, question: Question) -> list[Comment]:
        """What the body said about a question in earlier rounds, oldest first; kept for its members, not for others."""
        if not self.roles:
            return []
        found = Comment.objects.of_earlier_rounds(self.response).filter(question=question.id)
        found = found.select_related("response__survey").defer("response__survey__document")
        return list(found.order_by("response__survey__year", "at", "pk"))

    @property
    def remarks(self) -> list[Remark]:
        """What body and ministry say to each other, in page order."""
        return [
            Remark(entry.section, entry.section.question_by_id[id], number, comment)
            for entry in self.progress
            for id, number in pages.numbers(entry.section, self.kind).items()
            for comment in self.comments.get(id, ())
            if comment.is_shared
        ]

    @cached_property
    def queries(self) -> dict[str, list[Thread]]:
        """What ministry and prefecture have asked about the questions shown here, by question."""
        return threads.threads(self.response, self.questionnaire.section_of)

    @cached_property
    def asked(self) -> list[Asked]:
        """The queries that are not closed, in page order."""
        return threads.asked(self)

    @property
    def to_answer(self) -> list[Asked]:
        """The queries that this person should answer."""
        return [each for each in self.asked if each.thread.query.is_open] if self.roles else []

    def section_answers(self, id: str) -> SectionAnswers:
        return self.stored.get(id) or SectionAnswers(response=self.response, section=id)

    def progress_of(self, section: Section) -> Progress:
        return next(entry for entry in self.progress if entry.section == section)

    @property
    def state(self) -> str:
        """The state that the chip shows: a draft in which nothing is answered has not been started."""
        response = self.response
        if response.nothing_reason:
            return pages.NOTHING
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
        asked = [entry for entry in self.progress if entry.asked] or self.progress
        return next((entry for entry in asked if entry.state != pages.DONE), asked[0]).section

    # Who

    @property
    def roles(self) -> frozenset[str]:
        return self.access.roles

    @property
    def leads(self) -> bool:
        """Whether this person answers for the whole body, and so delegates and invites."""
        return bool(self.roles) and not self.is_limited

    @property
    def role(self) -> str:
        """The highest role, in words."""
        if Role.APPROVER in self.roles:
            return str(Role.APPROVER.label)
        if self.roles:
            return str(Role.EDITOR.label) if self.is_limited else _("取りまとめ担当者")
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
    def may_ask_correction(self) -> bool:
        """Whether this person may ask for a correction: of answers that the body can no longer change itself."""
        return self.leads and not why_not_correct(self.response)

    @property
    def why_not_say_nothing(self) -> str:
        """Why this person cannot state that there is nothing to answer, or an empty text."""
        return self.response.why_not_say_nothing() if self.is_approver else _("届け出られるのは決裁者だけです。")

    @property
    def is_withdrawn(self) -> bool:
        """Whether the last submission was taken back."""
        return self.response.state == Response.State.DRAFT and self.response.submission_id is not None

    @property
    def may_remark(self) -> bool:
        """Whether this person speaks for the ministry at a question, not for the body."""
        return not self.roles and self.response.may_remark(self.user)

    @cached_property
    def asks_as(self) -> str:
        """For whom this person asks and sends back: the ministry, the prefecture, or ("") nobody."""
        return "" if self.roles else self.response.side_of(self.user)

    @property
    def is_overseen(self) -> bool:
        """Whether this person looks at the response for its prefecture."""
        return self.asks_as == Query.Side.PREFECTURE

    @cached_property
    def has_coordinator(self) -> bool:
        """Whether anybody of the prefecture looks at the answers of this municipality."""
        there = Membership.objects.filter(role=Role.COORDINATOR, body__prefecture_code=self.body.prefecture_code)
        return self.kind != PREFECTURE and there.filter(user__is_active=True).exists()

    @property
    def return_reason(self) -> str:
        """Why the ministry sent the whole response back, for those who see the whole."""
        return "" if self.is_limited else self.response.return_reason

    @cached_property
    def leaders(self) -> list[User]:
        """Those who hand out the sections, for a delegate who has a question."""
        found = self.body.memberships.filter(limited=False, role=Role.EDITOR, user__is_active=True)
        return [membership.user for membership in found.select_related("user").order_by("user__sign_in_id")]

    @cached_property
    def approvers(self) -> list[User]:
        found = self.body.memberships.filter(role=Role.APPROVER).select_related("user").order_by("user__sign_in_id")
        return [membership.user for membership in found]

    # Dates

    @property
    def days_left(self) -> int | None:
        """Whole days to the deadline; negative when it has passed."""
        if self.response.due is None:
            return None
        return (timezone.localdate(self.response.due) - timezone.localdate()).days

    @property
    def why_not_submit(self) -> str:
        """Why this person cannot submit a response that is open for changes, or an empty text."""
        if not self.is_approver:
            return _("提出できるのは決裁者です。")
        if self.total.problems:
            return _("足りないところや直すところが残っているため、まだ提出できません。")
        return _("理由が要るところが残っているため、まだ提出できません。") if self.total.unsettled else ""
