from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.answers_file import SYNTHETIC
from surveys.dated import Known, as_of
from surveys.models.events import Entry, Event
from surveys.models.register import Body

FIELDS = ["population", "population_source", "population_date"]


class PopulationQuerySet(models.QuerySet["Population"]):
    def on(self, day: date, bodies: Iterable[Body]) -> dict[int, Known]:
        """The population that counts on a day, by key of the body: of the latest date up to that day, else the
        earliest known. Bodies without any are left out."""
        known = {body.pk: [body.known] for body in bodies if body.known}
        # The body's own is the latest: if it is not of a later day, it counts, and no row is read.
        later = [pk for pk, [own] in known.items() if own.date > day]
        for row in self.filter(body__in=later):
            known[row.body_id].append(Known(row.date, row.value, row.source))
        return {pk: as_of(values, day) for pk, values in known.items()}

    @transaction.atomic
    def register(self, values: Mapping[str, int], day: date, source: str, *, by: Any) -> list[Body]:
        """Register populations as of a day, by code of the body; returns the bodies for which that is new."""
        bodies = Body.objects.select_for_update().filter(code__in=values).order_by("code")
        taken = self.take([(body, values[body.code]) for body in bodies], day, source)
        if taken:
            after = {"bodies": len(taken), "date": day.isoformat(), "source": source}
            Event.objects.record([Entry("register.populations", "register", None, after)], actor=by)
        return taken

    def take(self, values: Iterable[tuple[Body, int]], day: date, source: str) -> list[Body]:
        """The same for bodies that are locked, within a transaction and without an event.

        The latest stands with the body itself, the others in rows. One that was made up gives way to any other.
        """
        kept = {row.body_id: Known(day, row.value, row.source) for row in self.filter(date=day)}
        latest, rows, taken = [], [], []
        for body, value in values:
            new, own = Known(day, value, source), body.known
            if new in (own, kept.get(body.pk)):
                continue
            taken.append(body)
            if own is None or own.date <= day or own.source == SYNTHETIC:
                rows += outdated(body, day)
                body.population, body.population_source, body.population_date = value, source, day
                latest.append(body)
            else:
                rows.append(Population.of(body, new))
        Body.objects.bulk_update(latest, FIELDS, batch_size=500)
        self.keep(rows)
        return taken

    def keep(self, rows: "Iterable[Population]") -> None:
        """Store rows; one of the same body and day gives way."""
        unique, update = ["body", "date"], ["value", "source"]
        self.bulk_create(rows, batch_size=500, update_conflicts=True, unique_fields=unique, update_fields=update)


class Population(models.Model):
    """A population of a body as of a day, beside the latest one, which stands with the body itself."""

    body = models.ForeignKey(Body, models.CASCADE, related_name="populations", verbose_name=_("団体"))
    date = models.DateField(_("人口の基準日"))
    value = models.PositiveIntegerField(_("人口"))
    source = models.CharField(_("人口の出どころ"), max_length=100)

    objects = PopulationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("人口")
        ordering = ["-date"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["body", "date"], name="population_once_a_day"),
            models.CheckConstraint(condition=~Q(source=""), name="population_has_source"),
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.date}"

    @classmethod
    def of(cls, body: Body, known: Known) -> "Population":
        """Unsaved."""
        return cls(body=body, **known._asdict())


def outdated(body: Body, day: date | None) -> list[Population]:
    """The row that keeps what a body has now, unsaved, once there is one of a later day; none for a made-up one."""
    own = body.known
    return [Population.of(body, own)] if own and day and own.date < day and own.source != SYNTHETIC else []
