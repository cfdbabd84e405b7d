from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys.models.events import Entry, Event
from surveys.models.refusal import NotAllowed

if TYPE_CHECKING:
    from surveys.models.people import User
    from surveys.models.responses import Response

FIELDS = ("nothing_reason", "nothing_by", "nothing_at")


class MayHaveNothing(models.Model):
    """「今回は回答することがない」, said by an approver where the round lets bodies say so.

    The body is not reminded any more and counts as 未回答. While it stands nothing can be answered, so that no body
    both answers and has nothing to answer; taking it back opens the response again.
    """

    nothing_reason = models.TextField(_("今回は回答することがない理由"), blank=True)
    nothing_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("届け出た人")
    )
    nothing_at = models.DateTimeField(_("届け出た日時"), null=True, blank=True)

    class Meta:
        abstract = True

    NOTHING: ClassVar[list[Any]] = [
        models.CheckConstraint(
            condition=Q(nothing_reason="", nothing_by__isnull=True, nothing_at__isnull=True)
            | (~Q(nothing_reason="") & Q(nothing_by__isnull=False, nothing_at__isnull=False, state="draft")),
            name="response_nothing_is_said_of_a_draft_by_somebody",
        )
    ]

    def why_not_say_nothing(self: "Response") -> str:  # type: ignore[misc]  # mixed into Response alone
        """Why it cannot be said now, or an empty text."""
        if not self.survey.allows_nothing:
            return _g("この調査では、すべての団体に回答をお願いしています。")
        if self.nothing_reason:
            return _g("すでに届け出ています。")
        return self.why_read_only() or ("" if self.state == self.State.DRAFT else self.is_now())

    @transaction.atomic
    def say_nothing(self: "Response", reason: str, *, by: "User") -> None:  # type: ignore[misc]  # mixed into Response alone
        """State that there is nothing to answer in this round. Raises NotAllowed."""
        locked = self.locked()
        if not locked.may_submit(by):
            raise NotAllowed(_g("届け出られるのは決裁者だけです。"))
        if not reason.strip():
            raise NotAllowed(_g("回答することがない理由を書いてください。総務省が読みます。"))
        if not locked.nothing_reason:  # else a double click
            if why_not := locked.why_not_say_nothing():
                raise NotAllowed(why_not)
            locked.nothing_reason, locked.nothing_by, locked.nothing_at = reason.strip(), by, timezone.now()
            locked.save(update_fields=FIELDS)
            Event.objects.record([Entry("response.nothing", self.subject, reason=locked.nothing_reason)], actor=by)
        self.refresh_from_db(fields=FIELDS)

    @transaction.atomic
    def take_back_nothing(self: "Response", *, by: "User") -> None:  # type: ignore[misc]  # mixed into Response alone
        """There is something to answer after all. Raises NotAllowed."""
        locked = self.locked()
        if not locked.may_submit(by):
            raise NotAllowed(_g("届出を取り消せるのは決裁者だけです。"))
        if before := locked.nothing_reason:
            locked.nothing_reason, locked.nothing_by, locked.nothing_at = "", None, None
            locked.save(update_fields=FIELDS)
            Event.objects.record([Entry("response.something", self.subject, {"reason": before})], actor=by)
        self.refresh_from_db(fields=FIELDS)
