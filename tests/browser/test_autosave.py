"""Saving while typing: what the page does when the network, the session or another person comes in between."""

import re
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Route

from surveys import notes
from surveys.models import Body, Presence, Response, Survey
from tests.browser import keyboard
from tests.browser.conftest import SignIn, axe, until
from tests.factories import PASSWORD, make_body, make_member, open_round

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = "/2020/202037/people/"
SYSTEMS = "/2020/202037/systems/"


@pytest.fixture
def body() -> Body:
    found = make_body()
    make_member(found, "editor", "officer", name="小林 直樹")
    make_member(found, "approver", "approver", name="宮澤 明子", division="総務部")
    return found


@pytest.fixture
def survey(body: Body) -> Survey:
    return open_round(2020, "pages")


@pytest.fixture
def page(survey: Survey, sign_in: SignIn) -> Page:
    found = sign_in("officer")
    found.goto(PEOPLE)
    return found


@pytest.fixture
def other(survey: Survey, sign_in: SignIn) -> Page:
    found = sign_in("approver")
    found.goto(PEOPLE)
    return found


def stored(section: str = "people") -> dict[str, Any]:
    answers: dict[str, Any] = Response.objects.get(body__code="202037").section(section).answers
    return answers


def type_in(page: Page, name: str, text: str) -> None:
    page.locator(f'[name="{name}"]').click()
    page.keyboard.press("Control+A")
    page.keyboard.type(text, delay=10)


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f'[name="{name}"][value="{value}"]').click()


class Late:
    """Inside the block, saves are stored, and their answers held back until its end."""

    def __init__(self) -> None:
        self.passed = threading.Event()
        self.passed.set()

    def __enter__(self) -> None:
        self.passed.clear()

    def __exit__(self, *raised: object) -> None:
        self.passed.set()


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> Iterator[Late]:
    found, tell = Late(), notes.tell

    def tell_late(*arguments: Any) -> None:
        found.passed.wait(10)
        tell(*arguments)

    monkeypatch.setattr(notes, "tell", tell_late)
    yield found
    found.passed.set()


def bar(page: Page, words: str) -> None:
    """Wait until the bar says so."""
    page.locator(".bar-state", has_text=re.compile(words)).wait_for()


def test_each_change_is_saved_and_the_page_follows(page: Page) -> None:
    bar(page, "自動で保存します")
    choose(page, "cio", "yes")
    bar(page, "保存しました")
    assert stored() == {"cio": {"value": "yes"}}
    page.locator('[name="post"]').first.wait_for()
    assert page.evaluate("document.activeElement.value") == "yes", "the focus stays"
    assert "問1-1、問1-2が加わりました。" in page.inner_text("#spoken")
    type_in(page, "staff|own", "3")
    page.keyboard.press("Tab")
    page.keyboard.type("4")
    page.locator("output", has_text="7").wait_for()
    assert page.evaluate("document.activeElement.name") == "staff|outside"
    assert stored()["staff"] == {"cells": {"own": 3, "outside": 4}}
    choose(page, "cio", "no")
    page.locator('[name="post"]').first.wait_for(state="detached")
    assert axe(page) == []


def test_a_value_that_cannot_be_read_is_said_at_once_and_stays(page: Page) -> None:
    type_in(page, "staff|own", "3人")
    page.get_by_text("数字だけを入れてください").wait_for()
    bar(page, "直すところ1つ")
    assert page.evaluate("document.activeElement.value") == "3人"
    assert page.locator(".box-summary").count() == 0, "nothing jumps up while typing"
    page.keyboard.press("Backspace")
    page.get_by_text("数字だけを入れてください").wait_for(state="detached")
    assert stored()["staff"] == {"cells": {"own": 3}}


def test_what_is_typed_while_a_save_is_on_its_way_stays(page: Page, late: Late) -> None:
    """The answer to the first save comes late: it must not undo what was chosen and typed since."""
    with late:
        choose(page, "cio", "no")
        until(lambda: "cio" in stored())
        choose(page, "training", "course")
        type_in(page, "staff|own", "12")
    until(lambda: stored().keys() == {"cio", "training", "staff"})
    bar(page, "保存しました")
    assert stored()["staff"] == {"cells": {"own": 12}}
    assert page.locator('[name="staff|own"]').input_value() == "12"
    assert page.locator('[name="training"][value="course"]').is_checked()


def pasted(page: Page) -> str:
    """What is in the clipboard, as a person gets it out: pages may write there, and not read."""
    page.evaluate("document.body.append(Object.assign(document.createElement('textarea'), {id: 'pasted'}))")
    page.locator("#pasted").press("Control+V")
    text = page.locator("#pasted").input_value()
    page.evaluate("document.getElementById('pasted').remove()")
    return text


def test_the_network_goes_and_comes_back(page: Page) -> None:
    choose(page, "cio", "yes")
    bar(page, "保存しました")
    page.context.set_offline(True)
    choose(page, "training", "course")
    bar(page, "保存できていません（1件）")
    type_in(page, "staff|own", "5")
    bar(page, "保存できていません（2件）")
    assert page.get_by_text("まだ保存されていません").count() == 2
    assert page.locator("output").inner_text() == "—", "a sum of what is not saved is not known"
    assert page.get_by_text("いま保存できません。").count() == 1
    assert axe(page) == []
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="入力した内容をコピーする").click()
    page.get_by_text("コピーしました。", exact=True).wait_for()
    assert "5" in pasted(page).splitlines()[-1]
    assert "training" not in stored()
    page.context.set_offline(False)
    bar(page, "保存しました")
    assert stored() == {
        "cio": {"value": "yes"},
        "training": {"values": ["course"]},
        "staff": {"cells": {"own": 5}},
    }
    assert page.get_by_text("まだ保存されていません").count() == 0


def test_a_button_pressed_without_a_network_loses_nothing(page: Page) -> None:
    page.context.set_offline(True)
    choose(page, "cio", "no")
    page.get_by_role("button", name="保存する", exact=True).click()
    bar(page, "保存できていません")
    page.context.set_offline(False)
    bar(page, "保存しました")
    assert stored() == {"cio": {"value": "no"}}


@pytest.mark.parametrize("status", [500, 503, 403, 200])
def test_an_answer_that_is_none_keeps_what_was_typed(page: Page, status: int) -> None:
    """A fault of the server, and the page of a proxy in between."""
    page.route(f"**{PEOPLE}", lambda route: route.fulfill(status=status, body="<html><body>Proxy</body></html>"))
    choose(page, "cio", "no")
    bar(page, "保存できていません（1件）")
    assert page.locator('[name="cio"][value="no"]').is_checked()
    page.unroute(f"**{PEOPLE}")
    page.get_by_role("button", name="いま保存してみる").click()
    bar(page, "保存しました")
    assert stored() == {"cio": {"value": "no"}}


def test_each_save_of_a_page_has_a_number(page: Page) -> None:
    """By it the server knows one that was held up on its way from what the page has saved since."""
    found = []
    for name, value in (("cio", "yes"), ("post", "head")):
        with page.expect_request(lambda request: request.method == "POST") as save:
            choose(page, name, value)
        found.append(parse_qs(save.value.post_data)["page"][0].split("."))
        bar(page, "保存しました")
    (name, first), (same, second) = found
    assert name == same and (first, second) == ("1", "2")


def test_a_save_that_arrived_while_its_answer_got_lost(page: Page) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(f"**{PEOPLE}", lose, times=1)
    type_in(page, "staff|own", "1")
    bar(page, "保存できていません（1件）")
    assert stored()["staff"] == {"cells": {"own": 1}}
    page.keyboard.type("2")
    page.get_by_role("button", name="いま保存してみる").click()
    bar(page, "保存しました")
    assert stored()["staff"] == {"cells": {"own": 12}}
    assert page.get_by_text("2人の回答が違っています").count() == 0


def test_the_session_ends_in_mid_typing(page: Page) -> None:
    """After signing in again one is back at the same place, and what was typed is saved."""
    choose(page, "cio", "yes")
    bar(page, "保存しました")
    page.context.clear_cookies(name="sessionid")
    type_in(page, "staff|own", "7")
    bar(page, "サインインが切れました")
    type_in(page, "staff|outside", "x")
    assert axe(page) == []
    page.get_by_role("link", name="サインインする").first.click()
    page.get_by_label("サインインID").fill("officer")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{PEOPLE}")
    bar(page, "直すところ1つ")
    assert stored()["staff"] == {"cells": {"own": 7}}
    assert page.locator('[name="staff|outside"]').input_value() == "x"


def test_what_another_person_typed_in_this_tab_is_not_shown(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")
    choose(page, "cio", "no")
    page.get_by_role("link", name="サインインする").first.click()
    page.get_by_label("サインインID").fill("approver")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{PEOPLE}")
    bar(page, "自動で保存します")
    assert not page.locator('[name="cio"][value="no"]').is_checked()


def test_a_reload_brings_back_what_was_not_saved(page: Page) -> None:
    page.route(f"**{PEOPLE}", lambda route: route.abort(), times=1)
    type_in(page, "staff|own", "9")
    bar(page, "保存できていません")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    bar(page, "保存しました")
    assert asked == ["beforeunload"]
    assert page.locator(".is-merged", has_text="保存していなかった内容を、画面に戻しました。").count() == 1
    assert stored()["staff"] == {"cells": {"own": 9}}


def test_a_link_waits_for_the_save(page: Page) -> None:
    type_in(page, "staff|own", "8")
    page.locator(".section-nav .list-title", has_text="システムの導入").click()
    page.wait_for_url(f"**{SYSTEMS}")
    assert stored()["staff"] == {"cells": {"own": 8}}


def test_two_people_see_and_merge_with_each_other(page: Page, other: Page) -> None:
    choose(other, "cio", "yes")
    bar(other, "保存しました")
    choose(page, "training", "course")
    page.locator(".is-merged", has_text="問1は宮澤 明子さん（").wait_for()
    assert page.locator('[name="cio"][value="yes"]').is_checked()
    assert stored() == {"cio": {"value": "yes"}, "training": {"values": ["course"]}}
    page.get_by_text("宮澤 明子さん（総務部）が入力しています").wait_for()
    assert Presence.objects.count() == 2


def test_both_change_the_same_question(page: Page, other: Page) -> None:
    choose(other, "cio", "yes")
    bar(other, "保存しました")
    choose(page, "cio", "no")
    page.get_by_text("2人の回答が違っています").wait_for()
    assert axe(page) == []
    type_in(page, "staff|own", "4")
    bar(page, "保存しました（選ぶところ1つ）")
    until(lambda: stored() == {"cio": {"value": "yes"}, "staff": {"cells": {"own": 4}}})
    choose(page, "resolve|cio", "mine")
    type_in(page, "staff|own", "5")
    until(lambda: stored()["staff"] == {"cells": {"own": 5}})
    assert stored()["cio"] == {"value": "yes"}, "a choice counts when its button is pressed"
    page.get_by_role("button", name="選んだ回答を残す").click()
    page.get_by_text("2人の回答が違っています").wait_for(state="detached")
    assert stored() == {"cio": {"value": "no"}, "staff": {"cells": {"own": 5}}}


def test_somebody_changes_what_is_being_typed(page: Page, other: Page, late: Late) -> None:
    """The other's answer arrives with the answer to a save, while the same question is changed here: no overwrite."""
    type_in(other, "staff|own", "1")
    bar(other, "保存しました")
    with late:
        choose(page, "cio", "no")
        until(lambda: "cio" in stored())
        type_in(page, "staff|own", "2")
    page.get_by_text("2人の回答が違っています").wait_for()
    assert stored() == {"cio": {"value": "no"}, "staff": {"cells": {"own": 1}}}


def test_the_round_closes_while_typing(page: Page, survey: Survey) -> None:
    survey.close()
    choose(page, "cio", "no")
    bar(page, "受付が終わったため、変更できません")
    page.get_by_text("保存していない内容が、この画面に残っています").wait_for()
    assert page.locator('[name="cio"][value="no"]').is_checked() and stored() == {}
    assert axe(page) == []


def test_a_person_who_left_the_body_is_told(page: Page, body: Body) -> None:
    body.memberships.all().delete()
    choose(page, "cio", "no")
    bar(page, "この項目は、もう開けません")
    assert stored() == {}


def test_a_button_brings_the_list_of_errors_and_it_is_kept_up_to_date(page: Page) -> None:
    type_in(page, "staff|own", "x")
    type_in(page, "staff|outside", "y")
    page.get_by_role("button", name="保存する", exact=True).click()
    page.get_by_text("直していただきたいところが2つあります").wait_for()
    assert page.title().startswith("直すところが2つ")
    assert page.evaluate("document.activeElement.className").count("box-summary")
    type_in(page, "staff|own", "1")
    page.get_by_text("直していただきたいところが1つあります").wait_for()
    assert page.evaluate("document.activeElement.name") == "staff|own"


def test_a_press_that_waits_for_a_save_is_not_forgotten(page: Page, late: Late) -> None:
    with late:
        choose(page, "cio", "no")
        until(lambda: "cio" in stored())
        type_in(page, "staff|own", "x")
        page.get_by_role("button", name="保存する", exact=True).click()
        page.locator('[name="staff|own"]').focus()  # htmx forgets a button that loses the focus
    page.get_by_text("直していただきたいところが1つあります").wait_for()


def test_a_press_just_after_a_save_is_not_lost_while_the_next_one_is_on_its_way(page: Page, late: Late) -> None:
    """htmx sets the form up anew a moment after each swap, and then forgets what it had queued there."""
    page.evaluate(
        """() => document.addEventListener("htmx:afterOnLoad", (event) => {
             if (event.detail.elt.id !== "questions" || "pressed" in window) return;
             window.pressed = false;
             setTimeout(() => {
               document.querySelector('.buttons [name="then"][value=""]').click();
               window.pressed = true;
             }, 5);
           })"""
    )
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.post_data or ""))
    with late:
        choose(page, "cio", "no")
        until(lambda: "cio" in stored())
        choose(page, "training", "course")  # waits for its turn
        page.wait_for_timeout(500)
    until(lambda: page.evaluate("window.pressed === true"))
    until(lambda: page.evaluate("1") and any("then=" in data for data in posted))
    type_in(page, "staff|own", "12")
    until(lambda: "staff" in stored())


def test_save_and_next_goes_on(page: Page) -> None:
    keyboard.fill(page, {"cio": ["no"]}, "保存する")
    page.get_by_role("button", name=re.compile("保存してつぎの項目へ")).click()
    page.wait_for_url(f"**{SYSTEMS}")


def test_without_scripts_the_form_works_by_its_buttons(survey: Survey, sign_in: SignIn) -> None:
    page = sign_in("officer", scripts=False)
    page.goto(PEOPLE)
    keyboard.fill(page, {"cio": ["yes"], "staff|own": ["x"]}, "保存する")
    assert "直していただきたいところが1つあります" in page.inner_text("main")
    keyboard.fill(page, {"post": ["head"], "staff|own": ["3"]}, "保存する")
    assert stored() == {"cio": {"value": "yes"}, "post": {"value": "head"}, "staff": {"cells": {"own": 3}}}
    assert "自動で保存します" not in page.inner_text("body")
