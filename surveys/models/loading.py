"""Taking over a register file: first what it changes, then the change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from surveys import register_file
from surveys.csv_file import Line
from surveys.models.events import Entry, Event
from surveys.models.populations import Population
from surveys.models.register import Body

POPULATION = "population"


class Difference(NamedTuple):
    """A field of a body that a file changes."""

    field: str
    before: Any
    after: Any


def _shown(difference: Difference, value: Any) -> Any:
    return Body.Kind(value).label if difference.field == "kind" else "" if value is None else value


class Changed(NamedTuple):
    """A body that a file changes."""

    body: Body
    differences: list[Difference]

    @property
    def in_words(self) -> list[str]:
        """団体名：上田市 → 新上田市"""
        labels = {field.name: field.verbose_name for field in Body._meta.concrete_fields}
        return [
            f"{labels[each.field]}：{_shown(each, each.before)} → {_shown(each, each.after)}"
            for each in self.differences
        ]

    def side(self, name: str) -> dict[str, Any]:
        return {each.field: getattr(each, name) for each in self.differences}


@dataclass(frozen=True)
class Loading:
    """What a file changes in the register. `unnamed` are bodies that exist today and that it leaves out."""

    added: list[Body]
    changed: list[Changed]
    unnamed: list[Body]
    populations: list[tuple[Body, int]]

    def write(self, source: str, *, by: Any) -> None:
        """Store it, within a transaction. A change of facts here is a correction: it holds without a date."""
        Body.objects.bulk_create(self.added, batch_size=500)
        for body, _ in self.changed:
            body.save()
        Population.objects.take(self.populations, timezone.localdate(), source)
        if self.added or self.changed:
            was, now = ({each.body.code: each.side(name) for each in self.changed} for name in ("before", "after"))
            entry = Entry("register.loaded", "register", was, {"added": len(self.added), "changed": now})
            Event.objects.record([entry], actor=by)


def compare(data: bytes) -> Loading:
    """What a register file changes. Raises csv_file.FileFaults naming every fault."""
    lines = register_file.read(data, frozenset(Body.Kind.values))
    return _compare(lines, {body.code: body for body in Body.objects.order_by("code")})


@transaction.atomic
def load(data: bytes, source: str, *, by: Any = None) -> Loading:
    """Take the bodies of a register file; those that it does not name stay as they are.

    `source` is noted for the populations it gives, which hold as of today. Raises csv_file.FileFaults and changes
    nothing for a bad file.
    """
    lines = register_file.read(data, frozenset(Body.Kind.values))
    found = _compare(lines, {body.code: body for body in Body.objects.select_for_update().order_by("code")})
    found.write(source, by=by)
    return found


def _compare(lines: list[Line], known: Mapping[str, Body]) -> Loading:
    """The differences, with the bodies as they will be, unsaved."""
    added: list[Body] = []
    changed: list[Changed] = []
    populations: list[tuple[Body, int]] = []
    for line in lines:
        body = known.get(line.values["code"]) or Body()
        differences = list(_differences(body, line.values))
        for each in differences:
            if each.field == POPULATION:
                populations.append((body, each.after))
            else:
                setattr(body, each.field, each.after)
        if body.pk is None:
            added.append(body)
        elif differences:
            changed.append(Changed(body, differences))
    today, named = timezone.localdate(), {line.values["code"] for line in lines}
    unnamed = [body for body in Body.objects.on(today).order_by("code") if body.code not in named]
    return Loading(added, changed, unnamed, populations)


def _differences(body: Body, values: Mapping[str, str]) -> Iterator[Difference]:
    for name in register_file.REQUIRED:
        if (before := getattr(body, name)) != (after := values[name].strip()):
            yield Difference(name, before, after)
    if (population := values.get(POPULATION)) and int(population) != body.population:
        yield Difference(POPULATION, body.population, int(population))
