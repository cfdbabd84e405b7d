"""The three dates of a round, and what they let a body do."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from surveys.models.events import Entry, Event
from surveys.models.refusal import NotAllowed

if TYPE_CHECKING:
    from surveys.models.people import User
    from surveys.models.responses import Response


class Dates(NamedTuple):
    """Until when bodies are asked to submit; until when one may begin; until when answers may be changed.

    Each may be open. What is submitted after the deadline is late and counts.
    """

    deadline: datetime | None = None
    begin_until: datetime | None = None
    edit_until: datetime | None = None

    def facts(self) -> dict[str, str | None]:
        """For the history."""
        return {name: moment.isoformat() if moment else None for name, moment in self._asdict().items()}


def in_order() -> Q:
    """The dates that are set follow each other: deadline, last beginning, last change."""
    pairs = (("deadline", "begin_until"), ("begin_until", "edit_until"), ("deadline", "edit_until"))
    found = Q()
    for first, second in pairs:
        found &= Q(**{f"{first}__isnull": True}) | Q(**{f"{second}__isnull": True}) | Q(**{f"{first}__lte": F(second)})
    return found


def why_shut(dates: Dates, extended_until: datetime | None, has_begun: Callable[[], bool]) -> str:
    """Why the dates let a body change nothing now, or an empty text. An extension stands in the place of all three."""
    now = timezone.now()
    if extended_until and now <= extended_until:
        return ""
    if dates.edit_until and dates.edit_until < now:
        return _("回答を変えられる期間が終わりました。直すところがあれば、総務省にご連絡ください。")
    if dates.begin_until and dates.begin_until < now and not has_begun():
        return _("新しく回答を始められる期間が終わりました。これから回答したいときは、総務省にご連絡ください。")
    return ""


class MayBeExtended(models.Model):
    """More time for one body alone, given with a reason that it reads."""

    extended_until = models.DateTimeField(_lazy("延長した期限"), null=True, blank=True)
    extension_reason = models.TextField(_lazy("延長の理由"), blank=True)

    class Meta:
        abstract = True

    EXTENSION: ClassVar[list[Any]] = [
        models.CheckConstraint(
            condition=Q(extended_until__isnull=True, extension_reason="")
            | (Q(extended_until__isnull=False) & ~Q(extension_reason="")),
            name="response_extension_has_reason",
        ),
    ]

    @property
    def due(self: "Response") -> datetime | None:  # type: ignore[misc]  # mixed into Response alone
        """Until when this body is asked to submit."""
        return self.extended_until or self.survey.deadline

    @transaction.atomic
    def extend(self: "Response", until: datetime, reason: str, *, by: "User") -> None:  # type: ignore[misc]  # mixed into Response alone
        """延長 for this body alone, shown to it with its reason; again to move it. Raises NotAllowed."""
        locked = self.locked()
        if not locked.survey.is_open:
            raise NotAllowed(locked.survey.is_now())
        if locked.survey.deadline and until <= locked.survey.deadline:
            raise NotAllowed(_("延長した期限は、調査の提出期限より後にしてください。"))
        before = {"until": locked.extended_until.isoformat() if locked.extended_until else None}
        self.extended_until, self.extension_reason = until, reason.strip()
        self.save(update_fields=["extended_until", "extension_reason"])
        after = {"until": until.isoformat()}
        Event.objects.record([Entry("response.extended", self.subject, before, after, self.extension_reason)], actor=by)
