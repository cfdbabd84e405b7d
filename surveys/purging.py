"""Names and addresses that are no longer needed: taken out of the register of people and from beside the history.

The history itself stays, entry by entry: it names people by the number of their account.
"""

from datetime import date, datetime, time

from django.db import transaction
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from surveys.audit import PURGED
from surveys.models import Detail, Event, Invitation, MailingItem, User
from surveys.models.details import PURGED as MARK
from surveys.models.events import Entry

NAMELESS = str(MARK)


def gone(day: date) -> list[User]:
    """People who can no longer sign in, are nothing in any body, and were in no event since the day."""
    people = User.objects.filter(is_active=False, memberships=None).exclude(name=NAMELESS).order_by("pk")
    since = Event.objects.filter(at__gte=_begin(day))
    return [user for user in people if not since.filter(Q(actor=user) | Q(subject=user.subject)).exists()]


def invitations(day: date) -> QuerySet[Invitation]:
    """Invitations from before the day, which nobody can accept any more, that still name somebody."""
    return Invitation.objects.filter(at__lt=_begin(day), expires_at__lt=timezone.now()).exclude(name=NAMELESS)


@transaction.atomic
def purge(user: User) -> int:
    """Leave of a person only the number; returns how many names and addresses went from beside the history."""
    user.name, user.division, user.email = NAMELESS, "", ""
    user.sign_in_id = f"purged-{user.pk}"
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    found = Detail.objects.filter(subject=user.subject)
    return _remove(found, user.subject)


@transaction.atomic
def purge_invitations(day: date) -> int:
    """The same for people who were invited before a day, and for the addresses of mails of that time."""
    invitations(day).update(name=NAMELESS, division="", email="")
    number = Concat(Value("purged-"), Cast(F("pk"), CharField()))
    MailingItem.objects.filter(queued_at__lt=_begin(day)).exclude(address__startswith="purged-").update(address=number)
    found = Detail.objects.filter(subject__startswith="response ", at__lt=_begin(day))
    return _remove(found, "invitations")


def _remove(details: QuerySet[Detail], subject: str) -> int:
    count, _by_model = details.delete()
    if count or subject != "invitations":
        Event.objects.record([Entry(PURGED, subject, None, {"details": count})], actor=None)
    return count


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
