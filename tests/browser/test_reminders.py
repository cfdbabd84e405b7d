"""Reminding chosen bodies in a real browser, without scripts too, and every page of the reminders under axe."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django import Settings

from surveys.models import Mailing, MailingItem, ReminderRule, Response
from surveys.models.dates import Dates
from surveys.reminder_text import BY_HAND
from tests.browser.conftest import SignIn, axe
from tests.factories import make_body, make_member, make_user, open_round
from tests.smtp import Post, serving, use

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def smtp(settings: Settings) -> Iterator[Post]:
    post = Post()
    with serving(post) as port:
        use(settings, port)
        yield post


@pytest.fixture
def response(smtp: Post) -> Response:
    body = make_body()
    make_member(body, "approver", "approver", name="宮澤 明子", email="joho@ueda.example")
    make_body("202011", "長野市", "core_city")
    make_user("soumu", "総務 太郎", is_staff=True, is_superuser=True)
    survey = open_round()
    survey.set_dates(Dates(timezone.now() + timedelta(days=20)), by=None)
    survey.allow_nothing(True, by=None)
    return Response.objects.get(survey=survey, body=body)


def test_chosen_bodies_are_reminded_without_scripts(response: Response, smtp: Post, sign_in: SignIn) -> None:
    desk = sign_in("soumu", scripts=False)
    desk.goto("/admin/surveys/response/?q=上田")
    desk.get_by_role("checkbox").last.check()
    desk.get_by_role("combobox").select_option("remind")
    desk.get_by_role("button", name="実行").click()
    desk.get_by_label("件名（日本語）").fill("{body}の皆様へ")
    desk.get_by_role("button", name="直した文面でメールを確かめる").click()
    desk.get_by_text("長野県上田市の皆様へ / ").wait_for()
    assert smtp.messages == []
    desk.get_by_role("button", name="催促メールを1件送る").click()
    desk.get_by_text("送信が終わりました（1件）").wait_for()
    assert smtp.addresses == ["joho@ueda.example"]


def check(page: Page, place: str) -> None:
    answered = page.goto(place)
    assert answered is not None and answered.status == 200, place
    faultless(page)


def faultless(page: Page) -> None:
    assert axe(page) == [], page.url
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def test_no_page_of_the_reminders_has_a_fault(response: Response, sign_in: SignIn) -> None:
    user = make_user("other", is_staff=True, is_superuser=True)
    mailing = Mailing.start([response], BY_HAND, by=user, key="page")
    item, rule = MailingItem.objects.get(), ReminderRule.objects.get(days=-14)
    MailingItem.objects.update(state="unknown", claimed_at=timezone.now(), sent_at=None, reason="?")
    MailingItem.objects.create(mailing=mailing, response=response, address="a@b.example", due=item.due, key="other")
    desk = sign_in("soumu")
    for place in (
        *(f"surveys/{model}/" for model in ("mailing", "mailingitem", "reminderrule")),
        f"surveys/mailing/{mailing.pk}/change/",
        *(f"surveys/mailingitem/{item.pk}/{page}/" for page in ("change", "history", "step/again")),
        *(f"surveys/reminderrule/{rule.pk}/{page}/" for page in ("change", "history", "preview")),
        "surveys/reminderrule/add/",
    ):
        check(desk, f"/admin/{place}")
    desk.goto("/admin/surveys/response/")
    desk.get_by_role("checkbox").first.check()
    desk.get_by_role("combobox").select_option("remind")
    desk.get_by_role("button", name="実行").click()
    faultless(desk)
    approver = sign_in("approver")
    check(approver, "/2020/202037/")
    check(approver, "/2020/202037/nothing-to-answer/")
    approver.get_by_role("button", name="回答することがないと届け出る").click()
    approver.locator("#error-title").wait_for()
    faultless(approver)
    approver.get_by_label("理由").fill("該当する事業がありません。")
    approver.get_by_role("button", name="回答することがないと届け出る").click()
    approver.get_by_text("届け出ました。").wait_for()
    check(approver, "/2020/202037/nothing-to-answer/")
