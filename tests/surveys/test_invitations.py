"""Invitations there and back: by slip and by link, once, for two weeks; the account; what each closed one says."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from surveys import tokens
from surveys.models import Delegation, Event, Guest, Invitation, NotAllowed, Response, Task, User
from tests.conftest import member_too, signed_in
from tests.factories import PASSWORD, make_delegate, make_member

GUEST = Guest("柳沢 由紀", "市民課")
ACCOUNT = {"name": "柳沢 由紀", "division": "市民課", "sign_in_id": "yanagisawa"}
FORM = {**ACCOUNT, "password1": PASSWORD, "password2": PASSWORD}
PAGE, ACCEPT = "/invitation/", "/invitation/accept/"


def invite(response: Response, by: User, *sections: str, key: str = "page", **fields: Any) -> Invitation:
    task = Task(date(2021, 5, 21), "年報の12ページ")
    return Invitation.invite(response, GUEST._replace(**fields), sections or ("people",), task, key=key, by=by)


@pytest.fixture
def invitation(response: Response, officer: User) -> Invitation:
    return invite(response, officer)


def opened(invitation: Invitation, client: Client | None = None) -> Client:
    """A browser that has come by the link."""
    client = client or Client()
    found = client.get(f"{PAGE}{invitation.token}/")
    assert found.status_code == 302 and found.headers["Location"] == PAGE
    return client


def said(found: Any) -> str:
    return " ".join(re.sub("<[^>]+>", "", found.content.decode()).split())


# The token


@given(st.integers(0, 2**80 - 1))
def test_a_token_is_read_however_it_is_typed(number: int) -> None:
    token = "".join(tokens.SIGNS[number >> 5 * place & 31] for place in range(tokens.LENGTH))
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in token)
    ways = (token.lower(), wide, " ".join(token), token.replace("0", "o").replace("1", "l"), f"-{token}ー")
    assert {tokens.digest(way) for way in ways} == {tokens.digest(token)}


def test_tokens_differ_and_are_kept_nowhere(response: Response, officer: User) -> None:
    made = [invite(response, officer, key=str(number)) for number in range(20)]
    assert len({each.token for each in made}) == 20
    assert all(re.fullmatch("([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", each.token) for each in made)
    client = opened(made[0])
    stored = [str(row) for model in (Invitation, Event) for row in model.objects.values()]
    stored += [str(session.get_decoded()) for session in Session.objects.all()]
    assert not [row for row in stored if made[0].token in row or made[0].token.replace("-", "") in row]
    assert made[0].token not in client.get(PAGE).content.decode()


# There and back


def test_somebody_comes_by_the_link_and_has_an_account_with_the_section(
    response: Response, invitation: Invitation
) -> None:
    client = opened(invitation)
    page = client.get(PAGE)
    for words in (
        "長野県上田市の令和2年度",
        "1 人",
        "庁内の期限 令和3年5月21日（金）",
        "年報の12ページ",
        "小林 直樹さん",
    ):
        assert words in said(page)
    assert 'value="柳沢 由紀"' in page.content.decode() and "no-store" in page.headers["Cache-Control"]
    assert not User.objects.filter(name="柳沢 由紀").exists(), "looking makes no account"
    assert client.post(ACCEPT, FORM, follow=True).redirect_chain == [("/", 302), ("/2020/202037/", 302)]
    user = User.objects.get(sign_in_id="yanagisawa")
    assert user.check_password(PASSWORD) and user.places() == {("202037", "delegate")} and user.email == ""
    held = response.delegations.get()
    assert (held.section, held.person, held.due, held.note) == ("people", user, date(2021, 5, 21), "年報の12ページ")
    kinds = list(Event.objects.filter(pk__gt=0).values_list("kind", "actor__sign_in_id").order_by("id"))[-6:]
    assert kinds == [
        ("invitation.made", "officer"),
        ("user.added", None),
        ("membership.added", "officer"),
        ("delegation.given", "officer"),
        ("invitation.accepted", "yanagisawa"),
        ("sign_in.done", "yanagisawa"),
    ]


def test_a_code_typed_from_a_slip_opens_the_same_page(invitation: Invitation) -> None:
    client = Client()
    assert "16文字のコード" in said(client.get(PAGE))
    assert client.post(PAGE, {"code": f" {invitation.token.lower()} "}).headers["Location"] == PAGE
    assert "人" in said(client.get(PAGE)) and client.get(PAGE).status_code == 200


@pytest.mark.parametrize("code", ["", "AAAA-BBBB-CCCC-DDDD", "x" * 5000, "あ"])
def test_a_foreign_code_finds_nothing_and_the_field_is_there_again(code: str, invitation: Invitation) -> None:
    client = Client()
    client.post(PAGE, {"code": code})
    found = client.get(PAGE)
    assert found.status_code == 404 and "見つかりません" in said(found) and 'name="code"' in found.content.decode()
    assert client.get(PAGE).status_code == 200
    assert client.post(ACCEPT, FORM).headers["Location"] == PAGE
    assert not User.objects.filter(sign_in_id="yanagisawa").exists()


def test_who_is_signed_in_accepts_with_the_present_account(
    response: Response, invitation: Invitation, neighbour: User
) -> None:
    client = opened(invitation, signed_in(neighbour))
    assert "北原 進さん（neighbour）として" in said(client.get(PAGE))
    assert client.post(ACCEPT).headers["Location"] == "/"
    assert client.post(ACCEPT).headers["Location"] == PAGE, "a second click"
    assert neighbour.places() == {("202011", "editor"), ("202037", "delegate")}
    assert response.delegations.get().person == neighbour


def test_a_second_click_of_the_same_person_goes_on(invitation: Invitation, neighbour: User) -> None:
    client = opened(invitation, signed_in(neighbour))
    invitation.accept(by=neighbour)
    assert client.post(ACCEPT).headers["Location"] == "/"


def test_signing_in_first_leads_back_to_the_invitation(invitation: Invitation, neighbour: User) -> None:
    client = opened(invitation)
    assert f"/accounts/login/?next={PAGE}" in client.get(PAGE).content.decode()
    signing_in = {"login": "neighbour", "password": PASSWORD, "next": PAGE}
    assert client.post("/accounts/login/", signing_in).headers["Location"] == PAGE
    assert "として" in said(client.get(PAGE))


def test_staff_of_the_ministry_answers_for_no_body(invitation: Invitation, ministry: User) -> None:
    found = opened(invitation, signed_in(ministry)).post(ACCEPT)
    assert found.status_code == 409 and "総務省の担当は" in said(found)


def test_a_member_keeps_the_wider_role(response: Response, invitation: Invitation, approver: User) -> None:
    invitation.accept(by=approver)
    assert approver.places() == {("202037", "approver")}
    assert response.delegations.get().person == approver


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"sign_in_id": "officer"}, "サインインID"),
        ({"sign_in_id": "Yanagi Sawa"}, "小文字の英数字"),
        ({"sign_in_id": ""}, "サインインIDを決めて"),
        ({"name": ""}, "氏名を書いて"),
        ({"password2": "something-else-entirely"}, "パスワード"),
        ({"password1": "short", "password2": "short"}, "12 文字以上"),
        ({"password1": "yanagisawa12", "password2": "yanagisawa12", "sign_in_id": "yanagisawa12"}, "似すぎ"),
    ],
)
def test_an_account_that_cannot_be_made_is_said_and_nothing_is_lost(
    wrong: dict[str, str], words: str, invitation: Invitation
) -> None:
    client = opened(invitation)
    found = client.post(ACCEPT, {**FORM, **wrong})
    assert found.status_code == 400 and words in said(found) and "直していただきたいところ" in said(found)
    assert 'value="市民課"' in found.content.decode() and PASSWORD not in found.content.decode()
    assert client.post(ACCEPT, FORM).status_code == 302


def test_a_sign_in_id_taken_since_the_page_was_checked(invitation: Invitation, officer: User) -> None:
    with pytest.raises(NotAllowed, match="このサインインIDは使えません"):
        invitation.register("officer", PASSWORD, name="柳沢", division="")
    invitation.refresh_from_db()
    assert invitation.state == "open"


# What cannot be used any more


def spoil(invitation: Invitation, how: str, officer: User) -> None:
    if how == "used":
        invitation.register(ACCOUNT["sign_in_id"], PASSWORD, name="柳沢", division="")
    elif how == "revoked":
        invitation.revoke(by=officer)
        invitation.revoke(by=officer)
    else:
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize("how", ["used", "revoked", "expired"])
def test_each_closed_invitation_says_the_same_and_whom_to_ask(
    how: str, invitation: Invitation, officer: User, neighbour: User
) -> None:
    words = "使われたか、取り消されたか、期限が過ぎています"
    for client in (opened(invitation), opened(invitation, signed_in(neighbour))):
        if Invitation.objects.get().state == "open":
            spoil(invitation, how, officer)
        page = client.get(PAGE)
        assert page.status_code == 410 and words in said(page) and "小林 直樹さん" in said(page)
        refused = client.post(ACCEPT, {**FORM, "sign_in_id": "another"})
        assert refused.status_code == 410 and words in said(refused)
    assert not User.objects.filter(sign_in_id="another").exists()
    assert neighbour.places() == {("202011", "editor")}
    invitation.refresh_from_db()
    with pytest.raises(NotAllowed, match="もう使えません"):
        invitation.accept(by=neighbour)


def test_it_lasts_two_weeks(invitation: Invitation) -> None:
    assert timedelta(days=13, hours=23) < invitation.expires_at - timezone.now() <= timedelta(days=14)


def test_who_has_registered_is_not_uninvited(invitation: Invitation, officer: User, neighbour: User) -> None:
    invitation.accept(by=neighbour)
    with pytest.raises(NotAllowed, match="もう登録を済ませています"):
        invitation.revoke(by=officer)


def test_what_was_given_to_another_after_the_invitation_stays_there(response: Response, officer: User) -> None:
    made = invite(response, officer, "people", "systems")
    Delegation.give(response, ["systems"], officer, Task(), by=officer)
    user = made.register("yanagisawa", PASSWORD, name="柳沢", division="")
    assert {each.section: each.person for each in response.delegations.with_answers()} == {
        "people": user,
        "systems": officer,
    }


def test_what_somebody_held_before_the_invitation_passes_on_when_it_is_accepted(
    response: Response, officer: User
) -> None:
    before = make_delegate(response, "people", by=officer)
    made = invite(response, officer)
    assert response.delegations.get().person == before
    user = made.register("yanagisawa", PASSWORD, name="柳沢", division="")
    assert response.delegations.get().person == user


# Who invites


def test_only_those_of_the_whole_body_invite_and_only_in_an_open_round(
    response: Response, delegate: User, neighbour: User, officer: User
) -> None:
    made = invite(response, officer)
    for by in (delegate, neighbour):
        with pytest.raises(NotAllowed):
            invite(response, by, key="other")
        with pytest.raises(NotAllowed):
            made.revoke(by=by)
    response.survey.close()
    response.refresh_from_db()
    with pytest.raises(NotAllowed, match="受付が終わった"):
        invite(response, officer, key="other")


def test_a_second_click_makes_no_second_invitation(response: Response, officer: User, approver: User) -> None:
    first, again = invite(response, officer), invite(response, officer)
    assert first.pk == again.pk and first.token != again.token
    assert Invitation.with_digest(tokens.digest(first.token)) is None
    assert Invitation.with_digest(tokens.digest(again.token)) == first
    by_mail, once_more = (invite(response, officer, key="mail", email="a@ueda.example") for _ in range(2))
    assert by_mail.digest == once_more.digest and once_more.token == ""
    with pytest.raises(NotAllowed, match="もう済んでいます"):
        invite(response, approver)
    again.revoke(by=officer)
    with pytest.raises(NotAllowed, match="もう済んでいます"):
        invite(response, officer)


# A successor who has no account yet


def test_a_successor_is_invited_and_the_person_replaced_keeps_nothing(
    response: Response, delegate: User, officer: User, approver: User
) -> None:
    Delegation.give(response, ["people"], delegate, Task(date(2021, 5, 21), "年報"), by=officer)
    made = Invitation.invite_successor(response, delegate, GUEST, key="page", by=officer)
    assert delegate.places() == set() and not response.delegations.exists()
    user = made.register("yanagisawa", PASSWORD, name="柳沢", division="")
    assert user.places() == {("202037", "delegate")}
    assert (response.delegations.get().due, response.delegations.get().note) == (date(2021, 5, 21), "年報")
    made = Invitation.invite_successor(response, officer, GUEST, key="page2", by=approver)
    user = made.register("successor", PASSWORD, name="後任", division="")
    assert user.places() == {("202037", "editor")}


def test_an_approver_invites_the_successor_of_another_and_nobody_ones_own(
    response: Response, officer: User, approver: User
) -> None:
    other = make_member(response.body, "approver", "other")
    member_too(other, response.body, "editor")
    with pytest.raises(NotAllowed, match="決裁者だけ"):
        Invitation.invite_successor(response, other, GUEST, key="page", by=officer)
    for person in (officer, approver):
        with pytest.raises(NotAllowed, match="ご自分の後任"):
            Invitation.invite_successor(response, person, GUEST, key="page", by=person)
    made = Invitation.invite_successor(response, other, GUEST, key="page", by=approver)
    again = Invitation.invite_successor(response, other, GUEST, key="page", by=approver)
    assert made.pk == again.pk and other.places() == set()
    again.accept(by=officer)
    assert officer.places() == {("202037", "approver"), ("202037", "editor")}


def test_the_database_refuses_what_cannot_be(invitation: Invitation, officer: User) -> None:
    for impossible in (
        {"accepted_at": timezone.now()},
        {"accepted_by": officer},
        {"accepted_at": timezone.now(), "accepted_by": officer, "revoked_at": timezone.now()},
        {"role": "approver"},
        {"role": "coordinator", "limited": False},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invitation.objects.filter(pk=invitation.pk).update(**impossible)
    Invitation.objects.filter(pk=invitation.pk).update(role="approver", limited=False)
