"""Asks for each list and page of the admin in this process."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from surveys.models import Event, Response
from tests.bench.clock import client_of, once, queries

STAFF, CITY, YEAR = "soumu", "202037", 2020
# Filters and searches of the two longest lists, as people use them.
OF_EVENTS = (
    *("?q=202037", f"?q=response+{YEAR}-{CITY}", "?q=ueda.tanto", f"?q={STAFF}"),
    *("?kind=answers.saved", "?kind=audit.verified", "?kind=answers.saved&q=202037"),
    *("?at__year={0:%Y}", "?at__year={0:%Y}&at__month={0.month}", "?at__year={0:%Y}&at__month={0.month}&at__day=15"),
    *("?p=100", "?p={1}"),  # far back, and the last page
)
OF_RESPONSES = (f"?round={YEAR}&state=accepted", "?q=町", f"?round={YEAR + 1}&state=not_started&attention=no_approver")


def main() -> list[dict[str, Any]]:
    client = client_of(STAFF)
    found = []
    for page, address in _pages():
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        time = once(lambda address=address: client.get(address))
        asked = queries(lambda address=address: client.get(address))
        found.append({"page": page, "time": time, "queries": asked, "size": len(answer.content)})
    return found


def _pages() -> Iterator[tuple[str, str]]:
    yield "index", reverse("admin:index")
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        yield f"{model._meta.model_name}: list", reverse(f"admin:{name}_changelist")
        if thing := _one_of(model):
            for page in ("change", "history"):
                yield f"{model._meta.model_name}: {page}", reverse(f"admin:{name}_{page}", args=[thing.pk])
    yield from _narrowed(Event, _of_events())
    yield from _narrowed(Response, OF_RESPONSES)
    response = Response.objects.get(survey__year=YEAR, body__code=CITY)
    yield "response: send back", reverse("admin:surveys_response_step", args=[response.pk, "send_back"])
    yield "history of a body", f"/{YEAR}/{CITY}/history/"


def _one_of(model: type[Model]) -> Model | None:
    """The one with the most to show: of responses and bodies the city of the demo, else the latest."""
    found = model._default_manager.order_by("-pk")
    if model is Response:
        found = found.filter(survey__year=YEAR, body__code=CITY)
    if model._meta.model_name == "body":
        found = found.filter(code=CITY)
    return found.first()


def _of_events() -> Iterator[str]:
    last = (Event.objects.count() - 1) // admin.site._registry[Event].list_per_page + 1
    a_year_ago = timezone.now() - timedelta(days=365)
    yield from (query.format(a_year_ago, last) for query in OF_EVENTS)


def _narrowed(model: type[Model], asked: Iterable[str]) -> Iterator[tuple[str, str]]:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for query in asked:
        yield f"{model._meta.model_name}: list {query}", address + query
