"""At full size, 1,788 responses, no list and no page of the desk needs more than 15 queries."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from aggregation import report
from surveys.management.commands.load_bodies import SHIPPED
from surveys.models import Body, Event, Mailing, MailingItem, ReminderRule, Response, Survey, User
from surveys.models.dates import Dates
from surveys.reminder_text import BY_HAND
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
    for other in Body.objects.filter(prefecture_code="01"):
        make_member(other, "editor", email=f"{other.code}@city.example")
    survey.set_dates(Dates(timezone.now() + timedelta(days=20)), by=None)
    asked = survey.responses.filter(body__prefecture_code="01").select_related("body")
    Mailing.start(asked, BY_HAND, by=make_ministry("reviewer"), key="page")
    report.compute(survey)
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
        "aggregation_run": response.survey.runs.get().pk,
        "surveys_mailing": Mailing.objects.get().pk,
        "surveys_mailingitem": MailingItem.objects.first().pk,  # type: ignore[union-attr]  # there is one
        "surveys_reminderrule": ReminderRule.objects.get(days=-14).pk,
    }
    places = [reverse("admin:index"), reverse("admin:surveys_response_step", args=[response.pk, "send_back"])]
    places.append(reverse("admin:surveys_reminderrule_preview", args=[things["surveys_reminderrule"]]))
    for model, pk in things.items():
        places.append(reverse(f"admin:{model}_changelist"))
        places += [reverse(f"admin:{model}_{page}", args=[pk]) for page in ("change", "history")]
    query = "?round=2020&state=not_started&attention=no_approver&body__kind__exact=town&prefecture=20&q=町"
    places.append(reverse("admin:surveys_response_changelist") + query)
    for place in places:
        with django_assert_max_num_queries(MOST, info=place):
            assert desk.get(place).status_code == 200
    chosen = {"action": "remind", "_selected_action": list(Response.objects.values_list("pk", flat=True))}
    with django_assert_max_num_queries(MOST):
        assert len(desk.post(reverse("admin:surveys_response_changelist"), chosen).context["to"]) > 100
