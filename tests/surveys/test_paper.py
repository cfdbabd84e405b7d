"""Papers as PDF: what stands on them, tagged, in the one font, the same bytes for the same data."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from surveys.paper import render
from surveys.paper.answered import answered_paper
from surveys.paper.blank import blank_paper
from surveys.paper.document import Cover, Paper
from surveys.paper.glyphs import covered, printable
from surveys.words import gate
from tests.factories import questionnaire
from tests.random_answers import complete_answers

COVER = Cover(
    language="ja",
    title="画面の試験用の調査　回答",
    subtitle="令和2年度",
    about="長野県上田市（202037）　令和2年度 画面の試験用の調査",
    mark="未提出",
    stamp="令和2年5月26日（火）15:08 現在",
    author="長野県上田市",
    at=datetime(2020, 5, 26, 6, 8, tzinfo=UTC),
    key=("受付番号", "R2-202037-01"),
    facts=(("団体", "長野県上田市（202037）"),),
    notes=("照合値の説明",),
)
ENGLISH = replace(COVER, language="en")
QUESTIONS = questionnaire("pages")
ANSWERS: dict[str, Any] = {
    "cio": {"value": "yes"},
    "post": {"value": "other", "other_text": {"other": "情報化推進監" * 60 + "末尾"}},
    "days": {"cells": {"month": 12}},
    "staff": {"cells": {"own": 1200, "outside": 1, "resident": 1}},
    "training": {"values": ["course", "online"]},
    "state": {
        "cells": {"register": "done", "tax": "none", "other": "planned"},
        "other_text": {"other": "1行目\n2行目"},
    },
    "history": {"values": ["package"]},
    "shared": {"cells": {"bidding": "used"}},
    "use-school": {
        "cells": {
            "lending": {"exists": "yes", "online": "done", "total": 1234, "online_count": "unknown"},
            "booking": {"exists": "yes"},
        }
    },
}


def read(paper: Paper) -> PdfReader:
    data = render.pdf(paper)
    assert data.startswith(b"%PDF-")
    return PdfReader(BytesIO(data))


def words(reader: PdfReader) -> str:
    """The text of all pages without the spaces and breaks that depend on the layout."""
    return "".join("".join(page.extract_text() for page in reader.pages).split())


def outline(reader: PdfReader) -> list[str]:
    return [entry.title for entry in reader.outline]


def tags(element: Any) -> set[str]:
    """The kinds of structure that a listener meets."""
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        return set().union(*map(tags, element))
    if not isinstance(element, dict):
        return set()
    return {str(element.get("/S", ""))} | tags(element.get("/K"))


def fonts(reader: PdfReader) -> set[str]:
    """The names of the embedded fonts, without the mark of the subset."""
    names = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            names.add(font.get_object()["/BaseFont"].split("+")[1])
    return names


@pytest.mark.parametrize(
    ("cover", "make", "sections"),
    [
        (COVER, answered_paper, ["1　人", "2　システムの導入", "3　手続"]),
        (COVER, blank_paper, ["1　人", "2　システムの導入", "3　手続", "用語の説明"]),
        (ENGLISH, answered_paper, ["1   People", "2   Systems", "3   Procedures"]),
        (ENGLISH, blank_paper, ["1   People", "2   Systems", "3   Procedures", "Glossary"]),
    ],
)
def test_a_paper_is_tagged_named_and_in_one_font(cover: Cover, make: Any, sections: list[str]) -> None:
    more = {"answers": ANSWERS} if make is answered_paper else {}
    reader = read(make(cover, QUESTIONS, "city", **more))
    root = reader.root_object
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == (cover.language, True)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()
    assert reader.metadata and reader.metadata.title == cover.title and reader.metadata.author == "長野県上田市"
    assert [title.split() for title in outline(reader)] == [title.split() for title in sections]
    assert {"/Title", "/H1", "/H2", "/Table", "/THead", "/TH", "/TD"} <= tags(root["/StructTreeRoot"])
    assert fonts(reader) == {"BIZUDPGothic-Regular", "BIZUDPGothic-Bold"}
    for number, page in enumerate(reader.pages, 1):
        text = "".join(page.extract_text().split())
        for part in ("長野県上田市（202037）", "令和2年度", "未提出", "15:08現在", f"{number}／{len(reader.pages)}"):
            assert part in text


def test_the_same_data_give_the_same_bytes() -> None:
    papers = [answered_paper(COVER, QUESTIONS, "city", ANSWERS) for _ in range(2)]
    assert render.pdf(papers[0]) == render.pdf(papers[1])
    later = replace(COVER, at=datetime(2020, 5, 26, 6, 9, tzinfo=UTC))
    assert render.pdf(answered_paper(later, QUESTIONS, "city", ANSWERS)) != render.pdf(papers[0])


def test_answers_of_every_kind_stand_on_the_paper() -> None:
    found = words(read(answered_paper(COVER, QUESTIONS, "city", ANSWERS)))
    for part in (
        *("受付番号R2-202037-01", "照合値の説明", "主に答える課：総務課", "第1節体制"),
        *("問1CIOを任命していますか。第１図任命している", "情報化推進監" * 60 + "末尾"),
        *("月あたり12日", "うち庁内［未回答］", "合計自動で計算1,201人", "研修eラーニング"),
        *(
            "1住民基本台帳導入済",
            "3その他：1行目2行目導入予定",
            "利用しているものを全て選んでください。電子入札",
        ),
        *("手続有無オンライン総件数オンライン件数", "1図書の貸出有済1,234件不明", "2施設の予約有［未回答］"),
    ):
        assert part in found, part
    assert "警察" not in found, "a row and a section that only prefectures are asked"


def test_the_blank_questionnaire_has_every_question_a_kind_can_be_asked() -> None:
    found = words(read(blank_paper(COVER, QUESTIONS, "city")))
    for part in (
        *(
            "問1-1CIOの役職は次のどれですか。問1で「任命している」を選んだ団体",
            "実施しているものを全て選んでください。複数回答",
        ),
        *(
            "いないときは0を入れてください。例：週に3日の人も1人と数えます。",
            "用語の説明（巻末）：CIO（情報化統括責任者）",
            "または（ほかの選択肢",
        ),
        *("区分導入済導入予定予定なし", "1住民基本台帳", "オンライン「有」のとき", "不明"),
        *("情報化を統括する人。", "合計自動で計算"),
    ):
        assert part in found, part
    assert "警察" not in found
    assert "車庫証明をオンラインで受け付けていますか。" in words(read(blank_paper(COVER, QUESTIONS, "prefecture")))


@pytest.mark.parametrize("kind", ["city", "prefecture"])
@pytest.mark.parametrize("cover", [COVER, ENGLISH])
def test_the_shipped_questionnaire_is_printed_too(kind: str, cover: Cover) -> None:
    shipped = questionnaire("2020", 2021)
    answers = complete_answers(shipped, kind, Random(1))
    blank, answered = blank_paper(cover, shipped, kind), answered_paper(cover, shipped, kind, answers)
    assert len(outline(read(blank))) == len(shipped.sections_for(kind)) + 1
    assert len(outline(read(answered))) == len(answered.parts)


def test_gates_are_said_in_both_languages() -> None:
    section = QUESTIONS.section_by_id["systems"]
    number = {"state": "1", "history": "1-1", "cause": "1-1-1"}
    history, cause = section.question_by_id["history"], section.question_by_id["cause"]
    assert gate(section.questions[0], section, number, "ja") == ""
    assert gate(history, section, number, "ja") == "問1で1つでも「導入済」か「導入予定」を選んだ団体にうかがいます。"
    assert gate(cause, section, number, "en") == "Asked of bodies that chose anything but “Package” in Question 1-1."


# Characters and fonts


def test_a_character_without_a_shape_is_named_by_its_number() -> None:
    odd = {**ANSWERS, "post": {"value": "other", "other_text": {"other": "𠮷田\t課長\x07😀葛\U000e0100城\ufeff"}}}
    found = words(read(answered_paper(COVER, QUESTIONS, "city", odd)))
    assert "その他：〓(U+20BB7)田課長〓(U+1F600)葛城" in found
    assert "〓は、この印刷の書体にない文字です。" in found
    assert "〓は" not in words(read(answered_paper(COVER, QUESTIONS, "city", ANSWERS)))


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=200))
def test_no_text_keeps_a_paper_from_being_made(text: str) -> None:
    """A tagged PDF refuses characters without a shape, and some others; whatever was typed, there is a paper."""
    odd = {**ANSWERS, "post": {"value": "other", "other_text": {"other": text}}}
    assert read(answered_paper(replace(COVER, title=text, author=text, notes=(text,)), QUESTIONS, "city", odd)).pages


def test_what_is_known_is_read_from_the_font() -> None:
    regular = covered(render.FONTS / render.REGULAR)
    assert {ord(sign) for sign in "髙﨑①〓／あA々"} <= regular
    assert not {0x20BB7, 0x1F600, 0x2610} & regular
    assert printable(["a\nb", {"x": "☐"}, 1, None], regular) == ["a\nb", {"x": "〓(U+2610)"}, 1, None]
    bold = next((render.FONTS / "700Bold").glob("*.ttf"))
    assert covered(bold) == regular, "what is bold is shown as well"


def test_without_the_font_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(render, "FONTS", tmp_path)
    with pytest.raises(render.FontMissing, match="run `make static`, which runs `npm ci`"):
        render.pdf(answered_paper(COVER, QUESTIONS, "city", {}))
