"""What everybody may do, once as it is stored and once as the history tells it: the two are the same after every test.

So no page, file or command can change a permission without an event, whichever test happens to use it.
"""

from collections.abc import Iterable
from typing import Any

from surveys.models import Delegation, Event, Membership, User
from surveys.models.people import DELEGATE

Permissions = dict[tuple[Any, ...], Any]
ABOUT_PEOPLE = ("is_active", "is_staff", "is_superuser", "groups")
KINDS = ("user.added", "user.changed", "membership.added", "membership.removed", "delegation.given")


def stored() -> Permissions:
    """The people with their rights, what each is in which body, and who holds which section."""
    found: Permissions = {}
    for user in User.objects.prefetch_related("groups"):
        groups = sorted(group.name for group in user.groups.all())
        found["user", user.pk] = (user.is_active, user.is_staff, user.is_superuser, groups)
    for code, person, role, limited in Membership.objects.values_list("body__code", "user", "role", "limited"):
        found["membership", code, person, DELEGATE if limited else role] = True
    for each in Delegation.objects.select_related("response__survey", "response__body", "member"):
        found["delegation", each.response.subject, each.section] = each.member.user_id
    return found


def told(unrecorded: Permissions) -> Permissions:
    """The same as the history tells it, on top of what the factories of the tests have made without it."""
    found = dict(unrecorded)
    people: dict[int, dict[str, Any]] = {}
    events = Event.objects.filter(kind__in=[*KINDS, "delegation.taken_back"]).order_by("id")
    for subject, after, before in events.values_list("subject", "after", "before"):
        noun, *words = subject.split(" ")
        if noun == "user":
            known = people.setdefault(int(words[0]), {})
            known |= {name: value for name, value in after.items() if name in ABOUT_PEOPLE}
        elif noun == "membership":
            key = (noun, words[0], int(words[1]), (after or before)["role"])
            found |= {key: True} if after else {}
            found.pop(key if before else None, None)
        else:
            key = ("delegation", " ".join([noun, *words[:-1]]), words[-1])
            found[key] = after["to"] if after else None
    return _as_they_are(found, people)


def _as_they_are(found: Permissions, people: dict[int, dict[str, Any]]) -> Permissions:
    """Groups given by a factory are those of the person; who is nothing in a body any more holds no section of it."""
    for pk, known in people.items():
        given = found.pop(("groups", pk), [])
        found["user", pk] = tuple(known[name] for name in ABOUT_PEOPLE[:3]) + (known["groups"] or given,)
    places = {key[1:3] for key in found if key[0] == "membership"}
    return {key: value for key, value in found.items() if key[0] != "delegation" or (_code(key), value) in places}


def _code(key: tuple[Any, ...]) -> str:
    return str(key[1]).partition("-")[2]


def differences(unrecorded: Permissions) -> Iterable[Any]:
    now, history = stored(), told(unrecorded)
    keys = sorted(now.keys() | history.keys(), key=str)
    return [(key, now.get(key), history.get(key)) for key in keys if now.get(key) != history.get(key)]
