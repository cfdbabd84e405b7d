"""The ministry's desk in a real browser: every kind of page, stock ones too, under axe."""

from datetime import date

import pytest
from playwright.sync_api import Page

from aggregation import report
from aggregation.body_reports import BodyReports
from surveys.models import Body, Event, Population, Response, User
from tests.browser.conftest import SignIn, axe
from tests.factories import (
    COMPLETE,
    answer,
    change_register,
    make_body,
    make_member,
    make_prefecture,
    make_round,
    make_user,
    open_round,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def response() -> Response:
    body = make_body()
    make_prefecture()
    make_member(body, "approver", "approver", name="宮澤 明子")
    make_user("soumu", "総務 太郎", is_staff=True, is_superuser=True)
    return answer(open_round(), body, COMPLETE, submit=True)


@pytest.fixture
def desk(response: Response, sign_in: SignIn) -> Page:
    """The desk, in a window that notes what the browser complains about."""
    page = sign_in("soumu")
    page.on("console", lambda message: COMPLAINTS.append(message.text) if message.type == "error" else None)
    COMPLAINTS.clear()
    return page


COMPLAINTS: list[str] = []


def faults(page: Page) -> list[str]:
    """What the browser has complained about and what axe finds; axe itself tries inline styles, which are blocked."""
    before = list(COMPLAINTS)
    found = axe(page)
    COMPLAINTS.clear()
    return before + found


def test_no_page_of_the_desk_has_a_fault(desk: Page, response: Response) -> None:
    run = report.compute(response.survey).run
    BodyReports.start(run, by=None)
    draft = make_round(2021)
    facts = {"name": "新上田市", "name_kana": "しんうえだし"}
    change = change_register(date(2020, 10, 1), "rename", [response.body], **facts)
    Population.objects.register({"202037": 154_055}, date(2020, 10, 1), "令和2年国勢調査", by=None)
    Population.objects.register({"202037": 157_000}, date(2015, 10, 1), "平成27年国勢調査", by=None)
    user, body, event = User.objects.get(sign_in_id="approver"), response.body, Event.objects.latest("id")
    places = [
        "",
        "surveys/",
        *(f"surveys/{model}/" for model in ("response", "survey", "body", "registerchange", "user", "event")),
        "surveys/response/?round=2020&q=上田",
        *(f"surveys/{model}/add/" for model in ("body", "registerchange", "user")),
        "surveys/body/load/",
        f"surveys/registerchange/{change.pk}/change/",
        *(f"surveys/response/{response.pk}/{page}" for page in ("change/", "history/", "step/send_back/")),
        *(f"surveys/user/{user.pk}/{page}" for page in ("change/", "password/", "history/", "step/deactivate/")),
        *("surveys/user/import/", f"surveys/user/invite/?people={user.pk}", f"surveys/user/{user.pk}/hand-over/"),
        *(f"surveys/body/{body.pk}/{page}" for page in ("change/", "delete/", "history/")),
        *(f"surveys/survey/{draft.pk}/{page}" for page in ("change/", "step/open/", "disclosure/")),
        f"surveys/event/{event.pk}/change/",
        *(f"aggregation/run/{page}" for page in ("", f"{run.pk}/change/", f"{run.pk}/step/publish/")),
        *(f"aggregation/run/{run.pk}/{page}" for page in ("tables/cio/", "reports/?still")),
    ]
    for place in places:
        answered = desk.goto(f"/admin/{place}")
        assert answered is not None and answered.status == 200, place
        assert faults(desk) == [], place
        desk.set_viewport_size({"width": 390, "height": 800})
        assert desk.evaluate("document.documentElement.scrollWidth") <= 390, place
        desk.set_viewport_size({"width": 1280, "height": 900})
    assert COMPLAINTS == []


def test_a_missing_reason_is_said_and_many_are_accepted_from_the_list(desk: Page, response: Response) -> None:
    desk.goto(f"/admin/surveys/response/{response.pk}/step/send_back/")
    desk.get_by_role("button", name="差し戻す").click()
    assert desk.locator(".step-field.has-error").count() == 1 and faults(desk) == []

    desk.goto("/admin/surveys/response/?round=2020&state=submitted")
    desk.get_by_role("checkbox").last.check()
    desk.get_by_role("combobox").select_option("accept")
    desk.get_by_role("button", name="実行").click()
    assert faults(desk) == []
    desk.get_by_role("button", name="受理する").click()
    desk.get_by_text("1件を済ませました").wait_for()
    response.refresh_from_db()
    assert response.state == "accepted"
    assert COMPLAINTS == []


def test_a_role_is_given_with_the_code_of_a_body(desk: Page, response: Response) -> None:
    user = User.objects.get(sign_in_id="approver")
    desk.goto(f"/admin/surveys/user/{user.pk}/change/")
    desk.locator(".add-row a").click()
    desk.locator("[name=memberships-2-body]").fill("200000")
    desk.locator("[name=memberships-2-role]").select_option("editor")
    assert faults(desk) == []
    desk.get_by_role("button", name="保存", exact=True).click()
    desk.locator(".messagelist").wait_for()
    assert user.places() == {("202037", "approver"), ("200000", "editor")}
    assert Body.objects.get(code="200000").memberships.get().user == user
    assert COMPLAINTS == []
