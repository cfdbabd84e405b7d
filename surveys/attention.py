"""What about a body needs attending to (手当てが要る団体), as conditions on its response."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import CharField, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.models import Body, Comment, Event, Membership, Query, Response, SectionAnswers
from surveys.models.rounds import RoundState
from surveys.standing import STARTED

State, Role = Response.State, Membership.Role
STILL = timedelta(days=7)
APPROVERS = Membership.objects.filter(role=Role.APPROVER, user__is_active=True)
COORDINATORS = Membership.objects.filter(role=Role.COORDINATOR, user__is_active=True)
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


def queries_open() -> Q:
    """With a query that the body has not answered."""
    return Q(Exists(Query.objects.filter(response=OuterRef("pk"), state=Query.State.OPEN)))


def queries_answered() -> Q:
    """With an answer to a query that whoever asked has still to look at."""
    return Q(Exists(Query.objects.filter(response=OuterRef("pk"), state=Query.State.ANSWERED)))


def reasons_unread() -> Q:
    """Submitted with reasons for doubtful answers that the ministry has not read."""
    return Q(state__in=Response.COUNTED, submission__reasons_read_at=None) & ~Q(submission__reasons=[])


def endorsed() -> Q:
    """The prefecture has confirmed the submission that counts."""
    return Q(state__in=Response.COUNTED, submission__endorsed_at__isnull=False)


def not_endorsed() -> Q:
    """Submitted by a municipality whose prefecture has a coordinator, who has not confirmed it. No reason to wait."""
    there = COORDINATORS.filter(body__prefecture_code=OuterRef("body__prefecture_code"))
    waiting = Q(Exists(there), state=Response.State.SUBMITTED, submission__endorsed_at=None)
    return waiting & ~Q(kind=Body.Kind.PREFECTURE)


ATTENTION: dict[str, Attention] = {
    "late": Attention(_("期限を過ぎて未提出"), late),
    "extended": Attention(_("期限を延ばした"), extended),
    "never_signed_in": Attention(_("一度もサインインしていない"), never_signed_in),
    "stuck": Attention(_("7日以上、動きがない"), stuck),
    "nothing": Attention(_("今回は回答することがないと届け出た"), nothing),
    "no_approver": Attention(_("決裁者が登録されていない"), without_approver),
    "queries_answered": Attention(_("照会に回答あり"), queries_answered),
    "queries_open": Attention(_("照会の回答待ち"), queries_open),
    "reasons_unread": Attention(_("確かめの理由を読んでいない"), reasons_unread),
    "not_endorsed": Attention(_("県の確認がまだ"), not_endorsed),
}


def with_open_ends(responses: QuerySet[Any]) -> QuerySet[Any]:
    """Annotated with what is still open in each: `open_count` and `answered_count` of queries, `remark_count` and
    `comment_count` to and from the ministry, `has_unread` reasons, `is_endorsed`, `waits_for_prefecture`."""
    said = Comment.objects.filter(withdrawn_at=None)
    found: QuerySet[Any] = responses.annotate(
        open_count=_count(Query.objects.filter(state=Query.State.OPEN)),
        answered_count=_count(Query.objects.filter(state=Query.State.ANSWERED)),
        remark_count=_count(said.filter(audience=Comment.Audience.REMARK)),
        comment_count=_count(said.filter(audience=Comment.Audience.MINISTRY)),
        has_unread=_is(reasons_unread()),
        is_endorsed=_is(endorsed()),
        waits_for_prefecture=_is(not_endorsed()),
    )
    return found


def _count(found: QuerySet[Any]) -> Coalesce:
    """How many of these a response has."""
    counted = found.filter(response=OuterRef("pk")).order_by().values("response").annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count"), output_field=IntegerField()), 0)


def _is(condition: Q) -> Exists:
    return Exists(Response.objects.filter(condition, pk=OuterRef("pk")))
