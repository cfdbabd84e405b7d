"""What differs between two questionnaires, in words. Pure."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from typing import Any, NamedTuple

from surveys import difference_words as say
from surveys import questionnaire as q
from surveys import words
from surveys.case import both, fill
from surveys.questionnaire import Questionnaire, Text
from surveys.year_words import Mover

# Compared one by one, not as fields: what stands in a section may move to another one.
APART = {"questions": (q.Section,), "soft_checks": (q.Section,)}


@dataclass(frozen=True)
class Change:
    """One thing that differs: its sort, what it is about, and both sides in words. `question` and `field` are empty
    where it is not about a question or not about one of its fields."""

    sort: str
    place: Text
    before: Text | None = None
    after: Text | None = None
    question: str = ""
    field: str = ""

    @property
    def label(self) -> Text:
        return say.SORTS[self.sort]

    @property
    def is_wording(self) -> bool:
        return self.sort in (say.REWORDED, say.NUMBERED, say.YEAR)

    def as_list(self) -> list[str]:
        """For the history: sort, place and both sides, in Japanese."""
        return [text.ja if text else "" for text in (self.label, self.place, self.before, self.after)]


class At(NamedTuple):
    """Where in a questionnaire: in words, and in which question."""

    place: Text
    question: str = ""


def compare(before: Questionnaire, after: Questionnaire, move: Mover | None = None) -> list[Change]:
    """Every difference. What only `move` changes, the year words of another year, is of a sort of its own."""
    return [*_Comparison(before, after, move).changes()]


def gate(found: q.Gate | None, questionnaire: Questionnaire) -> Text:
    """To whom a question goes."""
    if found is None:
        return say.ASKED_OF_ALL
    return both(partial(_gate_in, found, questionnaire))


def _gate_in(found: q.Gate, questionnaire: Questionnaire, language: str) -> str:
    sources = [questionnaire.question_by_id[id] for id in found.questions]
    known: dict[str, q.Option | q.Column] = {**sources[0].option_by_code, **sources[0].column_by_code}
    either, quoted = (text.in_language(language) for text in (words.EITHER, words.QUOTED))
    names = (quoted.format(label=source.title.in_language(language)) for source in sources)
    values = (quoted.format(label=known[value].label.in_language(language)) for value in found.values)
    return (
        words.GATES[found.operator].in_language(language).format(source=either.join(names), values=either.join(values))
    )


def key_of(entry: Any) -> str:
    """What a thing is known by among its like."""
    if isinstance(entry, q.Check):
        return f"{entry.operator} {entry.left} {entry.right}"
    return str(next(getattr(entry, name) for name in ("code", "id", "number") if hasattr(entry, name)))


def name_of(entry: Any) -> Text:
    found = next((getattr(entry, name) for name in ("label", "term", "title") if hasattr(entry, name)), None)
    return found or plain(key_of(entry))


def plain(value: Any) -> Text:
    """A value of the definition in words."""
    if isinstance(value, bool):
        return say.YES_NO[value]
    if isinstance(value, tuple):
        value = ", ".join(value)
    return Text(str(value), str(value))


def named(entry: Any) -> Text:
    """問「CIOの任命」（cio）."""
    return fill(say.NAMED, {"noun": say.NOUNS[type(entry)], "name": name_of(entry), "key": plain(key_of(entry))})


class _Comparison:
    def __init__(self, before: Questionnaire, after: Questionnaire, move: Mover | None) -> None:
        self.before, self.after, self.move = before, after, move

    def changes(self) -> Iterator[Change]:
        before, after, top = self.before, self.after, At(say.SURVEY)
        yield from self.text("title", before.title, after.title, top)
        yield from self.entries(before.chapters, after.chapters, top)
        yield from self.entries(before.sections, after.sections, top)
        yield from self.entries(_questions(before), _questions(after), top, has_order=False)
        for section in after.sections:
            yield from self.places(section)
        yield from self.entries(before.all_soft_checks, after.all_soft_checks, top, has_order=False)
        yield from self.entries(before.terms, after.terms, top)
        yield from self.entries(before.derived, after.derived, top)

    def entries(
        self, before: Sequence[Any], after: Sequence[Any], at: At, *, has_order: bool = True
    ) -> Iterator[Change]:
        """Things known by a code or an id."""
        was, now = ({key_of(entry): entry for entry in side} for side in (before, after))
        for key in [key for key in was if key not in now]:
            yield self.whole(say.REMOVED, was[key], at)
        for key, entry in now.items():
            if key not in was:
                yield self.whole(say.ADDED, entry, at)
            elif entry != was[key]:
                yield from self.fields(was[key], entry, self.inside(entry, at))
        if has_order:
            yield from self.moved([key for key in was if key in now], [key for key in now if key in was], now, at)

    def inside(self, entry: Any, at: At) -> At:
        if at.place == say.SURVEY:
            return At(named(entry), entry.id if isinstance(entry, q.Question) else "")
        return At(fill(say.INSIDE, {"place": at.place, "what": named(entry)}), at.question)

    def whole(self, sort: str, entry: Any, at: At) -> Change:
        place = self.inside(entry, at)
        text = entry.text if isinstance(entry, q.Question) else name_of(entry)
        was, now = (text, None) if sort == say.REMOVED else (None, text)
        return Change(sort, place.place, was, now, place.question)

    def moved(self, was: list[str], now: list[str], entries: dict[str, Any], at: At) -> Iterator[Change]:
        """Those of the things on both sides that stand in another order."""
        kept = {
            key
            for block in SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks()
            for key in was[block.a : block.a + block.size]
        }
        for key in [key for key in now if key not in kept]:
            first, second = (fill(say.PLACE, {"number": plain(side.index(key) + 1)}) for side in (was, now))
            place = self.inside(entries[key], at)
            yield Change(say.MOVED, place.place, first, second, place.question)

    def places(self, section: q.Section) -> Iterator[Change]:
        """Questions that come from another section, and the order of the others."""
        own = section.question_by_id
        stayed = []
        for id in own:
            source = self.before.section_of.get(id)
            if source is not None and source.id == section.id:
                stayed.append(id)
            elif source is not None:
                yield Change(say.MOVED, named(own[id]), named(source), named(section), id)
        if was := self.before.section_by_id.get(section.id):
            yield from self.moved([id for id in was.question_by_id if id in stayed], stayed, own, At(say.SURVEY))

    def fields(self, before: Any, after: Any, at: At) -> Iterator[Change]:
        for entry in dataclasses.fields(before):
            was, now = getattr(before, entry.name), getattr(after, entry.name)
            if was != now and type(before) not in APART.get(entry.name, ()):
                yield from self.field(entry.name, was, now, at)

    def field(self, name: str, was: Any, now: Any, at: At) -> Iterator[Change]:
        either = was if was is not None else now
        if isinstance(either, q.Example):
            yield from self.text(name, was and was.text, now and now.text, at)
        elif isinstance(either, Text):
            yield from self.text(name, was, now, at)
        elif name == "gate":
            first, second = gate(was, self.before), gate(now, self.after)
            yield Change(say.GATE, self.labelled(name, at), first, second, at.question, name)
        elif isinstance(either, tuple) and any(dataclasses.is_dataclass(each) for each in (*was, *now)):
            yield from self.entries(was, now, at)
        else:
            before, after = (None if side is None else plain(side) for side in (was, now))
            yield Change(say.CHANGED, self.labelled(name, at), before, after, at.question, name)

    def text(self, name: str, was: Text | None, now: Text | None, at: At) -> Iterator[Change]:
        if was != now:
            yield Change(self.sort(name, was, now), self.labelled(name, at), was, now, at.question, name)

    def sort(self, name: str, was: Text | None, now: Text | None) -> str:
        if was is None or now is None:
            return say.ADDED if was is None else say.REMOVED
        if self.move and (now.ja, now.en) == tuple(self.move(*pair) for pair in (("ja", was.ja), ("en", was.en))):
            return say.YEAR
        return say.NUMBERED if name == "number" else say.REWORDED

    def labelled(self, name: str, at: At) -> Text:
        return fill(say.INSIDE, {"place": at.place, "what": say.FIELDS[name]})


def _questions(questionnaire: Questionnaire) -> tuple[q.Question, ...]:
    return tuple(questionnaire.question_by_id.values())
