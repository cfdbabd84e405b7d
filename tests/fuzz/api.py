"""The operations of the API as its own description has them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import schemathesis
from django.test import Client
from django.urls import reverse
from hypothesis import strategies as st
from schemathesis import GenerationMode

from tests.fuzz.values import NASTY, Sent

KNOWN = {"edition": ["2019", "2019-r1"], "table": ["cio", "staff"], "code": ["202037"], "question": ["cio", "staff"]}


@dataclass(frozen=True)
class Operation:
    """An operation and the requests made up for it: as described, and as not described."""

    route: str
    name: str
    requests: st.SearchStrategy[Sent]
    seconds: float = 0.0


def operations() -> Iterator[Operation]:
    schema = schemathesis.openapi.from_dict(json.loads(Client().get(reverse("api:openapi-json")).content))
    for found in schema.get_all_operations():
        operation = found.ok()
        name = f"api {operation.method.upper()} {operation.path}"
        right = operation.as_strategy()
        wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
        cases = right | wrong if operation.path_parameters or operation.query else right
        yield Operation(name, name, _sent(cases))


@st.composite
def _sent(draw: st.DrawFn, cases: st.SearchStrategy[Any]) -> Sent:
    """A case as a request, three times out of four about things that there are."""
    case = draw(cases)
    path = {name: _text(value) for name, value in (case.path_parameters or {}).items()}
    for name in path:
        if draw(st.integers(0, 3)):
            path[name] = draw(st.sampled_from(KNOWN.get(name, ["x"])))
    query = {name: _text(value) for name, value in (case.query or {}).items() if value is not None}
    if query and not draw(st.integers(0, 2)):
        query[draw(st.sampled_from(sorted(query)))] = draw(NASTY)
    url = case.path.format(**{name: quote(value, safe="", errors="replace") for name, value in path.items()})
    text = urlencode(query, errors="replace")
    return Sent(case.method.upper(), f"{url}?{text}" if text else url, "anonymous")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)
