from datetime import date
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from surveys.models.events import Entry, Event, changes
from surveys.models.proposals import ChangeKind, Proposal, Role
from surveys.models.refusal import NotAllowed
from surveys.models.register import Body, full_name


class ChangedBodyQuerySet(models.QuerySet["ChangedBody"]):
    def after(self, day: date) -> Self:
        """What bodies were before the changes that came after a day, the first change first."""
        return self.filter(change__date__gt=day).exclude(role=Role.ESTABLISHED).order_by("change__date", "pk")


class RegisterChange(models.Model):
    """A dated change of the register: a merger, a split, a new name, kind or code, with where it was announced."""

    Kind = ChangeKind

    date = models.DateField(_("施行日"))
    kind = models.CharField(_("変更の種類"), max_length=20, choices=ChangeKind)
    source = models.CharField(_("根拠"), max_length=200)
    # What a body that goes on became, where that is the change.
    name = models.CharField(_("新しい名称"), max_length=40, blank=True)
    name_kana = models.CharField(_("新しい名称（かな）"), max_length=80, blank=True)
    body_kind = models.CharField(_("新しい種別"), max_length=20, choices=Body.Kind, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("団体の変更")
        ordering = ["-date", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(kind__in=ChangeKind.values), name="register_change_known_kind"),
            models.CheckConstraint(condition=~Q(source=""), name="register_change_has_source"),
            models.CheckConstraint(
                condition=Q(kind="rename") & ~Q(name="") & ~Q(name_kana="")
                | ~Q(kind="rename") & Q(name="", name_kana=""),
                name="register_change_renames",
            ),
            models.CheckConstraint(
                condition=Q(kind="kind", body_kind__in=Body.Kind.values) | ~Q(kind="kind") & Q(body_kind=""),
                name="register_change_says_the_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{date_format(self.date)} {self.get_kind_display()}"

    @property
    def before(self) -> "list[ChangedBody]":
        """The predecessors."""
        return [part for part in self.parts.all() if part.role != Role.ESTABLISHED]

    @property
    def after(self) -> "list[ChangedBody]":
        """The successors."""
        return [part for part in self.parts.all() if part.role != Role.ABOLISHED]

    @property
    def in_words(self) -> str:
        """長野県上田市、長野県丸子町 → 長野県上田市"""
        was, became = "、".join(part.was for part in self.before), "、".join(part.became for part in self.after)
        return was if self.kind == ChangeKind.KIND else f"{was} → {became}"

    @property
    def subject(self) -> str:
        """How events name this change."""
        return f"register {self.pk}"

    @classmethod
    @transaction.atomic
    def make(cls, proposal: Proposal, *, by: Any) -> "RegisterChange":
        """Carry out what was proposed, as one act. Raises NotAllowed with everything that stands against it."""
        # Two people at once: the second waits here, and finds the bodies as the first has left them.
        locked = {
            body.pk: body for body in Body.objects.select_for_update().filter(pk__in=proposal.keys).order_by("pk")
        }
        settled = proposal.of(locked)
        if faults := settled.faults():
            raise NotAllowed("\n".join(faults))
        change = cls.objects.create(date=settled.day, kind=settled.kind, source=settled.source, **settled.became)
        entries = []
        for body, role in settled.roles.items():
            before = body.facts()
            ChangedBody.objects.create(change=change, role=role, **ChangedBody.facts_of(body))
            for name, value in settled.effect(body).items():
                setattr(body, name, value)
            body.save()
            entries += changes("body", body.subject, before, body.facts())
        after = {"date": change.date.isoformat(), "kind": change.kind, "bodies": settled.codes()}
        Event.objects.record(
            [Entry("register.changed", change.subject, None, after, change.source), *entries], actor=by
        )
        return change


class ChangedBody(models.Model):
    """A body in a change of the register, with what it was called before. Predecessors are those that ended or went
    on, successors those that went on or began; of one that began the columns say how it began."""

    Role = Role

    change = models.ForeignKey(RegisterChange, models.PROTECT, related_name="parts", verbose_name=_("団体の変更"))
    body = models.ForeignKey(Body, models.PROTECT, related_name="parts", verbose_name=_("団体"))
    role = models.CharField(_("変わり方"), max_length=20, choices=Role)
    name = models.CharField(_("団体名"), max_length=40)
    name_kana = models.CharField(_("団体名（かな）"), max_length=80)
    kind = models.CharField(_("種別"), max_length=20, choices=Body.Kind)

    objects = ChangedBodyQuerySet.as_manager()

    class Meta:
        ordering = ["body__code"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["change", "body"], name="changed_body_once_per_change"),
            models.UniqueConstraint(fields=["body"], condition=Q(role="abolished"), name="changed_body_ends_once"),
            models.UniqueConstraint(fields=["body"], condition=Q(role="established"), name="changed_body_begins_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="changed_body_known_role"),
            models.CheckConstraint(
                condition=Q(kind__in=Body.Kind.values) & ~Q(name="") & ~Q(name_kana=""), name="changed_body_has_facts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change} {self.body}"

    @property
    def was(self) -> str:
        """The body as it was before."""
        return full_name(self.body.prefecture, self.name, self.kind)

    @property
    def became(self) -> str:
        """The body as it was after the change."""
        return full_name(self.body.prefecture, self.change.name or self.name, self.kind)

    @property
    def became_kind(self) -> Any:
        return Body.Kind(self.change.body_kind or self.kind).label

    @classmethod
    def facts_of(cls, body: Body) -> dict[str, Any]:
        """The columns that say what a body is now."""
        return {"body": body, "name": body.name, "name_kana": body.name_kana, "kind": body.kind}
