"""From a list of people to a person who signs in with a slip, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from surveys.models import User
from tests.browser.conftest import SignIn, axe
from tests.factories import make_body, make_member, make_user

pytestmark = pytest.mark.django_db(transaction=True)
HEADING = "サインインID,氏名,所属,メールアドレス,団体コード,役割\n"
BAD = ",,,,202037,決裁者\n"
GOOD = ",宮澤 明子,総務部,,202037,決裁者\nofficer,小林 直樹,秘書課,,202037,取りまとめ担当者\n"


def narrow(page: Page) -> None:
    """Nothing stands out at the side of a narrow window."""
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_list_is_taken_in_and_a_person_comes_in_with_a_slip(sign_in: SignIn, tmp_path: Path) -> None:
    make_user("soumu", "総務 太郎", is_staff=True, is_superuser=True)
    make_member(make_body(), "editor", "officer", name="小林 直樹")
    file = tmp_path / "people.csv"
    desk = sign_in("soumu")
    desk.goto("/admin/surveys/user/")
    desk.get_by_role("link", name="利用者を取り込む").click()
    for text in (
        ",,,,202037,決裁者\n",
        ",宮澤 明子,総務部,,202037,決裁者\nofficer,小林 直樹,秘書課,,202037,取りまとめ担当者\n",
    ):
        file.write_text(HEADING + text)
        desk.get_by_label("一覧（.xlsxか.csv").set_input_files(file)
        desk.get_by_role("button", name="読み込んで確かめる").click()
        assert axe(desk) == []
        narrow(desk)
    desk.get_by_role("button", name="取り込む", exact=True).click()
    desk.get_by_text("利用者を取り込みました（2人）").wait_for()

    desk.get_by_role("checkbox").last.check()
    desk.get_by_role("combobox").select_option("invite")
    desk.get_by_role("button", name="実行").click()
    desk.get_by_role("button", name="招待状を印刷する", exact=True).click()
    code = desk.locator(".slip-code").inner_text()
    assert axe(desk) == []
    narrow(desk)

    desk.context.clear_cookies()
    desk.goto("/invitation/")
    desk.get_by_label("コード", exact=True).fill(code)
    desk.keyboard.press("Enter")
    desk.get_by_label("新しいパスワード", exact=True).fill("a-new-secret-of-mine")
    assert axe(desk) == []
    narrow(desk)
    desk.get_by_label("新しいパスワード(確認用)").fill("a-new-secret-of-mine")
    desk.keyboard.press("Enter")
    desk.get_by_text("パスワードを決めました。").wait_for()
    assert User.objects.get(sign_in_id="202037-1").check_password("a-new-secret-of-mine")
