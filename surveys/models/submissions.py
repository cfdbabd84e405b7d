import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.answers import canonical
from surveys.doubted import Doubted
from surveys.era import REIWA_BEFORE
from surveys.models.people import User

if TYPE_CHECKING:
    from surveys.models.responses import Response


class Submission(models.Model):
    """An immutable snapshot of the applicable answers, with its receipt number.

    `reasons` are the doubts about these answers with the reasons given (`surveys.doubted.Doubted.record`).
    """

    response = models.ForeignKey("surveys.Response", models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField(_("回数"))
    receipt = models.CharField(_("受付番号"), max_length=30, unique=True)
    document = models.TextField(_("回答（JSON）"))
    fingerprint = models.CharField(_("SHA-256"), max_length=64)
    reasons = models.JSONField(_("理由"), default=list)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, verbose_name=_("提出した人"))
    submitted_at = models.DateTimeField(_("提出日時"), default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = _("提出")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["response", "number"], name="submission_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="submission_number_from_one"),
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
