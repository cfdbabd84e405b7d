"""In April: one person in another's place in every body, in one step; and who signs in no longer."""

import pytest

from surveys.models import Body, Delegation, Event, NotAllowed, Response, Task, User
from tests.conftest import member_too, signed_in
from tests.factories import make_body, make_member, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(db: None) -> User:
    return make_user("manager", is_staff=True, is_superuser=True)


def test_every_role_in_every_body_moves_with_its_sections(
    response: Response, delegate: User, approver: User, nagano: Body, manager: User
) -> None:
    member_too(delegate, nagano, "coordinator")
    successor = make_user("successor", "後任 者")
    client = signed_in(delegate)
    assert client.get("/2020/202037/").status_code == 200
    delegate.hand_over_everywhere(successor, stop=True, by=manager)
    assert successor.places() == {("202037", "delegate"), ("200000", "coordinator")}
    assert delegate.places() == set() and response.delegations.get().member.user == successor
    delegate.refresh_from_db()
    assert not delegate.is_active and client.get("/2020/202037/").status_code == 302
    kinds = Event.objects.filter(actor=manager).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == [
        *["membership.added", "delegation.given", "membership.added"],
        *["membership.removed", "membership.removed", "user.changed"],
    ]


def test_a_successor_who_is_there_already_keeps_the_wider_role(
    response: Response, delegate: User, officer: User, manager: User
) -> None:
    delegate.hand_over_everywhere(officer, stop=False, by=manager)
    assert officer.places() == {("202037", "editor")} and delegate.is_active
    assert response.delegations.get().member.user == officer


def test_a_person_who_was_stopped_before_stays_so(officer: User, approver: User, manager: User) -> None:
    officer.set_active(False, by=manager)
    officer.hand_over_everywhere(approver, stop=True, by=manager)
    assert Event.objects.filter(kind="user.changed").count() == 1


def test_who_cannot_be_a_successor_is_refused_and_nothing_moves(officer: User, manager: User, nobody: User) -> None:
    stopped = make_user("stopped", is_active=False)
    for to in (officer, stopped, manager):
        with pytest.raises(NotAllowed, match="後任には"):
            officer.hand_over_everywhere(to, stop=True, by=manager)
    with pytest.raises(NotAllowed, match="引き継ぐ役割がありません"):
        nobody.hand_over_everywhere(officer, stop=True, by=manager)
    assert officer.places() == {("202037", "editor")}


def test_a_made_id_goes_on_from_the_highest_number(city: Body) -> None:
    for id in ("202037-2", "202037-10", "202037-x", "2020370-99"):
        make_user(id)
    assert User.objects.create_numbered(city, by=None, name="新 人").sign_in_id == "202037-11"
    other = make_body("202011", "長野市")
    assert User.objects.create_numbered(other, by=None, name="新 人").sign_in_id == "202011-1"


def test_what_somebody_holds_who_signs_in_no_longer_is_marked(
    response: Response, officer: User, delegate: User, manager: User
) -> None:
    Delegation.give(response, ["systems"], make_member(response.body), Task(), by=officer)
    page = "/2020/202037/team/"
    assert "サインインを止めています" not in signed_in(officer).get(page).content.decode()
    delegate.set_active(False, by=manager)
    assert signed_in(officer).get(page).content.decode().count("サインインを止めています") == 1
