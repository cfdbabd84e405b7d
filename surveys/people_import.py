"""Taking people and their roles from a list: what it would change, and doing that, all or nothing."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from surveys.answers import fingerprint
from surveys.models import Body, Event, Membership, User
from surveys.models.details import Personal
from surveys.models.events import Entry, changes
from surveys.models.people import DELEGATE, Role
from surveys.people_file import Row
from surveys.workbook.faults import Fault

FIELDS = ("name", "division", "email")
ROLES = {
    **{role: role for role in Role.values},
    "取りまとめ担当者": Role.EDITOR,
    "決裁者": Role.APPROVER,
    "都道府県の市区町村担当": Role.COORDINATOR,
}
BATCH = 500
Place = tuple[str, str]  # the code of a body, and a role


class Changed(Exception):
    """The register or its people are not those the preview was made from; `plan` is what would happen now."""

    def __init__(self, plan: "Plan") -> None:
        self.plan = plan


@dataclass
class Person:
    """Somebody of the file: who it is, stored or new, and what the file adds."""

    row: Row
    user: User
    before: dict[str, Any]
    is_new: bool = False
    places: list[Place] = field(default_factory=list)
    own: set[Place] = field(default_factory=set)  # the places that are stored

    @property
    def after(self) -> dict[str, Any]:
        return _own(self.user)

    @property
    def differences(self) -> list[tuple[Any, str, str]]:
        """What changes of the person: the name of the field, before and after."""
        names = [name for name in FIELDS if self.before[name] != self.after[name]]
        heads: dict[str, Any] = {field.name: field.verbose_name for field in User._meta.fields}
        return [(heads[name], self.before[name], self.after[name]) for name in names]

    @property
    def added(self) -> list[Place]:
        return [place for place in self.places if place not in self.own]

    @property
    def is_same(self) -> bool:
        return not self.is_new and not self.differences and not self.added


@dataclass
class Plan:
    """What a file would change. Nothing may be taken in while there are faults."""

    people: list[Person]
    faults: list[Fault]
    bodies: dict[str, Body]
    members: list[Membership]  # of the bodies that the file names

    @property
    def new(self) -> list[Person]:
        return [person for person in self.people if person.is_new]

    @property
    def changed(self) -> list[Person]:
        return [person for person in self.people if not person.is_new and not person.is_same]

    @property
    def same(self) -> list[Person]:
        return [person for person in self.people if person.is_same]

    @cached_property
    def others(self) -> list[Membership]:
        """Who is in these bodies and not in the file: left alone."""
        named = {person.user.pk for person in self.people}
        return [member for member in self.members if member.user_id not in named]

    @cached_property
    def without_approver(self) -> list[Body]:
        """The bodies of the file for which nobody could submit after it."""
        found = {code for person in self.people for code, role in person.places if role == Role.APPROVER}
        found |= {each.body.code for each in self.members if each.role == Role.APPROVER and each.user.is_active}
        return [body for code, body in sorted(self.bodies.items()) if code not in found]

    @property
    def fingerprint(self) -> str:
        """Of everything the preview shows: if it is still the same, so is what was confirmed."""
        people = [
            [person.user.pk, person.user.sign_in_id, person.before, person.after, person.places, sorted(person.own)]
            for person in self.people
        ]
        return fingerprint([people, [each.pk for each in self.others], [body.pk for body in self.without_approver]])


def plan(rows: list[Row]) -> Plan:
    """What these lines would change, with every fault by its line."""
    return _Reader(rows).plan()


@transaction.atomic
def take(rows: list[Row], *, seen: str, by: User | None) -> Plan:
    """Take in what a plan with the fingerprint `seen` showed, all or nothing. Raises Changed."""
    _lock(rows)
    found = plan(rows)
    if found.faults or found.fingerprint != seen:
        raise Changed(found)
    try:
        with transaction.atomic():
            _write(found, by)
    except IntegrityError as error:  # somebody took an id, or gave a role, at this very moment
        raise Changed(plan(rows)) from error
    return found


def _lock(rows: list[Row]) -> None:
    """The bodies first, as everybody does who changes their people; then the people."""
    codes, ids = ({row.values[name] for row in rows} for name in ("body", "sign_in_id"))
    bodies = Body.objects.select_for_update().filter(code__in=codes).order_by("pk")
    members = Membership.objects.filter(body__in=[body.pk for body in bodies])
    named = Q(sign_in_id__in=[id.lower() for id in ids]) | Q(pk__in=members.values("user"))
    list(User.objects.select_for_update().filter(named).order_by("pk").values_list("pk"))


def _write(found: Plan, by: User | None) -> None:
    entries: list[Entry] = []
    facts = [person.user.facts() for person in found.new]  # before they are stored, so that none is asked for groups
    User.objects.bulk_create([person.user for person in found.new], batch_size=BATCH)
    for person, after in zip(found.new, facts, strict=True):
        entries += changes("user", person.user.subject, None, after)
    for person in found.people:
        entries += [] if person.is_new else changes("user", person.user.subject, person.before, person.after)
    User.objects.bulk_update([person.user for person in found.changed], FIELDS, batch_size=BATCH)
    limited = {(each.user_id, each.body.code): each for each in found.members if each.limited}
    widened, joined = [], []
    for person in found.people:
        for code, role in person.added:
            held = limited.get((person.user.pk, code)) if role == Role.EDITOR else None
            if held:
                held.limited = False
                widened.append(held)
            else:
                joined.append(Membership(user=person.user, body=found.bodies[code], role=role))
            entries += _given(person.user, code, role, was_limited=bool(held))
    Membership.objects.bulk_create(joined, batch_size=BATCH)
    Membership.objects.bulk_update(widened, ["limited"], batch_size=BATCH)
    Event.objects.record(entries, actor=by)


def _given(user: User, code: str, role: str, *, was_limited: bool) -> Iterator[Entry]:
    subject = user.membership_subject(code)
    if was_limited:
        yield from changes("membership", subject, {"role": DELEGATE}, None)
    yield from changes("membership", subject, None, {"role": role})


class _Reader:
    """Goes through the lines once, with what is stored read before."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows, self.faults = rows, list[Fault]()
        codes, ids = ({row.values[name] for row in rows} for name in ("body", "sign_in_id"))
        self.bodies = {body.code: body for body in Body.objects.filter(code__in=codes)}
        self.members = list(
            Membership.objects.filter(body__in=self.bodies.values()).select_related("user", "body").order_by("pk")
        )
        self.users = {user.sign_in_id: user for user in User.objects.filter(sign_in_id__in=[id.lower() for id in ids])}
        self.namesakes: dict[Place, set[str]] = defaultdict(set)
        for member in self.members:
            user = self.users.setdefault(member.user.sign_in_id, member.user)
            self.namesakes[member.body.code, _folded(user.name)].add(user.sign_in_id)
        self.own = _places(self.users.values())
        self.roles = ROLES | {Membership(role=role).in_words: role for role in Role.values}
        self.numbers = User.objects.last_numbers()
        self.people: dict[str, Person] = {}

    def plan(self) -> Plan:
        for row in self.rows:
            self._row(row)
        return Plan(list(self.people.values()), self.faults, self.bodies, self.members)

    def _row(self, row: Row) -> None:
        wrong = [row.fault(message, column) for message, column in self._wrong(row)]
        self.faults += wrong
        if wrong:
            return
        code, role = row.values["body"], self.roles[row.values["role"]]
        person = self._person(row, code)
        if person is None:
            return
        if (code, role) in person.places:
            self.faults.append(row.fault(_("同じ人の同じ役割が、前の行にもあります。1行にしてください。"), "role"))
        person.places.append((code, role))

    def _wrong(self, row: Row) -> Iterator[tuple[str, str]]:
        """What is wrong with a line by itself."""
        values = row.values
        body = self.bodies.get(values["body"])
        if not re.fullmatch(r"[0-9]{6}", values["body"]):
            yield _("団体コードは6桁の数字で書いてください（先頭の0が落ちていないか、確かめてください）。"), "body"
        elif body is None:
            yield _("団体コード%(code)sの団体はありません。") % {"code": values["body"]}, "body"
        elif body.valid_to and body.valid_to <= timezone.localdate():
            yield _("%(body)sは廃止されています。いまの団体のコードを書いてください。") % {"body": body}, "body"
        role = self.roles.get(values["role"])
        if role is None:
            words = {"role": values["role"]}
            text = _(
                "役割「%(role)s」は使えません。取りまとめ担当者、決裁者、都道府県の市区町村担当のどれかを書いてください。"
            )
            yield text % words, "role"
        elif role == Role.COORDINATOR and body and body.kind != Body.Kind.PREFECTURE:
            yield _("都道府県の市区町村担当にできるのは、都道府県の人だけです。"), "role"
        yield from _field_faults(values)

    def _person(self, row: Row, code: str) -> Person | None:
        """The person a line names; None, with the fault noted, if it cannot be taken."""
        id = self._id(row, code)
        if id is None:
            return None
        if found := self.people.get(id):
            if any(row.values[name] and row.values[name] != getattr(found.user, name) for name in FIELDS):
                text = _("同じ人が%(line)d行目では違っています。氏名、所属、メールアドレスを同じにしてください。")
                self.faults.append(row.fault(text % {"line": found.row.number}, "name"))
            return found
        user = self.users.get(id)
        if user and (message := self._refused(user, row)):
            self.faults.append(row.fault(message, "sign_in_id"))
            return None
        self.people[id] = person = _person(row, id, user, self.own[user.pk] if user else set())
        return person

    def _id(self, row: Row, code: str) -> str | None:
        """The sign-in id of a line: as written, that of the person of this name in the body, or a new one."""
        if written := row.values["sign_in_id"].lower():
            return written
        same = self.namesakes[code, _folded(row.values["name"])]
        if len(same) > 1:
            text = _("この団体には、同じ氏名の人が2人以上います。サインインIDを書いてください（%(ids)s）。")
            self.faults.append(row.fault(text % {"ids": "、".join(sorted(same))}, "sign_in_id"))
            return None
        if not same:
            self.numbers[code] = self.numbers.get(code, 0) + 1
            same.add(f"{code}-{self.numbers[code]}")
        return next(iter(same))

    def _refused(self, user: User, row: Row) -> str:
        """Why a person who is stored cannot be taken from a list."""
        if user.is_staff or user.is_superuser:
            return _("総務省の担当は、一覧では登録できません。利用者のページで変えてください。")
        if not user.is_active:
            text = _("%(name)sさんは、サインインを止めています。利用者のページで戻すか、この行を除いてください。")
            return text % {"name": user.name}
        places = {code for code, _role in self.own[user.pk]}
        if _folded(user.name) != _folded(row.values["name"]) and places and row.values["body"] not in places:
            text = _("このサインインIDは、別の団体の%(name)sさんが使っています。別のIDにするか、空にしてください。")
            return text % {"name": user.name}
        return ""


def _person(row: Row, id: str, user: User | None, own: set[Place]) -> Person:
    if user is None:
        user = User(sign_in_id=id, **{name: row.values[name] for name in FIELDS})
        user.set_unusable_password()
        return Person(row, user, dict.fromkeys(FIELDS, ""), is_new=True)
    before = _own(user)
    for name in FIELDS:
        setattr(user, name, row.values[name] or getattr(user, name))
    return Person(row, user, before, own=own)


def _own(user: User) -> dict[str, Any]:
    """What a file says of a person, as the history takes it."""
    return {name: Personal(getattr(user, name)) for name in FIELDS}


def _field_faults(values: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What the fields of a person do not take, as the register itself says it."""
    user = User(**{name: values[name] for name in FIELDS}, sign_in_id=values["sign_in_id"].lower() or "made")
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            text = _("氏名を書いてください。") if name == "name" and not user.name else " ".join(messages)
            yield text, name


def _folded(name: str) -> str:
    """A name for comparison: blanks in it are written one way here and another there."""
    return "".join(name.split())


def _places(users: Iterable[User]) -> dict[int, set[Place]]:
    """What each person is in full; a limited editor is not yet an editor of the whole body."""
    found: dict[int, set[Place]] = defaultdict(set)
    stored = Membership.objects.filter(user__in=list(users), limited=False)
    for user, code, role in stored.values_list("user_id", "body__code", "role"):
        found[user].add((code, role))
    return found
