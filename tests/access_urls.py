"""Every URL of the site and every action, found where they are registered, and the address of each."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from surveys.models import User
from tests import access

# What the URLs that are not about a response are given: numbers of the published round, and what is nowhere.
PUBLIC = {
    **{"year": 2020, "edition": 2020, "code": "202037", "section_id": "people", "table": "cio", "suffix": "csv"},
    **{"item": "1-2", "file": "bodies.csv", "question": "cio", "row": "yes", "column": "-", "breakdown": "national"},
    **{"group": "municipality", "token": "none", "pk": 1},
}


def names(patterns: Iterable[URLPattern | URLResolver], without: str = "") -> Iterator[str | None]:
    """The names of URLs, with the namespace before them; those of one namespace left out on request."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name
        elif pattern.namespace != without:
            own = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from (name and own + name for name in names(pattern.url_patterns, without))


def admin_places() -> Iterator[str]:
    """Every named URL of the admin; of the URL of steps one for each step that there is."""
    for name in names(admin.site.get_urls()):
        if name in access.LEFT_OUT:
            continue
        assert name
        if name.endswith("_step"):
            yield from (f"{name}:{step.name}" for step in desk_of(name.removesuffix("_step")).steps)
        else:
            yield name


def desk_of(model: str) -> "ModelAdmin[Any]":
    label = model.replace("_", ".")
    return next(desk for each, desk in admin.site._registry.items() if each._meta.label_lower == label)


def all_actions() -> Iterator[str]:
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_active=True)
    for model, desk in admin.site._registry.items():
        yield from (f"{model._meta.label_lower.replace('.', '_')}:{name}" for name in desk.get_actions(request))


def address(place: str, things: Mapping[str, Any]) -> str:
    """The URL of a place of the admin, with the thing it is about."""
    name, _, step = place.partition(":")
    thing = next((found for model, found in things.items() if name.startswith(model)), None)
    pk = thing.pk if thing else None
    found = {**PUBLIC, "object_id": pk, "id": pk, "name": step, "app_label": "surveys", "pk": pk}
    return of(f"admin:{name}", found)


def of(name: str, arguments: Mapping[str, Any]) -> str:
    """The URL with this name; an argument that it wants and that is not there fails."""
    return reverse(name, kwargs={key: arguments[key] for key in wanted(name)})


def wanted(name: str) -> set[str]:
    """What a URL has to be given."""
    resolver = get_resolver()
    *namespace, own = name.split(":")
    for each in namespace:
        _prefix, resolver = resolver.namespace_dict[each]
    possible = resolver.reverse_dict.getlist(own)
    return set(possible[0][0][0][1])
