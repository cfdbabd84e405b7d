"""The ministry's desk: Django's admin over the models' own methods."""

from surveys.admin import (
    corrections,
    events,
    mailings,
    people,
    register,
    register_changes,
    reminders,
    responses,
    rounds,
)

__all__ = [
    "corrections",
    "events",
    "mailings",
    "people",
    "register",
    "register_changes",
    "reminders",
    "responses",
    "rounds",
]
