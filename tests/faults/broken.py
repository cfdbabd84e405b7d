"""A server that is broken on purpose: now and then it says that a save is stored and does not store it, or stores the
answers and not their event. `python -m tests.faults --application tests.faults.broken` must find both."""

import random
from typing import Any

from django.db import transaction

from surveys.models import Event, Response
from tests.faults.wsgi import application as application

save_section, record = Response.save_section, type(Event.objects).record


def save_sometimes(self: Response, *args: Any, **kwargs: Any) -> Any:
    with transaction.atomic():
        saved = save_section(self, *args, **kwargs)
        transaction.set_rollback(random.random() < 0.1)
    return saved


def record_sometimes(self: Any, entries: Any, *, actor: Any) -> None:
    if random.random() > 0.1:
        record(self, entries, actor=actor)


Response.save_section = save_sometimes  # type: ignore[method-assign]
type(Event.objects).record = record_sometimes
