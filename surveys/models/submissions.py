import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys.answers import canonical
from surveys.doubted import Doubted
from surveys.era import REIWA_BEFORE
from surveys.models.events import Entry, Event
from surveys.models.people import User
from surveys.models.queries import Side
from surveys.models.refusal import NotAllowed

if TYPE_CHECKING:
    from surveys.models.responses import Response


class Submission(models.Model):
    """An immutable snapshot of the applicable answers, with its receipt number.

    `reasons` are the doubts about these answers with the reasons given (`surveys.doubted.Doubted.record`). Beside the
    snapshot stands what reviewers have done with it: the prefecture's endorsement (県の確認), and that the ministry has
    read the reasons. A new submission needs both anew.
    """

    response = models.ForeignKey("surveys.Response", models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField(_("回数"))
    receipt = models.CharField(_("受付番号"), max_length=30, unique=True)
    document = models.TextField(_("回答（JSON）"))
    fingerprint = models.CharField(_("SHA-256"), max_length=64)
    reasons = models.JSONField(_("理由"), default=list)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, verbose_name=_("提出した人"))
    submitted_at = models.DateTimeField(_("提出日時"), default=timezone.now)
    endorsed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("県で確認した人"))
    endorsed_at = models.DateTimeField(_("県の確認"), null=True)
    reasons_read_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("理由を確かめた人")
    )
    reasons_read_at = models.DateTimeField(_("理由を確かめた日時"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("提出")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["response", "number"], name="submission_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="submission_number_from_one"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{what}_by__isnull": True, f"{what}_at__isnull": True})
                    | Q(**{f"{what}_by__isnull": False, f"{what}_at__isnull": False}),
                    name=f"submission_{what}_by_somebody",
                )
                for what in ("endorsed", "reasons_read")
            ),
        ]

    @classmethod
    def of(
        cls, response: "Response", answers: Mapping[str, Any], by: User | None, settled: Iterable[Doubted] = ()
    ) -> "Submission":
        """The next submission of a response, unsaved. Receipt: R3-202037-01 (era year, body, number)."""
        number = (response.submission.number if response.submission else 0) + 1
        receipt = f"R{response.survey.year - REIWA_BEFORE}-{response.body.code}-{number:02}"
        text = canonical(answers)
        digest = hashlib.sha256(text.encode()).hexdigest()
        return cls(
            response=response,
            number=number,
            receipt=receipt,
            document=text,
            fingerprint=digest,
            reasons=[each.record() for each in settled],
            submitted_by=by,
        )

    @property
    def is_correction(self) -> bool:
        """Whether a correction made it, and no approver."""
        return hasattr(self, "correction")

    @property
    def doubted(self) -> list[Doubted]:
        """The doubts that stood against these answers, with their reasons."""
        return [Doubted.of(record) for record in self.reasons]

    @transaction.atomic
    def endorse(self, *, by: User) -> None:
        """県の確認 of this submission, by the coordinator of its prefecture. A second click changes nothing.

        Raises NotAllowed if it is not the one that counts any more.
        """
        held = self._held(by, Side.PREFECTURE)
        if held.endorsed_at is None:
            held._mark("endorsed", by, by=by)

    @transaction.atomic
    def take_endorsement_back(self, *, by: User) -> None:
        """The prefecture has not confirmed this submission after all. A second click changes nothing."""
        held = self._held(by, Side.PREFECTURE)
        if held.endorsed_at is not None:
            held._mark("endorsed", None, by=by)

    @transaction.atomic
    def read_reasons(self, *, by: User) -> None:
        """The ministry has read why doubtful answers are right. A second click changes nothing."""
        held = self._held(by, Side.MINISTRY)
        if held.reasons_read_at is None:
            held._mark("reasons_read", by, by=by)

    def _held(self, by: User, side: str) -> "Submission":
        """This submission as it is now, with its response locked, for a person of a side."""
        response = self.response.locked()
        if response.side_of(by) != side:
            raise NotAllowed(_g("この回答を確認する権限がありません。"))
        if response.submission is None or response.submission_id != self.pk or response.state not in response.COUNTED:
            raise NotAllowed(_g("受付番号%(receipt)sは、最後の提出ではありません。") % {"receipt": self.receipt})
        return response.submission

    def _mark(self, what: str, person: User | None, *, by: User) -> None:
        """Save who did something with the submission and when, or that nobody did, together with its event."""
        setattr(self, f"{what}_by", person)
        setattr(self, f"{what}_at", timezone.now() if person else None)
        self.save(update_fields=[f"{what}_by", f"{what}_at"])
        kind = f"submission.{what}" if person else f"submission.{what}_taken_back"
        Event.objects.record([Entry(kind, self.response.subject, None, {"receipt": self.receipt})], actor=by)
