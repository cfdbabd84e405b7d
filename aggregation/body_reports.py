"""The reports of all bodies of a run as one file, made in the background: how far it is, and what became of it."""

from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys.models import Event, NotAllowed, User
from surveys.models.events import Entry

QUIET = timedelta(minutes=1)  # a living process says more often than this how far it is


class JobState(models.TextChoices):
    WAITING = "waiting", _("開始待ち")
    WORKING = "working", _("作成中")
    FAILED = "failed", _("失敗")
    DONE = "done", _("完了")


class BodyReports(models.Model):
    """One file with the reports of all bodies that a run counts; one for each run.

    waiting → working → done, or failed, from which a person or the command lets it go on. What was made stays as files
    (`aggregation.making`), so that whatever ends it, the rest is made next time. `moved_at` is the last sign of life.
    """

    State = JobState

    run = models.OneToOneField("aggregation.Run", models.PROTECT, related_name="body_reports", verbose_name=_("計算"))
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("始めた人"))
    state = models.CharField(_("状態"), max_length=10, choices=JobState, default=JobState.WAITING)
    done = models.PositiveIntegerField(_("できた団体"), default=0)
    total = models.PositiveIntegerField(_("団体"))
    reason = models.TextField(_("理由"), blank=True)
    started_at = models.DateTimeField(_("始めた日時"), default=timezone.now)
    moved_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(_("できた日時"), null=True)
    file = models.CharField(max_length=200, blank=True)  # below settings.FILES_FOLDER

    class Meta:
        verbose_name = verbose_name_plural = _("団体ごとの報告")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="body_reports_known_state"),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="body_reports_not_more_than_all"),
            models.CheckConstraint(
                condition=Q(state="done", ended_at__isnull=False, done=F("total")) & ~Q(file="")
                | ~Q(state="done") & Q(ended_at__isnull=True, file=""),
                name="body_reports_done_with_a_file",
            ),
            models.CheckConstraint(
                condition=Q(state="failed") & ~Q(reason="") | ~Q(state="failed") & Q(reason=""),
                name="body_reports_failed_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self._meta.verbose_name}"

    @property
    def path(self) -> Path:
        """Where the finished file is."""
        return Path(settings.FILES_FOLDER) / self.file

    @property
    def is_there(self) -> bool:
        return self.state == JobState.DONE and self.path.is_file()

    @property
    def is_alive(self) -> bool:
        """Whether somebody is at it, or will be soon."""
        begun = self.state in (JobState.WAITING, JobState.WORKING)
        return begun and timezone.now() - self.moved_at < QUIET

    @classmethod
    @transaction.atomic
    def start(cls, run: Any, *, by: User | None) -> "tuple[BodyReports, bool]":
        """Begin, or go on with what was begun; and whether somebody has to be sent to work on it now.

        Raises NotAllowed.
        """
        type(run).objects.select_for_update().get(pk=run.pk)  # two at once would begin twice
        total = len(run.numbers)
        if not total:
            raise NotAllowed(_g("この計算には、数えた団体がありません。計算し直してください。"))
        job, is_new = cls.objects.get_or_create(run=run, defaults={"by": by, "total": total})
        if job.is_there:
            raise NotAllowed(_g("もうできています。"))
        begins = is_new or not job.is_alive
        if begins:
            job._begin(by, "started" if is_new else "resumed")
        return job, begins

    def _begin(self, by: User | None, how: str) -> None:
        self.state, self.by, self.reason, self.file, self.ended_at = JobState.WAITING, by, "", "", None
        self.moved_at = timezone.now()
        self.save()
        Event.objects.record([Entry(f"body_reports.{how}", self.run.subject, None, {"bodies": self.total})], actor=by)

    def move(self, done: int) -> None:
        """Say how far it is."""
        self.state, self.done, self.reason, self.moved_at = JobState.WORKING, done, "", timezone.now()
        self.save(update_fields=["state", "done", "reason", "moved_at"])

    def fail(self, reason: str) -> None:
        self.state, self.reason = JobState.FAILED, reason
        self.save(update_fields=["state", "reason"])

    def finish(self, file: str) -> None:
        """The file is there, whole."""
        self.state, self.done, self.file = JobState.DONE, self.total, file
        self.ended_at = self.moved_at = timezone.now()
        self.save(update_fields=["state", "done", "file", "ended_at", "moved_at"])

    def taken(self, *, by: User | None) -> None:
        """Note who took the file: the answers of all bodies are in it."""
        Event.objects.record([Entry("body_reports.taken", self.run.subject, None, {"bodies": self.total})], actor=by)
