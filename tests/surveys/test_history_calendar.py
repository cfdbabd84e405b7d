"""The periods by which the history is narrowed: all from its first event to its last."""

from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone

from surveys.admin.events import Calendar
from surveys.models.events import Entry, Event
from tests.conftest import signed_in
from tests.factories import make_user
from tests.surveys.web_page import open_page

pytestmark = pytest.mark.django_db
LIST = "/admin/surveys/event/"


def happened(*days: tuple[int, int, int]) -> None:
    entries = [Entry("survey.opened", "survey 2020", at=timezone.make_aware(datetime(*day, 12))) for day in days]
    Event.objects.record(entries, actor=None)


def periods(kind: str, **params: str) -> list[date]:
    shown = SimpleNamespace(params={f"at__{name}": value for name, value in params.items()}, get_query_string=None)
    return Calendar(shown).datetimes("at", kind)


def test_there_is_none_before_the_first_event() -> None:
    assert periods("year", year="2020") == []


def test_all_periods_from_the_first_event_to_the_last() -> None:
    happened((2018, 11, 29), (2021, 2, 2))
    assert periods("year") == [date(year, 1, 1) for year in (2018, 2019, 2020, 2021)]
    assert periods("month", year="2018") == [date(2018, 11, 1), date(2018, 12, 1)]
    assert len(periods("month", year="2020")) == 12
    assert periods("month", year="2021") == [date(2021, 1, 1), date(2021, 2, 1)]
    assert periods("day", year="2018", month="11") == [date(2018, 11, 29), date(2018, 11, 30)]
    assert len(periods("day", year="2020", month="2")) == 29


def test_the_list_leads_from_years_to_days() -> None:
    happened((2018, 11, 29), (2021, 2, 2))
    desk = signed_in(make_user("desk", is_staff=True, is_superuser=True))
    assert "?at__year=2019" in open_page(desk, LIST).html
    assert "at__month=11" in open_page(desk, f"{LIST}?at__year=2018").html
    assert "at__day=30" in open_page(desk, f"{LIST}?at__year=2018&at__month=11").html
    assert open_page(desk, f"{LIST}?at__year=2018&at__month=11&at__day=29").status == 200


def test_a_history_of_one_month_begins_with_its_days() -> None:
    desk = signed_in(make_user("desk", is_staff=True, is_superuser=True))  # which is all that has happened
    assert f"at__day={timezone.localdate().day}" in open_page(desk, LIST).html
