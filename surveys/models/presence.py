from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.utils import timezone

from surveys.models.people import User

if TYPE_CHECKING:
    from surveys.models.responses import Response

# An open page asks who is there every 30 seconds; one that was missed does not make a person leave.
HERE = timedelta(seconds=75)


class PresenceQuerySet(models.QuerySet["Presence"]):
    def note(self, response: "Response", section: str, user: User, *, typing: bool) -> None:
        """Note that a person looks at a section now, or types in it: one statement, whoever else does so too."""
        now = timezone.now()
        found = Presence(response=response, section=section, user=user, seen_at=now, typed_at=now if typing else None)
        fields = ["seen_at", "typed_at"] if typing else ["seen_at"]
        self.bulk_create(
            [found], update_conflicts=True, unique_fields=["response", "section", "user"], update_fields=fields
        )

    def others(self, response: "Response", section: str, user: User) -> Self:
        """The other people who are in a section now, in the order of their names."""
        there = self.filter(response=response, section=section, seen_at__gte=timezone.now() - HERE)
        return there.exclude(user=user).select_related("user").order_by("user__name", "user__sign_in_id")


class Presence(models.Model):
    """When a person was last seen in a section, and when they last changed something there. No history: it is only
    of use while it is fresh."""

    response = models.ForeignKey("surveys.Response", models.CASCADE, related_name="+")
    section = models.CharField(max_length=40)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    typed_at = models.DateTimeField(null=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response", "section", "user"], name="presence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.response} {self.section}"

    @property
    def is_typing(self) -> bool:
        return self.typed_at is not None and self.typed_at >= timezone.now() - HERE
