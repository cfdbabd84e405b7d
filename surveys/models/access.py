"""In which state a response is, and what a person may do with it."""

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _


class ResponseState(models.TextChoices):
    DRAFT = "draft", _("入力中")
    SUBMITTED = "submitted", _("提出済")
    RETURNED = "returned", _("差戻し")
    ACCEPTED = "accepted", _("受理")


class Access(NamedTuple):
    """What a person may do with a response: the roles in its body and, for one who is limited, the sections held.

    `only` is None for all others. Who is limited in a body stays so there, whatever they oversee besides.
    """

    roles: frozenset[str]
    only: frozenset[str] | None = None

    def covers(self, section: str) -> bool:
        return self.only is None or section in self.only
