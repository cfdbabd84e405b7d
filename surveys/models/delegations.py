from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, ClassVar, NamedTuple, Self

from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys import rules
from surveys.models.events import Entry, Event
from surveys.models.people import Membership, User
from surveys.models.refusal import NotAllowed
from surveys.models.responses import Response
from surveys.models.sections import SectionAnswers


class Task(NamedTuple):
    """What goes with a section that is handed out: the date inside the town hall (庁内の期限), and a note."""

    due: date | None = None
    note: str = ""


def lead(response: Response, by: User) -> Response:
    """The response, locked with its body, for one who hands out its sections. Raises NotAllowed for anybody else."""
    response.body.hold()
    locked = Response.objects.for_change().get(pk=response.pk)
    if not by.leads(locked.body):
        raise NotAllowed(_g("項目を分担できるのは、取りまとめ担当者と決裁者です。"))
    return locked


def asked_only(response: Response, sections: Collection[str]) -> list[str]:
    """The sections in page order. Raises NotAllowed if there are none, or one that this body is not asked."""
    asked = [section.id for section in response.survey.questionnaire.sections_for(response.kind)]
    if not sections or not set(sections) <= set(asked):
        raise NotAllowed(_g("項目を1つ以上選んでください。"))
    return [id for id in asked if id in sections]


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def with_answers(self) -> Self:
        """With the version of the answers now, and the people that pages name."""
        answers = SectionAnswers.objects.filter(response=OuterRef("response"), section=OuterRef("section"))
        found = self.annotate(version=Coalesce(Subquery(answers.values("version")), 0))
        return found.select_related("response__survey", "response__body", "member__user", "by").defer(
            "response__survey__document"
        )


class Delegation(models.Model):
    """A section of a response in the hands of one member of the body (分担).

    It hangs on the membership, so that who leaves the body holds nothing: the database sees to it. 終わり is said of
    one version of the answers; whoever changes one of them afterwards opens the section again.
    """

    response = models.ForeignKey(Response, models.CASCADE, related_name="delegations")
    section = models.CharField(max_length=40)
    member = models.ForeignKey(Membership, models.CASCADE, related_name="delegations")
    due = models.DateField(_("庁内の期限"), null=True, blank=True)
    note = models.TextField(_("申し送り"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    finished_version = models.PositiveIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = DelegationQuerySet.as_manager()
    version: int  # of the answers now; only `with_answers`

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["response", "section"], name="delegation_one_holder"),
            models.CheckConstraint(
                condition=Q(finished_version__isnull=True, finished_at__isnull=True)
                | Q(finished_version__isnull=False, finished_at__isnull=False),
                name="delegation_finished_at_a_version",
            ),
        ]

    @property
    def person(self) -> User:
        return self.member.user

    @property
    def is_finished(self) -> bool:
        return self.finished_version == self.version

    @property
    def is_changed(self) -> bool:
        """Whether an answer was changed after the section was said to be finished."""
        return self.finished_version not in (None, self.version)

    @property
    def is_late(self) -> bool:
        return self.due is not None and not self.is_finished and self.due < timezone.localdate()

    def facts(self) -> dict[str, Any]:
        """What the history keeps."""
        due = self.due.isoformat() if self.due else None
        return {"to": self.member.user_id, "due": due, "note": self.note}

    def entry(self, kind: str, before: Any, after: Any) -> Entry:
        return Entry(kind, f"{self.response.subject} {self.section}", before, after)

    @classmethod
    @transaction.atomic
    def give(cls, response: Response, sections: Collection[str], to: User, task: Task, *, by: User) -> None:
        """Put sections into the hands of a member of the body, in place of whoever holds them, and mail that person.

        The same again changes nothing; another date or note opens a finished section again. Raises NotAllowed.
        """
        locked = lead(response, by)
        if not locked.survey.is_open:
            raise NotAllowed(locked.why_read_only())
        members = to.standing_in(locked.body)
        if not members or not to.is_active:
            raise NotAllowed(_g("渡す相手は、この団体の人から選んでください。"))
        tasks = dict.fromkeys(asked_only(locked, sections), task)
        given = cls.put(locked, tasks, members[0], by=by)
        if given and to != by and not locked.synthetic:
            own = [section for section in locked.survey.questionnaire.sections if section.id in given]
            locked.write_to([to], "delegated", sections=own, task=task, by=by)

    @classmethod
    def put(cls, locked: Response, tasks: Mapping[str, Task], member: Membership, *, by: User) -> list[str]:
        """Store who holds which section from now on, with an event each; returns the sections that changed."""
        held = {found.section: found for found in locked.delegations.with_answers()}
        entries = {}
        for section, task in tasks.items():
            found = held.get(section)
            before = found.facts() if found else None
            new = cls(response=locked, section=section, member=member, due=task.due, note=task.note, by=by)
            if new.facts() != before:
                new.pk = found.pk if found else None
                new.save()
                entries[section] = new.entry("delegation.given", before, new.facts())
        Event.objects.record(entries.values(), actor=by)
        return list(entries)

    @classmethod
    @transaction.atomic
    def take_back(cls, response: Response, sections: Collection[str], *, by: User) -> int:
        """Leave sections to nobody in particular; returns how many somebody held."""
        locked = lead(response, by)
        found = list(locked.delegations.with_answers().filter(section__in=asked_only(locked, sections)).order_by("pk"))
        cls.objects.filter(pk__in=[each.pk for each in found]).delete()
        Event.objects.record([each.entry("delegation.taken_back", each.facts(), None) for each in found], actor=by)
        return len(found)

    @classmethod
    @transaction.atomic
    def finish(cls, response: Response, section: str, *, by: User) -> None:
        """この項目を終わりにする: only who holds it, and only if nothing in it is missing or inconsistent."""
        locked = Response.objects.for_change().get(pk=response.pk)
        found = locked.delegations.with_answers().filter(section=section, member__user=by).first()
        if found is None:
            raise NotAllowed(_g("この項目は、今はあなたの担当ではありません。"))
        if reason := locked.why_read_only():
            raise NotAllowed(reason)
        spec = locked.survey.questionnaire.section_by_id[section]
        left = len(list(rules.problems(spec, locked.kind, locked.section(section).answers)))
        if left:
            raise NotAllowed(_g("この項目を終わりにするには、あと%(count)sか所の回答が要ります。") % {"count": left})
        if not found.is_finished:
            found.finished_version, found.finished_at = found.version, timezone.now()
            found.save(update_fields=["finished_version", "finished_at"])
            entry = found.entry("delegation.finished", None, {"version": found.version})
            Event.objects.record([entry], actor=by)
