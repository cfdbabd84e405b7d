"""The pages of the desk that take people in, invite them, and hand over."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from surveys import mail as our_mail
from surveys.admin import importing
from surveys.models import AccountLink, Body, Event, Response, User
from surveys.workbook import archive
from tests.conftest import signed_in
from tests.factories import make_member, make_ministry, make_user

pytestmark = pytest.mark.django_db
IMPORT, CONFIRM, INVITE, LIST = (
    reverse(f"admin:surveys_user_{name}") for name in ("import", "import-confirm", "invite", "changelist")
)
HEADING = "サインインID,氏名,所属,メールアドレス,団体コード,役割\n"
GOOD = (
    HEADING + ",中村 真理,総務課,joho@ueda.example,202037,取りまとめ担当者\nofficer,小林 直樹,秘書課,,202037,決裁者\n"
)


@pytest.fixture
def manager(db: None) -> User:
    return make_ministry("manager", "manager")


@pytest.fixture
def desk(manager: User) -> Client:
    return signed_in(manager)


def upload(desk: Client, text: str) -> Any:
    return desk.post(IMPORT, {"file": SimpleUploadedFile("people.csv", text.encode())})


def said(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


# A list


def test_a_list_is_previewed_then_taken_in(desk: Client, manager: User, city: Body, officer: User) -> None:
    assert "空の一覧を受け取る" in desk.get(IMPORT).content.decode()
    left = make_member(city, "approver", "left", name="残る 人", is_active=False)
    page = upload(desk, GOOD)
    words = page.content.decode()
    assert "202037-1" in words and "秘書課" in words and str(left) in words
    assert User.objects.count() == 3
    carried = {"carried": page.context["token"]}
    page = desk.post(CONFIRM, carried, follow=True)
    assert said(page)[0] == "利用者を取り込みました（2人）。" and "招待すると" in said(page)[1]
    assert [user.sign_in_id for user in page.context["cl"].result_list] == ["202037-1"]
    assert Event.objects.filter(kind="user.added", actor=manager).count() == 1
    page = desk.post(CONFIRM, carried)  # a second click
    assert page.status_code == 409 and "変わりました" in said(page)[0]
    assert "変わるところはありません" in page.content.decode()
    page = desk.post(CONFIRM, {"carried": page.context["token"]}, follow=True)
    assert said(page) == ["変わるところはありません。この一覧の人は、もう登録されています。"]


def test_only_changes_need_no_invitation(desk: Client, city: Body, officer: User) -> None:
    page = upload(desk, HEADING + "officer,小林 直樹,秘書課,,202037,決裁者\n")
    assert "取り込んでも決裁者がいない団体" in page.content.decode() and not page.context["plan"].without_approver
    assert len(said(desk.post(CONFIRM, {"carried": page.context["token"]}, follow=True))) == 1


def test_faults_are_listed_and_nothing_is_changed(desk: Client, city: Body, monkeypatch: pytest.MonkeyPatch) -> None:
    page = upload(desk, HEADING + ",,,,202037,決裁者\n,中村,,,1,決裁者\n")
    assert page.status_code == 400 and page.context["faults"] == [
        "2行目「氏名」：氏名を書いてください。",
        "3行目「団体コード」：団体コードは6桁の数字で書いてください（先頭の0が落ちていないか、確かめてください）。",
    ]
    monkeypatch.setattr(importing, "SHOWN_FAULTS", 1)
    page = upload(desk, HEADING + ",,,,202037,決裁者\n,中村,,,1,決裁者\n")
    assert len(page.context["faults"]) == 1 and "全部で2つ" in page.content.decode()
    assert User.objects.count() == 1


def test_a_file_that_cannot_be_taken_is_refused(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "選ばれていません" in desk.post(IMPORT).content.decode()
    monkeypatch.setattr(archive, "MAX_BYTES", 3)
    assert "大きすぎます" in upload(desk, GOOD).content.decode()


def test_a_preview_is_good_only_for_the_one_who_made_it(desk: Client, city: Body, officer: User) -> None:
    carried = {"carried": upload(desk, GOOD).context["token"]}
    other = signed_in(make_ministry("manager", "other"))
    for client, data in ((other, carried), (desk, {"carried": carried["carried"] + "x"}), (desk, {})):
        page = client.post(CONFIRM, data)
        assert page.status_code == 400 and "もう一度読み込んで" in page.content.decode()
    assert desk.get(CONFIRM).headers["Location"] == IMPORT


def test_the_blank_files_are_handed_out(desk: Client) -> None:
    for suffix, beginning in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        found = desk.get(reverse("admin:surveys_user_import-file", args=[suffix]))
        assert found.content.startswith(beginning)
        assert found.headers["Content-Disposition"] == f'attachment; filename="people.{suffix}"'
    assert desk.get(reverse("admin:surveys_user_import-file", args=["pdf"])).status_code == 404


# Invitations


def choose(desk: Client, *people: User) -> Any:
    return desk.post(LIST, {"action": "invite", "_selected_action": [user.pk for user in people]})


def send(desk: Client, page: Any, way: str, *people: User) -> Any:
    data = {"key": page.context["key"], "way": way, "people": ",".join(str(user.pk) for user in people)}
    return desk.post(INVITE, data, follow=True)


def test_people_are_chosen_and_those_with_an_address_get_a_mail(
    desk: Client, city: Body, django_capture_on_commit_callbacks: Any
) -> None:
    with_mail = make_member(city, "editor", "with", email="joho@ueda.example")
    without = make_member(city, "editor", "without")
    stopped = make_member(city, "editor", "stopped", is_active=False)
    above = make_user("above", is_superuser=True)
    page = choose(desk, with_mail, without, stopped, above)
    lists = [page.context[name] for name in ("by_mail", "by_paper", "unable")]
    assert lists == [[with_mail], [without], [above, stopped]] and not AccountLink.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        send(desk, page, "mail", with_mail)
    assert len(mail.outbox) == 1
    page = desk.get(INVITE, {"people": f"{with_mail.pk},x"})
    assert "前の招待" in page.content.decode() and "1人は、もうパスワードを決めています" in page.content.decode()
    assert "選ばれていません" in desk.post(INVITE, {"people": ""}).content.decode()


@pytest.mark.django_db(transaction=True)
def test_what_became_of_the_mails_is_said(desk: Client, city: Body, monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_member(city, "editor", "with", email="joho@ueda.example")
    page = choose(desk, user)
    assert said(send(desk, page, "mail", user)) == ["招待のメールを送りました（宛先1件）。"]
    assert said(send(desk, page, "mail", user))[0].startswith("送るメールはありませんでした。")
    monkeypatch.setattr(our_mail, "_one", lambda message: ["OSError"])
    assert said(send(desk, choose(desk, user), "mail", user))[0].startswith("メールを送れなかった宛先が1件あります。")


def test_slips_show_codes_that_open_accounts(desk: Client, city: Body, settings: Settings) -> None:
    settings.SENDS_MAIL = False
    people = [make_member(city, "editor", f"person-{number}", email="a@ueda.example") for number in range(2)]
    page = choose(desk, *people)
    assert page.context["by_mail"] == []
    page = send(desk, page, "paper", *people)
    codes = re.findall(r'slip-code">([0-9A-Z-]{19})<', page.content.decode())
    assert len(codes) == 2 and "no-store" in page.headers["Cache-Control"]
    client = Client()
    assert client.post("/invitation/", {"code": codes[0]}, follow=True).status_code == 200


def test_a_refusal_is_said(desk: Client, city: Body) -> None:
    stopped = make_member(city, "editor", "stopped", is_active=False)
    assert "サインインを止めています" in said(send(desk, choose(desk, stopped), "paper", stopped))[0]


def test_an_invitation_is_revoked_and_what_became_of_it_is_said(desk: Client, manager: User, officer: User) -> None:
    def shown() -> str:
        return desk.get(reverse("admin:surveys_user_change", args=[officer.pk])).content.decode()

    step = reverse("admin:surveys_user_step", args=[officer.pk, "revoke"])
    assert "招待を取り消す" not in shown()
    AccountLink.slips([officer.pk], key="page", by=manager)
    assert "まで使えます" in shown() and "招待を取り消す" in shown()
    desk.post(step)
    assert "取り消しました。" in shown() and AccountLink.objects.get().state == "revoked"
    assert "使える招待はありません" in said(desk.post(step, follow=True))[0]


def test_who_waits_is_found_and_counted(desk: Client, manager: User, city: Body) -> None:
    new, invited = make_member(city, "editor", "new"), make_member(city, "editor", "invited")
    for user in (new, invited):
        user.set_unusable_password()
        user.save()
    AccountLink.slips([invited.pk], key="page", by=manager)
    for query, people in (("no", [new]), ("waiting", [invited]), ("x", None)):
        page = desk.get(LIST, {"invited": query}, follow=True)
        assert people is None or list(page.context["cl"].result_list) == people
    lines = {line.title: line.count for line in desk.get(reverse("admin:index")).context["lines"]}
    assert lines == {"まだ招待していない利用者": 1, "招待したが、一度もサインインしていない利用者": 1}


# Handing over


def hand_over(desk: Client, old: User, **fields: str) -> Any:
    return desk.post(reverse("admin:surveys_user_hand_over", args=[old.pk]), fields, follow=True)


def test_a_new_person_takes_the_place_of_an_old_one(desk: Client, response: Response, delegate: User) -> None:
    url = reverse("admin:surveys_user_hand_over", args=[delegate.pk])
    page = desk.get(url).content.decode()
    assert "長野県上田市" in page and "1　人<" in page
    page = hand_over(desk, delegate, name="後任 者", division="市民課", stop="on")
    successor = User.objects.get(name="後任 者")
    assert said(page) == ["柳沢 由紀さんの役割と項目を、後任 者さんに引き継ぎました。"]
    assert successor.sign_in_id == "202037-1" and successor.places() == {("202037", "delegate")}
    delegate.refresh_from_db()
    assert not delegate.is_active
    assert "引き継ぐ役割がありません" in said(hand_over(desk, delegate, name="後任 者"))[0]  # a second click
    assert User.objects.filter(name="後任 者").count() == 1
    assert "引き継ぐ役割はありません" in desk.get(url).content.decode()


def test_somebody_who_is_registered_takes_the_place(desk: Client, officer: User, approver: User) -> None:
    hand_over(desk, officer, to=" APPROVER ")
    assert approver.places() == {("202037", "approver"), ("202037", "editor")}
    officer.refresh_from_db()
    assert officer.is_active


@pytest.mark.parametrize("fields", [{}, {"to": "approver", "name": "後任"}, {"to": "nobody-at-all"}])
def test_one_successor_is_named(desk: Client, officer: User, approver: User, fields: dict[str, str]) -> None:
    assert list(hand_over(desk, officer, **fields).context["form"].errors) == ["to"]
    assert officer.places() == {("202037", "editor")}


def test_only_somebody_who_exists_is_replaced(desk: Client) -> None:
    assert desk.get(reverse("admin:surveys_user_hand_over", args=[0])).status_code == 404
