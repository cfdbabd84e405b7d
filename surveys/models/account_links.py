"""The link with which a person sets the password of the account they have: the first one, or a new one."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _g

from surveys import mail
from surveys.models.coded import OPEN, Coded
from surveys.models.events import Entry, Event
from surveys.models.people import User
from surveys.models.refusal import NotAllowed

BY_MAIL = timedelta(days=14)
AGAIN_BY_MAIL = timedelta(days=3)  # for who has a password already: a new one is needed at once, or not at all
ON_PAPER = timedelta(days=30)  # a slip goes by post, and round the town hall, before it is in the right hands


class AccountLink(Coded):
    """How somebody comes into an account that is theirs already. One for each person: a new code ends the one before.

    `key` names the page it was made from, so that a second click sends no second mail.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="account_link")
    key = models.CharField(max_length=40)
    is_printed = models.BooleanField(default=False)
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="account_link_accepted_or_revoked",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("at")), name="account_link_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.state}"

    @classmethod
    def send(cls, people: Collection[int], *, key: str, by: User) -> list[mail.Outcome]:
        """Mail each of these people (by key) a new link; those who got one from the same page get no second.

        Takes plain values and does nothing twice, so that a queue may run it, in parts and again. Returns what became
        of the mails, if any went out. Raises NotAllowed.
        """
        found: list[mail.Outcome] = []
        with transaction.atomic():
            locked = cls._locked(people)
            served = set(cls.objects.filter(user__in=locked, key=key).values_list("user_id", flat=True))
            waiting = [user for user in locked if user.email and user.pk not in served]
            made = cls._issue(waiting, BY_MAIL, key, by)
            mail.send("account", [link.user for link in made], {"by": by}, told=found.append)
        for outcome in found:
            Event.objects.record_mail("users", outcome)
        return found

    @classmethod
    @transaction.atomic
    def slips(cls, people: Collection[int], *, key: str, by: User) -> "list[AccountLink]":
        """New codes for slips, in order of the bodies. A second click makes new ones: the last page is the one that
        came back, and is printed. Raises NotAllowed."""
        made = cls._issue(cls._locked(people), ON_PAPER, key, by)
        return sorted(made, key=lambda link: [*(each.body.code for each in link.places), link.user.sign_in_id])

    @staticmethod
    def _locked(people: Collection[int]) -> list[User]:
        found = User.objects.filter(pk__in=people).order_by("pk").select_for_update()
        return list(found.prefetch_related("memberships__body"))

    @classmethod
    def _issue(cls, people: list[User], lifetime: timedelta, key: str, by: User) -> "list[AccountLink]":
        """Put a new code in the place of any before, for each person. Raises NotAllowed."""
        made = [AccountLink._new(user, lifetime, key, by) for user in people]
        names = [field.name for field in cls._meta.concrete_fields if field.name not in ("id", "user")]
        AccountLink.objects.bulk_create(
            made, batch_size=500, update_conflicts=True, unique_fields=["user"], update_fields=names
        )
        after = {"by_mail": lifetime == BY_MAIL}
        Event.objects.record([Entry("account.invited", link.user.subject, None, after) for link in made], actor=by)
        return made

    @classmethod
    def _new(cls, user: User, lifetime: timedelta, key: str, by: User) -> "AccountLink":
        user.guard(by)
        if not user.is_active:
            text = _g("%(name)sさんは、サインインを止めています。先にサインインを戻してください。")
            raise NotAllowed(text % {"name": user.name})
        now = timezone.now()
        is_printed = lifetime == ON_PAPER
        if lifetime == BY_MAIL and user.has_usable_password():
            lifetime = AGAIN_BY_MAIL
        link = cls(user=user, by=by, key=key, at=now, expires_at=now + lifetime, is_printed=is_printed)
        link.renew()
        return link

    @property
    def places(self) -> list[Any]:
        """The memberships, by the code of the body, as a slip and a mail name them."""
        return sorted(self.user.memberships.all(), key=lambda membership: membership.body.code)

    @classmethod
    def with_digest(cls, digest: str) -> "AccountLink | None":
        """The link with this SHA-256 of its code, if the person may sign in."""
        found = cls.objects.filter(digest=digest, user__is_active=True)
        return found.select_related("user", "by").first()

    @transaction.atomic
    def set_password(self, password: str) -> User:
        """Set the password, once; whoever was signed in with the old one no longer is. Raises NotAllowed."""
        user = User.objects.select_for_update().get(pk=self.user_id)
        now = AccountLink.objects.get(pk=self.pk)
        if now.state != OPEN or now.digest != self.digest or not user.is_active:
            raise NotAllowed(_g("このリンクは、もう使えません。"))
        user.set_password(password)
        user.save(update_fields=["password"])
        user.end_sessions(by=user)
        self.accepted_at = timezone.now()
        self.save(update_fields=["accepted_at"])
        Event.objects.record([Entry("account.entered", user.subject)], actor=user)
        user.record_password(by=user)
        return user

    @transaction.atomic
    def revoke(self, *, by: User) -> None:
        """End the link before it is used; once more changes nothing. Raises NotAllowed."""
        user = User.objects.select_for_update().get(pk=self.user_id)
        user.guard(by)
        self.refresh_from_db()
        if self.accepted_at:
            raise NotAllowed(_g("%(name)sさんは、もう登録を済ませています。") % {"name": user.name})
        if not self.revoked_at:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])
            Event.objects.record([Entry("account.revoked", user.subject)], actor=by)
