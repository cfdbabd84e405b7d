"""Two clicks, or two managers, at the same moment: nobody is there twice, no mail goes out twice."""

import pytest
from django.core import mail

from surveys import people_import
from surveys.admin.handing_over import _hand_over
from surveys.models import AccountLink, NotAllowed, User
from surveys.people_import import Changed
from tests.factories import make_body, make_member, make_user
from tests.surveys.test_concurrency import at_once
from tests.surveys.test_people_import import rows

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def manager() -> User:
    return make_user("manager", is_staff=True, is_superuser=True)


def test_a_link_is_mailed_once(manager: User) -> None:
    user = make_member(make_body(), email="joho@ueda.example")
    at_once(*[lambda: AccountLink.send([user.pk], key="page", by=manager)] * 3)
    assert len(mail.outbox) == 1 and AccountLink.objects.count() == 1


def test_a_code_sets_one_password(manager: User) -> None:
    user = make_member(make_body())
    (link,) = AccountLink.slips([user.pk], key="page", by=manager)
    passwords = [f"the-secret-of-number-{number}" for number in range(2)]
    tasks = [lambda password=each: AccountLink.with_digest(link.digest).set_password(password) for each in passwords]
    results = at_once(*tasks)
    assert [isinstance(found, NotAllowed) for found in results].count(True) == 1
    user.refresh_from_db()
    (taken,) = [each for each, found in zip(passwords, results, strict=True) if not isinstance(found, NotAllowed)]
    assert user.check_password(taken)


def test_a_person_is_replaced_by_one_new_person(manager: User) -> None:
    old = make_member(make_body())
    found = {"to": None, "name": "後任 者", "division": "", "email": "", "stop": True}
    results = at_once(*[lambda: _hand_over(User.objects.get(pk=old.pk), found, manager)] * 2)
    assert [isinstance(each, NotAllowed) for each in results].count(True) == 1
    assert User.objects.filter(name="後任 者").count() == 1


def test_a_list_is_taken_in_once(manager: User) -> None:
    make_body()
    lines = rows({}, {"name": "宮澤 明子", "role": "approver"})
    seen = people_import.plan(lines).fingerprint

    def take() -> str:
        try:
            people_import.take(lines, seen=seen, by=manager)
        except Changed:
            return "changed"
        return "taken"

    assert sorted(at_once(take, take)) == ["changed", "taken"]
    assert User.objects.exclude(pk=manager.pk).count() == 2
