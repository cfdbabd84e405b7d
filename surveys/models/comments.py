from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys.answers import clean_text, fingerprint
from surveys.models.events import Entry, Event
from surveys.models.people import Role, User
from surveys.models.refusal import NotAllowed

if TYPE_CHECKING:
    from surveys.models.responses import Response

TEXT_LIMIT = 2000  # signs


class Audience(models.TextChoices):
    BODY = "body", _("団体の中だけ")
    MINISTRY = "ministry", _("総務省にも見える")
    REMARK = "remark", _("総務省から")


class CommentQuerySet(models.QuerySet["Comment"]):
    def for_user(self, user: User) -> Self:
        """Of the comments on responses that this person may see (`Response.objects.for_user`), those they may read:
        all for a member of the body, only those to and from the ministry for anybody else."""
        own = user.memberships.exclude(role=Role.COORDINATOR).values("body_id")
        return self.filter(~Q(audience=Audience.BODY) | Q(response__body_id__in=own))

    def of_earlier_rounds(self, response: "Response") -> Self:
        """What the same body said before the round of a response, but for what it took back."""
        year = response.survey.year
        return self.filter(response__body_id=response.body_id, response__survey__year__lt=year, withdrawn_at=None)


class Comment(models.Model):
    """What somebody of a body says about a question, to their colleagues and successors or also to the ministry; or
    what the ministry says about it to the body.

    `name` and `division` are those of the author at that time: a successor asks who it was then. `key` tells a second
    click of the same button from a second comment.
    """

    Audience = Audience

    response = models.ForeignKey("surveys.Response", models.PROTECT, related_name="comments", verbose_name=_("回答"))
    question = models.CharField(_("問"), max_length=60)
    audience = models.CharField(_("読む人"), max_length=10, choices=Audience)
    text = models.TextField(_("コメント"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("書いた人"))
    name = models.CharField(_("氏名"), max_length=80)
    division = models.CharField(_("所属"), max_length=80, blank=True)
    at = models.DateTimeField(_("日時"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("取り消した日時"), null=True)
    key = models.CharField(max_length=64)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("コメント")
        ordering = ["at", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["response", "key"], condition=Q(withdrawn_at__isnull=True), name="comment_once"
            ),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="comment_known_audience"),
            models.CheckConstraint(condition=~Q(text=""), name="comment_has_a_text"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("text"), TEXT_LIMIT), name="comment_text_has_a_limit"
            ),
            models.CheckConstraint(condition=~Q(question=""), name="comment_has_a_question"),
        ]

    def __str__(self) -> str:
        return f"{self.response} {self.question} {self.name}"

    @classmethod
    def write(cls, response: "Response", question: str, audience: str, text: str, *, by: User, page: str) -> "Comment":
        """Store a comment, or return the one with the same words that came from the same page of the same person.

        For one writer at a time: `Response.comment` holds the response.
        """
        text = clean_text(text)
        values = {"question": question, "audience": audience, "text": text, "name": by.name, "division": by.division}
        comment, is_new = response.comments.get_or_create(
            key=fingerprint([by.pk, page, question, audience, text]),
            withdrawn_at=None,
            defaults={"by": by, **values},
        )
        if is_new:
            comment.record("added", by=by)
        return comment

    @property
    def is_shared(self) -> bool:
        """Whether body and ministry both read it."""
        return self.audience != Audience.BODY

    @property
    def is_remark(self) -> bool:
        return self.audience == Audience.REMARK

    @transaction.atomic
    def withdraw(self, *, by: User) -> None:
        """取消し by the author: the comment is kept and its text no longer shown. A second click changes nothing."""
        locked = Comment.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if locked.by != by:
            raise NotAllowed(_g("コメントを取り消せるのは、書いた人だけです。"))
        if locked.withdrawn_at is None:
            locked.withdrawn_at = timezone.now()
            locked.save(update_fields=["withdrawn_at"])
            locked.record("withdrawn", by=by)
        self.withdrawn_at = locked.withdrawn_at

    def record(self, what: str, *, by: User) -> None:
        """Write into the history what became of the comment; never its text, which not every reader may read."""
        section = self.response.survey.questionnaire.section_of[self.question]
        about = {"comment": self.pk, "question": self.question, "audience": self.audience}
        entry = Entry(f"comment.{what}", f"{self.response.subject} {section.id}", None, about)
        Event.objects.record([entry], actor=by)
