"""A page as a browser without JavaScript sees it: the fields of its form, to be filled in and posted."""

from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from typing import Any

from django.test import Client

Values = dict[str, list[str]]


class WebPage(HTMLParser):
    """The questions' form of a page, and its words."""

    def __init__(self, client: Client, url: str, response: Any) -> None:
        super().__init__()
        self.client, self.url, self.status = client, url, response.status_code
        self.html = response.content.decode()
        self.values: Values = {}
        self.ids: list[str] = []
        self.controls: dict[str, str] = {}
        self.labelled: set[str] = set()
        self._in_form = self._hidden = False
        self._label_depth = 0
        self._textarea = ""
        self._words: list[str] = []
        self.feed(self.html)

    @property
    def words(self) -> str:
        """The text of the page, without the spaces between tags."""
        return " ".join("".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "form":
            self._in_form = "questions" in found.get("class", "")
        if tag == "label":
            self._label_depth += 1
            self.labelled.add(found.get("for", ""))
        if tag in ("style", "script"):
            self._hidden = True
        if tag in ("input", "textarea") and self._in_form:
            self._control(tag, found)

    def _control(self, tag: str, found: dict[str, str]) -> None:
        name, kind = found["name"], found.get("type", tag)
        if kind != "hidden":
            self.controls[found["id"]] = kind
            if self._label_depth:
                self.labelled.add(found["id"])
        if tag == "textarea":
            self._textarea = name
            self.values.setdefault(name, []).append("")
        elif kind not in ("radio", "checkbox") or "checked" in found:
            self.values.setdefault(name, []).append(found.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False
        if tag == "label":
            self._label_depth -= 1
        if tag == "textarea":
            self._textarea = ""
        if tag in ("style", "script"):
            self._hidden = False

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea][-1] += data
        if not self._hidden:
            self._words.append(data)

    def has(self, question: str) -> bool:
        """Whether a question stands on the page."""
        return f"seen|{question}" in self.values

    def fill(self, changes: Mapping[str, str | Iterable[str]]) -> "WebPage":
        """Type or choose; an empty list unticks."""
        for name, value in changes.items():
            self.values[name] = [value] if isinstance(value, str) else list(value)
        return self

    def save(self, then: str = "") -> "WebPage":
        """Post the form and follow where it leads."""
        return self.follow(self.post(then))

    def post(self, then: str = "") -> Any:
        """Post the form; returns the answer of the server."""
        return self.client.post(self.url, {**self.values, "then": then})

    def press(self, name: str, value: str) -> "WebPage":
        """Post the form by another of its buttons, and follow where that leads."""
        return self.follow(self.client.post(self.url, {**self.values, name: value}))

    def follow(self, response: Any) -> "WebPage":
        """The page that a post led to."""
        url = response.headers.get("Location", self.url)
        if response.status_code == 302:
            response = self.client.get(url)
        return WebPage(self.client, url, response)


def open_page(client: Client, url: str) -> WebPage:
    return WebPage(client, url, client.get(url))
