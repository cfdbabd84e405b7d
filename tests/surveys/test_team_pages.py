"""分担 on the pages: giving, inviting, taking back, replacing; what the delegate sees and does."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from surveys import tokens
from surveys.models import Delegation, Invitation, Response, Task, User
from tests.conftest import signed_in
from tests.factories import PASSWORD, make_delegate, make_member, make_user
from tests.surveys.team import fill, holders
from tests.surveys.web_page import open_page

HOME = "/2020/202037/"
TEAM, PEOPLE, SYSTEMS = f"{HOME}team/", f"{HOME}people/", f"{HOME}systems/"
GUEST = {"key": "page", "name": "滝沢 亮", "division": "介護保険課"}


@pytest.fixture
def inside(officer: User) -> Client:
    return signed_in(officer)


def words(found: Any) -> str:
    return " ".join(re.sub("<[^>]+>", "", found.content.decode()).split())


def post(client: Client, url: str, data: dict[str, Any]) -> str:
    """What stands on the page that a post leads to."""
    found = client.post(url, data, follow=True)
    assert found.status_code == 200, found
    return words(found)


# Giving and taking back


def test_sections_are_given_and_the_page_shows_them_by_section_and_person(
    response: Response, inside: Client, officer: User
) -> None:
    colleague = make_member(response.body, sign_in_id="colleague", name="太田 恵", division="危機管理課")
    data = {"key": "page", "section": ["people", "systems"], "to": colleague.pk, "due": "2021-05-21", "note": "年報"}
    found = post(inside, f"{TEAM}give/", data)
    assert "太田 恵さんに2項目を渡しました。" in found and "令和3年5月21日（金）" in found and "期限超過" in found
    assert "申し送り：年報" in found and "0／2項目" in found
    assert holders(response) == {"people": "colleague", "systems": "colleague"}
    at_home = open_page(inside, HOME).words
    assert "太田 恵さん" in at_home and "主に" in at_home and "年報" not in at_home
    found = post(inside, f"{TEAM}take-back/", {"section": ["people", "procedures"]})
    assert "1項目の担当を外しました。" in found and holders(response) == {"systems": "colleague"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"to": "officer"}, "表で1つ以上選んで"),
        ({"section": "people"}, "相手を選ぶか、新しい人の氏名"),
        ({"section": "people", "to": "officer", "name": "滝沢"}, "どちらか一方"),
        ({"section": "people", "to": "stranger"}, "この団体の人から"),
        ({"section": "people", "to": "left"}, "この団体の人から"),
        ({"section": "police", "to": "officer"}, "表で1つ以上選んで"),
        ({"section": "people", "to": "officer", "due": "21.5."}, "2021-05-21のように"),
        ({"section": "people", "name": "滝沢", "email": "a@"}, "メールアドレス"),
        ({"section": "people", "name": "あ" * 81}, "80"),
    ],
)
def test_what_cannot_be_given_is_said_and_kept_on_the_page(
    data: dict[str, str], message: str, response: Response, inside: Client, officer: User
) -> None:
    people = {
        "officer": officer,
        "stranger": make_user("stranger"),
        "left": make_member(response.body, is_active=False),
    }
    posted = {name: people[value].pk if name == "to" else value for name, value in data.items()}
    found = inside.post(f"{TEAM}give/", {"key": "page", "note": "残る言葉", **posted})
    assert found.status_code == 400 and message in words(found) and "残る言葉" in found.content.decode()
    assert ("checked" in found.content.decode()) == (data.get("section") == "people")
    targets = re.findall(r'<a href="#([^"]+)">', found.content.decode().partition("error-title")[2])
    assert targets and all(f'id="{target}"' in found.content.decode() for target in targets)
    assert not response.delegations.exists() and not Invitation.objects.exists()


def test_a_refusal_of_the_model_stands_on_the_page(
    response: Response, inside: Client, officer: User, neighbour: User
) -> None:
    made = Invitation.objects.get(pk=invited(response, inside).pk)
    made.accept(by=neighbour)
    found = inside.post(f"{TEAM}revoke/{made.pk}/")
    assert found.status_code == 409 and "もう登録を済ませています" in words(found)
    response.survey.close()
    found = inside.post(f"{TEAM}give/", {"key": "x", "section": "people", "to": officer.pk})
    assert found.status_code == 409 and "受付が終わった" in words(found)


# Inviting


def invited(response: Response, client: Client, **more: str) -> Invitation:
    assert client.post(f"{TEAM}give/", {**GUEST, "section": ["people"], **more}).status_code in (200, 302)
    return Invitation.objects.latest("pk")


def test_a_slip_is_printed_once_and_its_code_is_the_invitation(response: Response, inside: Client) -> None:
    data = {**GUEST, "section": ["people", "systems"]}
    found = inside.post(f"{TEAM}give/", data)
    assert "滝沢 亮さん" in words(found) and "http://testserver/invitation/" in words(found)
    assert "no-store" in found.headers["Cache-Control"]
    (code,) = re.findall("[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", words(found))
    assert Invitation.with_digest(tokens.digest(code)) == Invitation.objects.get()
    page = words(inside.get(TEAM))
    assert code not in page and "招待中： 滝沢 亮さん" in page and "紙の招待状" in page
    again = inside.post(f"{TEAM}give/", data)
    assert Invitation.objects.count() == 1 and code not in words(again)
    assert "滝沢 亮さんへの招待を取り消しました。" in post(inside, f"{TEAM}revoke/{Invitation.objects.get().pk}/", {})
    assert "招待している人" not in words(inside.get(TEAM))


def test_an_invitation_that_has_expired_stays_in_sight(response: Response, inside: Client) -> None:
    invited(response, inside)
    Invitation.objects.update(expires_at=timezone.now())
    page = words(inside.get(TEAM))
    assert "招待している人" in page and "招待中：" not in page


def test_an_invitation_of_another_body_is_not_found(response: Response, inside: Client, neighbour: User) -> None:
    made = invited(response, inside)
    assert signed_in(neighbour).post(f"/2020/202011/team/revoke/{made.pk}/").status_code == 404
    made.refresh_from_db()
    assert made.state == "open"


def test_an_invitation_goes_by_mail_with_a_link_that_opens_it(
    response: Response, inside: Client, settings: Settings, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    settings.PUBLIC_URL = "https://survey.example"
    with django_capture_on_commit_callbacks(execute=True):
        found = inside.post(f"{TEAM}give/", {**GUEST, "section": "people", "email": "takizawa@ueda.example"})
    assert found.headers["Location"] == TEAM
    (message,) = outbox.outbox
    assert message.to == ["takizawa@ueda.example"]
    links = set(re.findall("https://survey.example(/invitation/[^/]+/)", str(message.body)))
    assert len(links) == 1 and "1 People" in message.body and "1　人" in message.body
    guest = Client()
    assert "小林 直樹さん" in words(guest.get(links.pop(), follow=True))
    account = {"name": "滝沢 亮", "division": "", "sign_in_id": "taki", "password1": PASSWORD, "password2": PASSWORD}
    guest.post("/invitation/accept/", account)
    assert User.objects.get(sign_in_id="taki").email == "takizawa@ueda.example"


def test_a_mail_that_was_not_sent_becomes_a_slip(
    response: Response, inside: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(template: str, people: Any, context: Any, *, told: Any) -> None:
        told(type("Outcome", (), {"template": template, "sent": 0, "failed": 1, "reason": "down"})())

    monkeypatch.setattr("surveys.mail.send", send)
    found = inside.post(f"{TEAM}give/", {**GUEST, "section": "people", "email": "takizawa@ueda.example"})
    assert "メールを送れませんでした。" in words(found) and re.search("[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", words(found))


def test_without_mail_there_is_only_the_slip(response: Response, inside: Client, settings: Settings) -> None:
    settings.SENDS_MAIL = False
    assert 'name="email"' not in inside.get(TEAM).content.decode()
    assert invited(response, inside, email="takizawa@ueda.example").email == ""


# Replacing


def test_a_person_is_replaced_and_an_open_session_finds_nothing_at_once(
    response: Response, inside: Client, delegate: User, officer: User
) -> None:
    theirs, heir = signed_in(delegate), make_member(response.body, sign_in_id="heir", name="後任 太郎")
    assert theirs.get(PEOPLE).status_code == 200
    page = words(inside.get(f"{TEAM}replace/{delegate.pk}/"))
    assert "柳沢 由紀さんはすぐに" in page and "1 人" in page
    found = post(inside, f"{TEAM}replace/{delegate.pk}/", {"key": "k", "to": heir.pk})
    assert "柳沢 由紀さんの役割と項目を、後任 太郎さんに引き継ぎました。" in found
    gone = {url: theirs.get(url).status_code for url in (HOME, PEOPLE, f"{HOME}answers/", f"{HOME}answers.pdf", TEAM)}
    assert set(gone.values()) == {404}
    assert theirs.post(PEOPLE, {"seen|cio": "0-", "cio": "no"}).status_code == 404
    assert "今、答えていただく調査はありません。" in words(theirs.get("/"))
    assert inside.get(f"{TEAM}replace/{delegate.pk}/").status_code == 404


def test_one_hands_over_ones_own_place(response: Response, inside: Client, officer: User, delegate: User) -> None:
    assert "あなたはすぐに" in words(inside.get(f"{TEAM}replace/{officer.pk}/"))
    found = inside.post(f"{TEAM}replace/{officer.pk}/", {**GUEST})
    assert found.status_code == 409 and "ご自分の後任" in words(found)
    found = inside.post(f"{TEAM}replace/{officer.pk}/", {"key": "k", "to": delegate.pk})
    assert found.headers["Location"] == "/" and inside.get(HOME).status_code == 404
    assert signed_in(delegate).get(TEAM).status_code == 200


def test_a_successor_is_invited_and_a_second_click_prints_the_slip_again(
    response: Response, inside: Client, delegate: User, approver: User
) -> None:
    url = f"{TEAM}replace/{delegate.pk}/"
    first = inside.post(url, GUEST)
    again = inside.post(url, GUEST)
    assert "1 人" in words(first) and "回答への招待状" in words(first) and "回答への招待状" in words(again)
    assert Invitation.objects.count() == 1 and delegate.places() == set()
    assert signed_in(approver).post(url, GUEST).status_code == 404, "made by somebody else"
    assert inside.post(url, {**GUEST, "key": "other"}).status_code == 404
    Invitation.objects.get().revoke(by=approver)
    assert "もう済んでいます" in post(inside, url, GUEST)


def test_what_stands_against_replacing_is_said(response: Response, inside: Client, approver: User) -> None:
    url = f"{TEAM}replace/{approver.pk}/"
    page = inside.get(url)
    assert (
        "決裁者の役割を引き継げるのは、決裁者だけです。" in words(page)
        and 'aria-disabled="true"' in page.content.decode()
    )
    assert inside.post(url, GUEST).status_code == 409
    found = inside.post(url, {"key": "k"})
    assert found.status_code == 400 and "相手を選ぶか" in words(found)


def test_a_stranger_is_not_named(response: Response, inside: Client, neighbour: User) -> None:
    invited(response, inside)
    for data in ({}, {"key": "page"}):
        found = inside.post(f"{TEAM}replace/{neighbour.pk}/", data)
        assert "北原" not in words(found)
    assert inside.get(f"{TEAM}replace/{neighbour.pk}/").status_code == 404


# The delegate


def test_a_delegate_answers_and_says_that_a_section_is_finished(
    response: Response, delegate: User, officer: User, inside: Client
) -> None:
    Delegation.give(response, ["people"], delegate, Task(note="年報の\n12ページ"), by=officer)
    client = signed_in(delegate)
    at_home = open_page(client, HOME).words
    assert "自分" in at_home and "年報の" in at_home and "システム" not in at_home and "提出までの流れ" not in at_home
    assert "小林 直樹さん" in at_home and "分担</a>" not in open_page(client, HOME).html
    page = open_page(client, PEOPLE)
    assert "担当：" in page.words and "申し送り" in page.words and "この項目を終わりにする" in page.words
    page.fill({"cio": "no"})
    page = page.save("finish")
    assert page.status == 409 and "あと4か所の回答が要ります。" in page.words
    targets = re.findall(r'href="#([^"]+)"', page.html.partition("left-title")[2].partition("</section>")[0])
    assert targets and set(targets) <= page.controls.keys()
    assert response.answers() == {"cio": {"value": "no"}}, "what was typed is saved"
    fill(response, delegate)
    assert "項目1「人」を終わりにする" in open_page(client, HOME).words
    assert "足りないところも" in open_page(client, f"{HOME}review/").words
    page = open_page(client, PEOPLE).save("finish")
    assert page.url == HOME and "項目1を終わりにしました。" in page.words
    assert "すべて終わりました" in page.words and "1 ／1項目" in page.words
    section = open_page(client, PEOPLE)
    assert (
        "この項目を終わりにする</button>" not in section.html
        and "柳沢 由紀さんが、この項目を終わりにしました" in section.words
    )
    assert "終わりにしました" in words(inside.get(TEAM)) and "1／1項目" in words(inside.get(TEAM))


def test_those_of_the_whole_body_are_told_who_holds_a_section_and_may_change_it(
    response: Response, delegate: User, inside: Client
) -> None:
    page = open_page(inside, PEOPLE)
    assert "この項目は柳沢 由紀さんが担当です。" in page.words and "終わりにする</button>" not in page.html
    fill(response, delegate)
    Delegation.finish(response, "people", by=delegate)
    page = open_page(inside, PEOPLE).fill({"staff|own": "9"}).save()
    assert "終わりにしたあとに変わりました。" in page.words
    assert "終わりにしたあとに変わりました" in open_page(inside, HOME).words


def test_readers_from_outside_are_not_told_who_holds_what(
    response: Response, delegate: User, prefecture: User, ministry: User
) -> None:
    for reader in (prefecture, ministry):
        found = open_page(signed_in(reader), HOME).words + open_page(signed_in(reader), PEOPLE).words
        assert "柳沢" not in found and "総務課" in found


def test_who_does_not_hold_a_section_cannot_finish_it(response: Response, delegate: User, inside: Client) -> None:
    fill(response, delegate)
    page = open_page(inside, PEOPLE).save("finish")
    assert page.status == 409 and "今はあなたの担当ではありません。" in page.words


def test_a_delegate_is_told_when_all_is_read_only_and_not_why_it_was_sent_back(
    response: Response, delegate: User, approver: User
) -> None:
    Response.objects.filter(pk=response.pk).update(return_reason="システムの回答をご確認ください。")
    client = signed_in(delegate)
    assert "ご確認ください" not in open_page(client, HOME).words + open_page(client, PEOPLE).words
    assert "ご確認ください" in open_page(signed_in(approver), HOME).words
    response.survey.close()
    page = open_page(client, HOME)
    assert "受付が終わった" in page.words and "すべて終わりました" not in page.words


def test_a_delegate_without_a_section_is_told_whom_to_ask(response: Response, officer: User) -> None:
    client = signed_in(make_delegate(response, by=officer))
    assert "今、あなたが担当している項目はありません。" in words(client.get("/"))
    assert client.get(HOME).status_code == 404


def test_the_page_of_the_team_takes_as_many_queries_for_one_person_as_for_many(
    response: Response, inside: Client, officer: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for section in ("people", "systems", "procedures"):
        make_delegate(response, section, by=officer)
        invited(response, inside, key=section)
    inside.get(TEAM)
    with django_assert_max_num_queries(12):
        inside.get(TEAM)
