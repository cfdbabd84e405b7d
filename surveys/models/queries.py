from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys.answers import clean_text, fingerprint
from surveys.models.comments import TEXT_LIMIT
from surveys.models.events import Entry, Event
from surveys.models.people import User
from surveys.models.refusal import NotAllowed

if TYPE_CHECKING:
    from surveys.models.responses import Response


class Side(models.TextChoices):
    MINISTRY = "ministry", _("総務省")
    PREFECTURE = "prefecture", _("都道府県")


class QueryState(models.TextChoices):
    OPEN = "open", _("回答待ち")
    ANSWERED = "answered", _("回答あり")
    CLOSED = "closed", _("終了")


class Query(models.Model):
    """照会: what the ministry or the prefecture asks a body about one question, and what the body answers.

    Each side has one at a question at a time: to ask once more goes on with it, and after it was closed the next is a
    new one. It changes no answer, so that it goes on after submission, acceptance and the end of the round.
    """

    Side = Side
    State = QueryState

    response = models.ForeignKey("surveys.Response", models.PROTECT, related_name="queries", verbose_name=_("回答"))
    question = models.CharField(_("問"), max_length=60)
    side = models.CharField(_("照会元"), max_length=10, choices=Side)
    state = models.CharField(_("状態"), max_length=10, choices=State, default=State.OPEN)
    answered_at = models.DateTimeField(_("回答の日時"), null=True)
    closed_at = models.DateTimeField(_("終了の日時"), null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("終えた人"))

    class Meta:
        verbose_name = verbose_name_plural = _("照会")
        ordering = ["pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["response", "question", "side"], condition=~Q(state="closed"), name="query_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="query_known_side"),
            models.CheckConstraint(condition=Q(state__in=QueryState.values), name="query_known_state"),
            models.CheckConstraint(condition=~Q(question=""), name="query_has_a_question"),
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(answered_at__isnull=False), name="query_answered_has_an_answer"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, closed_by__isnull=False)
                | Q(~Q(state="closed"), closed_at__isnull=True, closed_by__isnull=True),
                name="query_closed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response} {self.question} {self.get_side_display()}"

    @property
    def is_open(self) -> bool:
        return self.state == QueryState.OPEN

    @property
    def is_closed(self) -> bool:
        return self.state == QueryState.CLOSED

    @classmethod
    @transaction.atomic
    def ask(
        cls, response: "Response", question: str, text: str, *, by: User, page: str = "", seen: int | None = None
    ) -> "Query":
        """Ask, or ask once more in the query that is not closed yet. The body gets a mail.

        `page` is a random name of the form: the same words from the same form are asked once. `seen`: how many
        messages of that query the person saw (0: none); nobody writes past what they have not read. Raises NotAllowed.
        """
        locked = response.locked()
        side = locked.side_of(by)
        if not side:
            raise NotAllowed(_g("照会できるのは、総務省の審査の担当者と、その都道府県の市区町村担当だけです。"))
        if said := cls._said(locked, question, by, page, text):
            return said
        query = locked.queries.filter(question=question, side=side).exclude(state=QueryState.CLOSED).first()
        if query is None:
            query = cls(response=locked, question=question, side=side)
        query._must_be_read(seen)
        query.state = QueryState.OPEN
        query.save()
        query._say(text, by=by, page=page)
        query._record("asked", by=by)
        section = locked.survey.questionnaire.section_of[question]
        locked.tell("query", by=by, section=section.id, query=query, about=section.question_by_id[question], text=text)
        return query

    @transaction.atomic
    def answer(self, text: str, *, by: User, page: str = "", seen: int | None = None) -> None:
        """Answer for the body, or add to an answer; `page` and `seen` as in `ask`. Raises NotAllowed."""
        locked = self._held()
        section = locked.response.survey.questionnaire.section_of[self.question]
        if not locked.response.may_edit(by, section.id):
            raise NotAllowed(_g("照会に答えられるのは、その項目の担当者と、団体の取りまとめ担当者、決裁者です。"))
        if self._said(locked.response, self.question, by, page, text):
            return
        if locked.is_closed:
            raise NotAllowed(_g("この照会は、もう終わっています。"))
        locked._must_be_read(seen)
        locked.state, locked.answered_at = QueryState.ANSWERED, timezone.now()
        locked.save()
        locked._say(text, by=by, page=page, is_answer=True)
        locked._record("answered", by=by)

    @transaction.atomic
    def close(self, *, by: User, seen: int | None = None) -> None:
        """Be done with it, answered or not; only for the side that asked. A second click changes nothing."""
        locked = self._held()
        if locked.response.side_of(by) != self.side:
            raise NotAllowed(_g("照会を終えられるのは、照会した側だけです。"))
        if locked.is_closed:
            return
        locked._must_be_read(seen)
        locked.state, locked.closed_at, locked.closed_by = QueryState.CLOSED, timezone.now(), by
        locked.save()
        locked._record("closed", by=by)

    def _held(self) -> "Query":
        """The query as it is now, with its response locked: one writer at a time."""
        response = self.response.locked()
        query: Query = response.queries.get(pk=self.pk)
        query.response = response
        return query

    @staticmethod
    def _said(response: "Response", question: str, by: User, page: str, text: str) -> "Query | None":
        """The query in which these words came from the same page of the same person already."""
        said = QueryMessage.objects.filter(query__response=response, key=_key(question, by, page, text))
        found = said.select_related("query").first()
        return found.query if found else None

    def _must_be_read(self, seen: int | None) -> None:
        if seen is not None and seen != (self.messages.count() if self.pk else 0):
            text = _g("この画面を開いたあとに、ほかの人が書き込みました。読んでから、もう一度書いてください。")
            raise NotAllowed(text)

    def _say(self, text: str, *, by: User, page: str, is_answer: bool = False) -> None:
        text = clean_text(text)
        person = {"by": by, "name": by.name, "division": by.division}
        self.messages.create(text=text, is_answer=is_answer, key=_key(self.question, by, page, text), **person)

    def _record(self, what: str, *, by: User) -> None:
        """Write into the history what became of the query; never its words."""
        section = self.response.survey.questionnaire.section_of[self.question]
        about = {"query": self.pk, "question": self.question, "side": self.side, "state": self.state}
        Event.objects.record([Entry(f"query.{what}", f"{self.response.subject} {section.id}", None, about)], actor=by)


def _key(question: str, by: User, page: str, text: str) -> str:
    return fingerprint([by.pk, page, question, clean_text(text)])


class QueryMessage(models.Model):
    """What one side says in a query; `name` and `division` are those of the author at that time.

    `key` tells a second click of the same button from a second message.
    """

    query = models.ForeignKey(Query, models.PROTECT, related_name="messages")
    is_answer = models.BooleanField(default=False)
    text = models.TextField(_("本文"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    name = models.CharField(_("氏名"), max_length=80)
    division = models.CharField(_("所属"), max_length=80, blank=True)
    at = models.DateTimeField(_("日時"), default=timezone.now)
    key = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["query", "key"], name="query_message_once"),
            models.CheckConstraint(condition=~Q(text=""), name="query_message_has_a_text"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("text"), TEXT_LIMIT), name="query_message_text_has_a_limit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.query} {self.name}"
