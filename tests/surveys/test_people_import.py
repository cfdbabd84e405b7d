"""Taking people from a list: what it would change, the faults by line, all or nothing, and the same twice."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from surveys import people_import
from surveys.management.commands.load_bodies import SHIPPED
from surveys.models import Body, Event, Membership, Response, User
from surveys.models.details import opened
from surveys.models.loading import load
from surveys.people_file import COLUMNS, Row
from surveys.people_import import Changed, Plan, plan, take
from tests.factories import make_member, make_ministry, make_user

pytestmark = pytest.mark.django_db


def rows(*lines: dict[str, str]) -> list[Row]:
    """Lines of a file; each is an editor of the city with a name if it says nothing else."""
    empty = {column.name: "" for column in COLUMNS}
    usual = {"name": "小林 直樹", "body": "202037", "role": "取りまとめ担当者"}
    return [Row(number, {**empty, **usual, **line}) for number, line in enumerate(lines, 2)]


def took(*lines: dict[str, str], by: User | None = None) -> Plan:
    found = rows(*lines)
    return take(found, seen=plan(found).fingerprint, by=by)


def faults(*lines: dict[str, str]) -> list[str]:
    return [fault.in_language("ja") for fault in plan(rows(*lines)).faults]


# What is taken


def test_new_people_get_an_id_a_role_and_no_password(city: Body, nagano: Body) -> None:
    manager = make_user("manager")
    make_user("202037-7")
    taken = took(
        {"division": "情報政策課", "email": "joho@ueda.example"},
        {"name": "宮澤 明子", "role": "approver"},
        {"sign_in_id": "Takizawa", "name": "滝沢 亮", "body": "200000", "role": "都道府県の市区町村担当"},
        by=manager,
    )
    assert [len(found) for found in (taken.new, taken.changed, taken.same)] == [3, 0, 0]
    first = User.objects.get(sign_in_id="202037-8")
    assert (first.name, first.division, first.email) == ("小林 直樹", "情報政策課", "joho@ueda.example")
    assert not first.has_usable_password()
    people = User.objects.filter(sign_in_id__in=["202037-8", "202037-9", "takizawa"])
    assert {user.sign_in_id: user.places() for user in people} == {
        "202037-8": {("202037", "editor")},
        "202037-9": {("202037", "approver")},
        "takizawa": {("200000", "coordinator")},
    }
    events = Event.objects.filter(actor=manager).order_by("id")
    ids = {user.sign_in_id: user.pk for user in people}
    assert [(event.kind, event.subject) for event in events][3:] == [
        ("membership.added", f"membership 202037 {ids['202037-8']}"),
        ("membership.added", f"membership 202037 {ids['202037-9']}"),
        ("membership.added", f"membership 200000 {ids['takizawa']}"),
    ]
    assert opened([events[0].after]) == [first.facts()] and events[0].subject == first.subject


def test_the_same_list_again_changes_nothing(city: Body) -> None:
    lines: list[dict[str, str]] = [{}, {"role": "approver"}, {"name": "宮澤　明子"}]
    took(*lines)
    count = Event.objects.count()
    again = took(*lines, {"name": "宮澤　明子", "role": "approver"}, {"name": "中村 真理"})
    assert [len(found) for found in (again.new, again.changed, again.same)] == [1, 1, 1]
    assert User.objects.count() == 3 and Event.objects.count() == count + 3
    assert [user.sign_in_id for user in User.objects.filter(name="小林 直樹")] == ["202037-1"]


def test_what_changes_is_told_before_and_after_and_what_is_empty_stays(city: Body, nagano: Body) -> None:
    user = make_member(city, "editor", "officer", name="小林 直樹", division="総務課", email="old@ueda.example")
    other = make_member(city, "approver", "approver")
    found = rows({"sign_in_id": "OFFICER", "email": "new@ueda.example"})
    seen = plan(found)
    (person,) = seen.changed
    assert [(str(name), before, after) for name, before, after in person.differences] == [
        ("メールアドレス", "old@ueda.example", "new@ueda.example")
    ]
    assert [member.user for member in seen.others] == [other] and seen.without_approver == []
    take(found, seen=seen.fingerprint, by=None)
    user.refresh_from_db()
    assert (user.division, user.email) == ("総務課", "new@ueda.example")
    event = Event.objects.latest("id")
    assert (event.kind, *opened([event.before, event.after])) == (
        "user.changed",
        {"email": "old@ueda.example"},
        {"email": "new@ueda.example"},
    )


def test_one_limited_to_some_sections_is_widened(response: Response, delegate: User) -> None:
    taken = took({"sign_in_id": "delegate", "name": delegate.name})
    assert taken.changed[0].added == [("202037", "editor")]
    assert delegate.memberships.get().limited is False
    kinds = Event.objects.order_by("-id").values_list("kind", "before", "after")[:2]
    assert set(kinds.values_list("kind", flat=True)) == {"membership.removed", "membership.added"}
    assert response.delegations.get().member.user == delegate


def test_a_body_without_an_active_approver_is_named(city: Body, other_city: Body) -> None:
    make_member(city, "approver", "left", is_active=False)
    found = plan(rows({}, {"name": "決裁 する", "body": "202011", "role": "approver"}))
    assert found.without_approver == [city]


def test_a_change_between_preview_and_confirmation_is_noticed(city: Body) -> None:
    found = rows({})
    seen = plan(found).fingerprint
    make_member(city, "editor", name="小林 直樹", sign_in_id="officer")
    with pytest.raises(Changed) as changed:
        take(found, seen=seen, by=None)
    assert [len(each) for each in (changed.value.plan.new, changed.value.plan.same)] == [0, 1]
    assert User.objects.count() == 1


def test_an_id_taken_at_the_last_moment_takes_back_everything(city: Body, monkeypatch: pytest.MonkeyPatch) -> None:
    found = rows({}, {"name": "宮澤 明子"})
    seen = plan(found).fingerprint
    write = people_import._write

    def somebody_is_faster(*args: Any) -> None:
        write(*args)
        User.objects.bulk_create([User(sign_in_id="202037-1")])

    monkeypatch.setattr(people_import, "_write", somebody_is_faster)
    with pytest.raises(Changed):
        take(found, seen=seen, by=None)
    assert not User.objects.exists() and not Event.objects.exists()


def test_roles_are_also_read_in_english(city: Body) -> None:
    with translation.override("en"):
        role = Membership(role="approver").in_words
        assert plan(rows({"role": role})).people[0].places == [("202037", "approver")]
    assert role != "決裁者"


# What is refused


REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "no name": ({"name": ""}, "2行目「氏名」：氏名を書いてください。"),
    "code too short": ({"body": "20203"}, "6桁の数字で書いてください"),
    "no such body": ({"body": "999999"}, "団体コード999999の団体はありません。"),
    "abolished": ({"body": "202011"}, "長野県長野市は廃止されています"),
    "role": ({"role": "担当者"}, "2行目「役割」：役割「担当者」は使えません"),
    "coordinator of a city": ({"role": "coordinator"}, "都道府県の人だけです"),
    "mail": ({"email": "joho@"}, "2行目「メールアドレス」："),
    "id": ({"sign_in_id": "a b"}, "2行目「サインインID」：小文字の英数字"),
    "ministry": ({"sign_in_id": "ministry"}, "総務省の担当は、一覧では登録できません"),
    "stopped": ({"sign_in_id": "left"}, "サインインを止めています"),
    "somebody else": ({"sign_in_id": "neighbour"}, "別の団体の北原 進さんが使っています"),
    "namesakes": ({"name": "同名 太郎"}, "同じ氏名の人が2人以上います。サインインIDを書いてください（one、two）。"),
}


@pytest.fixture
def people(city: Body, nagano: Body, other_city: Body) -> None:
    make_ministry("viewer", "ministry")
    make_member(city, "editor", "left", is_active=False)
    make_member(nagano, "editor", "neighbour", name="北原 進")
    for id in ("one", "two"):
        make_member(city, "editor", id, name="同名 太郎")
    Body.objects.filter(pk=other_city.pk).update(valid_to="2021-01-01")


@pytest.mark.parametrize("case", REFUSED)
def test_a_line_that_cannot_be_taken_is_refused_with_its_place(people: None, case: str) -> None:
    line, message = REFUSED[case]
    (fault,) = faults(line)
    assert message in fault and fault.startswith("2行目")


def test_lines_that_contradict_each_other_are_refused(city: Body) -> None:
    assert faults({}, {}) == ["3行目「役割」：同じ人の同じ役割が、前の行にもあります。1行にしてください。"]
    assert faults({}, {"role": "approver", "division": "総務課"}) == [
        "3行目「氏名」：同じ人が2行目では違っています。氏名、所属、メールアドレスを同じにしてください。"
    ]


def test_nothing_is_taken_from_a_file_with_a_fault(city: Body) -> None:
    found = rows({}, {"name": ""})
    with pytest.raises(Changed):
        take(found, seen=plan(found).fingerprint, by=None)
    assert not User.objects.exists()


# At full size, and as a command


def test_the_whole_country_takes_few_queries(db: None, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    load(SHIPPED.read_bytes(), "test")
    codes = Body.objects.values_list("code", flat=True)
    lines = [
        {"body": code, "name": f"{role} {code}", "role": role} for code in codes for role in ("editor", "approver")
    ]
    found = rows(*lines)
    # SQLite takes 999 values in a statement, so that most of these are parts of one (18 store the names beside the
    # history); PostgreSQL needs a fifth of them.
    with django_assert_max_num_queries(170):
        seen = plan(found)
        take(found, seen=seen.fingerprint, by=None)
    assert User.objects.count() == Membership.objects.count() == 2 * 1788 and seen.without_approver == []


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def run(text: str, *options: str) -> str:
        file = tmp_path / "people.csv"
        file.write_text(text)
        call_command("import_people", file, *options)
        return capsys.readouterr().out

    return run


def test_the_command_says_what_it_would_do_and_does_it(city: Body, command: Callable[..., str]) -> None:
    user = make_member(city, "editor", "officer", name="小林 直樹", email="old@ueda.example")
    make_user("somebody")
    text = (
        "sign_in_id,name,email,body,role\nofficer,小林 直樹,new@ueda.example,202037,editor\n,中村 真理,,202037,editor\n"
    )
    said = command(text, "--dry-run").splitlines()
    assert said == [
        "changed 小林 直樹（officer）: メールアドレス 'old@ueda.example' -> 'new@ueda.example'",
        "new 中村 真理（202037-1）: editor of 202037",
        "without an approver: 202037 長野県上田市",
        "1 new, 1 changed, 0 the same; 0 roles of people whom the file does not name are left alone; "
        "nothing was changed (dry run)",
    ]
    assert User.objects.count() == 2
    assert command(text).splitlines()[:3] == said[:3]
    user.refresh_from_db()
    assert user.email == "new@ueda.example" and User.objects.count() == 3
    assert command(text).startswith("without an approver: 202037")


@pytest.mark.parametrize("text", ["name\n小林\n", "name,body,role\n,1,x\n"])
def test_the_command_refuses_with_every_fault(city: Body, command: Callable[..., str], text: str) -> None:
    with pytest.raises(CommandError, match="(?s)people.csv: .*people.csv: .*faults; nothing was changed"):
        command(text)
