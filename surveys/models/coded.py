"""What an invitation and an account link share: a code that one person may use once, until a day."""

from typing import Any

from django.db import models
from django.utils import timezone

from surveys import tokens
from surveys.models.people import User

OPEN, ACCEPTED, REVOKED, EXPIRED = "open", "accepted", "revoked", "expired"


class Coded(models.Model):
    """Something that whoever has its code may accept, once. Only the SHA-256 of the code is stored: the code itself
    goes into a mail or on a slip and is kept nowhere, nor named in the history."""

    digest = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    expires_at: Any  # how long one is good is said by each kind
    token = ""  # in the hands of who has just made it

    class Meta:
        abstract = True

    @property
    def state(self) -> str:
        if self.accepted_at:
            return ACCEPTED
        if self.revoked_at:
            return REVOKED
        return EXPIRED if self.expires_at <= timezone.now() else OPEN

    def renew(self) -> None:
        """A new code in place of the one before, which is good no longer; to be saved."""
        self.token = tokens.make()
        self.digest = tokens.digest(self.token)
