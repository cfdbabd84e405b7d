"""The contents of the report: its chapters (節), the items under their headings, and the tables of each. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from surveys.questionnaire import Questionnaire, Text

_PARTS = re.compile(r" (?=\([0-9a-z]+\) |[アイウエオ] )")  # ５ … (1) … ア …


@dataclass(frozen=True)
class Head:
    """What a table is."""

    id: str
    number: Text | None
    title: Text


@dataclass(frozen=True)
class Item:
    """A heading of the report with its tables; `id` is its chapter and its place in it: 2-4."""

    id: str
    heading: Text
    tables: tuple[Head, ...]

    @property
    def parts(self) -> list[Text]:
        """The heading with those it stands under, from the outermost."""
        return parts(self.heading)

    @property
    def title(self) -> Text:
        return self.parts[-1]


def parts(heading: Text) -> list[Text]:
    """A heading with those it stands under, from the outermost."""
    ja, en = _PARTS.split(heading.ja), _PARTS.split(heading.en)
    pairs = zip(ja, en, strict=True) if len(ja) == len(en) else [(heading.ja, heading.en)]
    return [Text(ja.replace(" ", "　", 1), en) for ja, en in pairs]


@dataclass(frozen=True)
class Chapter:
    """A 節 of the report and its items."""

    number: str
    title: Text
    items: tuple[Item, ...]

    @property
    def tables(self) -> list[tuple[Item, Head]]:
        return [(item, head) for item in self.items for head in item.tables]


@dataclass(frozen=True)
class Place:
    """An item in its chapter, between the items before and after it."""

    chapter: Chapter
    item: Item
    before: Item | None
    after: Item | None


def contents(questionnaire: Questionnaire, heads: Sequence[Mapping[str, Any]]) -> list[Chapter]:
    """The tables of a run by chapter and heading, in the order of the report."""
    found = []
    for chapter in questionnaire.chapters:
        own = [head for head in heads if head["chapter"] == chapter.number]
        groups = groupby(own, lambda head: tuple(head["heading"]))
        items = tuple(
            Item(f"{chapter.number}-{at}", Text(*heading), tuple(map(_head, group)))
            for at, (heading, group) in enumerate(groups, 1)
        )
        found.append(Chapter(chapter.number, chapter.title, items))
    return found


def _head(head: Mapping[str, Any]) -> Head:
    return Head(head["id"], Text(*head["number"]) if head["number"] else None, Text(*head["title"]))


def place(chapters: Sequence[Chapter], item: str) -> Place | None:
    """Where an item stands; None if there is no such item."""
    return _found(chapters, lambda each: each.id == item)


def place_of(chapters: Sequence[Chapter], table: str) -> Place | None:
    """Where the item of a table stands."""
    return _found(chapters, lambda each: any(head.id == table for head in each.tables))


def _found(chapters: Sequence[Chapter], wanted: Callable[[Item], bool]) -> Place | None:
    every = [(chapter, item) for chapter in chapters for item in chapter.items]
    for at, (chapter, item) in enumerate(every):
        if wanted(item):
            before, after = every[at - 1 : at] if at else [], every[at + 1 : at + 2]
            return Place(chapter, item, *(found[0][1] if found else None for found in (before, after)))
    return None
