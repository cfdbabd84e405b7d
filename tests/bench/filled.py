"""The form of a section as a browser would post it, read in a hurry: reading it must not be what is measured."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from random import Random
from urllib.parse import urlencode

INPUT = re.compile(r"<input\b([^>]*)>|<textarea\b([^>]*)>(.*?)</textarea>", re.S)
ATTRIBUTE = re.compile(r'(\bname|\bvalue|\btype)="([^"]*)"')
CHECKED = re.compile(r"\schecked\b")
Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Filled:
    """What stands in the form, and the values of each group of radio buttons."""

    fields: Fields
    choices: dict[str, list[str]]

    @property
    def page(self) -> str:
        return dict(self.fields)["page"]

    def body(self, token: str, turn: int | None = None, **changes: str) -> str:
        """As it is posted, with some choices changed; `turn`: the number of the save, which the page's script adds."""
        own = {"csrfmiddlewaretoken": token, **changes}
        if turn is not None:
            own["page"] = f"{self.page}.{turn}"
        else:
            own["then"] = ""
        kept = [(name, value) for name, value in self.fields if name not in own]
        return urlencode([*kept, *own.items()])

    def change(self, rng: Random, names: Iterable[str] | None = None) -> dict[str, str]:
        """One row of a table, or one question, answered otherwise; nothing where nothing is chosen yet."""
        chosen = dict(self.fields)
        known = [name for name in names or self.choices if name in chosen]
        if not known:
            return {}
        name = rng.choice(known)
        return {name: rng.choice([value for value in self.choices[name] if value != chosen[name]])}


def read(html: str) -> Filled:
    """The form with the id `questions` of a page, or of the part of one that a save answers with."""
    fields: Fields = []
    choices: dict[str, list[str]] = {}
    inside = html[html.index('id="questions"') :]
    for match in INPUT.finditer(inside, 0, inside.index("</form>")):
        tag, area, text = match.groups()
        found = dict(ATTRIBUTE.findall(tag or area))
        name, value, kind = found.get("name", ""), found.get("value", text or ""), found.get("type", "")
        value = unescape(value)
        if kind == "radio" and not name.startswith("settled|"):  # whether a doubt is right is no answer
            choices.setdefault(name, []).append(value)
        if name and (kind not in ("radio", "checkbox") or CHECKED.search(tag or "")):
            fields.append((name, value))
    return Filled(fields, choices)
