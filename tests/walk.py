"""A walk by somebody who is not signed in: every address of the site that answers, and all that its answer holds.

Addresses are made from the URL configuration with every value that `Values` has for each of their arguments, from the
description of the API with every value of its filters, and from the links and forms of the pages found. A new argument
or filter that has no values here fails the walk: say what there is to walk through.
"""

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from zipfile import ZipFile

from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from pypdf import PdfReader

MOST = 5000  # addresses: more would mean that some page makes up new ones without end
CLOSED = ("admin",)  # namespaces of pages for people who are signed in
CHANGING = re.compile('csrfmiddlewaretoken" value="[^"]*"|run-[0-9]{4,}|verify_run [0-9]+')
Values = Mapping[str, Sequence[Any]]  # of each argument, by its name


class Unknown(LookupError):
    """An argument of a URL or a filter that the walk has no values for."""


@dataclass
class Walk:
    """What there is to walk through; `arguments` of URLs, `filters` of the API. `cells`: what belongs together in the
    addresses of single numbers, as values of arguments."""

    arguments: Values
    filters: Values
    cells: Sequence[Mapping[str, str]] = ()
    same: Mapping[str, str] = field(default_factory=dict)  # what in an address stands for something walked through
    found: dict[str, str] = field(default_factory=dict)  # the text of each answer, by address (and language)

    def all(self) -> dict[str, str]:
        """The text of every answer that anybody gets."""
        left = [*self._of_urls(), *self._of_filters()]
        seen = set(left)
        while left:
            here = left.pop()
            for there in map(self._named, self._visit(here)):
                if there not in seen:
                    seen.add(there)
                    left.append(there)
            assert len(seen) < MOST, sorted(seen)[-20:]
        return self.found

    def _named(self, url: str) -> str:
        for name, other in self.same.items():
            url = url.replace(name, other)
        return url

    def _visit(self, url: str) -> Iterator[str]:
        """Keep what is answered, a page in both languages (with filters in one: the words are the same), and give the
        addresses it leads to."""
        answer = Client().get(url)
        if answer.status_code != 200:
            return
        self.found[url] = text_of(answer)
        if answer["Content-Type"].startswith("text/html"):
            if "?" not in url:
                self.found[f"{url} (en)"] = text_of(Client().get(url, headers={"Accept-Language": "en"}))
            yield from _links(url, answer.content.decode())
        if answer["Content-Type"].startswith("application/json"):
            yield from (each for each in re.findall(r'"(/[^"\s{}]*)"', answer.content.decode()))

    def _of_urls(self) -> Iterator[str]:
        for name, wanted in patterns(get_resolver()):
            cells = self.cells if self.cells and wanted >= self.cells[0].keys() else [{}]
            names = sorted(wanted - cells[0].keys())
            if missing := set(names) - self.arguments.keys():
                raise Unknown(f"{name}: no values for {', '.join(sorted(missing))}")
            for cell, values in product(cells, product(*(self.arguments[each] for each in names))):
                try:
                    yield reverse(name, kwargs={**cell, **dict(zip(names, values, strict=True))})
                except NoReverseMatch:
                    continue  # this address does not take such a value

    def _of_filters(self) -> Iterator[str]:
        """Each address of the API with every value of each of its filters, alone."""
        for path, operations in json.loads(Client().get(reverse("api:openapi-json")).content)["paths"].items():
            parameters = operations["get"].get("parameters", [])
            places = [each["name"] for each in parameters if each["in"] == "path"]
            filters = {each["name"] for each in parameters if each["in"] == "query"}
            if missing := filters - self.filters.keys():
                raise Unknown(f"{path}: no values for {', '.join(sorted(missing))}")
            for values in product(*(self.arguments[each] for each in places)):
                whole = path.format(**dict(zip(places, map(str, values), strict=True)))
                yield from (
                    f"{whole}?{urlencode({name: value, 'limit': 1000})}"
                    for name in filters
                    for value in self.filters[name]
                )


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, set[str]]]:
    """The name of each URL that is open to everybody, and the arguments it takes."""
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            assert each.name, each
            yield prefix + each.name, {*each.pattern.regex.groupindex, *_above(resolver)}
        elif each.namespace not in CLOSED:
            own = f"{each.namespace}:" if each.namespace else ""
            for name, wanted in patterns(each, prefix + own):
                yield name, wanted | {*each.pattern.regex.groupindex}


def _above(resolver: URLResolver) -> Iterable[str]:
    return resolver.pattern.regex.groupindex if hasattr(resolver.pattern, "regex") else ()


def text_of(answer: Any) -> str:
    """All that an answer says, its name and headers too, without what differs from run to run."""
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = [answer.get("Content-Disposition", ""), answer.get("Location", ""), answer.get("Link", "")]
    return CHANGING.sub("", "\n".join([*headers, *texts(data)]))


def texts(data: bytes) -> Iterator[str]:
    """The texts inside a file: of each part of an archive, of each page of a PDF; others as they are."""
    if data.startswith(b"PK\x03\x04"):
        with ZipFile(io.BytesIO(data)) as found:
            for each in found.infolist():
                yield each.filename
                yield from texts(found.read(each))
    elif data.startswith(b"%PDF"):
        document = PdfReader(io.BytesIO(data))
        yield repr(document.metadata)
        yield from (page.extract_text() for page in document.pages)
    else:
        yield data.decode("utf-8", "backslashreplace")


def _links(url: str, page: str) -> Iterator[str]:
    """The addresses of this site that a page leads to: links, pictures, and forms with each of their choices."""
    parser = _Page()
    parser.feed(page)
    for target in [*parser.links, *parser.asked()]:
        parts = urlsplit(urljoin(url, target))
        if not parts.netloc and not parts.path.startswith("/static/"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


class _Page(HTMLParser):
    """The links of a page, and its forms that ask: each with the values of its fields."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, dict[str, list[str]]]] = []
        self.fields: dict[str, list[str]] = {}
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        self.links += [own[name] for name in ("href", "src", "data", "hx-get") if own.get(name)]
        if tag == "form":
            self.fields = {}
            if own.get("method", "get").lower() == "get":
                self.forms.append((own.get("action", ""), self.fields))
        elif tag == "select":
            self.select = own.get("name", "")
        elif tag in ("option", "input", "button") and (name := self.select if tag == "option" else own.get("name", "")):
            self.fields.setdefault(name, []).append(own.get("value", ""))

    def asked(self) -> Iterator[str]:
        """What the forms ask for: each value of each field, the others as they stand first."""
        for action, fields in self.forms:
            path, _, query = action.partition("?")
            first = {**dict(parse_qsl(query)), **{name: values[0] for name, values in fields.items()}}
            for name, values in fields.items():
                yield from (f"{path}?{urlencode({**first, name: each})}" for each in values)
