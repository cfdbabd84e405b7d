import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys import rules
from surveys.answers import clean_text, fingerprint
from surveys.doubted import Doubted, Reason
from surveys.doubts import with_reasons
from surveys.models.events import Entry, Event
from surveys.models.people import User
from surveys.models.refusal import NotAllowed
from surveys.models.responses import Response
from surveys.models.sections import answers_saved
from surveys.models.submissions import Submission
from surveys.rules import Answers

if TYPE_CHECKING:
    from surveys.models.rounds import Survey

ORIGIN = "correction"


class CorrectionState(models.TextChoices):
    ASKED = "asked", _("訂正の申し出")
    MADE = "made", _("訂正済")
    DECLINED = "declined", _("訂正しない")
    WITHDRAWN = "withdrawn", _("申し出を取消し")


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def made_in(self, survey: "Survey") -> "CorrectionQuerySet":
        """Those made in a round, with the submission each made."""
        found = self.filter(response__survey=survey, state=CorrectionState.MADE)
        return found.select_related("submission", "response__body", "ended_by").defer("submission__document")


class Correction(models.Model):
    """訂正 of a counted response that the body itself can no longer change: asked for by the body, or entered by the
    ministry (then nobody asked).

    `changes` and `before` map each question that differs to its answer, {} where it does not apply; both also hold the
    questions that a changed gate opens or closes. `based_on` is the submission they differ from, `submission` the one
    that the correction made. `ended_by` made, declined or withdrew it. `key` tells a second click from a second one.
    """

    State = CorrectionState

    response = models.ForeignKey(Response, models.PROTECT, related_name="corrections", verbose_name=_("回答"))
    state = models.CharField(_("状態"), max_length=10, choices=State, default=State.ASKED)
    based_on = models.ForeignKey(Submission, models.PROTECT, related_name="+", verbose_name=_("もとの提出"))
    before = models.JSONField(_("前"))
    changes = models.JSONField(_("後"))
    reason = models.TextField(_("訂正の理由"))
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("申し出た人"))
    at = models.DateTimeField(_("日時"), default=timezone.now)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("決めた人"))
    ended_at = models.DateTimeField(_("決めた日時"), null=True)
    decline_reason = models.TextField(_("訂正しない理由"), blank=True)
    submission = models.OneToOneField(Submission, models.PROTECT, null=True, verbose_name=_("訂正後の提出"))
    key = models.CharField(max_length=64)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("訂正")
        ordering = ["-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(state__in=CorrectionState.values), name="correction_known_state"),
            models.CheckConstraint(condition=~Q(reason=""), name="correction_has_a_reason"),
            models.CheckConstraint(condition=~Q(changes={}), name="correction_changes_something"),
            models.CheckConstraint(
                condition=Q(state="made", submission__isnull=False) | (~Q(state="made") & Q(submission__isnull=True)),
                name="correction_made_has_submission",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", ended_by__isnull=True, ended_at__isnull=True)
                | (~Q(state="asked") & Q(ended_by__isnull=False, ended_at__isnull=False)),
                name="correction_end_has_person",
            ),
            models.CheckConstraint(
                condition=(Q(state="declined") & ~Q(decline_reason="")) | (~Q(state="declined") & Q(decline_reason="")),
                name="correction_declined_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=False) | Q(state="made"), name="correction_unasked_is_made"
            ),
            models.UniqueConstraint(
                fields=["response", "key"], condition=Q(state__in=["asked", "made"]), name="correction_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response} {self._meta.verbose_name}{self.pk}"

    @property
    def subject(self) -> str:
        """How events name what it happened to: the response."""
        return self.response.subject

    def is_now(self) -> str:
        """In which state it is, for a person who wanted to move it from another."""
        return _g("この訂正は今「%(state)s」です。") % {"state": self.get_state_display()}

    @classmethod
    @transaction.atomic
    def ask(cls, response: Response, answers: Answers, reason: str, *, seen: str, by: User) -> "Correction":
        """訂正の申し出 by somebody who answers for the whole body. `answers` are those of the questions to change,
        `seen` the receipt number of the submission that the person saw.

        The same again is the same correction. Raises NotAllowed if the response cannot be corrected, was corrected
        since, would break the rules, or is not this person's.
        """
        if not by.leads(response.body):
            raise NotAllowed(_g("訂正を申し出られるのは、取りまとめ担当者と決裁者だけです。"))
        found = cls._new(response, answers, reason, seen, asked_by=by)
        if found.pk is None:
            found.save()
            about = found._entry({"changes": found.changes}, found.reason, found.before)
            Event.objects.record([about], actor=by)
            found._tell(by)
        return found

    @classmethod
    @transaction.atomic
    def enter(cls, response: Response, answers: Answers, reason: str, *, seen: str, by: User) -> "Correction":
        """訂正 by the ministry itself, made at once; otherwise as `ask`."""
        _must_correct(by)
        found = cls._new(response, answers, reason, seen)
        if found.pk is None:
            found._make(by)
        return found

    @classmethod
    def _new(
        cls, response: Response, answers: Answers, reason: str, seen: str, asked_by: User | None = None
    ) -> "Correction":
        """A correction to be saved, or the one that the same click made before; the response is locked."""
        locked = Response.objects.for_change().get(pk=response.pk)
        reason = clean_text(reason)
        key = fingerprint([seen, answers, reason, asked_by is None])
        there = locked.corrections.filter(key=key, state__in=[cls.State.ASKED, cls.State.MADE]).first()
        if there:
            return there
        if why_not := why_not_correct(locked):
            raise NotAllowed(why_not)
        assert locked.submission  # the database has no counted response without one
        if seen != locked.submission.receipt:
            raise NotAllowed(
                _g("この画面を開いたあとに、回答が変わりました。今の回答を確かめて、もう一度送ってください。")
            )
        if not reason:
            raise NotAllowed(_g("訂正の理由を書いてください。"))
        found = cls(response=locked, reason=reason, asked_by=asked_by, key=key)
        found._take(answers)
        return found

    def _take(self, answers: Answers) -> Answers:
        """Note what the answers change in the last submission; returns all answers as they would be."""
        response, questionnaire = self.response, self.response.survey.questionnaire
        assert response.submission
        self.based_on = response.submission
        old: dict[str, Any] = json.loads(response.submission.document)
        new = rules.applicable(questionnaire, response.kind, {**old, **answers})
        ids = [id for id in questionnaire.question_by_id if old.get(id, {}) != new.get(id, {})]
        self.before, self.changes = ({id: side.get(id, {}) for id in ids} for side in (old, new))
        if not ids:
            raise NotAllowed(_g("今の回答と違うところがありません。直すところを選んで、新しい回答を入れてください。"))
        if rules.all_problems(questionnaire, response.kind, new):
            raise NotAllowed(_g("このままでは、足りないか合わない回答があります。新しく答える問もいっしょに直します。"))
        return new

    @transaction.atomic
    def make(self, *, by: User) -> Submission:
        """訂正する as asked: a new submission in the place of the last one. The response keeps its state.

        Raises NotAllowed if one of its questions was changed since it was asked for, or if it is not asked any more.
        """
        _must_correct(by)
        locked = self._locked()
        locked._must_be_asked()
        if why_not := why_not_correct(locked.response):
            raise NotAllowed(why_not)
        assert locked.response.submission
        now = json.loads(locked.response.submission.document)
        if any(now.get(id, {}) != answer for id, answer in locked.before.items()):
            raise NotAllowed(
                _g("申し出のあとに、同じ問の回答が変わりました。訂正しない理由にそう書いて、団体に伝えてください。")
            )
        submission = locked._make(by)
        self.refresh_from_db()
        return submission

    def _make(self, by: User) -> Submission:
        response = self.response
        answers = self._take(self.changes)
        submission = Submission.of(response, answers, by, self._settled(answers, by))
        submission.save()
        response.submission = self.submission = submission
        response.save(update_fields=["submission"])
        entries = self._put_answers(by)
        self._end(self.State.MADE, by)
        about = self._entry({"receipt": submission.receipt}, self.reason, {"receipt": self.based_on.receipt})
        Event.objects.record([*entries, about], actor=by)
        self._tell(by)
        return submission

    def _settled(self, answers: Answers, by: User) -> list[Doubted]:
        """The doubts about the corrected answers: where none was given, the reason of the correction settles them."""
        response = self.response
        if response.synthetic:
            return []
        now = timezone.now().isoformat()

        def own(each: Doubted) -> Reason:
            return Reason(self.reason, each.doubt.fingerprint, by.pk, by.name, now)

        found = with_reasons(response.background().doubts(response, answers), response.reasons())
        return [each if each.is_settled else replace(each, reason=own(each)) for each in found]

    def _put_answers(self, by: User) -> list[Entry]:
        """Put the changes among the answers of their sections, which stay those of the last submission."""
        entries = []
        for section in self.response.survey.questionnaire.sections:
            own = {id: answer for id, answer in self.changes.items() if id in section.question_by_id}
            if own:
                stored = self.response.section(section.id)
                before = stored.answers
                stored.put(own, by=by)
                stored.save()
                entries += answers_saved(f"{self.subject} {section.id}", before, own, {}, ORIGIN)
        return entries

    @transaction.atomic
    def decline(self, reason: str, *, by: User) -> None:
        """訂正しない, with a reason that the body reads."""
        _must_correct(by)
        locked = self._locked()
        locked._must_be_asked()
        locked.decline_reason = clean_text(reason)
        if not locked.decline_reason:
            raise NotAllowed(_g("訂正しない理由を書いてください。団体に示されます。"))
        locked._end(self.State.DECLINED, by)
        Event.objects.record([locked._entry(None, locked.decline_reason)], actor=by)
        locked._tell(by)
        self.refresh_from_db()

    @transaction.atomic
    def withdraw(self, *, by: User) -> None:
        """取消し by the body, until it is decided; a second click changes nothing."""
        locked = self._locked()
        if not by.leads(locked.response.body):
            raise NotAllowed(_g("申し出を取り消せるのは、取りまとめ担当者と決裁者だけです。"))
        if locked.state != self.State.WITHDRAWN:
            locked._must_be_asked()
            locked._end(self.State.WITHDRAWN, by)
            Event.objects.record([locked._entry()], actor=by)
        self.refresh_from_db()

    def _locked(self) -> "Correction":
        """This one with its response, both locked, the response first."""
        response = Response.objects.for_change().get(pk=self.response_id)
        found = Correction.objects.select_for_update(of=("self",)).get(pk=self.pk)
        found.response = response
        return found

    def _must_be_asked(self) -> None:
        if self.state != self.State.ASKED:
            raise NotAllowed(self.is_now())

    def _end(self, state: str, by: User) -> None:
        self.state, self.ended_by, self.ended_at = state, by, timezone.now()
        self.save()

    def _entry(self, after: Any = None, reason: str = "", before: Any = None) -> Entry:
        about = {"correction": self.pk, **(after or {})}
        return Entry(f"correction.{self.state}", self.subject, before, about, reason)

    def _tell(self, by: User) -> None:
        self.response.tell("correction", by=by, correction=self)


def why_not_correct(response: Response) -> str:
    """Why a response cannot be corrected now, or an empty text."""
    if response.state not in Response.COUNTED:
        return _g("訂正できるのは、提出した回答だけです。") + response.is_now()
    if response.survey.is_open and response.state == Response.State.SUBMITTED:
        return _g("受付中で、まだ受理していない回答は、訂正ではなく、取り下げるか差し戻して直します。")
    return ""


def may_correct(user: User) -> bool:
    """Whether a person may correct answers for the ministry."""
    return user.is_staff and user.has_perm("surveys.change_correction")


def _must_correct(user: User) -> None:
    if not may_correct(user):
        raise NotAllowed(_g("訂正できるのは、総務省の審査の担当者だけです。"))
