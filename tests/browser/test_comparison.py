"""An officer looks at the own body beside its kind and 2020, and takes the comparison along."""

import csv
import random
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import keyboard
from tests.browser.conftest import SignIn, axe
from tests.factories import answer, make_body, make_member, make_prefecture, open_round, publish
from tests.random_answers import complete_answers

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_officer_compares_and_takes_it_along(sign_in: SignIn, tmp_path: Path) -> None:
    ueda = make_body()
    peers = [make_body(f"20{number}0", f"市{number}") for number in range(210, 214)]
    make_prefecture()
    make_member(ueda, "editor", "officer")
    survey = open_round(2020, "2020")
    for seed, body in enumerate([ueda, *peers]):
        answer(survey, body, complete_answers(survey.questionnaire, body.kind, random.Random(seed)), submit=True)
    publish(survey)

    page = sign_in("officer")
    keyboard.press(page, "比べる")
    places = [
        "/2020/202037/compare/",
        "/2020/202037/compare/?show=not_in_place&part=1",
        "/2020/202037/compare/organisation/",
        "/2020/202037/compare/procedures-tax/",
    ]
    for place in places:
        page.goto(place)
        assert axe(page) == [], place
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, place
        assert axe(page) == [], place
        page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(places[0])
    page.get_by_label("表示する取組").select_option(label="整っているもの")
    page.get_by_label("節・項目").select_option(value="organisation")
    keyboard.press(page, "表示する")
    assert page.url.endswith("?show=in_place&part=organisation#measures")
    expect(page.locator(".gap-table tbody tr").first).to_be_visible()
    page.goto(places[0])
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    taken.value.save_as(tmp_path / "comparison.csv")
    rows = list(csv.DictReader((tmp_path / "comparison.csv").read_text("utf-8-sig").splitlines()))
    own = {row["row"]: row["answer"] for row in rows if row["question"] == "fig-01"}
    assert sorted(own.values()) == ["no", "yes"]
    assert {row["base"] for row in rows if row["question"] == "fig-01"} == {"5"}
