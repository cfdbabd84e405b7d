"""進み具合 in a real browser: axe, no sideways scrolling, the keyboard, and a page that refreshes by itself."""

import pytest

from surveys.models import Body, Survey
from surveys.tiles import PLACES
from tests.browser.conftest import SignIn, axe
from tests.factories import COMPLETE, answer, make_body, make_member, make_ministry, open_round

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ("/progress/2020/", "/progress/2020/?refresh=off&order=code", "/progress/2020/bodies/?state=not_started")


@pytest.fixture
def survey() -> Survey:
    """All 47 prefectures, so that the map is full, and two cities."""
    for code, place in PLACES.items():
        make_body(f"{code}0000", place.name.ja, "prefecture", prefecture=place.name.ja)
    ueda = make_body()
    make_body("202011", "長野市", "core_city")
    make_ministry("viewer", "soumu")
    make_member(Body.objects.get(code="200000"), "coordinator", "nagano")
    survey = open_round()
    answer(survey, ueda, COMPLETE, submit=True)
    return survey


@pytest.mark.parametrize(("person", "language"), [("soumu", "ja"), ("soumu", "en"), ("nagano", "ja")])
def test_no_page_has_a_fault_or_scrolls_sideways(survey: Survey, sign_in: SignIn, person: str, language: str) -> None:
    page = sign_in(person)
    if language == "en":
        page.get_by_role("button", name="English").click()
        page.get_by_role("button", name="日本語").wait_for()
    for place in PAGES:
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(place)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, place
            assert axe(page) == [], (place, width)


def test_the_keyboard_comes_from_a_tile_to_a_body(survey: Survey, sign_in: SignIn) -> None:
    page = sign_in("soumu", scripts=False)
    page.goto(PAGES[0])
    page.get_by_role("link", name="長野 33%").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="団体の一覧").wait_for()
    page.get_by_label("状態").select_option("accepted")
    page.get_by_role("button", name="絞り込む").press("Enter")
    page.get_by_text("当てはまる団体はありません。").wait_for()


def test_what_changes_shows_by_itself_and_the_focus_stays(survey: Survey, sign_in: SignIn) -> None:
    page = sign_in("soumu")
    page.clock.install()
    page.goto(PAGES[0])
    page.get_by_role("link", name="団体ごとのCSV").focus()
    answer(survey, Body.objects.get(code="202011"), COMPLETE, submit=True)
    page.clock.fast_forward(180_000)
    page.get_by_role("link", name="長野 66%").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "団体ごとのCSV"
