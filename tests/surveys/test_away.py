"""What people get while the database is away, and what is still an error."""

import sqlite3
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import Client

from surveys import mail
from surveys.away import is_away
from surveys.models import Response, User
from tests.conftest import signed_in

PEOPLE = "/2020/202037/people/"


def raising(error: BaseException) -> Any:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    return fail


@pytest.fixture
def client(response: Response, officer: User) -> Client:
    found = signed_in(officer)
    found.raise_request_exception = False
    return found


def test_a_page_says_that_it_can_be_tried_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surveys.dossier.Dossier.find", raising(OperationalError("the connection is lost")))
    page = client.get(PEOPLE)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
    assert "もう一度表示する" in page.content.decode()
    post = client.post(PEOPLE, {})
    assert post.status_code == 503 and "もう一度表示する" not in post.content.decode()


def test_an_error_of_the_driver_itself_counts_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    error = connection.Database.OperationalError("the cursor cannot be closed")
    monkeypatch.setattr("surveys.dossier.Dossier.find", raising(error))
    assert client.get(PEOPLE).status_code == 503


def test_another_error_is_an_error(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surveys.dossier.Dossier.find", raising(DatabaseError("no such thing")))
    page = client.get(PEOPLE)
    assert page.status_code == 500 and "いま表示できません" in page.content.decode()


def test_a_session_that_cannot_be_written_now_is_not_gone(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django turns any error of the database into the end of the session."""
    monkeypatch.setattr("surveys.section_views.Dossier.find", raising(SessionInterrupted("deleted")))
    assert client.get(PEOPLE).status_code == 400
    monkeypatch.undo()
    monkeypatch.setattr("django.db.models.Model.save", raising(OperationalError("the connection is lost")))
    session = SessionStore(client.session.session_key)
    monkeypatch.setattr("surveys.section_views.Dossier.find", session_that_cannot_be_saved(session))
    assert client.get(PEOPLE).status_code == 503


def session_that_cannot_be_saved(session: SessionStore) -> Any:
    def find(*args: Any) -> Any:
        try:
            session.save()
        except Exception:
            raise SessionInterrupted("deleted")  # noqa: B904  as the middleware of sessions does

    return find


def test_a_wrong_statement_on_sqlite_is_an_error() -> None:
    """SQLite calls that operational as well."""
    with pytest.raises(sqlite3.OperationalError) as raised:
        sqlite3.connect(":memory:").execute("SELECT nothing FROM nowhere")
    error = OperationalError("no such table")
    error.__cause__ = raised.value
    assert not is_away(error)
    assert is_away(OperationalError("database is locked"))
    assert not is_away(None)


@pytest.mark.django_db(transaction=True)
def test_what_fails_after_the_commit_undoes_nothing_and_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mail, "_deliver", raising(OperationalError("the connection is lost")))
    with transaction.atomic():
        mail.send("receipt", [], {}, told=lambda outcome: None)
    assert "Error calling send.<locals>" in caplog.text
