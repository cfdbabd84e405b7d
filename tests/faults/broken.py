"""A server that is broken on purpose: now and then it says that a save is stored and does not store it, or stores the
answers and not their event. `python -m tests.faults --application tests.faults.broken` must find both."""

import random
from typing import Any

from django.apps import apps
from django.db import transaction

from tests.faults.wsgi import application as application

RARELY = 0.1
response: Any = apps.get_model("surveys", "Response")
events: Any = type(apps.get_model("surveys", "Event").objects)
save_section, record = response.save_section, events.record


def save_most(self: Any, *args: Any, **kwargs: Any) -> Any:
    with transaction.atomic():
        saved = save_section(self, *args, **kwargs)
        transaction.set_rollback(random.random() < RARELY)
    return saved


def record_most(self: Any, entries: Any, *, actor: Any) -> None:
    if random.random() > RARELY:
        record(self, entries, actor=actor)


response.save_section, events.record = save_most, record_most
