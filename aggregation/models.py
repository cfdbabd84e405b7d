import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from aggregation import dataset, editions, errata, panels, ranges
from aggregation.body_reports import BodyReports as BodyReports  # a model: Django finds it here
from aggregation.errata import Errata
from aggregation.kept_models import Kept as Kept  # a model of this app
from aggregation.text_models import ReportText as ReportText  # a model of this app
from surveys.models import Correction, Event, NotAllowed, PeerRange, Survey, User
from surveys.models.events import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from aggregation.tables import Table

# A row a statement: several are sent as arrays to PostgreSQL, and psycopg masks each quote of their JSON in Python.
AT_ONCE = 1


class RunQuerySet(models.QuerySet["Run"]):
    def latest_of(self, survey: Survey) -> "Run | None":
        return self.filter(survey=survey).order_by("-id").first()

    def published(self) -> "RunQuerySet":
        """What bodies, coordinators and the public may see, the latest first."""
        return self.filter(published_at__isnull=False).order_by("-survey__year", "-edition")

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

    def edition_before(self, run: "Run") -> "Run | None":
        """What an edition replaces, or would replace: the last edition of the round before it."""
        found = self.filter(survey=run.survey_id, edition__isnull=False).exclude(pk=run.pk)
        if run.edition is not None:
            found = found.filter(edition__lt=run.edition)
        return found.order_by("-edition").select_related("survey").defer("survey__document", "peers").first()

    def published_of(self, year: int, edition: int | None = None) -> "Run | None":
        """An edition of a year; without its number the latest one."""
        found = self.published().filter(survey__year=year)
        if edition is not None:
            found = found.filter(edition=edition)
        return found.select_related("survey").defer("survey__document").first()

    def editions_of(self, survey: Survey) -> "RunQuerySet":
        """All editions of a round, the latest one first."""
        return self.published().filter(survey=survey).defer("peers", "counted")


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
    counted = models.TextField(default="{}", editable=False)  # {code of a body: number of its submission} as JSON
    edition = models.PositiveSmallIntegerField(_("版"), null=True, blank=True)
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
            models.UniqueConstraint(fields=["survey", "edition"], name="run_edition_once"),
            models.CheckConstraint(
                condition=Q(edition__isnull=True, published_at__isnull=True)
                | Q(edition__isnull=False, edition__gte=1, published_at__isnull=False),
                name="run_edition_goes_with_date",
            ),
        ]

    def __str__(self) -> str:
        return f"run-{self.pk:04}"

    @property
    def subject(self) -> str:
        """How events name this run."""
        return f"run {self.pk}"

    @classmethod
    def keep(cls, tables: "Iterable[Table]", peers_by_group: "Mapping[str, str]", members: str, **facts: Any) -> "Run":
        """Store a run with its tables, in the order of the report, with what it says of each kind and size, and with
        the bodies as it took them."""
        run = cls.objects.create(**facts)
        RunTable.objects.bulk_create(
            [
                RunTable(run=run, table=table.id, position=n, head=table.head(), document=table.to_text())
                for n, table in enumerate(tables)
            ],
            batch_size=AT_ONCE,
        )
        RunPeers.objects.bulk_create(
            [RunPeers(run=run, group=group, document=document) for group, document in peers_by_group.items()],
            batch_size=AT_ONCE,
        )
        RunMembers.objects.create(run=run, document=members)
        return run

    @property
    def edition_name(self) -> str:
        """r1, r2 …; empty before publication."""
        return f"r{self.edition}" if self.edition else ""

    def members_kept(self) -> str | None:
        """The bodies as this run took them (`aggregation.members`); None in a run of an older version."""
        return RunMembers.objects.filter(run=self).values_list("document", flat=True).first()

    @property
    def numbers(self) -> dict[str, int]:
        """By which submission each body is counted, by code; empty in a run of an older version."""
        return cast("dict[str, int]", json.loads(self.counted))

    @property
    def newer(self) -> "Run | None":
        """The latest edition of the round, if it is not this one."""
        latest = Run.objects.editions_of(self.survey).first()
        return None if latest is None or latest == self else latest

    @transaction.atomic
    def publish(self, *, by: User | None) -> None:
        """Make this the next edition of its round with its errata, and its ranges those that later answers are held
        against; publishing it again changes nothing. `by` is None for the operator of the server (commands).

        Raises NotAllowed if the round or the answers have moved on, or if this person made one of its corrections.
        """
        survey = Survey.objects.select_for_update().get(pk=self.survey_id)
        locked = Run.objects.select_for_update().get(pk=self.pk)
        if locked.published_at is None:
            locked.survey = survey
            if why_not := locked.why_not_publish() or locked.why_not_by(by):
                raise NotAllowed(why_not)
            locked._publish(by)
        self.edition, self.published_at, self.published_by = locked.edition, locked.published_at, locked.published_by
        self.survey.state = survey.state

    def _publish(self, by: User | None) -> None:
        before = Run.objects.edition_before(self)
        self.edition = (before.edition or 0) + 1 if before else 1
        self.published_at, self.published_by = timezone.now(), by
        self.save(update_fields=["edition", "published_at", "published_by"])
        if before:
            RunErrata.objects.create(run=self, document=editions.compare(before, self).to_text())
        PeerRange.objects.publish(self.survey, self.peer_ranges())
        RunPanel.objects.prepare(self)
        self.survey.publish(by=by)
        after = {"year": self.survey.year, "edition": self.edition_name}
        Event.objects.record([Entry("run.published", self.subject, None, after)], actor=by)

    def why_not_publish(self) -> str:
        """Why nobody can publish this run now, or an empty text."""
        if self.published_at:
            return _g("すでに公表しています。")
        if why_not := self.survey.why_not_publish():
            return why_not
        is_latest = Run.objects.latest_of(self.survey) == self
        is_same_form = self.questionnaire_checksum == self.survey.checksum
        if is_latest and is_same_form and self.answers_fingerprint == dataset.fingerprint_now(self.survey):
            return ""
        return _g(
            "この計算のあとに、回答か名簿が変わったか、新しい計算ができました。計算し直してから公表してください。"
        )

    def why_not_by(self, by: User | None) -> str:
        """Why this person cannot publish it, or an empty text: what one corrected another publishes."""
        if by and by in {each.ended_by for each in self.corrections()}:
            return _g("ご自身で訂正した回答が入っています。訂正した人とは別の人が公表してください。")
        return ""

    def corrections(self) -> "list[Correction]":
        """The corrections that this run counts and the edition before it did not."""
        return editions.newly_counted(Run.objects.edition_before(self), self)

    def peer_ranges(self) -> "Iterator[PeerRange]":
        """The ranges of this run as `surveys` keeps them."""
        return (PeerRange(survey=self.survey, **own._asdict()) for own in ranges.read(self.peers))


class RunMembers(models.Model):
    """The bodies of the round as a run took them, as canonical JSON (`aggregation.members`): the register may be put
    right later, what a run counted may not."""

    run = models.OneToOneField(Run, models.CASCADE, related_name="+")
    document = models.TextField()

    def __str__(self) -> str:
        return f"{self.run}"


class RunErrata(models.Model):
    """正誤表: what an edition changes against the one before it, as canonical JSON (`aggregation.errata`)."""

    run = models.OneToOneField(Run, models.CASCADE, related_name="errata")
    document = models.TextField()

    def __str__(self) -> str:
        return f"{self.run} {self.run.edition_name}"

    @property
    def content(self) -> Errata:
        return errata.from_text(self.document)


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


class RunFigure(models.Model):
    """A chart of a run, drawn once; `key` names its spec (`aggregation.drawing.key`), so that a change of what may be
    public, of words or of the code that draws gives another one."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="figures")
    key = models.CharField(max_length=64)
    svg = models.TextField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["run", "key"], name="run_figure_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.key}"


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


class RunPanelQuerySet(models.QuerySet["RunPanel"]):
    def table(self, before: Run, after: Run, table: str) -> "tuple[Table, Table] | None":
        """A table of two published runs over the bodies that both count; made for all tables when first asked for."""
        if not self.filter(before=before, after=after).exists():
            self.make(before, after)
        found = self.filter(before=before, after=after, table=table).values_list("document", flat=True).first()
        return panels.read(found) if found else None

    def make(self, before: Run, after: Run) -> None:
        """Two that ask at once make the same."""
        made = (RunPanel(before=before, after=after, table=id, document=document)
                for id, document in panels.make(before, after).items())  # fmt: skip
        self.bulk_create(made, ignore_conflicts=True)

    def prepare(self, run: Run) -> None:
        """Before the pages ask: a run that is published, with the rounds before and after it."""
        rounds = sorted(Run.objects.published_rounds(), key=lambda each: each.survey.year)
        for before, after in pairwise(rounds):
            if run in (before, after):
                self.make(before, after)


class RunPanel(models.Model):
    """A table of the runs of two rounds over the bodies that both count, as canonical JSON (`aggregation.panels`)."""

    before = models.ForeignKey(Run, models.CASCADE, related_name="+")
    after = models.ForeignKey(Run, models.CASCADE, related_name="+")
    table = models.CharField(max_length=40)
    document = models.TextField()

    objects = RunPanelQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["before", "after", "table"], name="run_panel_once"),
        ]

    def __str__(self) -> str:
        return f"{self.before}／{self.after} {self.table}"
