"""Which responses wait for somebody: conditions and counts that the lists of ministry and prefecture share."""

from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from surveys.models import Body, Comment, Membership, Query, Response
from surveys.models.rounds import RoundState

APPROVERS = Membership.objects.filter(role=Membership.Role.APPROVER, user__is_active=True)
COORDINATORS = Membership.objects.filter(role=Membership.Role.COORDINATOR, user__is_active=True)


def late() -> Q:
    """Not submitted although the deadline of an open round has passed."""
    return Q(survey__state=RoundState.OPEN, survey__deadline__lt=timezone.now(), state__in=Response.EDITABLE)


def without_approver() -> Q:
    """Nobody can submit for this body."""
    return Q(~Exists(APPROVERS.filter(body=OuterRef("body"))), survey__state=RoundState.OPEN)


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
    return waiting & ~Q(body__kind=Body.Kind.PREFECTURE)


# What the lists of the desk filter by, under the name that stands in the URL.
CONDITIONS = {
    "late": late,
    "no_approver": without_approver,
    "queries_open": queries_open,
    "queries_answered": queries_answered,
    "reasons_unread": reasons_unread,
    "not_endorsed": not_endorsed,
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
