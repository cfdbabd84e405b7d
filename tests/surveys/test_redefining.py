"""The definition of a round: made from last year's, replaced while it is a draft, reworded once it is open."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from surveys.models import Event, NotAllowed, Survey, rounds
from surveys.questionnaire import DefinitionError, Document, checksum
from tests.factories import document, make_body, make_round, make_user, open_round

pytestmark = pytest.mark.django_db
PEOPLE = "01-people.toml"


def changed(survey: Survey, edit: Callable[[list[dict[str, Any]]], Any]) -> Document:
    found = copy.deepcopy(survey.document)
    edit(found[PEOPLE]["question"])
    return found


def reword(questions: list[dict[str, Any]]) -> None:
    questions[0]["text"] = {"ja": "CIOを置いていますか。", "en": "Is there a CIO?"}


def widen(questions: list[dict[str, Any]]) -> None:
    questions[2]["maximum"] = 9999


def swap(questions: list[dict[str, Any]]) -> None:
    first, second = questions[0]["option"]
    first["label"], second["label"] = second["label"], first["label"]


def stored(survey: Survey) -> Survey:
    return Survey.objects.get(pk=survey.pk)


def test_the_next_round_is_a_draft_with_last_year_s_questionnaire_and_its_year_words_moved() -> None:
    make_body()
    person = make_user()
    survey = open_round()
    made = survey.make_next(by=person)
    assert (made.year, made.state, str(made.reference_date)) == (2021, "draft", "2021-04-01")
    assert made.document == document(year=2021) and made.checksum == checksum(made.document)
    assert stored(survey).document == document()
    event = Event.objects.get(kind="survey.made")
    assert (event.subject, event.actor, event.after) == (
        "survey 2021",
        person,
        {"from": 2020, "checksum": made.checksum},
    )
    with pytest.raises(NotAllowed, match="令和3年度の調査は、もうあります"):
        survey.make_next()
    assert Survey.objects.count() == 2


def test_the_definition_of_a_draft_is_replaced_with_an_event_that_says_what_changed() -> None:
    survey, person = make_round(), make_user()
    before = survey.checksum
    survey.redefine(changed(survey, widen), seen=before, by=person)
    assert stored(survey).questionnaire.question_by_id["staff"].maximum == 9999
    event = Event.objects.get(kind="survey.redefined")
    assert (event.actor, event.before) == (person, {"checksum": before})
    assert event.after == {
        "checksum": survey.checksum,
        "changes": [["設定の変更", "問「職員数」（staff）の最大の数", "999", "9999"]],
        "same_meaning": [],
    }


def test_the_same_definition_again_is_no_event() -> None:
    survey = make_round()
    survey.redefine(survey.document, seen=survey.checksum)
    assert not Event.objects.filter(kind="survey.redefined").exists()


def test_a_draft_that_somebody_else_has_replaced_meanwhile_is_left_alone() -> None:
    survey = make_round()
    other, seen = stored(survey), survey.checksum
    other.redefine(changed(survey, widen), seen=seen)
    with pytest.raises(NotAllowed, match="確かめている間に調査票が変わりました"):
        survey.redefine(changed(survey, reword), seen=seen)
    assert stored(survey).checksum == other.checksum


def test_a_reworded_question_of_a_later_round_needs_somebody_s_word() -> None:
    survey = make_round().make_next()
    document, seen = changed(survey, reword), survey.checksum
    with pytest.raises(NotAllowed, match="1問ずつ確かめてください"):
        survey.redefine(document, seen=seen, same=["post"])
    assert stored(survey).checksum == seen
    survey.redefine(document, seen=seen, same=["cio"])
    event = Event.objects.get(kind="survey.redefined")
    assert event.after["same_meaning"] == ["cio"] and event.after["changes"][0][3] == "CIOを置いていますか。"


def test_an_id_with_another_meaning_is_refused_on_every_way_in() -> None:
    survey = make_round().make_next()
    document, seen = changed(survey, swap), survey.checksum
    with pytest.raises(NotAllowed, match="コードが入れ替わっています"):
        survey.redefine(document, seen=seen, same=["cio"])
    with pytest.raises(DefinitionError, match="Please give each its code back"):
        Survey.load(2021, document)
    assert stored(survey).checksum == seen


def test_once_open_only_wording_changes_with_each_change_in_the_history() -> None:
    make_body()
    survey, person = open_round(), make_user()
    seen = survey.checksum
    with pytest.raises(NotAllowed, match="問「職員数」（staff）の最大の数"):
        survey.reword(changed(survey, widen), seen=seen)
    with pytest.raises(NotAllowed, match="1問ずつ確かめてください"):
        survey.reword(changed(survey, reword), seen=seen)
    assert stored(survey).checksum == seen
    survey.reword(changed(survey, reword), seen=seen, same=["cio"], by=person)
    assert stored(survey).questionnaire.question_by_id["cio"].text.ja == "CIOを置いていますか。"
    event = Event.objects.get(kind="survey.reworded")
    assert event.actor == person and event.after["same_meaning"] == ["cio"]
    assert event.after["changes"] == [
        ["言い換え", "問「CIOの任命」（cio）の文", "CIOを任命していますか。", "CIOを置いていますか。"]
    ]


def test_a_draft_is_not_reworded_and_an_open_round_not_redefined() -> None:
    survey = make_round()
    with pytest.raises(NotAllowed, match="準備中"):
        survey.reword(changed(survey, reword), seen=survey.checksum, same=["cio"])
    make_body()
    survey.open()
    with pytest.raises(NotAllowed, match="受付中"):
        survey.redefine(changed(survey, widen), seen=survey.checksum)


def test_a_process_that_read_the_checksum_before_a_rewording_keeps_the_two_apart() -> None:
    make_body()
    survey = open_round()
    late = Survey.objects.defer("document").get()
    survey.reword(changed(survey, reword), seen=survey.checksum, same=["cio"])
    rounds._parsed.clear()
    assert late.questionnaire.question_by_id["cio"].text.ja == "CIOを置いていますか。"
    assert late.checksum == survey.checksum and rounds._parsed.keys() == {survey.checksum}
