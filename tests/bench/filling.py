"""Fills a database that holds the demo with what years of the survey leave behind: rounds, mails and events."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from aggregation import report
from surveys.management.commands.load_survey import QUESTIONNAIRES
from surveys.models import Body, Correction, Mailing, MailingItem, Survey, User
from surveys.models.dates import Dates
from surveys.questionnaire import read_folder
from surveys.reminder_text import BY_HAND

YEARS, CITY, STAFF = range(2020, 2025), "202037", "soumu"
# Nine of ten are saves of a section, as in a real history; the rest are moves of responses, sign-ins and people.
KINDS = "CASE n %% 40 WHEN 0 THEN 'response.submitted' WHEN 1 THEN 'user.signed_in' WHEN 2 THEN 'mail.sent' " + (
    "WHEN 3 THEN 'file.taken' ELSE 'answers.saved' END"
)
SUBJECT = (
    "CASE n %% 40 WHEN 1 THEN 'user ' || %(user)s ELSE 'response ' || (2020 + n %% 5) || '-' || body.code || {part} END"
)
PARTS = "CASE WHEN n %% 40 = 0 THEN '' ELSE ' ' || {section} END"
SECTION = "CASE n %% 3 WHEN 0 THEN 'organisation' WHEN 1 THEN 'systems' ELSE 'website' END"
EVENTS = """
    WITH RECURSIVE numbers(n) AS ({numbers})
    INSERT INTO surveys_event (actor_id, kind, subject, before, after, reason, at, previous, hash)
    SELECT %(user)s, {kind}, {subject}, '{{"cio": {{"value": "yes"}}}}', '{{"cio": {{"value": "no"}}}}', 'form', {at},
           'many-' || n, 'many-' || (n + 1)
    FROM numbers JOIN surveys_body body ON body.id = %(first)s + n %% 1788
    ORDER BY n
"""
COUNTED = {
    "postgresql": "SELECT generate_series(1, %(events)s)",
    "sqlite": "SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %(events)s",
}
WHEN = {  # spread over five years up to now
    "postgresql": "now() - interval '5 years' + n * (interval '5 years' / %(events)s)",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', julianday('now') - 1826.0 + n * (1826.0 / %(events)s))",
}


def main(events: str) -> int:
    staff = User.objects.get(sign_in_id=STAFF)
    for year in YEARS:
        survey, _changed = Survey.load(year, read_folder(QUESTIONNAIRES / "2020", year))
        if survey.state == Survey.State.DRAFT:
            survey.open()
    _mails(Survey.objects.get(year=YEARS[-1]), staff)
    _correction(staff)
    with connection.cursor() as cursor:
        first = Body.objects.earliest("pk").pk
        cursor.execute(_statement(connection.vendor), {"events": int(events), "user": staff.pk, "first": first})
        cursor.execute("ANALYZE")
    return int(events)


def _statement(vendor: str) -> str:
    subject = SUBJECT.format(part=PARTS.format(section=SECTION))
    return EVENTS.format(numbers=COUNTED[vendor], kind=KINDS, subject=subject, at=WHEN[vendor])


def _mails(survey: Survey, by: User) -> None:
    """One mail to each body, as one sending of reminders makes them."""
    survey.set_dates(Dates(timezone.now() + timedelta(days=20)), by=by)
    mailing = Mailing.objects.create(survey=survey, by=by, key="bench", **BY_HAND._asdict())
    MailingItem.objects.bulk_create(
        MailingItem(mailing=mailing, response=response, address="one@city.example", due=survey.deadline, key="bench")
        for response in survey.responses.all()
    )


def _correction(by: User) -> None:
    response = Survey.objects.get(year=YEARS[0]).responses.get(body__code=CITY)
    assert response.submission
    seen = response.submission.receipt
    rows = response.survey.questionnaire.question_by_id["table-1"].rows_for(response.kind)
    fewer = {"table-1": {"cells": {row.code: 1 for row in rows}}}
    Correction.enter(response, fewer, "数え直しました。", seen=seen, by=by)
    report.compute(Survey.objects.get(year=YEARS[0]))
