from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import F, Q

from surveys.bands import BAND_LABELS, band
from surveys.dated import Known
from surveys.models.register import Body
from surveys.models.rounds import Survey
from surveys.past import FEWEST_PEERS, PeerNumbers, Range, Ranges
from surveys.questionnaire import PREFECTURE

Dated = tuple[int, PeerNumbers]  # with the year of the round


class PeerRangeQuerySet(models.QuerySet["PeerRange"]):
    @transaction.atomic
    def publish(self, survey: Survey, ranges: "Iterable[PeerRange]") -> None:
        """Put the ranges of the published results of a round in place of those published before."""
        self.filter(survey=survey).delete()
        self.bulk_create([*ranges], batch_size=500)

    def before(self, survey: Survey) -> "PeerRangeQuerySet":
        """The ranges of the latest round before one that has published any."""
        latest = self.filter(survey__year__lt=survey.year).order_by("-survey__year").values("survey")[:1]
        return self.filter(survey__in=latest)

    def rows(self) -> list[Dated]:
        """These ranges, with the year of their round. A page needs hundreds, and models of them cost more than the
        query."""
        found = self.values_list("survey__year", *PeerNumbers._fields)
        return [(year, PeerNumbers(*numbers)) for year, *numbers in found]


class PeerRange(models.Model):
    """The published range of one number among bodies of a kind, in a population band or ("") in all of them."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="peer_ranges")
    question = models.CharField(max_length=40)  # public id
    row = models.CharField(max_length=40)
    column = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    band = models.CharField(max_length=10, blank=True)
    low = models.PositiveBigIntegerField()
    high = models.PositiveBigIntegerField()
    bodies = models.PositiveIntegerField()

    objects = PeerRangeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["survey", "kind", "band", "question", "row", "column"], name="peer_range_once"
            ),
            models.CheckConstraint(condition=Q(low__lte=F("high")), name="peer_range_low_to_high"),
            models.CheckConstraint(condition=Q(bodies__gte=FEWEST_PEERS), name="peer_range_of_enough_bodies"),
            models.CheckConstraint(condition=Q(kind__in=Body.Kind.values), name="peer_range_known_kind"),
            models.CheckConstraint(condition=Q(band__in=["", *BAND_LABELS]), name="peer_range_known_band"),
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.row} {self.column}: {self.low}-{self.high}"


def band_of(kind: str, known: Known | None) -> str:
    """The population band in which a body is compared: none for prefectures and where no population is registered."""
    return "" if kind == PREFECTURE or known is None else band(known.value)


def ranges_of(kind: str, own_band: str, found: Iterable[Dated]) -> Ranges:
    """The ranges for a body among those of a round: of its kind and band where there is one, else of its kind."""
    own: dict[tuple[str, str, str], Range] = {}
    fitting = [(year, each) for year, each in found if each.kind == kind and each.band in ("", own_band)]
    for year, each in sorted(fitting, key=lambda entry: entry[1].band):
        place = (each.question, each.row, each.column)
        own[place] = Range(year, each.low, each.high, each.bodies, bool(each.band))
    return own
