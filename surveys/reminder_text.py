"""The texts of a reminder, in two languages, with places that are filled in for each body. Pure."""

import re
from collections.abc import Mapping
from typing import NamedTuple

PLACEHOLDERS = ("body", "round", "deadline", "days_left", "link", "contact")
_PLACE = re.compile(r"\{([^{}\n]*)\}|[{}]")


class Wording(NamedTuple):
    subject_ja: str
    text_ja: str
    subject_en: str
    text_en: str

    def filled(self, japanese: Mapping[str, str], english: Mapping[str, str]) -> "Wording":
        """With the words of one body in the places."""
        sides = (japanese, japanese, english, english)
        return Wording(*(fill(text, words) for text, words in zip(self, sides, strict=True)))


def faults(text: str) -> list[str]:
    """What stands in braces and is no place, and braces that stand alone, as written."""
    return [found.group() for found in _PLACE.finditer(text) if found.group(1) not in PLACEHOLDERS]


def fill(text: str, words: Mapping[str, str]) -> str:
    """Fill the places of a text without faults. What is filled in is not looked at again."""
    return _PLACE.sub(lambda found: words[found.group(1)], text)


BEFORE = Wording(
    "{round}のご回答のお願い（提出期限 {deadline}）",
    "{body}の{round}の回答は、まだ提出されていません。\n"
    "提出期限は{deadline}です（{days_left}）。\n\n"
    "次のページで、足りないところを確かめて提出できます。\n{link}\n\n"
    "すでに提出の準備が整っているときは、決裁者の方に提出をお願いしてください。\n"
    "期限までに難しいときは、{contact}にご相談ください。",
    "Please answer the survey, {round} (due {deadline})",
    "The answers of {body} to the survey, {round}, have not been submitted yet.\n"
    "They are due on {deadline} ({days_left}).\n\n"
    "This page shows what is missing, and lets your approver submit:\n{link}\n\n"
    "If you cannot make it in time, please talk to us: {contact}.",
)
AFTER = Wording(
    "{round}の回答の提出期限を過ぎています",
    "{body}の{round}の回答は、まだ提出されていません。\n"
    "提出期限は{deadline}でした（{days_left}）。\n\n"
    "今からでも提出できます。次のページで、足りないところを確かめられます。\n{link}\n\n"
    "すぐの提出が難しいときは、{contact}にご相談ください。",
    "Your answers to the survey, {round}, are overdue",
    "The answers of {body} to the survey, {round}, have not been submitted yet.\n"
    "They were due on {deadline} ({days_left}).\n\n"
    "You can still submit. This page shows what is missing:\n{link}\n\n"
    "If you cannot submit soon, please talk to us: {contact}.",
)
BY_HAND = BEFORE._replace(
    subject_ja="{round}のご回答のお願い",
    text_ja=BEFORE.text_ja.replace("期限までに難しいときは", "お困りのことがあれば"),
    subject_en="Please answer the survey, {round}",
    text_en=BEFORE.text_en.replace("If you cannot make it in time", "If anything keeps you from it"),
)
PROPOSED = {-14: BEFORE, -3: BEFORE, 3: AFTER}  # by days; sent only once a person has switched them on
