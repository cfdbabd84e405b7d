"""Where a response stands, as conditions: the states as the chips say them."""

from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from surveys.models import Response, SectionAnswers
from surveys.pages import NOT_STARTED

State = Response.State
SUBMITTED_OR_ACCEPTED = "counted"
STARTED = Exists(SectionAnswers.objects.filter(response=OuterRef("pk")))

# Each response meets one of them: a draft in which nothing is answered has not been started.
STANDING: dict[str, Q] = {
    State.ACCEPTED: Q(state=State.ACCEPTED),
    State.SUBMITTED: Q(state=State.SUBMITTED),
    State.RETURNED: Q(state=State.RETURNED),
    State.DRAFT: Q(STARTED, state=State.DRAFT),
    NOT_STARTED: Q(~STARTED, state=State.DRAFT),
}
LABELS: dict[str, Any] = {
    State.ACCEPTED: _("受理"),
    State.SUBMITTED: _("提出済（審査待ち）"),
    State.RETURNED: _("差戻し"),
    State.DRAFT: _("入力中"),
    NOT_STARTED: _("未着手"),
    SUBMITTED_OR_ACCEPTED: _("提出済と受理"),
}
# What a list can be asked for.
CHOSEN: dict[str, Q] = {**STANDING, SUBMITTED_OR_ACCEPTED: Q(state__in=Response.COUNTED)}


def standing() -> Case:
    """The key of STANDING that a response meets."""
    cases = [When(condition, then=Value(str(name))) for name, condition in STANDING.items()]
    return Case(*cases, output_field=CharField())
