"""Who answers what in a body (分担): what the pages about it show."""

from itertools import groupby
from typing import NamedTuple

from surveys.dossier import Dossier
from surveys.models import Invitation, Membership, User
from surveys.models.coded import EXPIRED
from surveys.pages import Progress
from surveys.questionnaire import Section


class Person(NamedTuple):
    """Somebody who answers for the body, with the sections in their hands."""

    user: User
    roles: list[str]
    held: list[Progress]
    finished: int


class Invited(NamedTuple):
    """Somebody who has not accepted yet."""

    invitation: Invitation
    sections: list[Section]
    is_expired: bool


def people(dossier: Dossier) -> list[Person]:
    """The people of the body who can sign in, by their id."""
    found = dossier.body.memberships.exclude(role=Membership.Role.COORDINATOR).filter(user__is_active=True)
    ordered = found.select_related("user").order_by("user__sign_in_id", "limited", "role")
    return [
        _person(dossier, user, list(memberships))
        for user, memberships in groupby(ordered, key=lambda membership: membership.user)
    ]


def _person(dossier: Dossier, user: User, memberships: list[Membership]) -> Person:
    held = [entry for entry in dossier.progress if dossier.held_by(entry.section, user)]
    finished = sum(dossier.delegations[entry.section.id].is_finished for entry in held)
    return Person(user, [membership.in_words for membership in memberships], held, finished)


def invited(dossier: Dossier) -> list[Invited]:
    """The invitations of this round that nobody has accepted or revoked, also those that have expired."""
    found = dossier.response.invitations.filter(accepted_at__isnull=True, revoked_at__isnull=True)
    return [
        Invited(
            invitation,
            [section for section in dossier.questionnaire.sections if section.id in invitation.tasks],
            invitation.state == EXPIRED,
        )
        for invitation in found.order_by("pk")
    ]
