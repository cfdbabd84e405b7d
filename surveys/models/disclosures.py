from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.events import Entry, Event
from surveys.models.rounds import Survey

if TYPE_CHECKING:
    from surveys.models.people import User


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    def open_on(self, survey: Survey, day: date) -> frozenset[str]:
        """The public ids of the questions of a round whose answers may be public body by body on a day.

        A question of which the round says nothing goes by its chapter; one behind a gate stays closed as long as a
        question that the gate looks at does.
        """
        said = {each.question: each.is_open_on(day) for each in self.filter(survey=survey)}
        questionnaire = survey.questionnaire
        return questionnaire.told_by({id for id, own in questionnaire.individual.items() if said.get(id, own)})

    @transaction.atomic
    def decide(self, survey: Survey, decisions: "dict[str, tuple[bool, date | None]]", *, by: "User | None") -> None:
        """Say of some questions whether their answers may be public body by body, and from which day.

        What differs from what was in force is kept in the history, in one event.
        """
        Survey.objects.select_for_update().get(pk=survey.pk)
        individual = survey.questionnaire.individual
        known = {each.question: each for each in self.filter(survey=survey)}
        before, after = {}, {}
        for question, (public, since) in decisions.items():
            was = known.get(question) or Disclosure(survey=survey, question=question, public=individual[question])
            if (was.public, was.since) != (public, since):
                before[question] = was.in_words
                was.public, was.since = public, since
                was.save()
                after[question] = was.in_words
        if after:
            Event.objects.record([Entry("survey.disclosed", survey.subject, before, after)], actor=by)


class Disclosure(models.Model):
    """What a round says of a question against its chapter: whether its answers may be public body by body.

    Where `since` is empty, they may be from the first edition on.
    """

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="disclosures", verbose_name=_("調査"))
    question = models.CharField(_("問"), max_length=40)  # public id
    public = models.BooleanField(_("団体ごとに公表する"))
    since = models.DateField(_("公表を始める日"), null=True, blank=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["survey", "question"], name="disclosure_once"),
            models.CheckConstraint(condition=Q(public=True) | Q(since__isnull=True), name="disclosure_day_if_public"),
        ]

    def __str__(self) -> str:
        return f"{self.survey} {self.question}"

    def is_open_on(self, day: date) -> bool:
        return self.public and (self.since is None or self.since <= day)

    @property
    def in_words(self) -> str:
        """How the history says it: no, yes, or the day it begins."""
        return str(self.since or "yes") if self.public else "no"
