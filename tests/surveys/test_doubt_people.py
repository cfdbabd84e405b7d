"""Reasons of two people at work, saved by a button or while typing: none is overwritten unseen."""

from surveys.models import Event, Response
from tests.surveys import settling
from tests.surveys.settling import KEY, URL, WHY, live, page_values, reasons, settle
from tests.surveys.web_page import WebPage, open_page

survey, response, page, other = settling.survey, settling.response, settling.page, settling.other


def test_a_newer_reason_of_somebody_else_is_not_overwritten(page: WebPage, other: WebPage, response: Response) -> None:
    settle(other, "業者を替えた。")
    page = settle(page)
    assert reasons(response) == {KEY: ("業者を替えた。", "宮澤 明子")}
    assert "宮澤 明子さん（" in page.words and "が先に理由を書きました：「業者を替えた。」" in page.words
    assert page.values[f"reason|{KEY}"] == [WHY], "mine is still on the page"
    page.save()
    assert reasons(response) == {KEY: (WHY, "小林 直樹")}
    assert Event.objects.latest("id").before[KEY]["text"] == "業者を替えた。", "the history keeps the other"


def test_who_did_not_touch_the_reason_does_not_take_it_back(page: WebPage, other: WebPage, response: Response) -> None:
    page = settle(page, "一人目の理由。")
    other = open_page(other.client, URL)
    settle(other, "二人目の理由。")
    page = page.fill({"chief": "yes"}).save()
    assert reasons(response) == {KEY: ("二人目の理由。", "宮澤 明子")}
    assert "が先に理由を書きました" not in page.words


def test_a_save_while_typing_takes_in_the_reason_of_somebody_else(
    page: WebPage, other: WebPage, response: Response
) -> None:
    page = settle(page, "一人目の理由。")
    settle(open_page(other.client, URL), "二人目の理由。")
    for _ in range(2):
        found = live(page.fill({"chief": "yes"}))
        assert "二人目の理由。" in found and "が先に理由を書きました" not in found
        page.fill({name: page_values(found, name) for name in (f"doubted|{KEY}", f"reason|{KEY}")})
    assert reasons(response) == {KEY: ("二人目の理由。", "宮澤 明子")}


def test_a_reason_taken_back_meanwhile_is_not_in_the_way(page: WebPage, other: WebPage, response: Response) -> None:
    page = settle(page)
    open_page(other.client, URL).fill({f"settled|{KEY}": "mend"}).save()
    settle(page, "やはり正しい。")
    assert reasons(response) == {KEY: ("やはり正しい。", "小林 直樹")}


def test_the_same_reason_by_two_people_is_no_matter(page: WebPage, other: WebPage, response: Response) -> None:
    settle(other)
    assert "が先に理由を書きました" not in settle(page).words
    assert reasons(response) == {KEY: (WHY, "宮澤 明子")}


def test_while_typing_an_empty_reason_is_no_mistake(page: WebPage, other: WebPage, response: Response) -> None:
    page.fill({f"settled|{KEY}": "right", f"reason|{KEY}": ""})
    assert "理由を書いてください" not in live(page)
    page.fill({f"reason|{KEY}": "基幹系"})
    live(page)
    page.fill({f"reason|{KEY}": "基幹系の更改"})
    assert "先に理由を書きました" not in live(page), "a page is no stranger to itself"
    assert reasons(response) == {KEY: ("基幹系の更改", "小林 直樹")}
    other.fill({f"settled|{KEY}": "right", f"reason|{KEY}": "業者"})
    for _ in range(2):
        assert "先に理由を書きました" in live(other)
    assert reasons(response) == {KEY: ("基幹系の更改", "小林 直樹")}, "until a button is pressed"
    found = live(other)
    other.values[f"newer|{KEY}"] = [page_values(found, f"newer|{KEY}")]
    live(other)
    assert reasons(response) == {KEY: ("基幹系の更改", "小林 直樹")}, "still typing"
    other.save()
    assert reasons(response) == {KEY: ("業者", "宮澤 明子")}
