"""Passwords are taken as they are typed, and changed by who knows them; who signs out is out."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client

from surveys.models import Response, User
from surveys.password_words import WordsOfTheSurvey
from tests.conftest import signed_in
from tests.factories import PASSWORD

LOGIN, CHANGE = "/accounts/login/", "/accounts/password/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_has_tried_before() -> None:
    cache.clear()  # failures are counted there


def signs_in(password: str) -> bool:
    return Client().post(LOGIN, {"login": "officer", "password": password}).status_code == 302


@pytest.mark.parametrize(
    "password",
    [
        " with blanks at both ends ",
        "ただの長い言葉と🗾の絵と空",
        "nodigitsnocapitals-",
        "Long " * 30,
    ],
)
def test_a_password_is_taken_exactly_as_it_is_typed(officer: User, password: str) -> None:
    """Neither cut, nor folded, nor with rules for its characters."""
    signed_in(officer).post(CHANGE, {"oldpassword": PASSWORD, "password1": password, "password2": password})
    assert signs_in(password)
    changed = [password.strip(), password.swapcase(), password[:72], f"{password} "]
    assert [other for other in changed if other != password and signs_in(other)] == []


def test_the_present_password_is_needed_for_a_new_one(officer: User) -> None:
    new = "another-long-password"
    for old in ("", "not the password"):
        signed_in(officer).post(CHANGE, {"oldpassword": old, "password1": new, "password2": new})
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("password", "is_refused"),
    [
        ("soumusho2026", True),
        ("ＳＯＵＭＵ調査２０２６年度", True),
        ("総務省調査担当者パスワード", True),
        ("password-admin-1", True),
        ("soumu no neko ga naku", False),
        ("twelve-signs", False),
        ("調査調査", False),  # another rule says that it is too short
    ],
)
def test_words_of_the_survey_alone_are_no_password(password: str, is_refused: bool) -> None:
    rule = WordsOfTheSurvey()
    if not is_refused:
        rule.validate(password)
        return
    with pytest.raises(ValidationError, match="ほかの言葉を足してください"):
        rule.validate(password)


def test_the_words_of_the_survey_are_asked_about_where_a_password_is_chosen(officer: User) -> None:
    new = "soumusho2026"
    page = signed_in(officer).post(CHANGE, {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert "ほかの言葉を足してください" in page.content.decode()
    assert "この調査でよく使う言葉だけ" in str(password_validators_help_texts())


def test_the_fields_are_masked_and_known_to_password_managers(officer: User) -> None:
    for client, url, names in (
        (Client(), LOGIN, ["current-password"]),
        (signed_in(officer), CHANGE, ["current-password", "new-password", "new-password"]),
    ):
        page = client.get(url).content.decode()
        fields = re.findall(r'<input[^>]*type="password"[^>]*>', page)
        assert [re.findall(r'autocomplete="([^"]*)"', field) for field in fields] == [[name] for name in names]
        assert not re.search(r"\son(paste|copy|drop)\s*=", page)


def test_signing_out_is_at_hand_on_every_kind_of_page(officer: User, ministry: User, response: Response) -> None:
    places = ((officer, "/"), (officer, "/2020/202037/"), (officer, "/2020/202037/people/"), (officer, "/guide/"))
    for person, url in (*places, (ministry, "/admin/"), (ministry, "/admin/surveys/response/")):
        page = signed_in(person).get(url, follow=True).content.decode()
        assert 'action="/accounts/logout/"' in page or 'href="/accounts/logout/"' in page, url


def test_the_key_of_a_session_cannot_be_guessed_and_ends_with_it(officer: User) -> None:
    client = Client()
    client.post(LOGIN, {"login": "officer", "password": PASSWORD})
    key = client.session.session_key
    assert key and re.fullmatch("[a-z0-9]{32}", key), "32 of 36 signs: 165 bits"
    client.post("/accounts/logout/")
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    assert client.get("/guide/").status_code == 302
