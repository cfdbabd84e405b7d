"""At full size, 1,788 responses, no list and no page of the desk needs more than 15 queries."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from aggregation import report
from surveys.management.commands.load_bodies import SHIPPED
from surveys.models import Body, Correction, Event, Response, Survey, User
from tests.conftest import signed_in
from tests.factories import COMPLETE, answer, make_member, make_ministry, make_user, open_round

pytestmark = pytest.mark.django_db
MOST = 15


@pytest.fixture
def desk(db: None) -> Iterator[Client]:
    Body.load(SHIPPED.read_bytes(), "test")
    survey = open_round()
    body = Body.objects.get(code="202037")
    answer(survey, body, COMPLETE, submit=True)
    make_member(body, "approver", "approver")
    report.compute(survey)
    survey.close()
    fewer = {"staff": {"cells": {"own": 1, "outside": 1, "resident": 0}}}
    Correction.enter(body.responses.get(), fewer, "数え直しました。", seen="R2-202037-01", by=make_ministry("reviewer"))
    assert Response.objects.count() == 1788
    yield signed_in(make_user("manager", is_staff=True, is_superuser=True))


def test_no_page_needs_many_queries(desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    response = Response.objects.get(body__code="202037")
    event = Event.objects.latest("id")
    things = {
        "surveys_body": response.body.pk,
        "surveys_user": User.objects.get(sign_in_id="approver").pk,
        "surveys_survey": Survey.objects.get().pk,
        "surveys_response": response.pk,
        "surveys_event": event.pk,
        "surveys_correction": Correction.objects.get().pk,
        "aggregation_run": response.survey.runs.get().pk,
    }
    places = [reverse("admin:index"), reverse("admin:surveys_response_step", args=[response.pk, "send_back"])]
    for model, pk in things.items():
        places.append(reverse(f"admin:{model}_changelist"))
        places += [reverse(f"admin:{model}_{page}", args=[pk]) for page in ("change", "history")]
    query = "?round=2020&state=not_started&attention=no_approver&body__kind__exact=town&prefecture=20&q=町"
    places.append(reverse("admin:surveys_response_changelist") + query)
    for place in places:
        with django_assert_max_num_queries(MOST, info=place):
            assert desk.get(place).status_code == 200
