from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys import mail
from surveys.models.coded import OPEN, Coded
from surveys.models.delegations import Delegation, Task, asked_only, lead
from surveys.models.details import Personal
from surveys.models.events import Entry, Event
from surveys.models.people import Role, User
from surveys.models.refusal import NotAllowed
from surveys.models.responses import Response

LIFETIME = timedelta(days=14)


def in_two_weeks() -> datetime:
    return timezone.now() + LIFETIME


class Guest(NamedTuple):
    """Somebody without an account here: invited by mail, or without an address by a printed slip."""

    name: str
    division: str = ""
    email: str = ""


class Invitation(Coded):
    """What somebody is to do for a body, until they have an account: a role, and sections with dates and notes.

    Whoever has the code may accept it, once, for two weeks. `tasks`: {section: {"due", "note"}}. `key` is the name of
    the page it was made from, so that a second click makes no second invitation.
    """

    response = models.ForeignKey(Response, models.CASCADE, related_name="invitations")
    name = models.CharField(_("氏名"), max_length=80)
    division = models.CharField(_("所属"), max_length=80, blank=True)
    email = models.EmailField(_("メールアドレス"), blank=True)
    role = models.CharField(_("役割"), max_length=20, choices=Role, default=Role.EDITOR)
    limited = models.BooleanField(default=True)
    tasks = models.JSONField(default=dict)
    key = models.CharField(max_length=40)
    expires_at = models.DateTimeField(default=in_two_weeks)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    outcome: mail.Outcome | None = None  # what became of the mail, for the same

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["response", "key"], name="invitation_once_a_page"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, revoked_at__isnull=True),
                name="invitation_accepted_by_somebody_or_revoked",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.EDITOR) | Q(role=Role.APPROVER, limited=False), name="invitation_known_role"
            ),
        ]

    def task(self, section: str) -> Task:
        found = self.tasks[section]
        return Task(date.fromisoformat(found["due"]) if found["due"] else None, found["note"])

    @property
    def guest(self) -> User:
        """The person to be, unsaved: whom a mail is addressed to."""
        return User(name=self.name, division=self.division, email=self.email)

    # Inviting

    @classmethod
    @transaction.atomic
    def invite(
        cls, response: Response, guest: Guest, sections: Collection[str], task: Task, *, key: str, by: User
    ) -> "Invitation":
        """Invite somebody to answer some sections. Raises NotAllowed."""
        locked = lead(response, by)
        if not locked.survey.is_open:
            raise NotAllowed(locked.why_read_only())
        tasks = dict.fromkeys(asked_only(locked, sections), task)
        return cls._issue(locked, guest, tasks, Role.EDITOR, True, key=key, by=by)

    @classmethod
    @transaction.atomic
    def invite_successor(cls, response: Response, old: User, guest: Guest, *, key: str, by: User) -> "Invitation":
        """Invite somebody in the place of a person of the body, who keeps no access from now on.

        The sections of this round wait for the successor. Nobody does so to oneself: until the invitation is accepted
        the body could be without anyone who may submit, or invite again. Raises NotAllowed.
        """
        locked = lead(response, by)
        if found := cls.objects.filter(response=locked, key=key).first():
            return found.again(by=by)
        if old == by:
            text = _g(
                "ご自分の後任がまだ登録していないときは、先に項目を渡して招待し、登録が済んでから引き継いでください。"
            )
            raise NotAllowed(text)
        held = old.may_be_replaced(locked.body, by=by)
        delegations = locked.delegations.filter(member__in=held)
        tasks = {each.section: Task(each.due, each.note) for each in delegations}
        is_approver = any(membership.role == Role.APPROVER for membership in held)
        limited = all(membership.limited for membership in held)
        old.leave(locked.body, by=by)
        role = Role.APPROVER if is_approver else Role.EDITOR
        return cls._issue(locked, guest, tasks, role, limited, key=key, by=by)

    @classmethod
    def _issue(
        cls, locked: Response, guest: Guest, tasks: Mapping[str, Task], role: str, limited: bool, *, key: str, by: User
    ) -> "Invitation":
        if found := cls.objects.filter(response=locked, key=key).first():
            return found.again(by=by)
        kept = {
            id: {"due": task.due.isoformat() if task.due else None, "note": task.note} for id, task in tasks.items()
        }
        values = {**guest._asdict(), "role": role, "limited": limited, "tasks": kept, "key": key, "by": by}
        made = cls(response=locked, **values)
        made.renew()
        made.save()
        own = {"name": Personal(guest.name), "division": Personal(guest.division)}
        after = {**own, "by_mail": bool(guest.email), "sections": list(tasks)}
        made._record("invitation.made", {**after, "role": role, "limited": limited}, by)
        if made.email:
            made._send()
        return made

    def again(self, *, by: User) -> "Invitation":
        """A second click: nothing more, but a slip is printed from the last page that came back."""
        if self.by_id != by.pk or self.state != OPEN:
            raise NotAllowed(_g("この招待は、もう済んでいます。"))
        if not self.email:
            self.renew()
            self.save()
        return self

    def _send(self) -> None:
        sections = [self.response.survey.questionnaire.section_by_id[id] for id in self.tasks]
        listed = [(section, self.task(section.id)) for section in sections]
        context = {"invitation": self, "token": self.token, "listed": listed, "title": self._title, "by": self.by}
        mail.send("invitation", [self.guest], {**context, "response": self.response}, told=self._told)

    @property
    def _title(self) -> Any:
        return self.response.survey.questionnaire.title

    def _told(self, outcome: mail.Outcome) -> None:
        self.outcome = outcome
        self.response.told(outcome)

    def _record(self, kind: str, after: Any, by: User) -> None:
        Event.objects.record([Entry(kind, self.response.subject, None, after)], actor=by)

    @transaction.atomic
    def revoke(self, *, by: User) -> None:
        """Take the invitation back; once more changes nothing. Raises NotAllowed if it has been accepted."""
        lead(self.response, by)
        self.refresh_from_db()
        if self.accepted_at:
            text = _g("%(name)sさんは、もう登録を済ませています。項目の担当を外すか、ほかの人に引き継いでください。")
            raise NotAllowed(text % {"name": self.name})
        if not self.revoked_at:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])
            self._record("invitation.revoked", {"name": Personal(self.name)}, by)

    # Accepting

    @classmethod
    def with_digest(cls, digest: str) -> "Invitation | None":
        """The invitation with this SHA-256 of its token: an index finds it, and its time tells nothing of the token."""
        found = cls.objects.filter(digest=digest).select_related("response__survey", "response__body", "by")
        return found.defer("response__survey__document").first()

    @transaction.atomic
    def register(self, sign_in_id: str, password: str, *, name: str, division: str) -> User:
        """Make an account and accept with it. Raises NotAllowed."""
        self._hold()
        try:
            with transaction.atomic():
                user = User.objects.create_user(sign_in_id, password, name=name, division=division, email=self.email)
        except (ValidationError, IntegrityError) as error:  # somebody else took the id since the page was checked
            raise NotAllowed(_g("このサインインIDは使えません。別のものにしてください。")) from error
        self._take(user)
        return user

    @transaction.atomic
    def accept(self, *, by: User) -> None:
        """Accept with an account that there is already. Raises NotAllowed."""
        self._hold()
        if by.is_staff:
            raise NotAllowed(_g("総務省の担当は、団体の招待を受けられません。"))
        self._take(by)

    def _hold(self) -> None:
        """Lock it, to be accepted once. Raises NotAllowed if it cannot be accepted any more."""
        self.response.body.hold()
        self.refresh_from_db(fields=["accepted_at", "accepted_by", "revoked_at", "expires_at"])
        if self.state != OPEN:
            raise NotAllowed(_g("この招待は、もう使えません。"))

    def _take(self, user: User) -> None:
        response = Response.objects.for_change().get(pk=self.response_id)
        own = user.standing_in(response.body)
        if self.limited and own:
            member = own[0]
        else:
            member = user.join(response.body, self.role, limited=self.limited, by=self.by)
        # What was given to somebody else after the invitation stays with them.
        later = set(response.delegations.filter(at__gt=self.at).values_list("section", flat=True))
        tasks = {section: self.task(section) for section in self.tasks if section not in later}
        Delegation.put(response, tasks, member, by=self.by)
        self.accepted_at, self.accepted_by = timezone.now(), user
        self.save(update_fields=["accepted_at", "accepted_by"])
        self._record("invitation.accepted", {"name": Personal(self.name), "user": user.pk}, user)
