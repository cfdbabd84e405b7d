"""The ministry's desk: Django's admin over the models' own methods."""

from surveys.admin import events, people, register, responses, rounds

__all__ = ["events", "people", "register", "responses", "rounds"]
