"""Mails through a real SMTP server in this process: what arrives, and what happens if nothing can."""

from collections.abc import Callable, Iterator
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from smtplib import SMTPDataError
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from surveys import mail
from surveys.models import (
    Body,
    Correction,
    Delegation,
    Event,
    Guest,
    Invitation,
    NotAllowed,
    Query,
    Response,
    Task,
    User,
)
from tests.conftest import signed_in
from tests.factories import COMPLETE, answer, make_body, make_delegate, make_member, make_ministry, open_round
from tests.smtp import Post, free_port, serving, use

Commit = Callable[..., Any]
RULE = "\n" + "-" * 64 + "\n"


@pytest.fixture
def smtp(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """A mail server, and settings that use it."""
    post = Post()
    monkeypatch.setattr(mail._Server, "silent_until", 0.0)
    with serving(post) as port:
        use(settings, port)
        yield post


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Commit:
    """Do something and commit it: what waits for the commit is done, though a test's transaction is rolled back."""

    def run(act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return act(*args, **kwargs)

    return run


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """A town hall in which two share an address; one has none, one has left, one only coordinates."""
    city = make_body()
    return {
        "officer": make_member(city, "editor", "officer", name="小林 直樹", email="Joho@ueda.example"),
        "approver": make_member(
            city, "approver", "approver", name="宮澤 明子", email="joho@ueda.example", division="総務部長"
        ),
        "other": make_member(city, "editor", "other", name="中村 真理", email="nakamura@ueda.example"),
        "silent": make_member(city, "editor", "silent", name="無言 守"),
        "left": make_member(city, "editor", "left", name="退職 済", email="left@ueda.example", is_active=False),
        "coordinator": make_member(city, "coordinator", "coordinator", name="調整 役", email="pref@nagano.example"),
        "ministry": make_ministry("reviewer", "ministry", email="soumu@ministry.example"),
    }


@pytest.fixture
def response(people: dict[str, User]) -> Response:
    """A response of the city that can be submitted."""
    return answer(open_round(), Body.objects.get(), COMPLETE)


def history() -> list[tuple[str, Any, str]]:
    found = Event.objects.filter(kind__startswith="mail.").order_by("id")
    return [(event.kind, event.after, event.reason) for event in found]


def text(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\r\n", "\n")


def subject(message: EmailMessage) -> str:
    """Without the space that a long subject begins with where it is folded."""
    return str(message["Subject"]).strip()


# What arrives


def test_a_receipt_goes_once_to_each_address_in_both_languages(
    response: Response, people: dict[str, User], smtp: Post, commit: Commit
) -> None:
    submission = commit(response.submit, by=people["approver"])
    assert smtp.envelopes == [["joho@ueda.example"], ["nakamura@ueda.example"]]
    shared, own = smtp.messages
    assert shared["To"] == "joho@ueda.example" and shared["From"] == "survey@survey.example"
    assert subject(shared) == "提出を受け付けました（R2-202037-01） / Answers received"
    assert shared["Auto-Submitted"] == "auto-generated"
    japanese, english = text(shared).split(RULE)
    assert japanese.startswith("宮澤 明子さん、小林 直樹さん\n")
    assert text(own).startswith("中村 真理さん\n")
    fingerprint = " ".join(submission.fingerprint[at : at + 4] for at in range(0, 64, 4))
    link = "https://survey.example/2020/202037/receipt/"
    for part in ("長野県上田市（202037）の令和2年度", "R2-202037-01", "宮澤 明子さん（総務部長）", fingerprint, link):
        assert part in japanese, part
    for part in ("FY2020", "Receipt number: R2-202037-01", "宮澤 明子 (総務部長)", fingerprint, link):
        assert part in english, part
    assert history() == [("mail.sent", {"template": "receipt", "recipients": 2}, "")]
    assert Event.objects.get(kind="mail.sent").subject == response.subject


def test_sending_back_tells_why_and_accepting_thanks(
    response: Response, people: dict[str, User], smtp: Post, commit: Commit
) -> None:
    commit(response.submit, by=people["approver"])
    commit(response.send_back, "職員数を <確かめて> ください。", by=people["ministry"])
    commit(response.submit, by=people["approver"])
    commit(response.accept, by=people["ministry"])
    returned, accepted = smtp.messages[2], smtp.messages[6]
    assert subject(returned) == "回答が差し戻されました（長野県上田市） / Answers sent back"
    for side in text(returned).split(RULE):
        assert "職員数を <確かめて> ください。" in side and "https://survey.example/2020/202037/\n" in side
    assert subject(accepted) == "回答が受理されました（長野県上田市） / Answers accepted"
    assert "受付番号　R2-202037-02" in text(accepted) and "Receipt number: R2-202037-02" in text(accepted)
    assert [after["template"] for _, after, _ in history()] == ["receipt", "returned", "receipt", "accepted"]


def test_the_telephone_of_the_ministry_stands_in_the_mail(
    response: Response, people: dict[str, User], smtp: Post, commit: Commit, settings: Settings
) -> None:
    settings.CONTACT_TELEPHONE = "03-0000-0000"
    commit(response.submit, by=people["approver"])
    assert "総務省 調査担当 03-0000-0000" in text(smtp.messages[0])
    assert "survey staff of the ministry, 03-0000-0000" in text(smtp.messages[0])


def test_a_name_cannot_begin_a_header(response: Response, people: dict[str, User], smtp: Post, commit: Commit) -> None:
    bad = "上田\r\nBcc: thief@example.com\r\n\r\n市"
    Body.objects.update(name=bad)
    User.objects.filter(pk=people["approver"].pk).update(name=bad)
    found = Response.objects.select_related("body", "survey").get()
    commit(found.submit, by=people["approver"])
    commit(found.send_back, "理由\r\nBcc: thief@example.com", by=people["ministry"])
    assert len(smtp.messages) == 4
    for message, receivers in zip(smtp.messages, smtp.envelopes, strict=True):
        assert message["Bcc"] is None and len(receivers) == 1 and "thief" not in str(message["Subject"])


def test_a_second_click_sends_no_second_receipt(
    response: Response, people: dict[str, User], smtp: Post, commit: Commit
) -> None:
    first = commit(response.submit, by=people["approver"])
    commit(response.submit, by=people["approver"], reviewed=first.fingerprint)
    assert len(smtp.messages) == 2


def test_who_is_given_a_section_is_told_what_and_until_when(
    response: Response, people: dict[str, User], smtp: Post, commit: Commit
) -> None:
    task = Task(date(2021, 5, 21), "年報の <12> ページ")
    commit(Delegation.give, response, ["people", "services"], people["other"], task, by=people["officer"])
    commit(Delegation.give, response, ["people", "services"], people["other"], task, by=people["officer"])
    commit(Delegation.give, response, ["people"], people["officer"], Task(), by=people["officer"])
    ((message,), (receivers,)) = smtp.messages, smtp.envelopes
    assert receivers == ["nakamura@ueda.example"]
    assert subject(message) == "項目の回答をお願いします（長野県上田市） / Sections for you"
    japanese, english = text(message).split(RULE)
    assert "小林 直樹さんから" in japanese and "庁内の期限　令和3年5月21日（金）" in japanese
    assert "Fri 21 May 2021" in english
    for side in (japanese, english):
        assert "年報の <12> ページ" in side and "https://survey.example/2020/202037/\n" in side
    assert history() == [("mail.sent", {"template": "delegated", "recipients": 1}, "")]


def test_an_invitation_goes_to_its_address_and_the_history_knows_no_token(
    response: Response, people: dict[str, User], smtp: Post, commit: Commit
) -> None:
    Response.objects.update(synthetic=True)
    guest, task = Guest("滝沢 亮", "介護保険課", "takizawa@ueda.example"), Task(date(2021, 5, 21), "年報")
    made = commit(Invitation.invite, response, guest, ["people"], task, key="page", by=people["officer"])
    (message,) = smtp.messages
    assert message["To"] == "takizawa@ueda.example"
    assert subject(message) == "回答への招待（長野県上田市） / Invitation to answer"
    for side in text(message).split(RULE):
        assert f"https://survey.example/invitation/{made.token}/\n" in side and "滝沢 亮" in side and "年報" in side
    assert history() == [("mail.sent", {"template": "invitation", "recipients": 1}, "")]
    assert not [event for event in Event.objects.values() if made.token in str(event)]
    assert made.outcome and made.outcome.sent == 1


def test_a_delegate_is_told_nothing_about_the_whole_response(
    response: Response, people: dict[str, User], smtp: Post, commit: Commit
) -> None:
    make_delegate(response, "people", by=people["officer"], email="shimin@ueda.example")
    commit(response.submit, by=people["approver"])
    commit(response.send_back, "サービスの回答をご確認ください。", by=people["ministry"])
    assert {address for envelope in smtp.envelopes for address in envelope} == {
        "joho@ueda.example",
        "nakamura@ueda.example",
    }


# What is not sent


def test_nothing_is_sent_of_what_is_rolled_back(
    response: Response, people: dict[str, User], smtp: Post, commit: Commit
) -> None:
    def submit_and_fail() -> None:
        with pytest.raises(RuntimeError), transaction.atomic():
            response.submit(by=people["approver"])
            raise RuntimeError

    commit(submit_and_fail)
    with pytest.raises(NotAllowed):
        commit(response.submit, by=people["officer"])
    assert smtp.messages == [] and history() == []


def test_nobody_is_told_about_synthetic_answers(
    response: Response, people: dict[str, User], smtp: Post, commit: Commit
) -> None:
    Response.objects.update(synthetic=True)
    commit(Delegation.give, response, ["people"], people["other"], Task(), by=people["officer"])
    commit(response.submit, by=people["approver"])
    assert smtp.messages == [] and history() == []


def test_what_becomes_of_a_correction_is_told(
    response: Response, people: dict[str, User], smtp: Post, commit: Commit
) -> None:
    response.submit(by=people["approver"])
    response.survey.close()
    fewer = {"staff": {"cells": {"own": 1, "outside": 1, "resident": 0}}}
    for reason in ("前年度の値でした。", "数え直しました。"):
        commit(Correction.ask, response, fewer, reason, seen="R2-202037-01", by=people["officer"])
    declined, made = Correction.objects.order_by("-pk")
    commit(declined.decline, "台帳と合いません。", by=people["ministry"])
    commit(made.make, by=people["ministry"])
    asked, _, refused, corrected = smtp.messages[::2]
    link = "https://survey.example/2020/202037/corrections/"
    for message, title, parts in (
        (asked, "訂正の申し出を受け付けました（長野県上田市） / Correction asked for", ["前年度の値でした。"]),
        (refused, "訂正の申し出についてのお知らせ（長野県上田市） / Correction declined", ["台帳と合いません。"]),
        (corrected, "回答を訂正しました（長野県上田市） / Answers corrected", ["R2-202037-01", "R2-202037-02"]),
    ):
        assert subject(message) == title
        for side in text(message).split(RULE):
            assert all(part in side for part in [*parts, link])
    assert "小林 直樹さんが" in text(asked) and "小林 直樹 has asked" in text(asked)


def test_without_an_address_or_with_mail_switched_off_there_is_nothing_to_tell(
    response: Response, people: dict[str, User], smtp: Post, commit: Commit, settings: Settings
) -> None:
    settings.SENDS_MAIL = False
    commit(response.submit, by=people["approver"])
    settings.SENDS_MAIL = True
    User.objects.update(email="")
    commit(response.accept, by=people["ministry"])
    assert smtp.messages == [] and history() == []


# What goes wrong


def test_a_server_that_is_down_does_not_stop_the_submission(
    response: Response,
    people: dict[str, User],
    smtp: Post,
    commit: Commit,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    use(settings, free_port())
    client = signed_in(people["approver"])
    assert commit(client.post, "/2020/202037/submit/").status_code == 302
    response.refresh_from_db()
    assert response.state == "submitted"
    [(kind, after, reason)] = history()
    assert (kind, after) == ("mail.failed", {"template": "receipt", "recipients": 2})
    assert reason.startswith("ConnectionRefusedError") and "cannot be used" in caplog.text
    # The next in line does not wait for it again.
    monkeypatch.setattr(mail, "get_connection", lambda: pytest.fail("the server was tried again"))
    commit(response.accept, by=people["ministry"])
    assert history()[1][2] == "the mail server did not answer a moment ago"


def test_one_refused_address_does_not_stop_the_others_and_is_not_told(
    response: Response, people: dict[str, User], smtp: Post, commit: Commit
) -> None:
    smtp.refused = {"joho@ueda.example"}
    commit(response.submit, by=people["approver"])
    assert smtp.envelopes == [["nakamura@ueda.example"]]
    assert history() == [
        ("mail.sent", {"template": "receipt", "recipients": 1}, ""),
        ("mail.failed", {"template": "receipt", "recipients": 1}, "SMTPRecipientsRefused 550"),
    ]


def test_a_server_that_takes_no_message_is_told_by_its_code(
    response: Response, people: dict[str, User], smtp: Post, commit: Commit
) -> None:
    smtp.full = True
    commit(response.submit, by=people["approver"])
    assert history() == [("mail.failed", {"template": "receipt", "recipients": 2}, f"{SMTPDataError.__name__} 452")]


def test_an_address_that_no_header_may_hold_is_told(
    response: Response, people: dict[str, User], smtp: Post, commit: Commit
) -> None:
    User.objects.filter(pk=people["other"].pk).update(email="a@b.example\nBcc: thief@example.com")
    commit(response.submit, by=people["approver"])
    assert smtp.envelopes == [["joho@ueda.example"]]
    assert history()[1] == ("mail.failed", {"template": "receipt", "recipients": 1}, "ValueError")


def test_in_the_demo_mails_are_files(
    response: Response, people: dict[str, User], commit: Commit, settings: Settings, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    commit(response.submit, by=people["approver"])
    [written] = (tmp_path / "mail").iterdir()
    assert written.read_text("utf-8").count("Auto-Submitted") == 2


def test_a_query_goes_to_who_answers_for_the_body_and_who_holds_the_section(
    response: Response, people: dict[str, User], smtp: Post, commit: Commit
) -> None:
    make_delegate(response, "people", by=people["approver"], email="shimin@ueda.example")
    make_delegate(response, "services", by=people["approver"], email="kosodate@ueda.example")
    query = commit(Query.ask, response, "staff", "数え方を <お知らせ> ください。", by=people["ministry"])
    found = sorted(address for envelope in smtp.envelopes for address in envelope)
    assert found == ["joho@ueda.example", "nakamura@ueda.example", "shimin@ueda.example"]
    assert subject(smtp.messages[0]) == "照会があります（長野県上田市） / A question about the answers"
    for side in text(smtp.messages[0]).split(RULE):
        assert "数え方を <お知らせ> ください。" in side
        assert "https://survey.example/2020/202037/people/queries/staff/\n" in side
    assert "総務省から照会があります。" in text(smtp.messages[0])
    commit(query.answer, "台帳です。", by=people["officer"])
    assert len(smtp.messages) == 3, "nobody is told of the answer: the queue shows it"
    assert history() == [("mail.sent", {"template": "query", "recipients": 3}, "")]


def test_what_the_prefecture_does_is_told_in_its_name(
    response: Response, people: dict[str, User], smtp: Post, commit: Commit
) -> None:
    submission = commit(response.submit, by=people["approver"])
    coordinator = make_member(response.body, "coordinator")
    commit(submission.endorse, by=coordinator)
    commit(Query.ask, response, "staff", "数え方をお知らせください。", by=coordinator)
    assert "長野県から照会があります。" in text(smtp.messages[2]) and "The prefecture has" in text(smtp.messages[2])
    commit(response.send_back, "直してください。", by=coordinator)
    assert "長野県が差し戻しました" in text(smtp.messages[4]) and "The prefecture has" in text(smtp.messages[4])
    assert len(smtp.messages) == 6, "an endorsement is told to nobody"


def test_nobody_is_asked_by_mail_about_synthetic_answers(
    response: Response, people: dict[str, User], smtp: Post, commit: Commit
) -> None:
    Response.objects.update(synthetic=True)
    commit(Query.ask, response, "staff", "数え方をお知らせください。", by=people["ministry"])
    assert smtp.messages == [] and response.queries.count() == 1
