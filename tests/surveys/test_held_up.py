"""A save that was held up on its way, while its page gave it up and saved again."""

from surveys.models import Response, User
from surveys.models.sections import Given
from tests.conftest import signed_in
from tests.surveys.web_page import open_page


def test_it_does_not_come_over_what_the_page_has_saved_since(response: Response, officer: User) -> None:
    def save(value: str, page: str) -> bool:
        return not response.save_section("people", {"cio": {"value": value}}, seen={}, by=officer, page=page).conflicts

    assert save("yes", "page.2")
    assert not save("no", "page.1")
    assert response.section("people").answers == {"cio": {"value": "yes"}}
    assert save("no", "page.3") and save("yes", "page.3")
    assert not save("no", "other.4") and not save("no", "page") and not save("no", "page.x")


def test_nor_does_a_reason(response: Response, officer: User) -> None:
    def said(text: str, page: str) -> bool:
        given = {"key": Given(text, "facts", "")}
        return not response.save_section("people", {}, seen={}, by=officer, page=page, reasons=given).newer

    response.save_section("people", {"cio": {"value": "yes"}}, seen={}, by=officer)
    assert said("後", "page.2") and not said("先", "page.1")


def test_the_page_keeps_its_name_without_the_number_of_the_save(response: Response, officer: User) -> None:
    page = open_page(signed_in(officer), "/2020/202037/people/")
    name = page.values["page"][0]
    page.values["page"] = [f"{name}.7"]
    again = page.fill({"cio": "yes", "staff|own": "3人"}).save()
    assert again.values["page"] == [name]
