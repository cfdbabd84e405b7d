from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys import mail
from surveys.models.details import Personal
from surveys.models.events import Entry, Event, changes
from surveys.models.refusal import NotAllowed
from surveys.models.register import Body

FACTORS = {"totp", "webauthn"}  # allauth's names; recovery codes only stand in for one of these
RECOVERY_CODES = "recovery_codes"
DELEGATE = "delegate"  # how the history calls an editor who is limited to delegated sections


class Role(models.TextChoices):
    EDITOR = "editor", _("担当者")
    APPROVER = "approver", _("決裁者")
    COORDINATOR = "coordinator", _("都道府県の市区町村担当")


class UserManager(BaseUserManager["User"]):
    @transaction.atomic
    def create_user(
        self, sign_in_id: str, password: str | None = None, *, by: "User | None" = None, **fields: Any
    ) -> "User":
        """A person who signs in with this id; without a password the account cannot be used yet."""
        user = self.model(sign_in_id=sign_in_id.lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        user.record_change(None, by=by)
        return user

    def last_numbers(self) -> dict[str, int]:
        """The highest number among the ids that were made from the code of each body: {"202037": 2} for 202037-2."""
        made = self.filter(sign_in_id__regex=r"^[0-9]{6}-[0-9]{1,6}$").values_list("sign_in_id", flat=True)
        return dict(sorted((id[:6], int(id[7:])) for id in made))

    def create_numbered(self, body: Body, *, by: "User | None", **fields: Any) -> "User":
        """A person whose sign-in id is made from the code of a body, which the caller holds: 202037-3."""
        number = self.last_numbers().get(body.code, 0) + 1
        return self.create_user(f"{body.code}-{number}", by=by, **fields)

    def create_superuser(self, sign_in_id: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(sign_in_id, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in with an id, since a town hall often shares one mail address."""

    sign_in_id = models.CharField(
        _("サインインID"),
        max_length=60,
        unique=True,
        validators=[
            RegexValidator(
                r"^[a-z0-9][a-z0-9._-]*\Z", _("小文字の英数字と . _ - で書いてください（例：taro.yamada）。")
            )
        ],
    )
    name = models.CharField(_("氏名"), max_length=80)
    division = models.CharField(_("所属"), max_length=80, blank=True)
    email = models.EmailField(_("メールアドレス"), blank=True)
    is_active = models.BooleanField(_("有効"), default=True)
    is_staff = models.BooleanField(_("総務省の担当"), default=False)
    guide_closed_at = models.DateTimeField(_("使い方を閉じた日時"), null=True, editable=False)
    date_joined = models.DateTimeField(_("登録日時"), default=timezone.now)

    authenticator_set: Any  # the second factors, of allauth.mfa
    usersession_set: Any  # where this person is signed in, of allauth.usersessions

    objects = UserManager()
    USERNAME_FIELD = "sign_in_id"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = _("利用者")
        constraints = [
            models.CheckConstraint(condition=models.Q(sign_in_id=Lower("sign_in_id")), name="user_sign_in_id_is_lower"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.sign_in_id}）"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """How events name this person: by number, since the history keeps no names."""
        return f"user {self.pk}"

    def membership_subject(self, code: str) -> str:
        """How events name what this person is in the body with this code."""
        return f"membership {code} {self.pk}"

    def facts(self) -> dict[str, Any]:
        """What the history keeps: who this is, and what they may do."""
        names = ("is_active", "is_staff", "is_superuser")
        groups = list(self.groups.order_by("name").values_list("name", flat=True)) if self.pk else []
        own = {name: Personal(getattr(self, name)) for name in ("name", "division", "email")}
        return {**own, **{name: getattr(self, name) for name in names}, "groups": groups}

    def places(self) -> set[tuple[str, str]]:
        """The body and role of each membership, as the history names them."""
        found = self.memberships.values_list("body__code", "role", "limited")
        return {(code, DELEGATE if limited else role) for code, role, limited in found}

    def standing_in(self, body: Body) -> list["Membership"]:
        """The memberships that let this person answer for a body, the widest first."""
        own = self.memberships.filter(body=body).exclude(role=Role.COORDINATOR)
        return list(own.select_related("user").order_by("limited", "role"))

    def leads(self, body: Body) -> bool:
        """Whether this person may delegate and invite: 取りまとめ担当者 or 決裁者."""
        return any(not membership.limited for membership in self.standing_in(body))

    def record_change(
        self, before: Mapping[str, Any] | None, places: AbstractSet[tuple[str, str]] = frozenset(), *, by: "User | None"
    ) -> None:
        """Write into the history what differs from earlier facts (none for a new person) and earlier places."""
        entries = changes("user", self.subject, before, self.facts())
        for code, role in sorted(places ^ (now := self.places())):
            sides = [{"role": role} if (code, role) in side else None for side in (places, now)]
            entries += changes("membership", self.membership_subject(code), *sides)
        Event.objects.record(entries, actor=by)

    def record_password(self, *, by: "User | None") -> None:
        """Write into the history that the password was set anew, or that signing in with one was switched off.

        The person is told by mail, since somebody else may have done it.
        """
        after = {"usable": self.has_usable_password()}
        self.warn("user.password")
        Event.objects.record([Entry("user.password", self.subject, None, after)], actor=by)

    @transaction.atomic
    def join(self, body: Body, role: str, *, limited: bool = False, by: "User | None" = None) -> "Membership":
        """Give a role in a body; the same role again changes nothing, and none is ever narrowed by it."""
        before = self.places()
        found, _new = self.memberships.get_or_create(body=body, role=role, defaults={"limited": limited})
        if found.limited and not limited:
            found.limited = False
            found.save(update_fields=["limited"])
        self.record_change(self.facts(), before, by=by)
        return found

    @transaction.atomic
    def leave(self, body: Body, *, by: "User | None") -> None:
        """Answer for a body no longer: the sections held go back with the membership."""
        before = self.places()
        self.memberships.filter(body=body).exclude(role=Role.COORDINATOR).delete()
        self.record_change(self.facts(), before, by=by)

    def may_be_replaced(self, body: Body, *, by: "User") -> list["Membership"]:
        """The memberships that a successor gets. Raises NotAllowed if `by` may not give them away."""
        held = self.standing_in(body)
        if not held:
            raise NotAllowed(_g("%(name)sさんは、もうこの団体の担当ではありません。") % {"name": self.name})
        if not by.leads(body):
            raise NotAllowed(_g("引き継ぎを決められるのは、取りまとめ担当者と決裁者です。"))
        is_approver = any(membership.role == Role.APPROVER for membership in by.standing_in(body))
        if any(membership.role == Role.APPROVER for membership in held) and not is_approver:
            raise NotAllowed(_g("決裁者の役割を引き継げるのは、決裁者だけです。"))
        return held

    @transaction.atomic
    def hand_over(self, body: Body, to: "User", *, by: "User") -> None:
        """Put another person of the body in this one's place, with roles and sections; this one keeps no access."""
        body.hold()
        held = self.may_be_replaced(body, by=by)
        if to == self or not to.is_active or not to.standing_in(body):
            raise NotAllowed(_g("引き継ぐ相手は、この団体のほかの人から選んでください。"))
        self._give(held, to, by)
        self.leave(body, by=by)

    def _give(self, held: "Iterable[Membership]", to: "User", by: "User") -> None:
        """Give another person the roles of these memberships, and the sections that hang on them."""
        for membership in held:
            heir = to.join(membership.body, membership.role, limited=membership.limited, by=by)
            moved = list(membership.delegations.with_answers().order_by("pk"))
            membership.delegations.update(member=heir)
            entries = [each.entry("delegation.given", each.facts(), {**each.facts(), "to": to.pk}) for each in moved]
            Event.objects.record(entries, actor=by)

    def hold_places(self) -> "list[Membership]":
        """Lock the bodies of this person; returns what the person is in them. Raises NotAllowed if that is nothing."""
        for body in Body.objects.filter(memberships__user=self).distinct().order_by("pk"):
            body.hold()
        held = list(self.memberships.select_related("body").order_by("pk"))
        if not held:
            raise NotAllowed(_g("%(name)sさんには、引き継ぐ役割がありません。") % {"name": self.name})
        return held

    @transaction.atomic
    def hand_over_everywhere(self, to: "User", *, stop: bool, by: "User") -> None:
        """Put another person in this one's place in every body and role, with the sections held in every round.

        `stop` lets this one no longer sign in. For the ministry: a body does so itself, with `hand_over`.
        Raises NotAllowed.
        """
        held = self.hold_places()
        if to == self or not to.is_active or to.is_staff:
            raise NotAllowed(_g("後任には、団体のほかの人で、サインインできる人を選んでください。"))
        before = self.places()
        self._give(held, to, by)
        self.memberships.all().delete()
        self.record_change(self.facts(), before, by=by)
        if stop and self.is_active:
            self.set_active(False, by=by)

    def guard(self, by: "User | None") -> None:
        """Raises NotAllowed unless `by` may decide how this person signs in: of a superuser only another one may."""
        if self.is_superuser and by and not by.is_superuser:
            raise NotAllowed(_g("システム管理者の登録を変えられるのは、システム管理者だけです。"))

    def close_guide(self) -> None:
        """Put the guide for a first visit away. No history: it changes only what this person's own home shows."""
        if self.guide_closed_at is None:
            self.guide_closed_at = timezone.now()
            self.save(update_fields=["guide_closed_at"])

    @transaction.atomic
    def set_active(self, active: bool, *, by: "User | None") -> None:
        """Let a person sign in, or no longer, from the next page on. Nobody is deleted: the history names them.

        Raises NotAllowed.
        """
        self.guard(by)
        before = self.facts()
        self.is_active = active
        self.save(update_fields=["is_active"])
        if not active:
            self.end_sessions(by=by)
        self.record_change(before, self.places(), by=by)

    # How a person signs in; the sessions and the second factor are allauth's

    @property
    def oversees(self) -> bool:
        """Whether many bodies are open to this person (ministry, coordinator): for them signing in is stricter."""
        return self.is_staff or self.memberships.filter(role=Role.COORDINATOR).exists()

    def warn(self, happened: str) -> None:
        """Tell this person by mail of a change to how they sign in, called like the event."""
        told = partial(Event.objects.record_mail, self.subject)
        mail.send("security", [self], {"happened": happened, "at": timezone.now()}, told=told)

    def factors(self) -> dict[int, str]:
        """The kind of each second factor, by key."""
        return dict(self.authenticator_set.values_list("pk", "type"))

    def lacks_factor(self) -> bool:
        """Whether this person must have a second factor and has none."""
        return self.oversees and not FACTORS & set(self.factors().values())

    def record_factors(self, before: Mapping[int, str]) -> None:
        """Write into the history how this person has changed the own second factors, and tell by mail."""
        now = self.factors()
        sides = (("mfa.added", now.items() - before.items()), ("mfa.removed", before.items() - now.items()))
        found = [(kind, type) for kind, factors in sides for _pk, type in sorted(factors) if type in FACTORS]
        if RECOVERY_CODES in {now[pk] for pk in now.keys() - before.keys()}:
            found.append(("mfa.recovery_codes", RECOVERY_CODES))
        for kind in dict(found):
            self.warn(kind)
        Event.objects.record([Entry(kind, self.subject, None, {"type": type}) for kind, type in found], actor=self)

    @transaction.atomic
    def take_factors(self, *, by: "User | None", reason: str) -> None:
        """Take away the second factors of a person who has lost them, and end the sessions. Raises NotAllowed."""
        self.guard(by)
        if self == by:
            raise NotAllowed(_g("ご自分の2段階の確認は、ほかの管理者に外してもらってください。"))
        types = sorted(set(self.factors().values()))
        if not types:
            raise NotAllowed(_g("2段階の確認は登録されていません。"))
        self.authenticator_set.all().delete()
        self.end_sessions(by=by)
        self.warn("mfa.removed")
        Event.objects.record([Entry("mfa.removed", self.subject, None, {"types": types}, reason)], actor=by)

    @transaction.atomic
    def end_sessions(self, *, by: "User | None", but: str = "", only: int | None = None) -> int:
        """Sign this person out everywhere, `but` in one session, or `only` of one. Returns of how many."""
        found = self.usersession_set.exclude(session_key=but)
        ended = list(found if only is None else found.filter(pk=only))
        for session in ended:
            session.end()
        if ended:
            Event.objects.record([Entry("sessions.ended", self.subject, None, {"count": len(ended)})], actor=by)
        return len(ended)


class Membership(models.Model):
    """What a person is in a body: 担当者, 決裁者, or 都道府県の市区町村担当 (of a prefecture).

    An editor who is limited sees only the sections delegated to them (担当者); one who is not is the 取りまとめ担当者.
    """

    Role = Role

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("利用者"))
    body = models.ForeignKey(Body, models.PROTECT, related_name="memberships", verbose_name=_("団体"))
    role = models.CharField(_("役割"), max_length=20, choices=Role)
    limited = models.BooleanField(_("分担した項目だけ"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("団体での役割")
        constraints = [
            models.UniqueConstraint(fields=["user", "body", "role"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_known_role"),
            models.CheckConstraint(
                condition=models.Q(limited=False) | models.Q(role=Role.EDITOR),
                name="membership_limited_is_editor",
                violation_error_message=_("「分担した項目だけ」にできるのは、担当者だけです。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.body} {self.in_words}"

    @property
    def in_words(self) -> str:
        """The role as the pages call it."""
        return _g("取りまとめ担当者") if self.role == Role.EDITOR and not self.limited else self.get_role_display()
