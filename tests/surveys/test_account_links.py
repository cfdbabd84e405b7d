"""Links to accounts that are there: by mail and on slips, once, until a day; what each closed one says."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from surveys import mail as our_mail
from surveys.models import AccountLink, Body, Event, NotAllowed, User
from tests.conftest import signed_in
from tests.factories import PASSWORD, make_member, make_user

pytestmark = pytest.mark.django_db
PAGE, SET = "/invitation/", "/invitation/password/"
NEW = {"new_password1": "a-new-secret-of-mine", "new_password2": "a-new-secret-of-mine"}
Commit = Callable[..., Any]


@pytest.fixture
def manager(db: None) -> User:
    return make_user("manager", "総務 太郎", is_staff=True, is_superuser=True)


@pytest.fixture
def person(city: Body) -> User:
    user = make_member(city, "editor", "202037-1", email="joho@ueda.example")
    user.set_unusable_password()
    user.save()
    return user


@pytest.fixture
def link(person: User, manager: User) -> AccountLink:
    (found,) = AccountLink.slips([person.pk], key="page", by=manager)
    return found


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Commit:
    def run(act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return act(*args, **kwargs)

    return run


def opened(link: AccountLink, client: Client | None = None) -> Client:
    client = client or Client()
    assert client.get(f"{PAGE}{link.token}/").headers["Location"] == PAGE
    return client


def kinds(user: User) -> list[str]:
    return list(Event.objects.about(user.subject).order_by("id").values_list("kind", flat=True))[1:]


# Made


def test_a_mail_goes_to_each_address_with_a_link_for_each_person(
    person: User, manager: User, city: Body, commit: Commit
) -> None:
    second = make_member(city, "approver", "kessai", name="宮澤 明子", email="Joho@ueda.example")
    without = make_member(city, "editor", "silent")
    people = [person.pk, second.pk, without.pk]
    commit(AccountLink.send, people, key="page", by=manager)
    (message,) = mail.outbox
    for user, days in ((person, 14), (second, 3)):  # the second has a password, which is to be set anew
        found = AccountLink.objects.get(user=user)
        assert found.expires_at - found.at == timedelta(days=days) and user.sign_in_id in message.body
    assert message.body.count("/invitation/") == 4 and "長野県上田市　決裁者" in message.body
    assert not AccountLink.objects.filter(user=without).exists()
    commit(AccountLink.send, people, key="page", by=manager)  # a second click
    assert len(mail.outbox) == 1
    commit(AccountLink.send, people, key="later", by=manager)
    assert len(mail.outbox) == 2 and AccountLink.objects.count() == 2
    assert kinds(person) == ["account.invited", "account.invited"]


@pytest.mark.django_db(transaction=True)
def test_what_became_of_the_mails_is_told_and_in_the_history(
    person: User, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (outcome,) = AccountLink.send([person.pk], key="page", by=manager)
    assert (outcome.sent, outcome.failed) == (1, 0)
    monkeypatch.setattr(our_mail, "_one", lambda message: ["OSError"])
    (outcome,) = AccountLink.send([person.pk], key="later", by=manager)
    assert (outcome.sent, outcome.failed) == (0, 1)
    found = Event.objects.about("users").order_by("id")
    assert [(event.kind, event.after["recipients"]) for event in found] == [("mail.sent", 1), ("mail.failed", 1)]
    assert "ueda.example" not in str(list(found.values()))


def test_slips_are_good_for_longer_and_come_in_the_order_of_the_bodies(
    link: AccountLink, person: User, manager: User, other_city: Body
) -> None:
    other = make_member(other_city, "editor", "zzz")
    assert link.expires_at - link.at == timedelta(days=30) and link.is_printed
    made = AccountLink.slips([person.pk, other.pk], key="page", by=manager)
    assert [found.user for found in made] == [other, person]
    assert AccountLink.objects.count() == 2


def test_only_a_hash_is_stored_and_a_new_code_ends_the_one_before(link: AccountLink, manager: User) -> None:
    stored = AccountLink.objects.filter(pk=link.pk).values().get()
    assert link.token not in str(stored) and link.token.replace("-", "") not in str(stored)
    assert link.token not in str(list(Event.objects.values()))
    (again,) = AccountLink.slips([link.user.pk], key="page", by=manager)
    assert AccountLink.with_digest(link.digest) is None
    assert AccountLink.with_digest(again.digest) is not None
    assert str(again) == "小林 直樹（202037-1） open"


def test_who_may_not_sign_in_is_not_invited_and_a_superuser_only_by_another(person: User, manager: User) -> None:
    plain = make_user("plain", is_staff=True)
    with pytest.raises(NotAllowed, match="システム管理者"):
        AccountLink.slips([manager.pk], key="page", by=plain)
    person.set_active(False, by=manager)
    with pytest.raises(NotAllowed, match="サインインを止めています"):
        AccountLink.send([person.pk], key="page", by=plain)
    with pytest.raises(NotAllowed, match="システム管理者"):
        manager.set_active(False, by=plain)
    assert not AccountLink.objects.exists()


def test_the_database_refuses_impossible_links(link: AccountLink) -> None:
    now = timezone.now()
    for values in ({"accepted_at": now, "revoked_at": now}, {"expires_at": link.at}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccountLink.objects.filter(pk=link.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        values = {"digest": "0", "by": link.by, "expires_at": link.expires_at}
        AccountLink.objects.create(user=link.user, **values)


# Used


def test_a_password_is_chosen_once_and_signs_in(link: AccountLink, person: User) -> None:
    client = opened(link)
    page = client.get(PAGE).content.decode()
    assert 'value="202037-1"' in page and "長野県上田市" in page
    assert client.post(SET, NEW).headers["Location"] == "/"
    assert client.get("/").wsgi_request.user == person
    assert client.post(SET, NEW).headers["Location"] == "/"  # a second click
    person.refresh_from_db()
    assert person.check_password(NEW["new_password1"])
    assert kinds(person) == ["account.invited", "account.entered", "user.password", "sign_in.done"]
    again = opened(link)
    assert again.get(PAGE).status_code == 410 and "もう使えません" in again.get(PAGE).content.decode()
    assert again.post(SET, NEW).status_code == 410


def test_the_code_is_typed_from_a_slip(link: AccountLink) -> None:
    client = Client()
    assert client.post(PAGE, {"code": link.token.lower().replace("-", " ")}).headers["Location"] == PAGE
    assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize("password", ["short", "202037-1", "password1234"])
def test_a_weak_password_is_refused(link: AccountLink, password: str) -> None:
    client = opened(link)
    page = client.post(SET, {"new_password1": password, "new_password2": password})
    assert page.status_code == 400 and page.context["form"].errors
    assert AccountLink.objects.get().state == "open"


def test_a_forgotten_password_is_set_anew_and_ends_other_sessions(city: Body, manager: User) -> None:
    user = make_member(city, "editor", "officer")
    before = signed_in(user)
    (link,) = AccountLink.slips([user.pk], key="page", by=manager)
    user.refresh_from_db()
    assert user.check_password(PASSWORD) and before.get("/guide/").status_code == 200
    opened(link).post(SET, NEW)
    assert before.get("/guide/").status_code == 302


def test_somebody_else_who_is_signed_in_is_told_and_signed_out(link: AccountLink, manager: User, person: User) -> None:
    client = opened(link, signed_in(manager))
    assert "総務 太郎さんはサインアウトします" in client.get(PAGE).content.decode()
    client.post(SET, NEW)
    assert client.get("/").wsgi_request.user == person


def test_a_link_that_ended_says_why(link: AccountLink, person: User, manager: User) -> None:
    client = opened(link)
    link.revoke(by=manager)
    link.revoke(by=manager)
    assert "もう使えません" in client.get(PAGE).content.decode()
    assert client.post(SET, NEW).status_code == 410
    assert kinds(person) == ["account.invited", "account.revoked"]
    (late,) = AccountLink.slips([person.pk], key="page", by=manager)
    AccountLink.objects.update(at=timezone.now() - timedelta(days=40), expires_at=timezone.now())
    assert "もう使えません" in opened(late).get(PAGE).content.decode()
    (again,) = AccountLink.slips([person.pk], key="page", by=manager)
    opened(again).post(SET, NEW)
    with pytest.raises(NotAllowed, match="もう登録を済ませています"):
        again.revoke(by=manager)


def test_a_link_of_somebody_who_was_stopped_or_got_a_newer_one_is_unknown(
    link: AccountLink, person: User, manager: User
) -> None:
    client = opened(link)
    AccountLink.slips([person.pk], key="page", by=manager)
    with pytest.raises(NotAllowed, match="もう使えません"):
        link.set_password("a-new-secret-of-mine")
    assert client.post(SET, NEW).headers["Location"] == PAGE and client.get(PAGE).status_code == 404
    (newer,) = AccountLink.slips([person.pk], key="page", by=manager)
    person.set_active(False, by=manager)
    assert opened(newer).get(PAGE).status_code == 404


def test_no_mail_where_none_is_sent(person: User, manager: User, settings: Settings, commit: Commit) -> None:
    settings.SENDS_MAIL = False
    assert commit(AccountLink.send, [person.pk], key="page", by=manager) == [] and mail.outbox == []
