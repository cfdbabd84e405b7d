"""The ministry's desk: Django's admin over the models' own methods."""

from surveys.admin import events, mailings, people, register, reminders, responses, rounds

__all__ = ["events", "mailings", "people", "register", "reminders", "responses", "rounds"]
