"""Terms, comments and the guide with the keyboard, a finger and a reader."""

import pytest
from playwright.sync_api import Page

from surveys.models import Survey
from tests.browser.conftest import SignIn, axe
from tests.factories import make_body, make_member, open_round

pytestmark = pytest.mark.django_db(transaction=True)

HOME, PEOPLE = "/2020/202037/", "/2020/202037/people/"


@pytest.fixture
def survey() -> Survey:
    body = make_body()
    make_member(body, "editor", "officer", name="小林 直樹", division="情報政策課")
    return open_round(2020, "pages")


@pytest.fixture
def page(survey: Survey, sign_in: SignIn) -> Page:
    return sign_in("officer")


def target(page: Page, selector: str) -> float:
    """How high the target of a finger is: an element with the part around it that takes the press as well."""
    found: float = page.locator(selector).first.evaluate(
        """node => {
            const own = node.getBoundingClientRect(), part = getComputedStyle(node, "::after");
            return own.height - parseFloat(part.top) - parseFloat(part.bottom);
        }"""
    )
    return found


def test_a_term_opens_and_closes_with_the_keyboard(page: Page) -> None:
    page.goto(PEOPLE)
    term, text = page.locator(".term summary").first, page.locator(".term p").first
    term.focus()
    page.keyboard.press("Enter")
    text.wait_for()
    assert page.locator(".term").first.get_attribute("open") is not None
    assert axe(page) == []
    page.keyboard.press("Escape")
    text.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Escape")
    page.keyboard.press("Space")
    text.wait_for()


def test_terms_and_comments_are_large_enough_for_a_finger(page: Page) -> None:
    page.goto(PEOPLE)
    assert all(target(page, selector) >= 44 for selector in (".term summary", ".comments-link"))


def test_a_comment_is_written_with_the_keyboard_alone(page: Page) -> None:
    page.goto(PEOPLE)
    page.locator('[name="cio"][value="yes"]').check()
    page.locator("[id='cio.question'] .comments-link").press("Enter")
    page.wait_for_url(f"**{PEOPLE}comments/cio/")
    assert axe(page) == []
    page.locator("#text").focus()
    page.keyboard.type("秘書課に確認しました。")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "body"
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_text("コメントを書きました。").wait_for()
    assert axe(page) == []
    page.get_by_role("link", name="項目1 問1へ戻る").click()
    assert page.locator('[name="cio"][value="yes"]').is_checked(), "the answer was saved on the way out"
    assert "秘書課に確認しました。" in page.locator("[id='cio.question']").inner_text()
    assert axe(page) == []


def test_the_guide_is_closed_without_scripts(survey: Survey, sign_in: SignIn) -> None:
    page = sign_in("officer", scripts=False)
    page.goto(HOME)
    page.get_by_role("button", name="閉じる").click()
    page.wait_for_url(f"**{HOME}")
    assert not page.get_by_role("heading", name="はじめての方へ").count()


def test_the_guide_has_no_faults_at_any_width(page: Page) -> None:
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        for url in (HOME, "/guide/", f"{PEOPLE}comments/cio/", PEOPLE):
            page.goto(url)
            assert axe(page) == [], url
            assert page.evaluate("document.documentElement.scrollWidth") <= width, url
