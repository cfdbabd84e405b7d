"""The introduction of a round's report: what the ministry has written, in place of what is shipped."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from aggregation import front_matter
from aggregation.front_matter import Block
from surveys.models import Event, Survey, User
from surveys.models.events import Entry
from surveys.questionnaire import Text


class ReportTextQuerySet(models.QuerySet["ReportText"]):
    def blocks(self, survey: Survey) -> list[Block]:
        """The blocks of a round's introduction in order, each as it was written last."""
        written = {each.block: Text(each.ja, each.en) for each in self.filter(survey=survey)}
        shipped = front_matter.introduction()
        return [Block(block.id, block.heading, written.get(block.id, block.text)) for block in shipped]

    @transaction.atomic
    def write(self, survey: Survey, texts: Mapping[str, Text], *, by: User | None) -> bool:
        """Keep new texts of some blocks, each change as an event. Returns whether anything has changed."""
        Survey.objects.select_for_update().get(pk=survey.pk)
        before = {block.id: block.text for block in self.blocks(survey)}
        events = []
        for id, text in texts.items():
            if text != before[id]:
                self.update_or_create(survey=survey, block=id, defaults={"ja": text.ja, "en": text.en})
                was, now = ({"ja": each.ja, "en": each.en} for each in (before[id], text))
                events.append(Entry("survey.introduction", f"{survey.subject} {id}", was, now))
        Event.objects.record(events, actor=by)
        return bool(events)


class ReportText(models.Model):
    """One block of the introduction of a round, as the ministry wrote it; a paragraph a line."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="report_texts", verbose_name=_("調査"))
    block = models.CharField(max_length=40)
    ja = models.TextField(_("日本語"))
    en = models.TextField(_("英語"))

    objects = ReportTextQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["survey", "block"], name="report_text_once"),
        ]

    def __str__(self) -> str:
        return f"{self.survey} {self.block}"
