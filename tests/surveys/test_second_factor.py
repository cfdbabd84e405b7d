"""The second factor: who must have one, how it is set up, asked for and taken away, and the history of it."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from surveys.models import AccountLink, Event, NotAllowed, User
from tests.conftest import signed_in
from tests.factories import PASSWORD, make_ministry
from tests.surveys.test_signing_in import LOGIN, SECURITY, attempt, enter, kinds, moved, said

pytestmark = pytest.mark.django_db
CODE, APP, CODES = "/accounts/login/code/", "/accounts/security/app/", "/accounts/security/codes/"


@pytest.fixture(autouse=True)
def fresh() -> None:
    cache.clear()


def digits(secret: str, later: int = 0) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + later))


def set_up(client: Client) -> str:
    """Add an authenticator app; returns its secret."""
    secret: str = client.get(APP).context["form"].secret
    wide = digits(secret).translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})  # as a Japanese keyboard types
    assert client.post(APP, {"code": wide}).headers["Location"] == CODES
    return secret


def asked(user: User) -> Client:
    """A browser whose password was right, and that is asked for the code."""
    client = Client()
    assert attempt(client, user.sign_in_id, PASSWORD).headers["Location"] == CODE
    return client


def test_an_app_is_added_and_asked_for(
    officer: User, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer.email = "joho@ueda.example"
    officer.save()
    client = enter(officer)
    page = said(client.get(APP))
    assert page.count("<svg") >= 1 and 'src="data:' not in page and "style=" not in page
    assert "アプリに今出ている6桁" in said(client.post(APP, {"code": "000000"}))
    with django_capture_on_commit_callbacks(execute=True):
        secret = set_up(client)
    assert [message.to for message in mail.outbox] == [["joho@ueda.example"]] * 2
    assert secret not in str(list(Authenticator.objects.values())), "a copy of the database alone opens nothing"
    assert kinds(officer) == ["sign_in.done", "mfa.added", "mfa.recovery_codes"]
    again = asked(officer)
    assert again.get("/guide/").status_code == 302, "a password alone is not enough"
    assert "2段階の確認" in said(again.get(CODE))
    assert "このコードは使えません" in said(again.post(CODE, {"code": "000000"}))
    code = digits(secret)
    assert again.post(CODE, {"code": code}).headers["Location"] == "/"
    assert again.get("/guide/").status_code == 200
    assert Event.objects.filter(kind="sign_in.done").latest("id").after == {"ways": ["password", "totp"]}
    moved(monkeypatch, seconds=31)  # it is still one of those that are let pass
    assert "このコードは使えません" in said(asked(officer).post(CODE, {"code": code})), "each code is good once"
    assert asked(officer).post(CODE, {"code": digits(secret, 1)}).status_code == 302


def test_recovery_codes_are_shown_once_and_each_is_good_once(officer: User) -> None:
    client = enter(officer)
    set_up(client)
    codes = re.findall(r"<li>(\d{8})</li>", said(client.get(CODES)))
    assert len(codes) == 10 and codes[0] not in said(client.get(CODES)) and "10個です" in said(client.get(CODES))
    assert asked(officer).post(CODE, {"code": f"{codes[0][:4]} {codes[0][4:]}"}).status_code == 302
    assert "このコードは使えません" in said(asked(officer).post(CODE, {"code": codes[0]}))
    assert "9個あります" in said(client.get(SECURITY))
    assert "前の回復コードは" in said(client.get(f"{CODES}new/"))
    assert client.post(f"{CODES}new/").headers["Location"] == CODES
    assert "このコードは使えません" in said(asked(officer).post(CODE, {"code": codes[1]}))
    assert kinds(officer).count("mfa.recovery_codes") == 2 and "mfa.removed" not in kinds(officer)


def test_codes_are_not_tried_out(officer: User) -> None:
    secret = set_up(enter(officer))
    client = asked(officer)
    for _ in range(5):
        client.post(CODE, {"code": "000000"})
    assert "15分ほど待って" in said(client.post(CODE, {"code": digits(secret)}))
    assert "15分ほど待って" in said(asked(officer).post(CODE, {"code": digits(secret)}))
    found = Event.objects.filter(kind__in=("sign_in.failed", "sign_in.locked")).order_by("id")
    assert [(event.kind, event.after) for event in found] == [
        ("sign_in.failed", {"step": "code"}),
        ("sign_in.locked", {"step": "code"}),
    ]


def test_an_app_is_taken_away_after_one_is_asked_anew(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = enter(officer)
    secret, remove = set_up(client), f"{APP}remove/"
    assert "外すと" in said(client.get(remove)), "who has just signed in is not asked"
    moved(monkeypatch, minutes=6)
    found = client.post(remove)
    assert found.headers["Location"].startswith("/accounts/again/?next=") and officer.factors()
    assert "認証アプリか回復コードで確かめる" in said(client.get(found.headers["Location"]))
    again = f"/accounts/again/code/?next={remove}"
    assert "このコードは使えません" in said(client.post(again, {"code": "000000"}))
    assert client.post(again, {"code": digits(secret)}).headers["Location"] == SECURITY
    assert officer.factors() == {} and kinds(officer)[-1] == "mfa.removed"
    assert attempt(Client(), "officer", PASSWORD).headers["Location"] == "/"


@pytest.mark.parametrize("who", ["ministry", "prefecture"])
def test_the_ministry_and_coordinators_must_have_one(
    who: str, request: pytest.FixtureRequest, settings: Settings
) -> None:
    user = request.getfixturevalue(who)
    client = enter(user)
    settings.REQUIRE_MFA = True
    for url in ("/", "/guide/", "/admin/", "/report/", "/accounts/password/"):
        assert client.get(url).headers["Location"] == SECURITY, url
    assert "2段階の確認を登録してください" in said(client.get(SECURITY))
    assert client.post("/i18n/setlang/", {"language": "ja"}).status_code == 302
    set_up(client)
    assert client.get("/guide/").status_code == 200
    page = said(client.get(SECURITY))
    assert "2段階の確認を登録してください" not in page and "認証アプリを外す" in page
    assert client.post("/accounts/logout/").headers["Location"] == LOGIN


def test_bodies_and_the_public_need_none(officer: User, settings: Settings) -> None:
    settings.REQUIRE_MFA = True
    client = enter(officer)
    assert client.get("/guide/").status_code == 200 and "パスキーを登録する" in said(client.get(SECURITY))
    assert 'value="パスキー1"' in said(client.get("/accounts/security/passkey/"))
    assert Client().get(LOGIN).status_code == 200
    client.post("/accounts/logout/")
    assert client.get(LOGIN).status_code == 200


def test_a_link_to_the_account_does_not_get_round_it(officer: User, ministry: User) -> None:
    secret = set_up(enter(officer))
    (link,) = AccountLink.slips([officer.pk], key="page", by=ministry)
    client = signed_in(make_ministry("viewer", "other"))
    client.get(f"/invitation/{link.token}/")
    new = {"new_password1": "a-new-secret-of-mine", "new_password2": "a-new-secret-of-mine"}
    assert client.post("/invitation/password/", new).headers["Location"] == CODE
    assert client.get("/guide/").status_code == 302
    assert client.post(CODE, {"code": digits(secret, 1)}).headers["Location"] == "/"
    assert client.get("/guide/").wsgi_request.user == officer


def test_a_passkey_does_not_open_an_account_whose_password_is_switched_off(officer: User, rf: Any) -> None:
    from surveys.accounts import AccountAdapter

    officer.set_unusable_password()
    found = AccountAdapter().pre_login(rf.get("/"), officer)
    assert found is not None and found.headers["Location"] == "/accounts/inactive/"


# Lost ones


@pytest.fixture
def manager(db: None) -> User:
    return make_ministry("manager", "manager")


def step(user: User, name: str = "take_factors") -> str:
    return reverse("admin:surveys_user_step", args=[user.pk, name])


def test_a_manager_takes_away_what_a_person_has_lost(
    officer: User, manager: User, django_capture_on_commit_callbacks: Any
) -> None:
    officer.email = "joho@ueda.example"
    officer.save()
    client, desk = enter(officer), signed_in(manager)
    assert "2段階の確認を外す" not in said(desk.get(reverse("admin:surveys_user_change", args=[officer.pk])))
    set_up(client)
    assert desk.post(step(officer), {}).status_code == 200 and officer.factors(), "not without a reason"
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(step(officer), {"reason": "電話で確かめた。"})
    assert officer.factors() == {} and client.get("/guide/").status_code == 302
    event = Event.objects.get(kind="mfa.removed")
    assert (event.actor, event.subject, event.reason) == (manager, officer.subject, "電話で確かめた。")
    assert event.after == {"types": ["recovery_codes", "totp"]}
    assert "2段階の確認が外されました" in mail.outbox[-1].body
    assert "登録されていません" in said(desk.post(step(officer), {"reason": "もう一度。"}, follow=True))


def test_nobody_takes_away_the_own_ones_so_nor_those_of_a_superuser(manager: User) -> None:
    root = make_ministry("manager", "root", is_superuser=True)
    for user in (manager, root):
        Authenticator.objects.create(user=user, type="totp", data={})
        with pytest.raises(NotAllowed):
            user.take_factors(by=manager, reason="")
    assert "ほかの管理者に" in said(signed_in(manager).post(step(manager), {"reason": "なくした。"}, follow=True))
    assert manager.factors() and root.factors()
    nobody = make_ministry("viewer", "viewer")
    with pytest.raises(NotAllowed, match="登録されていません"):
        nobody.take_factors(by=manager, reason="")


def test_the_last_manager_is_helped_at_the_machine(manager: User, capsys: pytest.CaptureFixture[str]) -> None:
    Authenticator.objects.create(user=manager, type="totp", data={})
    call_command("take_factors", "manager", "--reason", "電話をなくした。")
    assert manager.factors() == {} and "manager" in capsys.readouterr().out
    event = Event.objects.get(kind="mfa.removed")
    assert (event.actor, event.reason) == (None, "電話をなくした。")
    for name, words in (("manager", "登録されていません"), ("unknown", "unknown")):
        with pytest.raises(CommandError, match=words):
            call_command("take_factors", name, "--reason", "x")


def test_a_manager_signs_a_person_out_everywhere(officer: User, manager: User) -> None:
    clients, desk = [enter(officer), enter(officer)], signed_in(manager)
    assert "いまの画面の続き" in said(desk.get(step(officer, "end_sessions")))
    desk.post(step(officer, "end_sessions"))
    assert [client.get("/guide/").status_code for client in clients] == [302, 302]
    event = Event.objects.get(kind="sessions.ended")
    assert (event.actor, event.after) == (manager, {"count": 2})
    assert "サインインしている場所はありません" in said(desk.post(step(officer, "end_sessions"), follow=True))
