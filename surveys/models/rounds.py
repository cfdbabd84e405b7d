from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from surveys.definition import parse
from surveys.era import era_year
from surveys.models.dates import Dates, in_order
from surveys.models.events import Entry, Event
from surveys.models.refusal import NotAllowed
from surveys.models.register import Body
from surveys.questionnaire import DefinitionError, Document, Questionnaire, checksum
from surveys.redefinition import Redefinition
from surveys.year_words import for_year

if TYPE_CHECKING:
    from surveys.models.people import User


class RoundNotOpen(Exception):
    """Something was tried on a round that its state does not allow."""


# Parsed questionnaires by checksum: a definition never changes under its checksum, so nothing is ever invalidated.
_parsed: dict[str, Questionnaire] = {}


class RoundState(models.TextChoices):
    DRAFT = "draft", _("準備中")
    OPEN = "open", _("受付中")
    CLOSED = "closed", _("受付終了")
    PUBLISHED = "published", _("公表済")


class Draft(NamedTuple):
    """The answers of one body as they stand."""

    code: str
    kind: str
    synthetic: bool
    answers: dict[str, Any]


class Listed(NamedTuple):
    """A body of a round, with its name and its kind on the reference date."""

    body: Body
    name: str
    kind: str


def _listed(found: Any) -> Listed:
    """From a body of the register on a day, or from the response of one that was asked."""
    if isinstance(found, Body):
        return Listed(found, found.name_then, found.kind_then)
    return Listed(found.body, found.name, found.kind)


class Survey(models.Model):
    """A survey round (調査年度). It keeps its own questionnaire, which is frozen when the round opens."""

    State = RoundState

    year = models.PositiveSmallIntegerField(_("調査年度"), unique=True)
    state = models.CharField(_("状態"), max_length=10, choices=State, default=State.DRAFT)
    document = models.JSONField(_("調査票の定義"))
    checksum = models.CharField(_("定義の検査値"), max_length=64)
    reference_date = models.DateField(_("調査の基準日"))
    deadline = models.DateTimeField(
        _("提出期限"),
        null=True,
        blank=True,
        help_text=_("団体の画面に示します。過ぎても提出でき、期限超過と示されます。"),
    )
    begin_until = models.DateTimeField(
        _("新規の回答の締切り"),
        null=True,
        blank=True,
        help_text=_("まだ何も入力していない団体は、これを過ぎると始められません。空けておくと、締め切りません。"),
    )
    edit_until = models.DateTimeField(
        _("変更の締切り"),
        null=True,
        blank=True,
        help_text=_("これを過ぎると、どの団体も変更も提出もできません。空けておくと、受付終了まで変更できます。"),
    )
    allows_nothing = models.BooleanField(
        _("「今回は回答することがない」の届出を認める"),
        default=False,
        help_text=_(
            "入れると、団体の決裁者が理由を書いて届け出られます。届け出た団体には催促を送らず、未回答と数えます。"
        ),
    )
    opened_at = models.DateTimeField(_("受付開始"), null=True, blank=True)
    closed_at = models.DateTimeField(_("受付終了"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("調査")
        ordering = ["-year"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(state__in=RoundState.values), name="survey_known_state"),
            models.CheckConstraint(
                condition=Q(state="draft", opened_at__isnull=True) | (~Q(state="draft") & Q(opened_at__isnull=False)),
                name="survey_opened_at_goes_with_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "published"], closed_at__isnull=False)
                | Q(state__in=["draft", "open"], closed_at__isnull=True),
                name="survey_closed_at_goes_with_state",
            ),
            models.CheckConstraint(
                condition=in_order(),
                name="survey_dates_in_order",
                violation_error_message=_(
                    "提出期限、新規の回答の締切り、変更の締切りの順に、同じか後の日時にしてください。"
                ),
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(year)s年度") % {"year": era_year(self.year)}

    @property
    def subject(self) -> str:
        """How events name this round."""
        return f"survey {self.year}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def dates(self) -> Dates:
        return Dates(self.deadline, self.begin_until, self.edit_until)

    def is_now(self) -> str:
        """In which state the round is, for a person who wanted to move it from another."""
        return gettext("この調査は今「%(state)s」です。") % {"state": self.get_state_display()}

    @property
    def questionnaire(self) -> Questionnaire:
        """The round's own questionnaire; parsed once per definition and process."""
        if self.checksum not in _parsed:
            if "document" in self.get_deferred_fields():  # it may have been reworded since the checksum was read
                self.refresh_from_db(fields=["checksum", "document"])
            _parsed[self.checksum] = parse(self.document)
        return _parsed[self.checksum]

    def kinds(self) -> dict[str, str]:
        """The kind of each body of this round, by code."""
        return {each.body.code: each.kind for each in self.listed()}

    def listed(self) -> list[Listed]:
        """The bodies of this round in code order: those asked when it opened; before, those in the register on the
        reference date."""
        return [*map(_listed, self._bodies())]

    def each_listed(self) -> Iterator[Listed]:
        """The same one after the other, so that they need not all be held."""
        return map(_listed, self._bodies().iterator(chunk_size=2000))

    def _bodies(self) -> "models.QuerySet[Any]":
        if self.state == self.State.DRAFT:
            return Body.objects.on(self.reference_date).order_by("code")
        return self.responses.select_related("body").order_by("body__code")

    def drafts(self) -> list[Draft]:
        """The answers of every response as they stand now, in code order."""
        rows = self.responses.order_by("body__code").values_list("pk", "body__code", "kind", "synthetic")
        found = {pk: Draft(code, kind, synthetic, {}) for pk, code, kind, synthetic in rows}
        sections = apps.get_model("surveys", "SectionAnswers").objects.filter(response__survey=self)
        for pk, answers in sections.values_list("response_id", "answers"):
            found[pk].answers.update(answers)
        return list(found.values())

    @classmethod
    @transaction.atomic
    def load(cls, year: int, document: Document, *, by: "User | None" = None) -> tuple["Survey", str]:
        """Make the round of a year from a document, or renew its draft. Returns it and what was done:
        "added", "changed" or "same".

        Raises DefinitionError for a bad document or an id that changes its meaning, and RoundNotOpen if the round is
        open with another definition.
        """
        parse(document)
        digest = checksum(document)
        found = Survey.objects.select_for_update().filter(year=year).first()
        survey = found or Survey(year=year, reference_date=date(year, 4, 1))
        done = "changed" if found else "added"
        if survey.checksum == digest:
            return survey, "same"
        if survey.state != cls.State.DRAFT:
            raise RoundNotOpen(
                f"{year}: the round has been opened, so its questionnaire is frozen; the folder differs from it."
            )
        before = survey.checksum or None
        survey.document, survey.checksum = document, digest
        if refused := survey.redefinition(document).refusals:
            raise DefinitionError([refusal.message.en for refusal in refused])
        survey.save()
        Event.objects.record([Entry(f"survey.{done}", survey.subject, before, digest)], actor=by)
        return survey, done

    def redefinition(self, document: Document) -> Redefinition:
        """A new definition held against this round and those before it. Raises DefinitionError when it is looked at."""
        earlier = [survey.questionnaire for survey in Survey.objects.filter(year__lt=self.year).order_by("-year")]
        return Redefinition(self.questionnaire, self.document, document, earlier, self.state != self.State.DRAFT)

    @transaction.atomic
    def make_next(self, *, by: "User | None" = None) -> "Survey":
        """Make the draft of the following year from this round, with its year words moved on.

        Raises NotAllowed if there is one.
        """
        locked = Survey.objects.select_for_update().get(pk=self.pk)
        year = locked.year + 1
        if Survey.objects.filter(year=year).exists():
            raise NotAllowed(gettext("%(year)s年度の調査は、もうあります。") % {"year": era_year(year)})
        document = for_year(locked.document, year)
        digest, day = checksum(document), date(year, 4, 1)
        survey = Survey.objects.create(year=year, reference_date=day, document=document, checksum=digest)
        made = {"from": locked.year, "checksum": digest}
        Event.objects.record([Entry("survey.made", survey.subject, None, made)], actor=by)
        return survey

    def redefine(self, document: Document, *, seen: str, same: Iterable[str] = (), by: "User | None" = None) -> None:
        """Replace the definition of a draft. `seen` is the checksum it was looked at with, `same` are the reworded
        questions which somebody vouches for that they mean the same. Raises NotAllowed; all is kept in the history."""
        self._replace("survey.redefined", document, seen, same, by)

    def reword(self, document: Document, *, seen: str, same: Iterable[str] = (), by: "User | None" = None) -> None:
        """Replace texts of a round that has been opened; as `redefine`, and nothing but wording may differ."""
        self._replace("survey.reworded", document, seen, same, by)

    @transaction.atomic
    def _replace(self, kind: str, document: Document, seen: str, same: Iterable[str], by: "User | None") -> None:
        locked = Survey.objects.select_for_update().get(pk=self.pk)
        if (locked.state == self.State.DRAFT) != (kind == "survey.redefined"):
            raise NotAllowed(locked.is_now())
        if locked.checksum != seen:
            raise NotAllowed(gettext("確かめている間に調査票が変わりました。受け取り直して、もう一度直してください。"))
        found = locked.redefinition(document)
        if found.messages:
            raise NotAllowed("\n".join(message.in_language(get_language() or "ja") for message in found.messages))
        if found.to_confirm.keys() - set(same):
            raise NotAllowed(gettext("言い換えた問の意味が変わっていないことを、1問ずつ確かめてください。"))
        self.document, self.checksum = document, checksum(document)
        if self.checksum == seen:
            return
        self.save(update_fields=["document", "checksum"])
        after = {"checksum": self.checksum, "changes": [change.as_list() for change in found.changes]}
        after["same_meaning"] = sorted(found.to_confirm)
        Event.objects.record([Entry(kind, self.subject, {"checksum": seen}, after)], actor=by)

    @transaction.atomic
    def open(self, *, by: "User | None" = None) -> None:
        """Freeze the questionnaire and make a response for each body in the register on the reference date."""
        locked = Survey.objects.select_for_update().get(pk=self.pk)
        if locked.state != self.State.DRAFT:
            raise RoundNotOpen(locked.is_now())
        listed = locked.listed()
        if not listed:
            text = gettext("%(day)sに名簿にある団体がありません。先に団体名簿を読み込んでください（load_bodies）。")
            raise RoundNotOpen(text % {"day": self.reference_date})
        self.state, self.opened_at = self.State.OPEN, timezone.now()
        self.save(update_fields=["state", "opened_at"])
        response = apps.get_model("surveys", "Response")
        asked = [response(survey=self, **each._asdict()) for each in listed]
        response.objects.bulk_create(asked, batch_size=500)
        reminders = apps.get_model("surveys", "ReminderRule").propose(self)
        opened = {"checksum": self.checksum, "bodies": len(listed), "reminders": reminders}
        Event.objects.record([Entry("survey.opened", self.subject, None, opened)], actor=by)

    @transaction.atomic
    def set_dates(self, dates: Dates, *, by: "User | None") -> None:
        """Set or move the dates, whatever the state; the history keeps those that moved."""
        before = Survey.objects.select_for_update().get(pk=self.pk).dates
        self.deadline, self.begin_until, self.edit_until = dates
        moved = [name for name in Dates._fields if getattr(before, name) != getattr(dates, name)]
        if moved:
            self.save(update_fields=moved)
            was, now = ({name: side.facts()[name] for name in moved} for side in (before, dates))
            Event.objects.record([Entry("survey.dates", self.subject, was, now)], actor=by)

    @transaction.atomic
    def allow_nothing(self, allowed: bool, *, by: "User | None") -> None:
        """Let bodies say that they have nothing to answer, or no longer; what has been said stays."""
        before = Survey.objects.select_for_update().get(pk=self.pk).allows_nothing
        self.allows_nothing = allowed
        if allowed != before:
            self.save(update_fields=["allows_nothing"])
            Event.objects.record([Entry("survey.allows_nothing", self.subject, before, allowed)], actor=by)

    @transaction.atomic
    def close(self, *, by: "User | None" = None) -> None:
        """No more saving or submitting."""
        locked = Survey.objects.select_for_update().get(pk=self.pk)
        if locked.state != self.State.OPEN:
            raise RoundNotOpen(locked.is_now())
        self.state, self.closed_at = self.State.CLOSED, timezone.now()
        self.save(update_fields=["state", "closed_at"])
        Event.objects.record([Entry("survey.closed", self.subject)], actor=by)

    @transaction.atomic
    def publish(self, *, by: "User | None" = None) -> None:
        """Its numbers are out. Once published it stays so, whatever edition follows."""
        locked = Survey.objects.select_for_update().get(pk=self.pk)
        if why_not := locked.why_not_publish():
            raise RoundNotOpen(why_not)
        if locked.state == self.State.CLOSED:
            locked.state = self.State.PUBLISHED
            locked.save(update_fields=["state"])
            Event.objects.record([Entry("survey.published", self.subject)], actor=by)
        self.state = locked.state

    def why_not_publish(self) -> str:
        """Why no numbers of this round can be published now, or an empty text."""
        if self.state in (self.State.CLOSED, self.State.PUBLISHED):
            return ""
        return gettext("公表できるのは、受付を終えた調査だけです。先に、調査のページで受付を終えてください。")
