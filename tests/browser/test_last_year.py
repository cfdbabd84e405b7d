"""Last year's answers by the keyboard, on a page that saves while typing."""

import pytest
from playwright.sync_api import Page, expect

from surveys.models import SectionAnswers, Survey
from tests.browser.conftest import SignIn, axe
from tests.factories import answer, make_body, make_member, open_round
from tests.surveys.conftest import EARLIER

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officer(sign_in: SignIn) -> Page:
    """The officer of a city that answered last year, on this year's page."""
    city = make_body()
    make_member(city, "editor", "officer", name="小林 直樹")
    answer(open_round(2020, "pages"), city, EARLIER, submit=True)
    open_round(2021, "pages")
    page = sign_in("officer")
    page.goto("/2021/202037/people/")
    return page


def stored() -> SectionAnswers:
    return SectionAnswers.objects.get(response__survey=Survey.objects.get(year=2021))


def test_a_press_is_taken_back_where_it_was_made_and_no_later_save_repeats_it(officer: Page) -> None:
    assert axe(officer) == []
    button = officer.get_by_role("button", name="前回と同じ ：問1")
    button.press("Enter")
    undo = officer.get_by_role("button", name="取り消す ：問1")
    expect(undo).to_be_focused()
    assert axe(officer) == []
    officer.evaluate("document.dispatchEvent(new Event('stale'))")  # a save that nobody pressed
    officer.wait_for_load_state("networkidle")
    assert stored().answers == {"cio": {"value": "yes"}}
    undo.press("Enter")
    expect(button).to_be_focused()
    assert stored().answers == {}


def test_the_button_goes_as_soon_as_something_is_chosen(officer: Page) -> None:
    button = officer.get_by_role("button", name="前回と同じ ：問3")
    expect(button).to_be_visible()
    officer.get_by_label("eラーニング").check()
    expect(button).to_be_hidden()
    expect(officer.get_by_text("前回から変わりました")).to_be_visible()
