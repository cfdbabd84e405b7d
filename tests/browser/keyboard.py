"""Filling in a form with the keyboard alone, as a person does who never touches the mouse."""

from typing import Any

from playwright.sync_api import Page, TimeoutError

from surveys import places
from surveys.answers import write
from surveys.questionnaire import Questionnaire

FOCUSED = """() => {
  const e = document.activeElement;
  return {type: e.type || "", name: e.name || "", value: e.value || "", text: e.textContent.trim(), checked: e.checked};
}"""
# The name of the button that Enter presses on a page that stays open: outside a button, the form's first.
PRESSED = """() => {
  const e = document.activeElement;
  const stays = window.htmx && e.form?.hasAttribute("hx-post");
  return stays ? (e.type === "submit" ? e : e.form.querySelector("[type=submit]")).name : "";
}"""
# What a page that stays open is doing, for a press that is not answered.
STATE = """() => ({
  form: document.getElementById("questions").className,
  focus: document.activeElement.outerHTML.slice(0, 120),
  bar: document.querySelector(".bar-state").textContent.trim(),
  now: performance.now(),
  requests: performance.getEntriesByType("resource").slice(-4).map((e) => [e.name, e.startTime, e.responseEnd]),
})"""
STEPS = 2000


def wanted(questionnaire: Questionnaire, answers: dict[str, Any]) -> dict[str, list[str]]:
    """The values to enter, by field."""
    found: dict[str, list[str]] = {}
    for id, answer in answers.items():
        question = questionnaire.question_by_id[id]
        found.update(places.values(question, write(question, answer)))
    return found


def fill(page: Page, values: dict[str, list[str]], button: str) -> None:
    """Go through the page with Tab, enter what is wanted at each field, and press the button."""
    for _ in range(STEPS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["type"] == "submit" and focused["text"] == button:
            submit(page)
            return
        if focused["name"] in values:
            enter(page, focused, values[focused["name"]])
    raise AssertionError(f"the button {button} was not reached with Tab")


def submit(page: Page) -> None:
    """Press Enter, and wait for the next page or, on a page that stays open, for the answer to this press.

    A save of what was typed may be on its way before it, so the answer to any save would not do.
    """
    button = page.evaluate(PRESSED)
    if not button:
        with page.expect_navigation():
            page.keyboard.press("Enter")
        return
    try:
        with page.expect_response(lambda answer: f"{button}=" in (answer.request.post_data or "")):
            page.keyboard.press("Enter")
    except TimeoutError as error:
        raise AssertionError(f"no answer to a press of {button!r}: {page.evaluate(STATE)}") from error
    page.locator(".htmx-request").wait_for(state="detached")


def enter(page: Page, focused: dict[str, Any], values: list[str]) -> None:
    if focused["type"] == "radio":
        choose(page, focused, values[0])
    elif focused["type"] == "checkbox":
        if (focused["value"] in values) != focused["checked"]:
            page.keyboard.press("Space")
    elif values[0] != "unknown":
        page.keyboard.press("Control+A")
        page.keyboard.type(values[0])


def choose(page: Page, focused: dict[str, Any], value: str) -> None:
    """Arrow keys move through the radio buttons of a group and choose them."""
    for _ in range(30):
        if focused["value"] == value:
            if not focused["checked"]:
                page.keyboard.press("Space")
            return
        page.keyboard.press("ArrowDown")
        focused = page.evaluate(FOCUSED)
    raise AssertionError(f"{focused['name']}: {value} was not reached with the arrow keys")


def press(page: Page, text: str) -> None:
    """Tab to a link or button by its words and press Enter."""
    for _ in range(STEPS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED)["text"] == text:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"{text} was not reached with Tab")
