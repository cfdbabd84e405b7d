"""The ministry's desk: Django's admin over the models' own methods."""

from surveys.admin import corrections, events, people, register, register_changes, responses, rounds

__all__ = ["corrections", "events", "people", "register", "register_changes", "responses", "rounds"]
