"""How a round stands among the bodies that a person oversees: counted in the database at the time of asking."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Case, Count, Q, When
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from surveys import tally
from surveys.attention import ATTENTION
from surveys.models import Body, Membership, Response, SectionAnswers, Survey, User
from surveys.models.responses import ResponseQuerySet
from surveys.questionnaire import Section
from surveys.standing import standing
from surveys.tally import Share, Tally
from surveys.tiles import PLACES, Place

KINDS = list(Body.Kind)


def is_ministry(user: User) -> bool:
    """Whether a person oversees all bodies."""
    return user.is_staff and user.has_perm("surveys.view_response")


def overseen(user: User) -> ResponseQuerySet:
    """The responses a person oversees: all for the ministry, those of its municipalities for a coordinator. A body's
    own people oversee none; whatever they see through `for_user` is their own work."""
    found = Response.objects.for_user(user)
    if is_ministry(user):
        return found
    coordinated = user.memberships.filter(role=Membership.Role.COORDINATOR)
    codes = list(coordinated.values_list("body__prefecture_code", flat=True))
    return found.filter(body__prefecture_code__in=codes).exclude(kind=Body.Kind.PREFECTURE)


class Finished(NamedTuple):
    """A section, and in how many of the bodies asked nothing of it is missing or inconsistent."""

    section: Section
    share: Share


class Needing(NamedTuple):
    """How many bodies need attending to for a reason."""

    name: str
    label: Any
    bodies: int


class Overview:
    """The numbers of a round over some of its responses."""

    def __init__(self, survey: Survey, responses: ResponseQuerySet, *, of_all: bool) -> None:
        self.survey, self.responses, self.of_all = survey, responses, of_all

    @classmethod
    def find(cls, user: User, year: int) -> "Overview":
        """Not found if the round has not begun, or if this person oversees nobody in it."""
        rounds = Survey.objects.exclude(state=Survey.State.DRAFT).defer("document")
        survey = get_object_or_404(rounds, year=year)
        found = cls(survey, overseen(user).filter(survey=survey), of_all=is_ministry(user))
        if not found.counts:
            raise Http404
        return found

    @cached_property
    def counts(self) -> list[tally.Count]:
        """The one query behind the numbers by state, prefecture and kind."""
        groups = ("body__prefecture_code", "body__prefecture", "kind", "standing")
        found = self.responses.order_by().annotate(standing=standing()).values(*groups)
        counted = found.annotate(count=Count("pk"), with_synthetic=Count("pk", filter=Q(synthetic=True)))
        return [tally.Count(*row) for row in counted.values_list(*groups, "count", "with_synthetic")]

    @cached_property
    def total(self) -> Tally:
        return tally.tally(self.counts)

    @cached_property
    def prefectures(self) -> list[Tally]:
        """In the order of their codes, each with its municipalities."""
        return tally.by(lambda each: each.prefecture_code, lambda each: each.prefecture, self.counts)

    @property
    def tiles(self) -> list[tuple[Place, Tally]]:
        return [(PLACES[found.key], found) for found in self.prefectures]

    @cached_property
    def kinds(self) -> list[Tally]:
        """In the order in which the register names them."""
        found = tally.by(lambda each: each.kind, lambda each: Body.Kind(each.kind).label, self.counts)
        return sorted(found, key=lambda each: KINDS.index(Body.Kind(each.key)))

    @cached_property
    def needing(self) -> list[Needing]:
        conditions = {name: Count("pk", filter=found.condition()) for name, found in ATTENTION.items()}
        counted: Mapping[str, int] = self.responses.order_by().aggregate(**conditions)
        return [Needing(name, found.label, counted[name]) for name, found in ATTENTION.items()]

    @cached_property
    def sections(self) -> list[Finished]:
        """Each section, out of the bodies that are asked it."""
        stored = SectionAnswers.objects.filter(response__in=self.responses.values("pk"), complete=True)
        complete = dict(stored.values_list("section").annotate(Count("pk")).order_by())
        return [Finished(section, Share(complete.get(section.id, 0), total)) for section, total in self.asked]

    @property
    def asked(self) -> list[tuple[Section, int]]:
        """The sections that any of the bodies is asked, with how many are."""
        found = []
        for section in self.survey.questionnaire.sections:
            total = sum(each.total for each in self.kinds if section.asked_of(each.key))
            found += [(section, total)] if total else []
        return found

    @property
    def days_left(self) -> int | None:
        """Whole days to the deadline; negative when it has passed."""
        if self.survey.deadline is None:
            return None
        return (timezone.localdate(self.survey.deadline) - timezone.localdate()).days


def is_so(condition: Q) -> Case:
    """A condition as a column."""
    return Case(When(condition, then=True), default=False)
