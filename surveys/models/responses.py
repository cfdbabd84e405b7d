import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys import mail, rules
from surveys.answers import canonical
from surveys.era import REIWA_BEFORE
from surveys.models.events import Entry, Event
from surveys.models.people import Membership, User
from surveys.models.register import Body
from surveys.models.rounds import Survey

Role = Membership.Role


class NotAllowed(Exception):
    """A change that the state of the response or the person's role does not allow; says why, for the page."""


@dataclass(frozen=True)
class Conflict:
    """A question that somebody else changed since the version a person saw."""

    question: str
    mine: Any
    theirs: Any
    by: str
    at: datetime


@dataclass(frozen=True)
class Saved:
    """What became of a save: the version now, what others had changed meanwhile, and what stands against it.

    With conflicts nothing was stored.
    """

    version: int
    merged: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


class ResponseState(models.TextChoices):
    DRAFT = "draft", _("入力中")
    SUBMITTED = "submitted", _("提出済")
    RETURNED = "returned", _("差戻し")
    ACCEPTED = "accepted", _("受理")


class ResponseQuerySet(models.QuerySet["Response"]):
    def for_user(self, user: User) -> Self:
        """The responses this person may see. Every view looks a response up through this: not yours is not found."""
        found = self.select_related("survey", "body").defer("survey__document")
        if user.is_staff and user.has_perm("surveys.view_response"):
            return found
        own, coordinated = [], []
        for membership in user.memberships.select_related("body"):
            if membership.role == Role.COORDINATOR:
                coordinated.append(membership.body.prefecture_code)
            else:
                own.append(membership.body_id)
        municipal = Q(body__prefecture_code__in=coordinated) & ~Q(body__kind=Body.Kind.PREFECTURE)
        return found.filter(Q(body_id__in=own) | municipal)

    def for_change(self) -> Self:
        """With the rows locked until the transaction ends: one writer at a time."""
        locked = self.select_for_update(of=("self",))
        return locked.select_related("survey", "body", "submission").defer("survey__document", "submission__document")


class Response(models.Model):
    """What one body answers in one round."""

    State = ResponseState
    EDITABLE: ClassVar = (State.DRAFT, State.RETURNED)
    COUNTED: ClassVar = (State.SUBMITTED, State.ACCEPTED)

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="responses", verbose_name=_("調査"))
    body = models.ForeignKey(Body, models.PROTECT, related_name="responses", verbose_name=_("団体"))
    state = models.CharField(_("状態"), max_length=10, choices=State, default=State.DRAFT)
    synthetic = models.BooleanField(_("合成データ"), default=False)
    submission = models.OneToOneField(
        "Submission", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("最後の提出")
    )
    return_reason = models.TextField(_("差戻しの理由"), blank=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("回答")
        ordering = ["body__code"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["survey", "body"], name="response_once_per_round"),
            models.CheckConstraint(condition=Q(state__in=ResponseState.values), name="response_known_state"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submission__isnull=False), name="response_state_has_submission"
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(return_reason=""), name="response_return_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey} {self.body}"

    @property
    def subject(self) -> str:
        """How events name this response."""
        return f"response {self.survey.year}-{self.body.code}"

    @property
    def is_editable(self) -> bool:
        return self.survey.is_open and self.state in self.EDITABLE

    def answers(self) -> dict[str, Any]:
        """All answers of the draft, also those whose question does not apply now."""
        found: dict[str, Any] = {}
        for answers in self.sections.values_list("answers", flat=True):
            found.update(answers)
        return found

    def is_now(self) -> str:
        """In which state the response is, for a person who wanted to move it from another."""
        return _g("この回答は今「%(state)s」です。") % {"state": self.get_state_display()}

    def roles_of(self, user: User) -> set[str]:
        """The roles of a person in the body that answers."""
        return set(user.memberships.filter(body_id=self.body_id).values_list("role", flat=True)) - {Role.COORDINATOR}

    def may_edit(self, user: User) -> bool:
        return bool(self.roles_of(user))

    def may_submit(self, user: User) -> bool:
        return Role.APPROVER in self.roles_of(user)

    def why_read_only(self) -> str:
        """Why nothing can be changed now, or an empty text."""
        if not self.survey.is_open:
            return _g("受付が終わったため、変更できません。直すところがあれば、総務省にご連絡ください。")
        return "" if self.state in self.EDITABLE else _g("提出済みのため、変更できません。")

    def _locked(self) -> "Response":
        return Response.objects.for_change().get(pk=self.pk)

    def section(self, section_id: str) -> "SectionAnswers":
        """The stored answers of a section; unsaved and at version 0 if nobody has saved it yet."""
        return self.sections.filter(section=section_id).first() or SectionAnswers(response=self, section=section_id)

    @transaction.atomic
    def save_section(
        self, section_id: str, changes: Mapping[str, Any], *, seen: int, by: User, origin: str = "form"
    ) -> Saved:
        """Store the changed questions of a section, seen at a version (contract, "Saving").

        `changes` holds only the questions this person changed. If someone else changed one of them since `seen`,
        nothing is stored and the conflicts are returned. Raises NotAllowed on a read-only response.
        """
        locked = self._locked()
        if not locked.may_edit(by):
            raise NotAllowed(_g("この回答を変える権限がありません。"))
        if reason := locked.why_read_only():
            raise NotAllowed(reason)
        stored = locked.section(section_id)
        changes = {id: answer for id, answer in changes.items() if stored.answers.get(id, {}) != answer}
        merged = tuple(id for id, mark in stored.marks.items() if mark["version"] > seen and id not in changes)
        if conflicts := stored.conflicts(changes, seen):
            return Saved(stored.version, merged, conflicts)
        if changes:
            before, after = ({id: side.get(id) for id in changes} for side in (stored.answers, changes))
            stored.put(changes, by=by)
            stored.save()
            entry = Entry("answers.saved", f"{self.subject} {section_id}", before, after, reason=origin)
            Event.objects.record([entry], actor=by)
        return Saved(stored.version, merged)

    def applicable_answers(self) -> dict[str, Any]:
        """The answers to the questions that are asked: what is shown, exported and submitted."""
        return rules.applicable(self.survey.questionnaire, self.body.kind, self.answers())

    def problems(self) -> list[rules.Problem]:
        """What keeps this response from being submitted."""
        return rules.all_problems(self.survey.questionnaire, self.body.kind, self.answers())

    @transaction.atomic
    def submit(self, *, by: User, reviewed: str | None = None) -> "Submission":
        """Freeze the applicable answers as a numbered submission.

        `reviewed` is the fingerprint of the answers that the approver saw: nobody submits what they have not seen.
        Raises NotAllowed if the answers are not complete or have changed since, or if it is not allowed now.
        """
        locked = self._locked()
        if not locked.may_submit(by):
            raise NotAllowed(_g("提出できるのは決裁者だけです。"))
        if locked.submission and locked.state == self.State.SUBMITTED and reviewed == locked.submission.fingerprint:
            return locked.submission  # a double click: what was reviewed is submitted already
        if reason := locked.why_read_only():
            raise NotAllowed(reason)
        if found := locked.problems():
            raise NotAllowed(_g("提出するには、あと%(count)sか所の回答が要ります。") % {"count": len(found)})
        submission = Submission.of(locked, locked.applicable_answers(), by)
        if reviewed not in (None, submission.fingerprint):
            raise NotAllowed(_g("確認したあとに、ほかの人が回答を変えました。もう一度確かめてから提出してください。"))
        submission.save()
        locked._move(locked.to_submitted(submission), by=by)
        self.state, self.submission, self.return_reason = locked.state, submission, ""
        locked._tell("receipt", by=by)
        return submission

    def to_submitted(self, submission: "Submission") -> Entry:
        """Take on the submission, unsaved; returns the event that belongs to it."""
        self.submission = submission
        return self._to(self.State.SUBMITTED, receipt=submission.receipt)

    def _to(self, state: str, *, reason: str = "", **details: str) -> Entry:
        before, self.state, self.return_reason = self.state, state, reason
        return Entry(f"response.{state}", self.subject, {"state": before}, {"state": state, **details}, reason)

    def why_not_withdraw(self) -> str:
        """Why a submission cannot be taken back now, or an empty text."""
        if not self.survey.is_open:
            return self.why_read_only()
        if self.state != self.State.SUBMITTED:
            return self.is_now()
        if self.survey.deadline and self.survey.deadline < timezone.now():
            return _g("提出期限を過ぎたため、取り下げられません。直すところがあれば、総務省にご連絡ください。")
        return ""

    @transaction.atomic
    def withdraw(self, receipt: str, *, by: User) -> None:
        """取下げ of the last submission, up to the deadline: not counted, and open for changes, until submitted again.

        Raises NotAllowed if it is not the last one any more, or if it is not allowed now.
        """
        locked = self._locked()
        if not locked.may_submit(by):
            raise NotAllowed(_g("取り下げられるのは決裁者だけです。"))
        if locked.submission is None or locked.submission.receipt != receipt:
            raise NotAllowed(_g("受付番号%(receipt)sは、最後の提出ではありません。") % {"receipt": receipt})
        if locked.state != self.State.DRAFT:  # else a double click: it has been withdrawn already
            if reason := locked.why_not_withdraw():
                raise NotAllowed(reason)
            event = locked._to(self.State.DRAFT, receipt=receipt)
            locked._move(replace(event, kind="response.withdrawn"), by=by)
        self.state = locked.state

    @transaction.atomic
    def send_back(self, reason: str, *, by: User) -> None:
        """差戻し: the body may change its answers again; it is not counted until it submits again."""
        if not reason.strip():
            raise NotAllowed(_g("差戻しの理由を書いてください。団体に示されます。"))
        self._review(self.State.RETURNED, self.COUNTED, by=by, reason=reason.strip())

    @transaction.atomic
    def accept(self, *, by: User) -> None:
        """受理."""
        self._review(self.State.ACCEPTED, (self.State.SUBMITTED,), by=by)

    def _review(self, state: str, allowed: tuple[str, ...], *, by: User, reason: str = "") -> None:
        locked = self._locked()
        if locked.state not in allowed:
            raise NotAllowed(locked.is_now())
        locked._move(locked._to(state, reason=reason), by=by)
        self.state, self.return_reason = locked.state, locked.return_reason
        locked._tell(state, by=by)

    def _move(self, event: Entry, *, by: User | None) -> None:
        """Save the new state together with its event."""
        self.save(update_fields=["state", "return_reason", "submission"])
        Event.objects.record([event], actor=by)

    def _tell(self, template: str, *, by: User) -> None:
        """Mail the editors and approvers of the body after the commit; nobody is told about synthetic answers."""
        if not self.synthetic:
            people = User.objects.filter(
                memberships__body_id=self.body_id, memberships__role__in=(Role.EDITOR, Role.APPROVER)
            )
            title = self.survey.questionnaire.title
            context = {"response": self, "submission": self.submission, "by": by, "title": title}
            mail.send(template, people.distinct().order_by("sign_in_id"), context, told=self._told)

    def _told(self, outcome: mail.Outcome) -> None:
        """Write into the history what became of a mail, with the number of addresses and none of them."""
        counts = (("sent", outcome.sent, ""), ("failed", outcome.failed, outcome.reason))
        entries = [
            Entry(f"mail.{kind}", self.subject, None, {"template": outcome.template, "recipients": count}, reason)
            for kind, count, reason in counts
            if count
        ]
        Event.objects.record(entries, actor=None)


class SectionAnswers(models.Model):
    """The answers of one response to one section: the unit of saving.

    `answers` maps question to answer; `marks` maps question to who changed it last: {"by", "name", "at", "version"}.
    """

    response = models.ForeignKey(Response, models.CASCADE, related_name="sections")
    section = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=0)
    answers = models.JSONField(default=dict)
    marks = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["response", "section"], name="section_answers_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="section_answers_has_version"),
        ]

    def __str__(self) -> str:
        return f"{self.response} {self.section} v{self.version}"

    def conflicts(self, changes: Mapping[str, Any], seen: int) -> tuple[Conflict, ...]:
        """The changed questions that someone changed after the version seen."""
        return tuple(
            Conflict(id, mine, self.answers.get(id, {}), mark["name"], datetime.fromisoformat(mark["at"]))
            for id, mine in changes.items()
            if (mark := self.marks.get(id)) and mark["version"] > seen
        )

    def put(self, changes: Mapping[str, Any], *, by: User | None) -> None:
        """Put the changes in place as the next version, unsaved."""
        self.version += 1
        mark = {
            "by": by.pk if by else None,
            "name": by.name if by else "",
            "at": timezone.now().isoformat(),
            "version": self.version,
        }
        self.answers = {id: answer for id, answer in {**self.answers, **changes}.items() if answer}
        self.marks = {**self.marks, **dict.fromkeys(changes, mark)}


class Submission(models.Model):
    """An immutable snapshot of the applicable answers, with its receipt number."""

    response = models.ForeignKey(Response, models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField(_("回数"))
    receipt = models.CharField(_("受付番号"), max_length=30, unique=True)
    document = models.TextField(_("回答（JSON）"))
    fingerprint = models.CharField(_("SHA-256"), max_length=64)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, verbose_name=_("提出した人"))
    submitted_at = models.DateTimeField(_("提出日時"), default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = _("提出")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["response", "number"], name="submission_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="submission_number_from_one"),
        ]

    @classmethod
    def of(cls, response: Response, answers: Mapping[str, Any], by: User | None) -> "Submission":
        """The next submission of a response, unsaved. Receipt: R3-202037-01 (era year, body, number)."""
        number = (response.submission.number if response.submission else 0) + 1
        receipt = f"R{response.survey.year - REIWA_BEFORE}-{response.body.code}-{number:02}"
        text = canonical(answers)
        digest = hashlib.sha256(text.encode()).hexdigest()
        return cls(
            response=response, number=number, receipt=receipt, document=text, fingerprint=digest, submitted_by=by
        )
