from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys import mail, rules
from surveys.doubted import Doubted
from surveys.doubts import with_reasons
from surveys.models.access import Access, ResponseState
from surveys.models.asked import Asked
from surveys.models.background import Background
from surveys.models.comments import Audience, Comment
from surveys.models.dates import why_shut
from surveys.models.events import Entry, Event
from surveys.models.nothing import MayHaveNothing
from surveys.models.people import Membership, User
from surveys.models.queries import Side
from surveys.models.refusal import NotAllowed
from surveys.models.register import Body
from surveys.models.sections import Given, Saved, SectionAnswers, answers_saved
from surveys.models.submissions import Submission
from surveys.needed import needed

Role = Membership.Role


class ResponseQuerySet(models.QuerySet["Response"]):
    def for_user(self, user: User) -> Self:
        """The responses this person may see. Every view looks a response up through this: not yours is not found."""
        found = self.select_related("survey", "body").defer("survey__document")
        if user.is_staff and user.has_perm("surveys.view_response"):
            return found
        own, limited, coordinated = [], [], []
        for membership in user.memberships.select_related("body"):
            if membership.role == Role.COORDINATOR:
                coordinated.append(membership.body.prefecture_code)
            elif membership.limited:
                limited.append(membership.body_id)
            else:
                own.append(membership.body_id)
        held = Q(body_id__in=limited, pk__in=self.model.objects.filter(delegations__member__user=user).values("pk"))
        municipal = Q(body__prefecture_code__in=coordinated) & ~Q(kind=Body.Kind.PREFECTURE)
        return found.filter(Q(body_id__in=own) | held | municipal)

    def for_change(self) -> Self:
        """With the rows locked until the transaction ends: one writer at a time."""
        locked = self.select_for_update(of=("self",))
        return locked.select_related("survey", "body", "submission").defer("survey__document", "submission__document")


class Response(MayHaveNothing, Asked):
    """What one body answers in one round."""

    State = ResponseState
    EDITABLE: ClassVar = (State.DRAFT, State.RETURNED)
    COUNTED: ClassVar = (State.SUBMITTED, State.ACCEPTED)

    state = models.CharField(_("状態"), max_length=10, choices=State, default=State.DRAFT)
    synthetic = models.BooleanField(_("合成データ"), default=False)
    submission = models.OneToOneField(
        "Submission", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("最後の提出")
    )
    return_reason = models.TextField(_("差戻しの理由"), blank=True)
    extended_until = models.DateTimeField(_("延長した期限"), null=True, blank=True)
    extension_reason = models.TextField(_("延長の理由"), blank=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("回答")
        ordering = ["body__code"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["survey", "body"], name="response_once_per_round"),
            models.CheckConstraint(condition=Q(state__in=ResponseState.values), name="response_known_state"),
            models.CheckConstraint(
                condition=Q(kind__in=Body.Kind.values) & ~Q(name=""), name="response_says_who_was_asked"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submission__isnull=False), name="response_state_has_submission"
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(return_reason=""), name="response_return_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(extended_until__isnull=True, extension_reason="")
                | (Q(extended_until__isnull=False) & ~Q(extension_reason="")),
                name="response_extension_has_reason",
            ),
            *MayHaveNothing.NOTHING,
        ]

    def __str__(self) -> str:
        return f"{self.survey} {self.full_name}"

    @property
    def subject(self) -> str:
        """How events name this response."""
        return f"response {self.survey.year}-{self.body.code}"

    @property
    def is_editable(self) -> bool:
        return not self.why_read_only()

    @property
    def due(self) -> datetime | None:
        """Until when this body is asked to submit."""
        return self.extended_until or self.survey.deadline

    def answers(self) -> dict[str, Any]:
        """All answers of the draft, also those whose question does not apply now."""
        found: dict[str, Any] = {}
        for answers in self.sections.values_list("answers", flat=True):
            found.update(answers)
        return found

    def is_now(self) -> str:
        """In which state the response is, for a person who wanted to move it from another."""
        return _g("この回答は今「%(state)s」です。") % {"state": self.get_state_display()}

    def access(self, user: User) -> Access:
        """The one place that says what of a response a person sees and changes; `for_user` says whether any of it."""
        memberships = user.standing_in(self.body)
        roles = frozenset(membership.role for membership in memberships)
        if all(membership.limited for membership in memberships) and memberships:
            held = self.delegations.filter(member__in=memberships).values_list("section", flat=True)
            return Access(roles, frozenset(held))
        return Access(roles)

    def may_edit(self, user: User, section: str) -> bool:
        access = self.access(user)
        return bool(access.roles) and access.covers(section)

    def may_submit(self, user: User) -> bool:
        return Role.APPROVER in self.access(user).roles

    def may_remark(self, user: User) -> bool:
        """Whether a person reviews responses for the ministry."""
        return user.is_staff and user.has_perm("surveys.change_response")

    def side_of(self, user: User) -> str:
        """For whom a person asks and sends back: the ministry, the prefecture of a municipality, or ("") nobody."""
        if self.may_remark(user):
            return Side.MINISTRY
        if self.kind == Body.Kind.PREFECTURE or self.access(user).roles:
            return ""
        overseen = user.memberships.filter(role=Role.COORDINATOR, body__prefecture_code=self.body.prefecture_code)
        return Side.PREFECTURE if overseen.exists() else ""

    def why_read_only(self) -> str:
        """Why nothing can be changed now, or an empty text."""
        if not self.survey.is_open:
            return _g("受付が終わったため、変更できません。直すところがあれば、総務省にご連絡ください。")
        if self.state not in self.EDITABLE:
            return _g("提出済みのため、変更できません。")
        if self.nothing_reason:
            return _g("「今回は回答することがない」と届け出ています。回答するときは、先に届出を取り消してください。")
        return why_shut(self.survey.dates, self.extended_until, self.sections.exists)

    def locked(self) -> "Response":
        return Response.objects.for_change().get(pk=self.pk)

    def section(self, section_id: str) -> SectionAnswers:
        """The stored answers of a section; unsaved and at version 0 if nobody has saved it yet."""
        return self.sections.filter(section=section_id).first() or SectionAnswers(response=self, section=section_id)

    @transaction.atomic
    def save_section(
        self,
        section_id: str,
        changes: Mapping[str, Any],
        *,
        seen: Mapping[str, int],
        by: User,
        origin: str = "form",
        page: str = "",
        same: Mapping[str, Collection[str]] | None = None,
        reasons: Mapping[str, Given] | None = None,
    ) -> Saved:
        """Store the changed questions of a section, each seen at a version of it (contract, "Saving").

        `changes` holds only the questions this person changed; one that `seen` does not name was seen at version 0,
        when nothing was stored. If one of them was changed since, other than by the page that saves, nothing is stored
        and the conflicts are returned. `same` names what of the changes this person confirmed as the same as last year,
        by question (`surveys.earlier`). `reasons` are what the person says to doubts, by key; where somebody else has
        given another one meanwhile, that one stays. Raises NotAllowed on a read-only response.
        """
        locked = self.locked()
        locked._must_let_save(by, section_id)
        stored = locked.section(section_id)
        changes = {id: answer for id, answer in changes.items() if stored.answers.get(id, {}) != answer}
        if conflicts := stored.conflicts(changes, seen, page):
            return Saved(stored.version, conflicts)
        subject, before = f"{self.subject} {section_id}", stored.answers
        if changes:
            stored.put(changes, by=by, page=page, same=same or {})
        entries = answers_saved(subject, before, changes, same or {}, origin)
        given, newer = stored.take(reasons or {}, by=by, page=page)
        if given:
            entries.append(Entry("reasons.saved", subject, given, {key: stored.reasons.get(key) for key in given}))
        if entries:
            stored.save()
            Event.objects.record(entries, actor=by)
        return Saved(stored.version, newer=newer)

    def _must_let_save(self, by: User, section_id: str) -> None:
        if not self.may_edit(by, section_id):
            if self.access(by).roles:
                raise NotAllowed(_g("この項目は、今はあなたの担当ではありません。"))
            raise NotAllowed(_g("この回答を変える権限がありません。"))
        if reason := self.why_read_only():
            raise NotAllowed(reason)

    @property
    def why_not_to_ministry(self) -> str:
        """Why nothing can be said to the ministry here any more, or an empty text."""
        if self.survey.is_open:
            return ""
        return _g("受付が終わったため、総務省へのコメントは書けません。お伝えになりたいことは、電話でご連絡ください。")

    @transaction.atomic
    def comment(self, question: str, audience: str, text: str, *, by: User, page: str = "") -> Comment:
        """Say something about a question, whatever the state of the response: that changes no answer.

        `page` is a random name of the form: the same words from the same form are one comment. Raises NotAllowed.
        """
        locked = self.locked()
        if audience == Audience.REMARK:
            if not locked.may_remark(by):
                raise NotAllowed(_g("団体への指摘を書けるのは、総務省の審査の担当者だけです。"))
        elif not locked.may_edit(by, self.survey.questionnaire.section_of[question].id):
            raise NotAllowed(_g("コメントを書けるのは、団体の担当者と決裁者です。"))
        if audience == Audience.MINISTRY and (reason := locked.why_not_to_ministry):
            raise NotAllowed(reason)
        return Comment.write(locked, question, audience, text, by=by, page=page)

    def applicable_answers(self) -> dict[str, Any]:
        """The answers to the questions that are asked: what is shown, exported and submitted."""
        return rules.applicable(self.survey.questionnaire, self.kind, self.answers())

    def problems(self) -> list[rules.Problem]:
        """What keeps this response from being submitted."""
        return rules.all_problems(self.survey.questionnaire, self.kind, self.answers())

    def background(self) -> Background:
        """What the answers are held against."""
        return Background(self.survey, [self], Response.objects.filter(state__in=self.COUNTED))

    def reasons(self) -> dict[str, Any]:
        """The reasons given last, by key of the doubt, also to doubts that have gone since."""
        found: dict[str, Any] = {}
        for reasons in self.sections.values_list("reasons", flat=True):
            found.update(reasons)
        return found

    def doubted(self) -> list[Doubted]:
        """The doubts about the answers as they stand, each with the reason that was given last."""
        return with_reasons(self.background().doubts(self, self.answers()), self.reasons())

    @transaction.atomic
    def submit(self, *, by: User, reviewed: str | None = None) -> Submission:
        """Freeze the applicable answers as a numbered submission.

        `reviewed` is the fingerprint of the answers that the approver saw: nobody submits what they have not seen.
        Raises NotAllowed if the answers are not complete or have changed since, if a doubt has no reason, or if it is
        not allowed now.
        """
        locked = self.locked()
        if not locked.may_submit(by):
            raise NotAllowed(_g("提出できるのは決裁者だけです。"))
        if locked.submission and locked.state == self.State.SUBMITTED and reviewed == locked.submission.fingerprint:
            return locked.submission  # a double click: what was reviewed is submitted already
        if reason := locked.why_read_only():
            raise NotAllowed(reason)
        doubted = locked.doubted()
        if lack := needed(len(locked.problems()), sum(not each.is_settled for each in doubted)):
            raise NotAllowed(lack)
        submission = Submission.of(locked, locked.applicable_answers(), by, doubted)
        if reviewed not in (None, submission.fingerprint):
            raise NotAllowed(_g("確認したあとに、ほかの人が回答を変えました。もう一度確かめてから提出してください。"))
        submission.save()
        locked._move(locked.to_submitted(submission), by=by)
        self.state, self.submission, self.return_reason = locked.state, submission, ""
        locked.tell("receipt", by=by)
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
        if self.due and self.due < timezone.now():
            return _g("提出期限を過ぎたため、取り下げられません。直すところがあれば、総務省にご連絡ください。")
        return ""

    @transaction.atomic
    def withdraw(self, receipt: str, *, by: User) -> None:
        """取下げ of the last submission, up to the deadline: not counted, and open for changes, until submitted again.

        Raises NotAllowed if it is not the last one any more, or if it is not allowed now.
        """
        locked = self.locked()
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
    def extend(self, until: datetime, reason: str, *, by: User) -> None:
        """延長 for this body alone, shown to it with its reason; again to move it. Raises NotAllowed."""
        locked = self.locked()
        if not locked.survey.is_open:
            raise NotAllowed(locked.survey.is_now())
        if locked.survey.deadline and until <= locked.survey.deadline:
            raise NotAllowed(_g("延長した期限は、調査の提出期限より後にしてください。"))
        before = {"until": locked.extended_until.isoformat() if locked.extended_until else None}
        self.extended_until, self.extension_reason = until, reason.strip()
        self.save(update_fields=["extended_until", "extension_reason"])
        after = {"until": until.isoformat()}
        Event.objects.record([Entry("response.extended", self.subject, before, after, self.extension_reason)], actor=by)

    @transaction.atomic
    def send_back(self, reason: str, *, by: User, receipt: str | None = None) -> None:
        """差戻し: the body may change its answers again; it is not counted until it submits again.

        The prefecture may do so until the ministry has accepted. `receipt` is that of the submission the person saw.
        """
        if not reason.strip():
            raise NotAllowed(_g("差戻しの理由を書いてください。団体に示されます。"))
        allowed = (self.State.SUBMITTED,) if self.side_of(by) == Side.PREFECTURE else self.COUNTED
        self._review(self.State.RETURNED, allowed, by=by, reason=reason.strip(), receipt=receipt)

    @transaction.atomic
    def accept(self, *, by: User, receipt: str | None = None) -> None:
        """受理 of the submission with this receipt: nobody accepts what they have not seen."""
        self._review(self.State.ACCEPTED, (self.State.SUBMITTED,), by=by, receipt=receipt)

    def _review(
        self, state: str, allowed: tuple[str, ...], *, by: User, reason: str = "", receipt: str | None = None
    ) -> None:
        locked = self.locked()
        if locked.state not in allowed:
            raise NotAllowed(locked.is_now())
        if locked.submission and receipt not in (None, locked.submission.receipt):
            raise NotAllowed(_g("この画面を開いたあとに、もう一度提出されました。新しい回答を確かめてください。"))
        locked._move(locked._to(state, reason=reason), by=by)
        self.state, self.return_reason = locked.state, locked.return_reason
        locked.tell(state, by=by, side=locked.side_of(by))

    def _move(self, event: Entry, *, by: User | None) -> None:
        """Save the new state together with its event."""
        self.save(update_fields=["state", "return_reason", "submission"])
        Event.objects.record([event], actor=by)

    def tell(self, template: str, *, by: User, section: str = "", **context: Any) -> None:
        """Mail those who answer for the whole body, and who holds the section, after the commit.

        Nobody is told about synthetic answers.
        """
        if not self.synthetic:
            holder = Q(delegations__response=self, delegations__section=section)
            answering = Membership.objects.filter(Q(limited=False) | holder, body_id=self.body_id)
            answering = answering.exclude(role=Role.COORDINATOR)
            people = User.objects.filter(memberships__in=answering).distinct().order_by("sign_in_id")
            self.write_to(people, template, submission=self.submission, by=by, section=section, **context)

    def write_to(self, people: Iterable[User], template: str, **context: Any) -> None:
        """Mail people about this response after the commit; the history says what became of it."""
        values = {"response": self, "title": self.survey.questionnaire.title, **context}
        mail.send(template, people, values, told=self.told)

    def told(self, outcome: mail.Outcome) -> None:
        """Write into the history what became of a mail."""
        Event.objects.record_mail(self.subject, outcome)
