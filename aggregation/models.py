from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aggregation import ranges
from surveys.models import Event, PeerRange, Survey, User
from surveys.models.events import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from aggregation.tables import Table


class RunQuerySet(models.QuerySet["Run"]):
    def latest_of(self, survey: Survey) -> "Run | None":
        return self.filter(survey=survey).order_by("-id").first()

    def published(self) -> "RunQuerySet":
        """What bodies, coordinators and the public may see, the latest first."""
        return self.filter(published_at__isnull=False).order_by("-survey__year", "-published_at", "-id")

    def published_rounds(self) -> "list[Run]":
        """The latest published run of each round, the newest round first."""
        found: dict[int, Run] = {}
        for run in self.published().select_related("survey").defer("survey__document"):
            found.setdefault(run.survey_id, run)
        return list(found.values())

    def published_until(self, year: int) -> "Run | None":
        """What the answers of a year are held against: the latest published run of that year, or of the last before."""
        return (
            self.published().filter(survey__year__lte=year).select_related("survey").defer("survey__document").first()
        )

    def published_of(self, year: int) -> "Run | None":
        """The latest published run of a year."""
        return self.published().filter(survey__year=year).select_related("survey").defer("survey__document").first()


class Run(models.Model):
    """A snapshot of all tables of a round. The same answers, definition and code give byte-identical tables."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="runs", verbose_name=_("調査"))
    created_at = models.DateTimeField(_("計算日時"), default=timezone.now)
    code_version = models.CharField(_("プログラムの版"), max_length=80)
    questionnaire_checksum = models.CharField(_("定義の検査値"), max_length=64)
    answers_fingerprint = models.CharField(_("回答の検査値"), max_length=64)
    responses = models.PositiveIntegerField(_("数えた団体"))
    synthetic = models.BooleanField(_("合成データを含む"))
    peers = models.TextField(blank=True, default="", editable=False)  # means and medians, see aggregation.peers
    published_at = models.DateTimeField(_("公表日時"), null=True, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name=_("公表した人"))

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("計算")
        ordering = ["-id"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | Q(published_at__isnull=False), name="run_publisher_has_date"
            ),
        ]

    def __str__(self) -> str:
        return f"run-{self.pk:04}"

    @property
    def subject(self) -> str:
        """How events name this run."""
        return f"run {self.pk}"

    @classmethod
    def keep(cls, tables: "Iterable[Table]", peers_by_group: "Mapping[str, str]", **facts: Any) -> "Run":
        """Store a run with its tables, in the order of the report, and with what it says of each kind and size."""
        run = cls.objects.create(**facts)
        RunTable.objects.bulk_create(
            [
                RunTable(run=run, table=table.id, position=n, head=table.head(), document=table.to_text())
                for n, table in enumerate(tables)
            ]
        )
        RunPeers.objects.bulk_create(
            [RunPeers(run=run, group=group, document=document) for group, document in peers_by_group.items()]
        )
        return run

    @transaction.atomic
    def publish(self, *, by: User | None) -> None:
        """Make this the published run of its round, and its ranges those that later answers are held against;
        publishing it again changes nothing."""
        locked = Run.objects.select_for_update().get(pk=self.pk)
        if locked.published_at is None:
            self.published_at, self.published_by = timezone.now(), by
            self.save(update_fields=["published_at", "published_by"])
            PeerRange.objects.publish(self.survey, self.peer_ranges())
            entry = Entry("run.published", self.subject, None, {"year": self.survey.year})
            Event.objects.record([entry], actor=by)

    def peer_ranges(self) -> "Iterator[PeerRange]":
        """The ranges of this run as `surveys` keeps them."""
        return (PeerRange(survey=self.survey, **own._asdict()) for own in ranges.read(self.peers))


class RunTable(models.Model):
    """One table of a run, as canonical JSON; `head` says what it is without reading it."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="tables")
    table = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    head = models.JSONField()
    document = models.TextField()

    class Meta:
        ordering = ["position"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["run", "table"], name="run_table_once"),
            models.UniqueConstraint(fields=["run", "position"], name="run_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.table}"


class RunPeers(models.Model):
    """What a run keeps of the bodies of one kind and size, as canonical JSON (see aggregation.peers)."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="peers_by_group")
    group = models.CharField(max_length=40)
    document = models.TextField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["run", "group"], name="run_peers_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.group}"
