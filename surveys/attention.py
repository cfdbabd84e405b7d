"""What about a body needs attending to (手当てが要る団体), as conditions on its response."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.models import Event, Membership, Response, SectionAnswers
from surveys.models.rounds import RoundState
from surveys.standing import STARTED

State, Role = Response.State, Membership.Role
STILL = timedelta(days=7)
APPROVERS = Membership.objects.filter(role=Role.APPROVER, user__is_active=True)
PENDING = Q(survey__state=RoundState.OPEN, state__in=Response.EDITABLE, nothing_reason="")


class Attention(NamedTuple):
    """A reason to attend to a body: in words, and whose responses it is about at the time of asking."""

    label: Any
    condition: Callable[[], Q]


def late() -> Q:
    """Not submitted although the deadline, or the extension, of an open round has passed."""
    extended = Q(extended_until__lt=timezone.now())
    asked = Q(extended_until__isnull=True, survey__deadline__lt=timezone.now())
    return PENDING & (extended | asked)


def extended() -> Q:
    """Not submitted, and given more time."""
    return PENDING & Q(extended_until__isnull=False)


def never_signed_in() -> Q:
    """Not submitted, and nobody who answers for the body has ever signed in."""
    answering = Membership.objects.exclude(role=Role.COORDINATOR)
    seen = answering.filter(body=OuterRef("body"), user__is_active=True, user__last_login__isnull=False)
    return PENDING & Q(~Exists(seen))


def stuck() -> Q:
    """Begun or sent back, and for 7 days nothing was answered, and nothing sent back or withdrawn."""
    since = timezone.now() - STILL
    changed = SectionAnswers.objects.filter(response=OuterRef("pk"), changed_at__gte=since)
    year = Cast(OuterRef("survey__year"), CharField())
    subject = Concat(Value("response "), year, Value("-"), OuterRef("body__code"))
    moved = Event.objects.filter(subject=subject, kind__in=["response.returned", "response.withdrawn"], at__gte=since)
    return PENDING & Q(STARTED, ~Exists(changed), ~Exists(moved))


def without_approver() -> Q:
    """Nobody can submit for this body."""
    return Q(~Exists(APPROVERS.filter(body=OuterRef("body"))), survey__state=RoundState.OPEN)


def nothing() -> Q:
    """An approver has said that there is nothing to answer."""
    return ~Q(nothing_reason="")


ATTENTION: dict[str, Attention] = {
    "late": Attention(_("期限を過ぎて未提出"), late),
    "extended": Attention(_("期限を延ばした"), extended),
    "never_signed_in": Attention(_("一度もサインインしていない"), never_signed_in),
    "stuck": Attention(_("7日以上、動きがない"), stuck),
    "nothing": Attention(_("今回は回答することがないと届け出た"), nothing),
    "no_approver": Attention(_("決裁者が登録されていない"), without_approver),
}
