"""With 1,788 bodies, 3 rounds and 200,000 events no list and no page of the desk needs more than 20 queries."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from aggregation import report
from surveys.management.commands.load_bodies import SHIPPED
from surveys.models import Body, Correction, Event, Mailing, MailingItem, ReminderRule, Response, User
from surveys.models.dates import Dates
from surveys.models.loading import load
from surveys.reminder_text import BY_HAND
from tests.conftest import signed_in
from tests.factories import COMPLETE, answer, make_member, make_ministry, make_user, open_round

pytestmark = pytest.mark.django_db
MOST, EVENTS = 20, 200_000
# Rows as the models write them, but for hashes that nothing here reads.
MANY = """
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)
    INSERT INTO surveys_event (kind, subject, before, after, reason, at, previous, hash)
    SELECT 'answers.saved', 'response 2020-' || body.code || ' people', '{"cio": {"value": "yes"}}',
           '{"cio": {"value": "no"}}', 'form', %s, 'many-' || n, 'many-' || (n + 1)
    FROM numbers JOIN surveys_body body ON body.id = %s + n %% 1788
    ORDER BY n
"""


@pytest.fixture
def desk(db: None) -> Iterator[Client]:
    load(SHIPPED.read_bytes(), "test")
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
    for year in (2021, 2022):
        open_round(year).set_dates(Dates(timezone.now() + timedelta(days=20)), by=None)
    survey.close()
    fewer = {"staff": {"cells": {"own": 1, "outside": 1, "resident": 0}}}
    Correction.enter(
        survey.responses.get(body=body), fewer, "数え直しました。", seen="R2-202037-01", by=make_ministry("reviewer")
    )
    first = Body.objects.earliest("pk").pk
    with connection.cursor() as cursor:
        cursor.execute(MANY, [EVENTS, timezone.now(), first])
    assert Response.objects.count() == 3 * 1788 and Event.objects.count() > EVENTS
    yield signed_in(make_user("manager", is_staff=True, is_superuser=True))


def test_no_page_needs_many_queries(desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    response = Response.objects.get(body__code="202037", survey__year=2020)
    event = Event.objects.filter(kind="response.submitted").latest("id")
    things = {
        "surveys_body": response.body.pk,
        "surveys_user": User.objects.get(sign_in_id="approver").pk,
        "surveys_survey": response.survey.pk,
        "surveys_response": response.pk,
        "surveys_event": event.pk,
        "surveys_correction": Correction.objects.get().pk,
        "aggregation_run": response.survey.runs.get().pk,
        "surveys_mailing": Mailing.objects.get().pk,
        "surveys_mailingitem": MailingItem.objects.first().pk,
        "surveys_reminderrule": ReminderRule.objects.earliest("pk").pk,
    }
    places = [reverse("admin:index"), reverse("admin:surveys_response_step", args=[response.pk, "send_back"])]
    places.append(reverse("admin:surveys_reminderrule_preview", args=[things["surveys_reminderrule"]]))
    for model, pk in things.items():
        places.append(reverse(f"admin:{model}_changelist"))
        places += [reverse(f"admin:{model}_{page}", args=[pk]) for page in ("change", "history")]
    query = "?round=2020&state=not_started&attention=no_approver&kind__exact=town&prefecture=20&q=町"
    places.append(reverse("admin:surveys_response_changelist") + query)
    places += ["/2020/202037/history/", reverse("admin:surveys_event_changelist") + "?kind=answers.saved&q=202037"]
    for place in places:
        with django_assert_max_num_queries(MOST, info=place):
            assert desk.get(place).status_code == 200
    chosen = {
        "action": "remind",
        "_selected_action": list(Response.objects.filter(survey__year=2021).values_list("pk", flat=True)),
    }
    with django_assert_max_num_queries(MOST):
        assert len(desk.post(reverse("admin:surveys_response_changelist"), chosen).context["to"]) > 100
