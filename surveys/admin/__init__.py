"""The ministry's desk: Django's admin over the models' own methods."""

from surveys.admin import events, people, register, register_changes, responses, rounds

__all__ = ["events", "people", "register", "register_changes", "responses", "rounds"]
