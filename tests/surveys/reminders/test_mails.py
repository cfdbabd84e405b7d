"""What becomes of each mail of a reminder: sent, refused, dropped, or of unknown fate."""

from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from surveys.models import Mailing, MailingItem, NotAllowed, Response, Survey, User
from surveys.models.mail_items import MOST_REFUSALS, send_waiting
from tests.smtp import Post, free_port, use
from tests.surveys.reminders.helpers import Commit, due_in, kinds, run, start, states, submit, switch_on

# What becomes of a mail


def test_what_the_server_refuses_is_tried_again_a_few_times_by_the_command_alone(
    response: Response, smtp: Post, people: dict[str, User], commit: Commit
) -> None:
    smtp.refused = {"joho@ueda.example"}
    commit(start, response, people["ministry"])
    assert states() == {"joho@ueda.example": "failed", "nakamura@ueda.example": "sent"}
    send_waiting()
    assert MailingItem.objects.get(state="failed").refusals == 1
    for _ in range(MOST_REFUSALS - 1):
        with pytest.raises(CommandError, match="Not every mail was sent"):
            run()
    assert "failed 0" in run()
    item = MailingItem.objects.get(state="failed")
    assert (item.refusals, item.reason) == (MOST_REFUSALS, "SMTPRecipientsRefused 550")
    assert kinds() == ["mail.failed", "mail.sent"] + ["mail.failed"] * (MOST_REFUSALS - 1)
    smtp.refused = set()
    commit(item.again, by=people["ministry"])
    assert smtp.addresses == ["nakamura@ueda.example", "joho@ueda.example"]


def test_a_message_that_the_server_does_not_take_has_failed(
    response: Response, smtp: Post, people: dict[str, User], commit: Commit
) -> None:
    smtp.full = True
    commit(start, response, people["ministry"])
    assert set(states().values()) == {"failed"}
    assert set(MailingItem.objects.values_list("reason", flat=True)) == {"SMTPDataError 452"}


def test_an_address_that_no_header_may_hold_has_failed(
    response: Response, smtp: Post, people: dict[str, User], commit: Commit
) -> None:
    User.objects.filter(pk=people["other"].pk).update(email="a@b.example\nBcc: thief@example.com")
    commit(start, response, people["ministry"])
    assert MailingItem.objects.get(state="failed").reason == "ValueError" and len(smtp.messages) == 1


def test_a_connection_that_is_lost_leaves_a_fate_that_only_a_person_decides(
    response: Response, smtp: Post, people: dict[str, User], commit: Commit
) -> None:
    smtp.hangs_up = True
    commit(start, response, people["ministry"])
    assert set(states().values()) == {"unknown"} and len(smtp.messages) == 2
    smtp.hangs_up = False
    with pytest.raises(CommandError):
        run()
    assert len(smtp.messages) == 2  # it was taken, and is not sent again by itself
    first, second = MailingItem.objects.order_by("pk")
    commit(first.again, by=people["ministry"])
    second.settle(by=people["ministry"])
    assert states() == {"joho@ueda.example": "sent", "nakamura@ueda.example": "settled"}
    assert kinds() == ["mail.unknown", "mail.unknown", "mail.again", "mail.sent", "mail.settled"]
    assert "unknown 0" in run()
    for act in (first.again, second.again, first.settle, second.settle):
        with pytest.raises(NotAllowed, match="このメールは今"):
            act(by=people["ministry"])


def test_without_a_server_all_wait_and_the_next_run_sends_them(
    response: Response, smtp: Post, people: dict[str, User], commit: Commit, settings: Settings
) -> None:
    port = settings.EMAIL_PORT
    use(settings, free_port())
    commit(start, response, people["ministry"])
    assert set(states().values()) == {"waiting"} and kinds() == []
    with pytest.raises(CommandError):
        run()
    assert MailingItem.objects.filter(reason__startswith="ConnectionRefusedError").count() == 1
    use(settings, port)
    assert "sent 2" in run()


def test_who_submits_in_between_is_not_reminded(response: Response, smtp: Post, people: dict[str, User]) -> None:
    start(response, people["ministry"])
    submit(response)
    send_waiting()
    assert set(states().values()) == {"dropped"} and smtp.messages == []
    assert set(MailingItem.objects.values_list("reason", flat=True)) == {"この回答は今「提出済」です。"}
    assert kinds() == ["mail.dropped"] * 2


def test_a_text_that_fits_no_more_is_not_sent(survey: Survey, response: Response, people: dict[str, User]) -> None:
    switch_on()
    (by_rule,) = Mailing.start_by_rules(survey)
    item = by_rule.items.order_by("pk")[0]
    assert item.why_not_send() == ""
    item.queued_at -= timedelta(4)
    assert "日がたち" in item.why_not_send() and item.why_not_send_again() == ""
    people["approver"].leave(response.body, by=None)
    assert item.why_not_send_again() == ""  # it is read by the other, who writes it with a capital
    people["officer"].leave(response.body, by=None)
    assert "担当ではありません" in item.why_not_send_again()
    item.response.survey.deadline = item.due = timezone.now() - timedelta(minutes=1)
    assert "提出期限を過ぎて" in item.why_not_send_again()
    item.response.survey.deadline = timezone.now() + timedelta(9)
    assert "提出期限が変わりました" in item.why_not_send_again()
    item.state, item.claimed_at, item.reason = "unknown", timezone.now(), "?"
    item.save()
    due_in(survey, 9)
    with pytest.raises(NotAllowed, match="提出期限が変わりました"):
        item.again(by=people["ministry"])


def test_a_mail_that_has_moved_on_meanwhile_stays_as_it_is(
    response: Response, smtp: Post, people: dict[str, User]
) -> None:
    start(response, people["ministry"])
    item = MailingItem.objects.claim()
    assert item
    MailingItem.objects.mark_lost()
    item.send()
    assert MailingItem.objects.get(pk=item.pk).state == "unknown" and kinds() == ["mail.unknown"]


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "burnt"},
        {"state": "claimed"},
        {"state": "sent", "claimed_at": "2021-05-01T00:00Z"},
        {"state": "waiting", "claimed_at": "2021-05-01T00:00Z"},
        {"state": "dropped"},
        {"state": "unknown", "claimed_at": "2021-05-01T00:00Z"},
        {"state": "waiting", "sent_at": "2021-05-01T00:00Z"},
    ],
)
def test_impossible_mails_are_refused_by_the_database(
    response: Response, people: dict[str, User], fields: dict[str, str]
) -> None:
    start(response, people["ministry"])
    with pytest.raises(IntegrityError), transaction.atomic():
        MailingItem.objects.update(**fields)


def test_the_database_refuses_a_mail_twice_and_a_sending_by_nobody(response: Response, people: dict[str, User]) -> None:
    mailing = start(response, people["ministry"])
    item = MailingItem.objects.order_by("pk")[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        MailingItem.objects.create(mailing=mailing, response=response, address=item.address, due=item.due, key=item.key)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mailing.objects.update(by=None)
    assert str(mailing) == "令和2年度 手で送信" and str(item).endswith("joho@ueda.example")
