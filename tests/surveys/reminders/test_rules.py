"""Reminders: who gets one, when, and in which words."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from surveys.models import Event, Mailing, Membership, NotAllowed, ReminderRule, Response, Survey, User
from surveys.models.dates import Dates
from surveys.models.reminded import why_not_remind, words
from surveys.models.reminders import due_by_rule, only_known_places
from surveys.reminder_text import BY_HAND
from tests.factories import make_body, make_member, make_prefecture, make_response, open_round
from tests.smtp import Post
from tests.surveys.reminders.helpers import Commit, due_in, evening, run, start, submit, switch_on

BOTH = ["joho@ueda.example", "nakamura@ueda.example"]
RULE = "\n" + "-" * 64 + "\n"


# Rules


def test_a_round_opens_with_rules_that_send_nothing_until_a_person_switches_them_on(survey: Survey, smtp: Post) -> None:
    assert list(survey.reminder_rules.values_list("days", "active")) == [(-14, False), (-3, False), (3, False)]
    run()
    assert smtp.messages == [] and not Mailing.objects.exists()
    switch_on()
    assert "2020 rule -3: 2 mails" in run()
    assert smtp.addresses == BOTH
    changed = Event.objects.get(kind="reminder.changed")
    assert (changed.before, changed.after) == ({"active": False}, {"active": True})


def test_a_rule_reaches_a_body_once_however_often_the_command_runs(survey: Survey, smtp: Post) -> None:
    rule = switch_on()
    run()
    rule.text_ja = "別の文面 {link}"
    rule.keep(by=None)
    make_member(Response.objects.get().body, "editor", email="new@ueda.example")
    run()
    assert smtp.addresses == BOTH and Mailing.objects.count() == 1


def test_an_extension_moves_the_day_and_a_new_date_is_reminded_of_again(
    survey: Survey, response: Response, smtp: Post, people: dict[str, User]
) -> None:
    switch_on()
    response.extend(evening(10), "台風", by=people["ministry"])
    run()
    assert smtp.messages == []
    due_in(survey, 0)
    response.extend(evening(3), "台風", by=people["ministry"])
    run()
    run()
    assert smtp.addresses == BOTH and "あと3日" in str(smtp.messages[0].get_content())
    response.extend(evening(2), "台風", by=people["ministry"])
    run()
    assert smtp.addresses == BOTH * 2 and "あと2日" in str(smtp.messages[2].get_content())


def test_two_rules_of_the_same_day_and_days_far_away_are_refused_by_the_database(survey: Survey) -> None:
    for days in (-3, -91, 91):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReminderRule.objects.create(survey=survey, days=days, **BY_HAND._asdict())


def test_a_faulty_place_is_refused_by_its_name() -> None:
    with pytest.raises(ValidationError, match=r"\{bodyname\} は差し込めません"):
        only_known_places("{bodyname} {body}")


# Who


def test_only_who_answers_for_the_whole_body_is_written_to_once_an_address(
    survey: Survey, response: Response, smtp: Post, people: dict[str, User], commit: Commit
) -> None:
    commit(start, response, people["ministry"])
    assert smtp.addresses == BOTH
    shared, own = (str(message.get_content()) for message in smtp.messages)
    assert shared.startswith("宮澤 明子さん、小林 直樹さん") and own.startswith("中村 真理さん")


def say_nothing(response: Response) -> None:
    response.survey.allow_nothing(True, by=None)
    response.say_nothing("該当する事業がありません。", by=User.objects.get(sign_in_id="approver"))


def become_synthetic(response: Response) -> None:
    Response.objects.update(synthetic=True)


def close(response: Response) -> None:
    response.survey.close()


def forget_the_deadline(response: Response) -> None:
    response.survey.set_dates(Dates(), by=None)


@pytest.mark.parametrize("act", [submit, say_nothing, become_synthetic, close, forget_the_deadline])
def test_who_has_nothing_to_submit_any_more_is_not_reminded(
    act: Any, survey: Survey, response: Response, smtp: Post, people: dict[str, User]
) -> None:
    switch_on()
    act(response)
    found = Response.objects.get(pk=response.pk)
    assert why_not_remind(found) != "" and due_by_rule(Survey.objects.get()) == {}
    run()
    with pytest.raises(NotAllowed):
        start(found, people["ministry"])
    assert smtp.messages == []


def test_a_returned_response_is_reminded_of(
    survey: Survey, response: Response, smtp: Post, people: dict[str, User]
) -> None:
    submit(response)
    response.refresh_from_db()
    response.send_back("直してください。", by=people["ministry"])
    switch_on()
    run()
    assert set(smtp.addresses) >= set(BOTH)


def test_who_may_remind(survey: Survey, response: Response, people: dict[str, User]) -> None:
    nagano = make_prefecture()
    coordinator = make_member(nagano, "coordinator")
    gunma = make_body("100005", "群馬県", "prefecture", prefecture="群馬県")
    assert start(response, coordinator).by == coordinator
    for user in (people["officer"], people["approver"], make_member(gunma, "coordinator")):
        with pytest.raises(NotAllowed, match="権限がありません"):
            start(response, user)
    own = Response(survey=survey, body=nagano, kind=nagano.kind)
    with pytest.raises(NotAllowed, match="権限がありません"):
        start(own, coordinator)  # a coordinator writes to the municipalities


# By hand


def test_a_second_click_starts_no_second_sending(
    response: Response, smtp: Post, people: dict[str, User], commit: Commit
) -> None:
    first = commit(start, response, people["ministry"], "page")
    assert commit(start, response, people["ministry"], "page") == first
    assert smtp.addresses == BOTH
    event = Event.objects.get(kind="mailing.started")
    assert (event.actor, event.subject) == (people["ministry"], first.subject)
    assert event.after["addresses"] == 2 and "@" not in str(event.after)
    commit(start, response, people["ministry"], "another page")
    assert len(smtp.messages) == 4


def test_nothing_is_started_with_a_faulty_text_or_without_mail(
    response: Response, people: dict[str, User], settings: Settings
) -> None:
    with pytest.raises(NotAllowed, match="差し込めない"):
        Mailing.start([response], BY_HAND._replace(text_en="{x}"), by=people["ministry"], key="page")
    settings.SENDS_MAIL = False
    with pytest.raises(NotAllowed, match="EMAIL_URL=none"):
        start(response, people["ministry"])
    with pytest.raises(CommandError, match="EMAIL_URL=none"):
        run()


# What arrives


def test_a_reminder_says_in_both_languages_what_is_due_when_and_where(
    response: Response, smtp: Post, people: dict[str, User], commit: Commit, settings: Settings
) -> None:
    settings.CONTACT_TELEPHONE = "03-0000-0000"
    commit(start, response, people["ministry"])
    message = smtp.messages[0]
    assert "のご回答のお願い / Please answer the survey, FY2020" in str(message["Subject"])
    japanese, english = str(message.get_content()).replace("\r\n", "\n").split(RULE)
    link = "https://survey.example/2020/202037/"
    for part in ("長野県上田市の令和2年度", "（あと3日）", link, "総務省 調査担当 03-0000-0000", "小林 直樹さん"):
        assert part in japanese, part
    for part in ("FY2020", "(3 days left)", link, "23:59"):
        assert part in english, part
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("after", "japanese", "english"),
    [
        (timedelta(days=-1), "あと1日", "1 day left"),
        (timedelta(0), "今日まで", "due today"),
        (timedelta(minutes=1), "期限を過ぎています", "overdue"),
        (timedelta(days=1), "期限から1日過ぎています", "1 day overdue"),
        (timedelta(days=2), "期限から2日過ぎています", "2 days overdue"),
    ],
)
def test_the_days_left_in_words(response: Response, after: timedelta, japanese: str, english: str) -> None:
    due = timezone.localtime().replace(hour=12)
    response.survey.deadline = due
    found = [words(response, language, due + after)["days_left"] for language in ("ja", "en")]
    assert found == [japanese, english]
    response.survey.deadline = None
    assert words(response, "ja")["days_left"] == words(response, "ja")["deadline"] == ""


# The command


def test_a_dry_run_names_the_recipients_and_sends_nothing(
    survey: Survey, response: Response, smtp: Post, people: dict[str, User]
) -> None:
    switch_on()
    with_nobody = make_body("202011", "長野市", "core_city")
    make_response(survey, with_nobody)
    said = run("--dry-run")
    assert "2020 rule -3: 2 bodies, 2 addresses" in said
    assert "202037 上田市 joho@ueda.example (approver, officer)" in said
    assert "202011 長野市 has no address" in said
    assert smtp.messages == [] and not Mailing.objects.exists()


@pytest.mark.past_the_history
def test_only_bodies_without_address_start_no_sending(survey: Survey, smtp: Post) -> None:
    switch_on()
    Membership.objects.all().delete()
    assert run() == "sent 0, failed 0, dropped 0, waiting 0, unknown 0\n"
    assert not Mailing.objects.exists()


def test_rules_of_each_open_round_are_kept_apart(survey: Survey, smtp: Post) -> None:
    later = open_round(2021)
    due_in(later, 3)
    switch_on_of = ReminderRule.objects.get(survey=later, days=-3)
    switch_on_of.active = True
    switch_on_of.keep(by=None)
    assert "2021 rule -3: 2 mails" in run()
    assert list(Mailing.objects.values_list("survey__year", flat=True)) == [2021]
