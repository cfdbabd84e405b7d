"""The bounded fuzz: some requests to every address, form and operation, the same ones each time."""

import pytest
from django.urls import get_resolver

from tests.fuzz.places import LEFT_OUT, names
from tests.fuzz.run import run

REQUESTS = 2  # to each place, on each database
pytestmark = pytest.mark.django_db


def test_no_request_ends_in_an_error_or_half_a_write() -> None:
    found = run(1, seed=7, batch=REQUESTS)
    assert "\n\n".join(found.failures.values()) == ""
    assert found.changes > 20  # it does write, so that what it says of writing means something
    assert {name for name in set(names(get_resolver())) - LEFT_OUT if found.by_route[name] < REQUESTS} == set()
