"""What differs between two questionnaires in words, year words, and ids that would change their meaning."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from surveys.definition import parse
from surveys.difference import Change, compare
from surveys.meaning import refusals
from surveys.questionnaire import Document
from surveys.redefinition import SOMETHING, Redefinition
from surveys.year_words import for_year, mover
from tests.factories import document, questionnaire

PEOPLE, SERVICES, HEAD = "01-people.toml", "02-services.toml", "questionnaire.toml"
Edit = Callable[[Document], Any]


def changed(edit: Edit, name: str = "small", year: int = 2020) -> Document:
    found = copy.deepcopy(document(name, year))
    edit(found)
    return found


def question(doc: Document, number: int, file: str = PEOPLE) -> dict[str, Any]:
    found: dict[str, Any] = doc[file]["question"][number]
    return found


def text(ja: str, en: str = "en") -> dict[str, str]:
    return {"ja": ja, "en": en}


def words(change: Change, language: str = "ja") -> tuple[str, ...]:
    texts = (change.label, change.place, change.before, change.after)
    return tuple(each.in_language(language) if each else "" for each in texts)


def differences(edit: Edit, name: str = "small") -> list[tuple[str, ...]]:
    return [words(change) for change in compare(questionnaire(name), parse(changed(edit, name)))]


CIO, POST, STAFF = "問「CIOの任命」（cio）", "問「CIOの役職」（post）", "問「職員数」（staff）"
AT_MOST, EQUAL = "at_most resident outside", "equal resident outside"
OPTION = {"code": "maybe", "label": text("検討中"), "source": "ministry"}
EDITS: list[tuple[Edit, list[tuple[str, ...]]]] = [
    (lambda doc: doc[HEAD].update(title=text("新")), [("言い換え", "調査の題", questionnaire().title.ja, "新")]),
    (
        lambda doc: question(doc, 0)["option"].append(OPTION),
        [("追加", f"{CIO}の選択肢「検討中」（maybe）", "", "検討中")],
    ),
    (
        lambda doc: question(doc, 1)["option"].pop(),
        [("削除", f"{POST}の選択肢「その他」（other）", "その他", "")],
    ),
    (
        lambda doc: question(doc, 1)["option"].reverse(),
        [("並びの変更", f"{POST}の選択肢「その他」（other）", "2番目", "1番目")],
    ),
    (
        lambda doc: question(doc, 0).update(text=text("いますか。")),
        [("言い換え", f"{CIO}の文", "CIOを任命していますか。", "いますか。")],
    ),
    (
        lambda doc: question(doc, 0)["option"][0].update(label=text("いる")),
        [("言い換え", f"{CIO}の選択肢「いる」（yes）の名前", "任命している", "いる")],
    ),
    (
        lambda doc: question(doc, 0).update(number=text("第２図")),
        [("番号の変更", f"{CIO}の番号", "第１図", "第２図")],
    ),
    (lambda doc: question(doc, 0).pop("number"), [("削除", f"{CIO}の番号", "第１図", "")]),
    (
        lambda doc: question(doc, 0).update(example={"text": text("例文"), "source": "ministry"}),
        [("追加", f"{CIO}の例", "", "例文")],
    ),
    (
        lambda doc: question(doc, 1)["gate"].update(values=["no"]),
        [
            (
                "条件の変更",
                f"{POST}の条件",
                "「CIOの任命」で「任命している」を選んだ団体にうかがいます。",
                "「CIOの任命」で「任命していない」を選んだ団体にうかがいます。",
            )
        ],
    ),
    (
        lambda doc: question(doc, 1).pop("gate"),
        [
            (
                "条件の変更",
                f"{POST}の条件",
                "「CIOの任命」で「任命している」を選んだ団体にうかがいます。",
                "全ての団体にうかがいます。",
            )
        ],
    ),
    (lambda doc: question(doc, 2).update(maximum=9), [("設定の変更", f"{STAFF}の最大の数", "999", "9")]),
    (
        lambda doc: question(doc, 0)["option"][1].update(other_text=True),
        [("設定の変更", f"{CIO}の選択肢「任命していない」（no）の内容を書く", "いいえ", "はい")],
    ),
    (
        lambda doc: question(doc, 2)["row"][2].update(computed=["own"]),
        [("設定の変更", f"{STAFF}の行「合計」（all）の合計する行", "own, outside", "own")],
    ),
    (
        lambda doc: question(doc, 2)["check"][0].update(operator="equal"),
        [
            (
                "削除",
                f"{STAFF}の点検「at_most resident outside」（at_most resident outside）",
                "at_most resident outside",
                "",
            ),
            (
                "追加",
                f"{STAFF}の点検「equal resident outside」（equal resident outside）",
                "",
                "equal resident outside",
            ),
        ],
    ),
    (lambda doc: doc[PEOPLE]["question"].pop(), [("削除", STAFF, "職員数を記入してください。", "")]),
    (
        lambda doc: doc[SERVICES]["question"].append(doc[PEOPLE]["question"].pop()),
        [("並びの変更", STAFF, "項目「人」（people）", "項目「手続」（services）")],
    ),
    (
        lambda doc: doc[SERVICES]["question"].reverse(),
        [("並びの変更", "問「利用実績」（use-school）", "2番目", "1番目")],
    ),
    (
        lambda doc: doc.update({"03-people.toml": doc.pop(PEOPLE)}),
        [("並びの変更", "項目「手続」（services）", "2番目", "1番目")],
    ),
    (lambda doc: doc[PEOPLE].update(number="9"), [("設定の変更", "項目「人」（people）の番号", "1", "9")]),
    (
        lambda doc: question(doc, 2).pop("unit"),
        [("削除", f"{STAFF}の単位", "人", "")],
    ),
]


@pytest.mark.parametrize(("edit", "found"), EDITS, ids=[str(number) for number in range(len(EDITS))])
def test_a_difference_in_words(edit: Edit, found: list[tuple[str, ...]]) -> None:
    assert differences(edit) == found


def test_a_section_and_a_soft_check_that_are_added_and_a_group_that_goes() -> None:
    soft = {"id": "x", "operator": "tenfold", "questions": ["staff"], "least": 1}
    section = {**document("doubts")["03-products.toml"], "id": "more"}
    section["question"] = [{**section["question"][0], "id": "new"}]

    def edit(doc: Document) -> None:
        doc["04-more.toml"] = section
        doc[PEOPLE]["soft"] = [*doc[PEOPLE]["soft"], {**soft, "id": "y"}]
        doc["02-systems.toml"]["question"][1].pop("part_of")

    assert [found[:2] for found in differences(edit, "doubts")] == [
        ("追加", "項目「準拠した製品」（more）"),
        ("設定の変更", "問「利用実績」（use-school）の分けて聞く表のID"),
        ("追加", "問「準拠した製品の導入」（new）"),
        ("追加", "確かめ「y」（y）"),
    ]


@pytest.mark.parametrize("name", ["small", "doubts", "2020"])
def test_a_questionnaire_does_not_differ_from_itself(name: str) -> None:
    assert compare(questionnaire(name), questionnaire(name)) == []


def test_english_words() -> None:
    found = compare(questionnaire(), parse(changed(lambda doc: question(doc, 1).pop("gate"))))
    assert [words(change, "en") for change in found] == [
        (
            "condition changed",
            "question “Post” (post), condition",
            "Asked of bodies that chose “Yes” in “CIO”.",
            "Asked of all bodies.",
        )
    ]


@pytest.mark.parametrize("name", ["small", "2020"])
def test_next_year_s_document_is_the_folder_read_for_next_year(name: str) -> None:
    """Exactly the year words move: nothing in the folder is a year word written out."""
    assert for_year(document(name), 2021) == document(name, 2021)
    assert document(name)[HEAD]["year"] == 2020


def test_only_whole_year_words_move() -> None:
    move = mover(2020, 2021)
    assert move("ja", "令和２年度と令和３年度、令和元年度末、令和２年４月１日現在") == (
        "令和３年度と令和４年度、令和２年度末、令和３年４月１日現在"
    )
    assert move("en", "FY2020, FY20201, 1 April 2020, 11 April 2020") == "FY2021, FY20201, 1 April 2021, 11 April 2020"
    assert move("ja", "令和2年度、2020年、令和１２年度") == "令和2年度、2020年、令和１２年度"


def test_moved_year_words_are_a_sort_of_their_own() -> None:
    after = parse(changed(lambda doc: question(doc, 0).update(reference=text("今")), year=2021))
    found = compare(questionnaire(), after, mover(2020, 2021))
    assert {change.sort for change in found} == {"year", "reworded"}
    assert [change.place.ja for change in found if change.sort == "reworded"] == [f"{CIO}のいつの状況か"]


def swap_labels(doc: Document) -> None:
    first, second = question(doc, 0)["option"]
    first["label"], second["label"] = second["label"], first["label"]


def swap_questions(doc: Document) -> None:
    first, second = question(doc, 0), question(doc, 1)
    for key in ("title", "text"):
        first[key], second[key] = second[key], first[key]


def swap_choices(doc: Document) -> None:
    first, second = question(doc, 1, SERVICES)["column"][0]["choices"]
    first["label"], second["label"] = second["label"], first["label"]


ROW = {"code": "a", "label": text("あ"), "source": "ministry"}
REFUSED: list[tuple[Edit, list[tuple[str, str, str]]]] = [
    (
        lambda doc: question(doc, 0, SERVICES).update(
            kind="tick-matrix", option=[], row=[{**ROW, "exclusive": True}], column=[ROW]
        ),
        [("question", "measures", "")],
    ),
    (lambda doc: question(doc, 1, SERVICES).pop("part_of"), [("question", "use-school", "")]),
    (lambda doc: question(doc, 2).update(unit=text("千人")), [("question", "staff", "")]),
    (swap_questions, [("question", "cio", ""), ("question", "post", "")]),
    (swap_labels, [("option", "cio", "yes"), ("option", "cio", "no")]),
    (swap_choices, [("option", "use-school", "yes"), ("option", "use-school", "no")]),
    (
        lambda doc: question(doc, 2)["row"][0].update(label=text("外部")),
        [("row", "staff", "own")],
    ),
    (
        lambda doc: question(doc, 1, SERVICES)["column"][2].update(label=text("オンライン件数")),
        [("column", "use-school", "total")],
    ),
]


def refused(rounds: list[Document], after: Document) -> list[tuple[str, str, str]]:
    found = parse(after)
    earlier = [parse(each) for each in rounds]
    given = refusals(earlier, found, [mover(each.year, found.year) for each in earlier])
    return [(each.part, each.question, each.code) for each in given]


@pytest.mark.parametrize(("edit", "found"), REFUSED, ids=[str(number) for number in range(len(REFUSED))])
def test_an_id_with_another_meaning_is_refused(edit: Edit, found: list[tuple[str, str, str]]) -> None:
    assert refused([document()], changed(edit, year=2021)) == found


def test_what_keeps_its_meaning_is_allowed() -> None:
    def edit(doc: Document) -> None:
        question(doc, 0).update(text=text("任命していますか。"), respondents="municipality", id="cio")
        question(doc, 0)["option"].append(OPTION)
        question(doc, 1, SERVICES)["column"].pop(2)
        question(doc, 2)["row"].append({"code": "new", "label": text("首長"), "source": "ministry"})
        question(doc, 2).pop("unit")

    after = changed(edit, year=2021)
    after[SERVICES]["question"].pop()
    assert refused([document()], after) == []


def test_labels_that_are_years_move_and_are_not_taken_for_each_other() -> None:
    def years(doc: Document, *labels: str) -> None:
        for option, label in zip(question(doc, 0)["option"], labels, strict=True):
            option["label"] = text(label)

    before = changed(lambda doc: years(doc, "令和２年度", "令和３年度"))
    assert refused([before], changed(lambda doc: years(doc, "令和３年度", "令和４年度"), year=2021)) == []


def test_a_question_is_held_against_the_newest_round_that_had_it() -> None:
    matrix = {"kind": "matrix", "option": [], "row": [ROW], "column": [ROW], "favourable": []}

    def gone(doc: Document) -> None:
        del doc[PEOPLE]["question"][:2]

    def other_kind(doc: Document) -> None:
        question(doc, 0).update(matrix)
        del doc[PEOPLE]["question"][1]

    after = changed(other_kind, year=2022)
    assert refused([changed(gone, year=2021), document()], after) == [("question", "cio", "")]
    assert refused([changed(other_kind, year=2021), document()], after) == []


def redefinition(edit: Edit, *, stored: Edit = lambda doc: None, is_frozen: bool = False) -> Redefinition:
    """A round of 2021 after one of 2020."""
    kept = changed(stored, year=2021)
    new = copy.deepcopy(kept)
    edit(new)
    return Redefinition(parse(kept), kept, new, [questionnaire()], is_frozen)


def reword(doc: Document) -> None:
    question(doc, 0)["option"][0]["label"] = text("任命した")
    question(doc, 1)["text"]["en"] = "Which?"
    doc[PEOPLE]["title"] = text("人員")


@pytest.mark.parametrize("is_frozen", [True, False])
def test_only_japanese_texts_that_say_what_an_answer_means_are_to_be_confirmed(is_frozen: bool) -> None:
    found = redefinition(reword, is_frozen=is_frozen)
    assert {id: [words(change)[1] for change in changes] for id, changes in found.to_confirm.items()} == {
        "cio": [f"{CIO}の選択肢「任命した」（yes）の名前"]
    }
    assert found.messages == [] and len(found.changes) == 3


def test_what_was_confirmed_in_a_draft_is_not_asked_again() -> None:
    def more(doc: Document) -> None:
        question(doc, 0)["text"] = text("任命しましたか。")

    found = redefinition(more, stored=reword)
    assert [change.field for change in found.to_confirm["cio"]] == ["text"]


def test_the_first_round_has_nothing_to_be_held_against() -> None:
    found = Redefinition(questionnaire(), document(), changed(reword), [], False)
    assert found.since_last == [] and found.to_confirm == {} and found.messages == []


@pytest.mark.parametrize(
    ("edit", "what"),
    [
        (lambda doc: question(doc, 2).update(maximum=9), f"{STAFF}の最大の数"),
        (lambda doc: question(doc, 0).update(help=text("説明")), f"{CIO}の説明"),
        (lambda doc: doc.update({"01-b.toml": doc.pop(PEOPLE)}), SOMETHING.ja),
    ],
)
def test_once_open_anything_but_wording_is_refused_and_named(edit: Edit, what: str) -> None:
    assert [message.ja for message in redefinition(edit, is_frozen=True).messages] == [
        f"受付を始めたあとは、文言だけを変えられます。変えられないもの：{what}"
    ]
    assert redefinition(edit).messages == []


def test_once_open_labels_still_may_not_change_places() -> None:
    assert len(redefinition(swap_labels, is_frozen=True).messages) == 2
