"""The pages of the reminders at the ministry's desk: rules, preview, sending by hand, progress, and decisions."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from surveys.models import Event, Mailing, MailingItem, Membership, ReminderRule, Response, Survey, User
from surveys.models.mail_items import send_waiting
from surveys.reminder_text import BY_HAND
from tests.conftest import signed_in
from tests.factories import make_body, make_ministry, make_response, make_user
from tests.smtp import Post
from tests.surveys.reminders.helpers import Commit, due_in, start, states, submit, switch_on

LIST = "/admin/surveys/response/"


@pytest.fixture
def desk(people: dict[str, User]) -> Client:
    return signed_in(make_ministry("manager", "manager"))


def rule_fields(**fields: Any) -> dict[str, Any]:
    return {**BY_HAND._asdict(), "days": "-7", "active": "on", **fields}


def messages(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


# Rules


def test_a_rule_is_added_and_changed_with_an_event(desk: Client, survey: Survey) -> None:
    url = reverse("admin:surveys_reminderrule_add")
    assert "{deadline}" in desk.get(url).content.decode()
    desk.post(url, rule_fields(survey=survey.pk))
    rule = ReminderRule.objects.get(days=-7)
    assert rule.active and str(rule) == "令和2年度 提出期限の7日前"
    desk.post(reverse("admin:surveys_reminderrule_change", args=[rule.pk]), rule_fields(days="0", survey=999))
    rule.refresh_from_db()
    assert (rule.days, rule.survey, rule.day) == (0, survey, "提出期限の日")
    added, changed = Event.objects.filter(subject=rule.subject).order_by("id")
    assert (added.kind, changed.kind) == ("reminder.added", "reminder.changed")
    assert (changed.before, changed.after) == ({"days": -7}, {"days": 0})
    assert added.actor == User.objects.get(sign_in_id="manager")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"text_ja": "{body}の{dedline}"}, "{dedline} は差し込めません。差し込めるのは {body} {round}"),
        ({"days": "-3"}, "同じ日の催促がもうあります"),
        ({"days": "91"}, "以下"),
        ({"subject_en": ""}, "必須"),
    ],
)
def test_a_faulty_rule_is_refused_at_its_field(
    desk: Client, survey: Survey, fields: dict[str, str], fault: str
) -> None:
    rule = ReminderRule.objects.get(days=3)
    page = desk.post(reverse("admin:surveys_reminderrule_change", args=[rule.pk]), rule_fields(**fields))
    assert page.status_code == 200 and fault in page.content.decode()


def test_the_rules_of_a_closed_round_are_only_read(desk: Client, survey: Survey) -> None:
    rule = ReminderRule.objects.get(days=3)
    survey.close()
    assert desk.post(reverse("admin:surveys_reminderrule_change", args=[rule.pk]), rule_fields()).status_code == 403
    assert desk.get(reverse("admin:surveys_reminderrule_change", args=[rule.pk])).status_code == 200
    assert desk.post(reverse("admin:surveys_reminderrule_delete", args=[rule.pk]), {"post": "yes"}).status_code == 403


def test_a_preview_shows_the_exact_recipients_and_the_mail_of_the_day(
    desk: Client, survey: Survey, response: Response, smtp: Post
) -> None:
    due_in(survey, 20)
    silent = make_response(survey, make_body("202011", "長野市", "core_city"))
    rule = ReminderRule.objects.get(days=-14)
    url = reverse("admin:surveys_reminderrule_preview", args=[rule.pk])
    page = desk.get(url)
    assert [each.address for each, _at in page.context["rows"]] == ["joho@ueda.example", "nakamura@ueda.example"]
    assert {timezone.localdate(at) for _to, at in page.context["rows"]} == {timezone.localdate() + timedelta(6)}
    assert page.context["unreachable"] == [silent] and "まだ送る設定になっていません" in page.content.decode()
    letter = page.context["letter"]
    assert "（あと14日）" in letter.body and "(14 days left)" in letter.body and letter.body in page.content.decode()
    due_in(survey, 14)
    switch_on(-14)
    Mailing.start_by_rules(survey)
    send_waiting()
    assert "（あと14日）" in str(smtp.messages[0].get_content())
    assert "届く相手はいません" in desk.get(url).content.decode()
    assert desk.get(reverse("admin:surveys_reminderrule_preview", args=[0])).status_code == 404


# By hand


def ask(desk: Client, *responses: Response, **fields: str) -> Any:
    data = {"action": "remind", "_selected_action": [response.pk for response in responses], **fields}
    return desk.post(LIST, data)


def test_chosen_bodies_are_reminded_after_a_preview(
    desk: Client, survey: Survey, response: Response, smtp: Post, commit: Commit
) -> None:
    submitted = make_response(survey, make_body("202011", "長野市", "core_city"))
    submit(submitted)
    silent = make_response(survey, make_body("202029", "松本市"))
    page = ask(desk, response, submitted, silent)
    assert [each.address for each in page.context["to"]] == ["joho@ueda.example", "nakamura@ueda.example"]
    assert [(refused.body.name, str(why)) for refused, why in page.context["refused"]] == [
        ("長野市", "この回答は今「提出済」です。"),
        ("松本市", "メールアドレスが登録されていません。"),
    ]
    key = page.context["form"]["key"].value()
    fields = {**BY_HAND._asdict(), "key": key, "text_ja": "{body}の皆様へ"}
    page = ask(desk, response, submitted, silent, **fields)
    assert "長野県上田市の皆様へ" in page.context["letter"].body and smtp.messages == []
    for _click in range(2):
        page = commit(ask, desk, response, submitted, silent, **fields, confirmed="1")
    mailing = Mailing.objects.get()
    assert page.headers["Location"] == reverse("admin:surveys_mailing_change", args=[mailing.pk])
    assert smtp.addresses == ["joho@ueda.example", "nakamura@ueda.example"]
    assert "長野県上田市の皆様へ" in str(smtp.messages[0].get_content())
    assert mailing.text_ja == "{body}の皆様へ" and mailing.by == User.objects.get(sign_in_id="manager")


def test_a_faulty_text_is_refused_and_named(desk: Client, response: Response) -> None:
    page = ask(desk, response, **{**BY_HAND._asdict(), "text_en": "{boddy}"}, key="a", confirmed="1")
    assert "{boddy} は差し込めません" in page.content.decode() and page.context["letter"] is None
    assert not Mailing.objects.exists()


@pytest.mark.past_the_history
def test_where_nobody_is_left_to_remind_it_is_said(desk: Client, response: Response) -> None:
    Membership.objects.all().delete()
    page = ask(desk, response, **BY_HAND._asdict(), key="a", confirmed="1")
    assert messages(page) == ["催促メールを送る相手がいません。"] and "件送る" not in page.content.decode()


# Progress


def test_a_sending_under_way_comes_again_by_itself_until_it_is_done(
    desk: Client, response: Response, smtp: Post, people: dict[str, User]
) -> None:
    mailing = start(response, people["ministry"])
    url = reverse("admin:surveys_mailing_change", args=[mailing.pk])
    page = desk.get(url)
    assert "送信中 0／2" in page.content.decode() and page.headers["Refresh"] == "5"
    assert "Refresh" not in desk.get(f"{url}?still").headers
    assert "時間がたっています" not in page.content.decode()
    Mailing.objects.update(at=timezone.now() - timedelta(minutes=3))
    assert "時間がたっています" in desk.get(url).content.decode()
    send_waiting()
    page = desk.get(url)
    assert "送信が終わりました（2件）" in page.content.decode() and "Refresh" not in page.headers
    assert desk.get(reverse("admin:surveys_mailing_change", args=[0])).status_code == 404
    listed = desk.get(reverse("admin:surveys_mailing_changelist")).content.decode()
    assert "手で送信" in listed and reverse("admin:surveys_reminderrule_changelist") in listed


def test_the_counts_lead_to_the_mails(desk: Client, survey: Survey, smtp: Post) -> None:
    switch_on()
    (mailing,) = Mailing.start_by_rules(survey)
    page = desk.get(reverse("admin:surveys_mailing_change", args=[mailing.pk]))
    assert "決まりによる自動の送信" in page.content.decode()
    [(_state, count, url)] = page.context["states"]
    assert desk.get(url).context["cl"].result_count == count == 2
    listed = desk.get(reverse("admin:surveys_mailing_changelist")).content.decode()
    assert "提出期限の3日前" in listed


# Decisions


def test_mails_of_unknown_fate_wait_on_the_work_list_for_a_decision(
    desk: Client, response: Response, smtp: Post, people: dict[str, User], commit: Commit
) -> None:
    smtp.hangs_up = True
    commit(start, response, people["ministry"])
    smtp.hangs_up = False
    (line,) = [line for line in desk.get("/admin/").context["lines"] if "届いたか分からない" in line.title]
    assert line.count == desk.get(line.url).context["cl"].result_count == 2
    first, second = MailingItem.objects.order_by("pk")
    step = reverse("admin:surveys_mailingitem_step", args=[first.pk, "again"])
    assert "2通届くことがあります" in desk.get(step).content.decode()
    assert messages(commit(desk.post, step, follow=True)) == ["もう一度送る：1件を済ませました。"]
    data = {"action": "settle", "_selected_action": [first.pk, second.pk], "confirmed": "1"}
    page = desk.post(reverse("admin:surveys_mailingitem_changelist"), data, follow=True)
    assert messages(page) == [f"{first}：このメールは今「送信済」です。", "確認済にする：1件を済ませました。"]
    assert states() == {"joho@ueda.example": "sent", "nakamura@ueda.example": "settled"}
    assert Event.objects.get(kind="mail.settled").actor == User.objects.get(sign_in_id="manager")
    assert desk.get(reverse("admin:surveys_mailingitem_change", args=[first.pk])).status_code == 200
    assert desk.get(reverse("admin:surveys_mailingitem_history", args=[first.pk])).status_code == 200


# Who may what

MAY: dict[str, set[str]] = {
    "officer": set(),
    "coordinator": set(),
    "without_group": set(),
    "viewer": {"see"},
    "reviewer": {"see", "send"},
    "manager": {"see", "send", "rule"},
}


@pytest.mark.parametrize("role", MAY)
def test_who_may_see_send_and_write_rules(role: str, response: Response, people: dict[str, User], smtp: Post) -> None:
    if role in people:
        user = people[role]
    elif role == "without_group":
        user = make_user(role, is_staff=True)
    else:
        user = make_ministry(role, role)
    mailing = start(response, people["ministry"])
    item, rule = MailingItem.objects.order_by("pk")[0], ReminderRule.objects.get(days=3)
    MailingItem.objects.update(state="unknown", claimed_at=timezone.now(), reason="?")
    client = signed_in(user)
    places = [
        *(reverse(f"admin:surveys_{model}_changelist") for model in ("mailing", "mailingitem", "reminderrule")),
        reverse("admin:surveys_mailing_change", args=[mailing.pk]),
        reverse("admin:surveys_mailingitem_change", args=[item.pk]),
        reverse("admin:surveys_reminderrule_change", args=[rule.pk]),
        reverse("admin:surveys_reminderrule_preview", args=[rule.pk]),
    ]
    denied = 302 if role in people else 403
    may = MAY[role]
    assert {client.get(place).status_code for place in places} == {200 if "see" in may else denied}
    lines = [] if role in people else client.get("/admin/").context["lines"]
    assert any("届いたか分からない" in line.title for line in lines) == ("see" in may)
    step = reverse("admin:surveys_mailingitem_step", args=[item.pk, "settle"])
    assert client.post(step).status_code == (302 if "send" in may else denied)
    assert (MailingItem.objects.get(pk=item.pk).state == "settled") == ("send" in may)
    ask(client, response, **BY_HAND._asdict(), key="page", confirmed="1")
    assert Mailing.objects.filter(key="page").exists() == ("send" in may)
    client.post(reverse("admin:surveys_reminderrule_change", args=[rule.pk]), rule_fields())
    assert ReminderRule.objects.filter(days=-7).exists() == ("rule" in may)
    shown = client.get(reverse("admin:surveys_survey_change", args=[response.survey.pk]))
    assert ("催促の決まり" in shown.content.decode()) == ("see" in may)
