"""The rule for texts (`surveys.texts`) at every way in: pages, the admin, addresses, cookies, names of files."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from config.wsgi import application
from surveys.models import Body, Comment, Response, User
from tests.conftest import signed_in
from tests.factories import make_ministry
from tests.surveys.web_page import open_page

TYPED, KEPT = "ｶﾞｲﾄﾞ\0\u202e\r\nか\u3099", "ガイド\nが"


@pytest.mark.django_db
def test_a_form_of_a_body(response: Response, officer: User) -> None:
    url = reverse("comments", args=[2020, response.body.code, "people", "cio"])
    signed_in(officer).post(url, {"text": TYPED, "audience": "body", "page": "x"})
    assert Comment.objects.get().text == KEPT


@pytest.mark.django_db
@pytest.mark.parametrize("live", [{}, {"HX-Request": "true"}], ids=["button", "while typing"])
def test_an_answer(live: dict[str, str], response: Response, officer: User) -> None:
    client = signed_in(officer)
    page = open_page(client, reverse("section", args=[2020, response.body.code, "people"]))
    page = page.fill({"cio": "yes"}).save()  # so that the question after it is asked
    page.fill({"post": "other", "post|other|other_text": f"\ufa19{TYPED}"})
    client.post(page.url, page.values, headers=live)
    stored = response.sections.get(section="people").answers["post"]
    assert stored["other_text"] == {"other": f"神\ufe00{KEPT}"}


@pytest.mark.django_db
def test_the_admin(city: Body) -> None:
    client = signed_in(make_ministry("manager"))
    data = {"sign_in_id": "new", "name": "ﾀﾅｶ\0", "usable_password": "false"}
    client.post(reverse("admin:surveys_user_add"), data)
    assert User.objects.get(sign_in_id="new").name == "タナカ"
    found = client.get(reverse("admin:surveys_user_changelist"), {"q": "ﾀﾅｶ\0"})
    assert "タナカ" in found.content.decode()


@pytest.mark.django_db
def test_a_password_is_as_it_was_typed(officer: User) -> None:
    officer.set_password("ｶﾞｲﾄﾞ-long-enough")
    officer.save()
    client = Client()
    client.post(reverse("account_login"), {"login": "officer", "password": "ガイド-long-enough"})
    assert "_auth_user_id" not in client.session
    client.post(reverse("account_login"), {"login": "officer", "password": "ｶﾞｲﾄﾞ-long-enough"})
    assert client.session["_auth_user_id"] == str(officer.pk)


@pytest.mark.django_db
def test_an_address_with_what_no_text_has_leads_nowhere(client: Client) -> None:
    assert client.get("/report/2020/bodies/202037%00/").status_code == 404


@pytest.mark.django_db
def test_a_cookie_with_controls_is_none(client: Client) -> None:
    """PostgreSQL refuses NUL with an error, and a cookie may carry one in octal."""
    assert client.get("/guide/", headers={"Cookie": 'sessionid="aaaaaaaaaaaa\\000"'}).status_code == 302


@pytest.mark.django_db
def test_an_address_that_is_too_long_is_refused(client: Client) -> None:
    """SQLite cannot search for more than so much."""
    assert client.get("/accounts/login/?q=" + "x" * 4092).status_code == 200
    page = client.get("/accounts/login/?q=" + "x" * 4093)
    assert page.status_code == 413 and "大きすぎます" in page.content.decode()


@pytest.mark.django_db
def test_the_name_of_a_file(city: Body) -> None:
    """It goes into the history."""
    client = signed_in(make_ministry("manager"))
    data = "code,prefecture_code,prefecture,name,name_kana,kind\n202037,20,長野県,上田,うえだし,city\n".encode()
    file = SimpleUploadedFile("x", data)
    file._name = "名\x1b簿\u202e.csv"
    page = client.post(reverse("admin:surveys_body_load"), {"file": file})
    assert "名簿.csv" in page.content.decode()


@pytest.mark.parametrize("charset", ["base64", "utf-16", "unicode_escape", "shift_jis", "nonsense"])
def test_a_form_in_another_encoding_is_refused(charset: str) -> None:
    """Django raises on the first before any middleware is asked."""
    said: list[Any] = []
    environ = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": f'application/x-www-form-urlencoded; charset="{charset}"'}
    body = b"".join(application(environ, lambda *given: said.append(given[0])))
    assert said == ["400 Bad Request"]
    assert b"UTF-8" in body


def test_other_requests_go_on_to_django(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.wsgi.django_application", lambda environ, start_response: [b"Django"])
    for content_type in ("", "text/plain", "multipart/form-data; boundary=x", "text/plain; charset=UTF-8"):
        assert application({"CONTENT_TYPE": content_type}, lambda *given: None) == [b"Django"]
