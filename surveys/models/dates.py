"""The three dates of a round, and what they let a body do."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _


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
