"""The pages around signing in, and those for when something is not there."""

import pytest
from django.test import Client

from surveys.models import Response, User
from tests.conftest import signed_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def text(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_one_signs_in_with_the_sign_in_id(client: Client, response: Response, officer: User) -> None:
    wrong = client.post(LOGIN, {"login": "officer", "password": "not the password"}).content.decode()
    assert "サインインできませんでした" in wrong
    assert 'value="officer"' in wrong
    assert client.post(LOGIN, {"login": "Officer", "password": PASSWORD}).headers["Location"] == "/"
    assert "小林 直樹さん" in text(client, "/2020/202037/")
    assert client.post("/accounts/logout/").headers["Location"] == LOGIN


def test_the_account_pages_stand_in_the_frame(client: Client, officer: User) -> None:
    assert "ここでは利用者の登録はできません" in text(client, "/accounts/signup/")
    assert "使えなくなっています" in text(client, "/accounts/inactive/")
    inside = signed_in(officer)
    assert "サインアウトする" in text(inside, "/accounts/logout/")
    page = text(inside, "/accounts/password/")
    assert page.count('class="field-label"') == 3


def test_the_password_can_be_changed(officer: User) -> None:
    inside, new = signed_in(officer), "another-long-password"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": "something else"}
    assert 'class="field has-error"' in inside.post("/accounts/password/", data).content.decode()
    inside.post("/accounts/password/", {**data, "password2": new})
    officer.refresh_from_db()
    assert officer.check_password(new)


def test_what_is_not_there_is_said_kindly(client: Client) -> None:
    assert "このページは見つかりません" in text(client, "/nothing/at/all/here/")
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post(LOGIN, {})
    assert refused.status_code == 403
    assert "送られた内容を受け取れませんでした" in refused.content.decode()
