import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

SEALED = "sealed"  # the key under which the facts of an event hold the seal of a personal value
PURGED = _("（消去済み）")


class Personal(str):
    """A name or address of a person among the facts of an entry. The history keeps only its seal."""


def seal_of(salt: str, value: str) -> str:
    """What the history keeps of a value: the salt keeps anybody from finding it by trying names."""
    return hashlib.sha256(f"{salt}{value}".encode()).hexdigest()


class Detail(models.Model):
    """A name or address that the history refers to by its seal: purged, the chain of the history still holds."""

    seal = models.CharField(max_length=64, primary_key=True)
    salt = models.CharField(max_length=32)
    value = models.TextField()
    subject = models.CharField(max_length=80, db_index=True)  # of the event
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = _("履歴の中の個人の情報")

    def __str__(self) -> str:
        return f"{self.subject} {self.seal[:8]}"

    @property
    def fits(self) -> bool:
        """Whether it is what was sealed."""
        return seal_of(self.salt, self.value) == self.seal

    @classmethod
    def of(cls, value: str, subject: str, at: datetime) -> "Detail":
        salt = secrets.token_hex(16)
        return cls(seal=seal_of(salt, value), salt=salt, value=str(value), subject=subject, at=at)


def take_out(facts: Any, subject: str, at: datetime, details: list[Detail]) -> Any:
    """The facts with a seal in the place of each personal value, which joins the details. What is empty stays."""
    if not isinstance(facts, Mapping):
        return facts
    kept = dict(facts)
    for name, value in facts.items():
        if isinstance(value, Personal) and value:
            details.append(Detail.of(value, subject, at))
            kept[name] = {SEALED: details[-1].seal}
    return kept


def seals(facts: Any) -> list[str]:
    """The seals among the facts of an event."""
    values = facts.values() if isinstance(facts, Mapping) else ()
    return [value[SEALED] for value in values if isinstance(value, Mapping) and value.keys() == {SEALED}]


def opened(sides: Iterable[Any]) -> list[Any]:
    """Facts of events as a person reads them: each seal replaced by its value, or by a word for a purged one."""
    found = list(sides)
    wanted = [seal for side in found for seal in seals(side)]
    values = dict(Detail.objects.filter(seal__in=wanted).values_list("seal", "value")) if wanted else {}
    return [_opened(side, values) for side in found]


def _opened(side: Any, values: Mapping[str, str]) -> Any:
    if not seals(side):
        return side
    return {
        name: values.get(value[SEALED], str(PURGED)) if seals({name: value}) else value for name, value in side.items()
    }
