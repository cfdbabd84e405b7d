"""Signing in: what is counted and for whom, what an answer gives away, sessions that end, and the history of it all."""

import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.auth import hashers
from django.core import mail, signing
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from surveys import device, locking, session_limits, sign_in_history
from surveys.models import Event, Response, User
from tests.conftest import signed_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN, SECURITY, END = "/accounts/login/", "/accounts/security/", "/accounts/security/end/"
HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"
REAL = time.time
LOCKED = "いまはサインインできません"


@pytest.fixture(autouse=True)
def fresh(settings: Settings) -> None:
    cache.clear()
    settings.AXES_FAILURE_LIMIT = 3


def attempt(client: Client, name: str = "officer", password: str = "wrong", at: str = HERE, **more: Any) -> Any:
    return client.post(LOGIN, {"login": name, "password": password, **more}, REMOTE_ADDR=at)


def enter(user: User, **more: Any) -> Client:
    """A browser in which this person has signed in through the page."""
    client = Client(**more)
    assert attempt(client, user.sign_in_id, PASSWORD).status_code == 302
    return client


def lock(name: str = "officer", at: str = HERE) -> Any:
    return [attempt(Client(), name, at=at) for _ in range(3)][-1]


def said(page: Any) -> str:
    return str(page.content.decode())


def kinds(user: User) -> list[str]:
    beginnings = ("sign_", "sessions", "mfa")
    found = Event.objects.about(user.subject).order_by("id").values_list("kind", flat=True)
    return [kind for kind in found if kind.startswith(beginnings)]


# Counting


def test_who_fails_too_often_is_locked_out_there_for_a_quarter_of_an_hour(officer: User) -> None:
    page = lock()
    assert page.status_code == 429 and LOCKED in said(page) and "を過ぎてから" in said(page)
    right = attempt(Client(), password=PASSWORD)
    assert right.status_code == 429 and LOCKED in said(right)
    assert attempt(Client(), "OFFICER ", PASSWORD).status_code == 429  # the same id, however it is written
    before = AccessAttempt.objects.get().attempt_time
    until = locking.locked_until(right.wsgi_request, "officer")
    assert until == before + timedelta(minutes=15), "an attempt while it is locked does not lock it for longer"
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert attempt(Client(), password=PASSWORD).status_code == 302
    assert not AccessAttempt.objects.exists()


def test_nobody_is_locked_out_by_name_or_by_address_alone(officer: User, neighbour: User) -> None:
    lock()
    assert attempt(Client(), at=ELSEWHERE, password=PASSWORD).status_code == 302
    assert attempt(Client(), "neighbour", PASSWORD).status_code == 302


def test_ones_own_browser_is_counted_apart(officer: User, neighbour: User) -> None:
    own = enter(officer)
    cookie = own.cookies["device"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and "officer" not in cookie.value
    own.post("/accounts/logout/")
    lock()
    assert attempt(own, password=PASSWORD).status_code == 302, "the failures of others do not count"
    own.post("/accounts/logout/")
    for at in (HERE, ELSEWHERE):
        attempt(own, at=at)
    assert attempt(own, at="192.0.2.3").status_code == 429, "its own do, wherever it is"
    other = enter(neighbour)
    other.post("/accounts/logout/")
    assert attempt(other, password=PASSWORD).status_code == 429, "the cookie of somebody else is worth nothing"


def test_a_shared_browser_knows_several_people_and_a_forged_cookie_nobody(settings: Settings) -> None:
    request = RequestFactory().get("/")
    for key in "abcdef":
        response = HttpResponse()
        device.remember(request, response, key)
        request.COOKIES["device"] = response.cookies["device"].value
    assert [bool(device.known(request, key)) for key in "abcdef"] == [False, True, True, True, True, True]
    before = device.known(request, "f")
    device.remember(request, response, "f")
    assert response.cookies["device"].value.count(":") == 2 and before not in response.cookies["device"].value
    for forged in ("", "x", signing.dumps([["f", "x"]], salt="another")):
        request.COOKIES["device"] = forged
        assert device.known(request, "f") == ""


def test_a_typed_id_is_stored_nowhere(officer: User) -> None:
    attempt(Client(), "my-password-in-the-wrong-field", "another")
    attempt(Client(), "officer", "almost-the-password")
    stored = str(list(AccessAttempt.objects.values())) + str(list(Event.objects.values()))
    assert AccessAttempt.objects.count() == 2
    assert "wrong-field" not in stored and "almost" not in stored and "username='officer'" not in stored


def test_an_address_is_slowed_down_but_not_the_browsers_known_there(officer: User, settings: Settings) -> None:
    own = enter(officer)
    own.post("/accounts/logout/")
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "sign_in": "2/m/ip"}
    for name in ("first", "second"):
        assert "違います" in said(attempt(Client(), name))
    page = attempt(Client(), "third")
    assert "この回線に集中しています" in said(page)
    assert attempt(own, password=PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("proxies", "header", "expected"),
    [
        (0, "203.0.113.9", HERE),  # forged: nobody is in front
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),  # what the proxy has seen, not what it was told
        (1, "198.51.100.7:4711", "198.51.100.7"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "nonsense", None),
    ],
)
def test_the_address_is_the_one_that_the_proxy_has_seen(
    proxies: int, header: str, expected: str | None, settings: Settings
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    assert locking.address(RequestFactory(REMOTE_ADDR=HERE).get("/", HTTP_X_FORWARDED_FOR=header)) == expected


def test_codes_of_invitations_are_not_tried_out(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"invitation": "2/m/ip"}
    client = Client()
    assert client.post("/invitation/", {"code": "x"}).status_code == 302
    assert client.get("/invitation/y/").status_code == 302
    page = client.get("/invitation/z/")
    assert page.status_code == 429 and "1分ほど待ってから" in said(page)
    assert client.post("/invitation/", {"code": "x"}).status_code == 429


# What an answer gives away


def test_an_unknown_id_is_answered_like_a_wrong_password(
    officer: User, approver: User, delegate: User, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """The same words, and the same work: the hasher runs once, whoever it is."""
    settings.AXES_FAILURE_LIMIT = 2
    approver.set_active(False, by=None)
    delegate.set_unusable_password()
    delegate.save()
    worked: list[str] = []
    hasher = hashers.MD5PasswordHasher
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda *args: (worked.append("once"), encode(*args))[1])
    names = ("officer", "approver", "delegate", "unknown")
    for _ in range(3):  # the last ones are locked out
        pages = []
        for name in names:
            worked.clear()
            page = attempt(Client(), name)
            token = page.context["csrf_token"]
            pages.append((page.status_code, len(worked), said(page).replace(str(token), "").replace(name, "")))
        assert len(set(pages)) == 1, [page[:2] for page in pages]
    assert pages[0][:2] == (429, 0)


def test_who_may_not_sign_in_is_told_after_the_right_password(officer: User) -> None:
    officer.set_active(False, by=None)
    for _ in range(3):
        assert attempt(Client(), password=PASSWORD).headers["Location"] == "/accounts/inactive/"
    assert attempt(Client(), password=PASSWORD).status_code == 429
    assert "sign_in.done" not in kinds(officer)


# The history


def test_signing_in_and_out_is_in_the_history_and_failures_not_one_by_one(officer: User) -> None:
    client = enter(officer)
    client.post("/accounts/logout/")
    for _ in range(5):
        attempt(Client(), at=ELSEWHERE)
        attempt(Client(), at=HERE)
        attempt(Client(), "unknown")
    assert kinds(officer) == ["sign_in.done", "sign_out", "sign_in.failed", "sign_in.locked"]
    done, out, failed, locked = Event.objects.filter(kind__startswith="sign_").order_by("id")
    assert (done.actor, done.after, out.actor) == (officer, {"ways": ["password"]}, officer)
    assert (failed.actor, failed.after, locked.after) == (None, {"step": "password"}, {"step": "password"})


def test_a_refused_password_is_written_down_after_the_answer(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether an id exists must not be seen from the time that the history takes, nor may a busy history hold it up."""
    at_the_answer: list[int] = []
    answered = sign_in_history.answered

    def watched(request: Any, response: Any) -> Any:
        at_the_answer.append(Event.objects.filter(kind="sign_in.failed").count())
        return answered(request, response)

    monkeypatch.setattr(sign_in_history, "answered", watched)
    attempt(Client())
    assert at_the_answer == [0] and Event.objects.filter(kind="sign_in.failed").count() == 1


def test_what_goes_wrong_after_the_answer_is_logged(
    officer: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sign_in_history, "tell", lambda *args: 1 / 0)
    assert attempt(Client()).status_code == 200
    assert "ZeroDivisionError" in caplog.text


# Sessions


def test_signing_in_gives_a_new_session_key(officer: User) -> None:
    client = Client()
    client.post("/invitation/", {"code": "x"})
    before = client.session.session_key
    attempt(client, password=PASSWORD)
    assert client.session.session_key != before and not client.session.exists(before)


def moved(monkeypatch: pytest.MonkeyPatch, **passed: float) -> None:
    now = REAL()
    monkeypatch.setattr(session_limits.time, "time", lambda: now + timedelta(**passed).total_seconds())


@pytest.mark.parametrize(("who", "minutes"), [("officer", 8 * 60), ("prefecture", 30), ("ministry", 30)])
def test_a_session_ends_after_a_while_without_an_action(
    who: str, minutes: int, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = enter(request.getfixturevalue(who))
    moved(monkeypatch, minutes=minutes - 1)
    assert client.get("/guide/").status_code == 200  # an action, from which it is counted anew
    moved(monkeypatch, minutes=2 * minutes - 2)
    assert client.get("/guide/").status_code == 200
    moved(monkeypatch, minutes=3 * minutes)
    found = client.get("/guide/")
    assert found.headers["Location"] == f"{LOGIN}?next=/guide/"
    assert "しばらく操作がなかった" in said(client.get(found.headers["Location"]))
    assert not UserSession.objects.exists()


def test_a_session_ends_though_something_is_done_all_the_time(
    prefecture: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = enter(prefecture)
    for minutes in range(20, 12 * 60, 20):
        moved(monkeypatch, minutes=minutes)
        assert client.get("/guide/").status_code == 200
    moved(monkeypatch, hours=12)
    assert "時間がたったので" in said(client.get("/guide/", follow=True))


def test_what_a_page_asks_by_itself_is_no_action_and_a_save_is(
    response: Response, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = enter(officer)
    live = {"HTTP_HX_REQUEST": "true"}
    moved(monkeypatch, hours=7)
    client.get("/2020/202037/people/people/", **live)
    moved(monkeypatch, hours=9)
    assert client.get("/2020/202037/people/people/", **live).status_code == 401
    again = enter(officer)
    moved(monkeypatch, hours=16)
    assert again.post("/2020/202037/people/", {}, **live).status_code != 401
    moved(monkeypatch, hours=23)
    assert again.post("/2020/202037/people/", {}, **live).status_code != 401


def test_a_session_is_written_once_a_minute_at_most(
    officer: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    client = signed_in(officer)
    with django_assert_num_queries(2):  # the session and the person, as ever
        client.get("/guide/")
    kept = client.session[session_limits.KEPT]
    moved(monkeypatch, seconds=61)
    client.get("/guide/")
    assert client.session[session_limits.KEPT]["acted"] > kept["acted"]
    assert client.session[session_limits.KEPT]["began"] == kept["began"]


def test_a_session_from_before_there_were_limits_begins_now(officer: User) -> None:
    client = Client()
    client.force_login(officer)
    client.get("/guide/")
    assert client.session[session_limits.KEPT]["strict"] is False


def test_one_sees_and_ends_the_own_sessions(officer: User, neighbour: User) -> None:
    edge = enter(officer, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/1 Safari/1 Edg/1")
    phone = enter(officer, HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Version/1 Safari/1")
    odd = enter(officer, HTTP_USER_AGENT="")
    other = enter(neighbour)
    page = said(edge.get(SECURITY))
    assert "Edge" in page and "（Windows）" in page and "Safari" in page and "分からないブラウザー" in page
    assert page.count("終わらせる：") == 0 and page.count('name="session"') == 3 and page.count("この画面</span>") == 1
    theirs = UserSession.objects.get(user=neighbour).pk
    edge.post(END, {"session": theirs})
    assert other.get("/guide/").status_code == 200, "those of others are not one's own"
    here = UserSession.objects.get(session_key=edge.session.session_key).pk
    for pk in (here, "nonsense"):
        assert edge.post(END, {"session": pk}).headers["Location"] == SECURITY
    assert edge.get(END).headers["Location"] == SECURITY
    assert edge.get("/guide/").status_code == 200
    edge.post(END, {"session": UserSession.objects.get(user_agent__contains="iPhone").pk})
    assert phone.get("/guide/").status_code == 302 and odd.get("/guide/").status_code == 200
    edge.post(END, {"session": "others"})
    assert odd.get("/guide/").status_code == 302 and edge.get("/guide/").status_code == 200
    assert kinds(officer)[3:] == ["sessions.ended", "sessions.ended"]


def test_before_ending_sessions_the_password_is_asked_for_anew(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client, other = enter(officer), enter(officer)
    moved(monkeypatch, minutes=6)
    found = client.post(END, {"session": "others"})
    assert found.headers["Location"].startswith("/accounts/again/?next=")
    page = client.get(found.headers["Location"])
    assert "ご本人の確認" in said(page)
    wrong = client.post("/accounts/again/", {"password": "wrong", "next": END})
    assert "パスワードが違います" in said(wrong)
    client.post("/accounts/again/", {"password": PASSWORD, "next": END})
    assert other.get("/guide/").status_code == 302


def test_a_new_password_ends_the_other_sessions_and_is_told_by_mail(
    officer: User, django_capture_on_commit_callbacks: Any
) -> None:
    officer.email = "joho@ueda.example"
    officer.save()
    client, other, new = enter(officer), enter(officer), "another-long-password"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/accounts/password/", data).headers["Location"] == SECURITY
    assert other.get("/guide/").status_code == 302 and client.get(SECURITY).status_code == 200
    assert kinds(officer)[2:] == ["sessions.ended"]
    (message,) = mail.outbox
    assert message.to == ["joho@ueda.example"] and "パスワードが変わりました" in message.body
    assert Event.objects.about(officer.subject).latest("id").kind == "mail.sent"


def test_stopping_a_person_ends_their_sessions_at_once(officer: User) -> None:
    client = enter(officer)
    officer.set_active(False, by=None)
    assert client.get("/guide/").status_code == 302
    officer.set_active(True, by=None)
    assert client.get("/guide/").status_code == 302, "they do not come back"
