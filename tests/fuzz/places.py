"""What there is to fuzz: every address of the URL configuration, every form found on the pages behind them, every
operation of the API's own description."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import islice, product, zip_longest
from time import process_time
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.contrib import admin
from django.urls import NoReverseMatch, Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from tests.fuzz.world import World, undone

MOST_ADDRESSES = 6  # of one name
LEFT_OUT = {"admin:view_on_site", "admin:None"}  # it only leads on


@dataclass
class Field:
    """A field of a form; `values` are those that the page offers or holds."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)


@dataclass
class Form:
    action: str
    method: str
    fields: list[Field] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """An address, perhaps with a form that is sent there, and the role that found it. `seconds`: what a page took."""

    route: str
    url: str
    role: str
    form: Form | None
    seconds: float
    queries: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        if self.form is None:
            return self.route
        fields = [each.name for each in self.form.fields if each.kind != "hidden"]
        return f"{self.route} [{self.form.method} {','.join(fields)[:40]}]"


def names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """The name of every address; one of the admin's steps for each step."""
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            yield f"{prefix}{each.name}"
        else:
            yield from names(each, prefix + (f"{each.namespace}:" if each.namespace else ""))


def addresses(name: str, known: World) -> list[str]:
    """Some addresses of a name."""
    found = dict.fromkeys(islice(_addresses(name, known), MOST_ADDRESSES * 2))
    return list(found)[:MOST_ADDRESSES]


def _addresses(name: str, known: World) -> Iterator[str]:
    *namespace, own = name.split(":")
    resolver: Any = get_resolver()
    for each in namespace:
        _prefix, resolver = resolver.namespace_dict[each]
    for possibility in resolver.reverse_dict.getlist(own):
        for _template, arguments in possibility[0]:
            values = [_values(each, own, known) for each in arguments]
            for chosen in _one_by_one(values):
                try:
                    yield reverse(name, kwargs=dict(zip(arguments, chosen, strict=True)))
                except NoReverseMatch:
                    continue


def _one_by_one(values: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
    """The first of all values, then each with one other value, then all."""
    first = [each[0] for each in values]
    yield tuple(first)
    for others in zip_longest(*(each[1:] for each in values)):
        for at, other in enumerate(others):
            if other is not None:
                yield (*first[:at], other, *first[at + 1 :])
    yield from product(*values)


def _values(argument: str, name: str, known: World) -> list[Any]:
    things = next((found for model, found in known.things.items() if name.startswith(f"{model}_")), [])
    if argument in ("object_id", "pk", "id") and things:
        return [each.pk for each in things]
    if argument == "name" and name.endswith("_step"):
        label = name.removesuffix("_step").replace("_", ".")
        desk: Any = next(desk for model, desk in admin.site._registry.items() if model._meta.label_lower == label)
        return [step.name for step in desk.steps] or ["none"]
    if found := known.known.get(argument):
        return found
    return [each for values in known.known.values() for each in values]


def find(known: World) -> list[Place]:
    """All places: each address as it is, and each form of the pages there once for each set of fields."""
    found: list[Place] = []
    forms: set[tuple[str, frozenset[str]]] = set()
    for name in sorted(set(names(get_resolver())) - LEFT_OUT):
        urls = addresses(name, known)
        assert urls, f"{name}: no address; give its arguments values in tests/fuzz/world.py"
        for at, url in enumerate(urls):
            place, page = _visited(name, url, known)
            if at == 0 or place.queries:
                found.append(place)
            for form in forms_of(page, url):
                key = (route_of(form.action), frozenset(each.name for each in form.fields))
                if key not in forms:
                    forms.add(key)
                    found.append(Place(key[0], form.action, place.role, form, place.seconds))
    return found


def _visited(name: str, url: str, known: World) -> tuple[Place, str]:
    """The page at an address, as the first role sees it that sees anything."""
    roles = ["manager"] if name.startswith("admin:") else ["approver", "coordinator", "manager", "anonymous"]
    for role in [*roles, *(["anonymous"] if "login" in name else [])]:
        begun = process_time()
        with undone():
            answer = known.client(role).get(url)
            is_page = answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html")
            page = answer.content.decode() if is_page else ""
        if answer.status_code == 200:
            break
    queries = {pair for target in _Page.of(page).links for pair in parse_qsl(urlsplit(target).query)}
    return Place(name, url, role, None, process_time() - begun, tuple(sorted(queries))), page


def route_of(url: str) -> str:
    try:
        return resolve(urlsplit(url).path).view_name
    except Resolver404:
        return "nothing"


def forms_of(page: str, url: str) -> list[Form]:
    """The forms of a page; of one that asks, a form that is sent by GET."""
    parser = _Page.of(page)
    for form in parser.forms:
        form.action = urljoin(url, form.action)
    return [form for form in parser.forms if form.fields and not urlsplit(form.action).netloc]


class _Page(HTMLParser):
    """The forms and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.form: Form | None = None
        self.field: Field | None = None

    @classmethod
    def of(cls, page: str) -> "_Page":
        parser = cls()
        parser.feed(page)
        return parser

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        if tag == "a" and own.get("href"):
            self.links.append(own["href"])
        if tag == "form":
            self.form = Form(own.get("action", ""), own.get("method", "get").lower())
            self.forms.append(self.form)
        elif tag in ("input", "button", "textarea", "select") and own.get("name") and self.form:
            self.field = self._field(own["name"], own.get("type", "text") if tag == "input" else tag)
            self._value(own, is_chosen="checked" in own or self.field.kind not in ("radio", "checkbox", "button"))
        elif tag == "option" and self.field:
            self._value({"value": "", **own}, is_chosen="selected" in own)

    def _field(self, name: str, kind: str) -> Field:
        assert self.form
        for each in self.form.fields:
            if each.name == name:
                return each
        self.form.fields.append(Field(name, kind))
        return self.form.fields[-1]

    def _value(self, own: dict[str, str], *, is_chosen: bool) -> None:
        assert self.field
        if "value" in own:
            self.field.values.append(own["value"])
            if is_chosen:
                self.field.chosen.append(own["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        if tag in ("select", "textarea"):
            self.field = None
