"""The tables that a form or a list offers, by chapter of the report. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from surveys.questionnaire import Questionnaire, Text

GONE = Text("いまはたずねていない問", "Not asked any more")


class Listed(NamedTuple):
    """A table that is offered."""

    id: str
    number: Text | None
    title: Text


class Group(NamedTuple):
    """A chapter with its tables; without a number those that the latest round has not."""

    number: str
    title: Text
    tables: Sequence[Listed]


def by_chapter(
    questionnaire: Questionnaire, heads: Sequence[Mapping[str, Any]], earlier: Iterable[Mapping[str, Any]] = ()
) -> list[Group]:
    """The tables of a run (its `heads`) by chapter, then those that only `earlier` runs have."""
    now = {head["id"] for head in heads}
    gone = {head["id"]: Listed(head["id"], None, Text(*head["title"])) for head in earlier if head["id"] not in now}
    found = [
        Group(each.number, each.title, [_listed(head) for head in heads if head["chapter"] == each.number])
        for each in questionnaire.chapters
    ]
    return [*found, *([Group("", GONE, [*gone.values()])] if gone else [])]


def _listed(head: Mapping[str, Any]) -> Listed:
    return Listed(head["id"], Text(*head["number"]) if head["number"] else None, Text(*head["title"]))
