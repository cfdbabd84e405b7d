"""The one rule for texts: its table, and what holds of every text."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from surveys.answers import clean_text
from surveys.csv_file import neutralise, restore
from surveys.texts import RULES, clean, line

# Texts of the signs that the rules are about, and of any others.
SIGNS = st.sampled_from(
    "\0\t\r\n\x0b\x85\xad\u061c\u200b\u200c\u200d\u2028\u202e\u2066\ufe0f\ufeff\uffff\ud800ｶﾞﾊﾟ゙神👨葛e\u0301"
)
TEXTS = st.text(SIGNS | st.characters(categories=None), max_size=20)

KEPT = {
    "wide letters and signs": "ＡＢＣ１２３①㈱㌔㎡～〜",
    "emoji, also joined": "👍🏽👨\u200d👩\u200d👧🏴❤\ufe0f\u200d🔥",
    "the variant of a kanji": "葛\U000e0100飾区 \u6e21\ufe00",
    "kanji outside the first plane": "𠮷田 髙橋 﨑",
    "a town hall's own sign": "\ue000",
    "what stands for a sign that was lost": "\ufffd",
    "a blank line and indents": "一\n\n　二",
}
BECOMES = {
    "line ends of every kind": ("a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h", "a\nb\nc\nd\ne\nf\ng\nh"),
    "a tab": ("a\tb", "a b"),
    "controls": ("\0a\x1b[31m\x7f\x9fb", "a[31mb"),
    "half signs": ("a\ud800\udfffb", "ab"),
    "what turns the order": ("\u202eabc\u202c\u2066x\u2069\u200f", "abcx"),
    "no width": ("上\u200b田\ufeff市\xad\u2060", "上田市"),
    "a joiner without emoji": ("a\u200db\u200c", "ab"),
    "tags": ("a\U000e0041\ufff9b", "ab"),
    "no signs": ("a\ufffe\uffff\ufdd0b", "ab"),
    "half-width katakana": ("ｶﾞｲﾄﾞﾌﾞｯｸ ﾊﾟｽ｡｢ｰ｣", "ガイドブック パス。「ー」"),
    "a voice mark of its own": ("かﾞ", "が"),
    "not in NFC": ("か\u3099 e\u0301", "が é"),
    "a kanji that NFC would fold": ("\ufa19\ufa1b\U0002f805", "神\ufe00福\ufe00\u4fae\ufe01"),
}


@pytest.mark.parametrize("what", KEPT)
def test_what_is_kept_as_typed(what: str) -> None:
    assert clean(KEPT[what]) == KEPT[what]


@pytest.mark.parametrize("what", BECOMES)
def test_what_becomes_of_the_rest(what: str) -> None:
    given, expected = BECOMES[what]
    assert clean(given) == expected


def test_every_rule_has_its_reason() -> None:
    assert all(rule.why for rule in RULES)


def test_one_line() -> None:
    assert line("　小林 \r\n 直樹\u2028") == "小林 直樹"


@given(TEXTS)
@example("か\u200b\u3099")  # taking a sign out lets two others meet
def test_once_is_enough_and_nothing_forbidden_is_left(text: str) -> None:
    found = clean(text)
    assert clean(found) == found
    assert unicodedata.is_normalized("NFC", found)
    assert not re.search("[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\uff61-\uff9f]", found)
    assert found.encode().decode() == found  # no half signs
    assert line(text) == line(found)
    assert "\n" not in line(text)


@given(TEXTS)
def test_a_stored_text_comes_back_from_a_file_as_it_was(text: str) -> None:
    stored = clean_text(text)
    assert clean_text(restore(neutralise(stored))) == stored
