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
    def register(self, values: Mapping[Body, int], day: date, source: str, *, by: Any) -> list[Body]:
        """`take` with its event."""
        taken = self.take(values, day, source)
        if taken:
            after = {"bodies": len(taken), "date": day.isoformat(), "source": source}
            Event.objects.record([Entry("register.populations", "register", None, after)], actor=by)
        return taken

    def take(self, values: Mapping[Body, int], day: date, source: str) -> list[Body]:
        """Register populations as of a day, within a transaction; returns the bodies for which that is new.

        The latest stands with the body itself, the others in rows. A made-up one gives way to any other.
        """
        own, earlier = [], []
        kept = {(row.body_id, row.value, row.source) for row in self.filter(body__in=values, date=day)}
        for body, value in values.items():
            new, known = Known(day, value, source), body.known
            if known and known.date > day and known.source != SYNTHETIC:
                earlier += [] if (body.pk, value, source) in kept else [Population.of(body, new)]
            elif new != known:
                own.append(body)
                earlier += [Population.of(body, known)] if known and day > known.date and known.source != SYNTHETIC else []
                body.population, body.population_source, body.population_date = value, source, day
        Body.objects.bulk_update(own, FIELDS, batch_size=500)
        self.keep(earlier)
        return own + [row.body for row in earlier if row.date == day]

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
