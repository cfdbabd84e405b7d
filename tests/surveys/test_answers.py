"""Reading and writing answers: what cannot be taken, and that writing and reading are each other's reverse."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys import answers, answers_file
from surveys.answers import Datum, read, write
from surveys.rules import MISSING, all_problems, applicable
from tests.factories import QUESTIONNAIRES, questionnaire
from tests.random_answers import complete_answers, draft_answers

TINY = sorted(path.name for path in QUESTIONNAIRES.iterdir() if (path / "questionnaire.toml").exists())
KINDS = ("prefecture", "city")


def faults(name: str, id: str, *data: Datum) -> list[str]:
    found = read(questionnaire(name).question_by_id[id], "city", data)[1]
    return [fault.message.en for fault in found]


@pytest.mark.parametrize(
    ("datum", "fault"),
    [
        (Datum("tax", "installed", "installed"), "Column stays empty in this question."),
        (Datum("tax", "", "yes"), "“yes” is no choice; choose from: installed, planned, none."),
        (Datum("police", "", "installed"), "This body is not asked for “police”."),
        (Datum("fire", "", "installed"), "This question has no row “fire”."),
    ],
)
def test_what_a_matrix_does_not_take(datum: Datum, fault: str) -> None:
    assert faults("matrix", "systems", datum) == [fault]


def test_a_row_with_two_states() -> None:
    twice = [Datum("tax", "", "installed"), Datum("tax", "", "planned")]
    assert faults("matrix", "systems", *twice) == ["There are two values for the same place."]


def test_an_empty_text_is_no_text() -> None:
    post = questionnaire().question_by_id["post"]
    assert read(post, "city", [Datum("other", answers.OTHER_TEXT, " \n")]) == ({}, [])


@pytest.mark.parametrize("text", ["12", "１２", "1,2", " 12 ", "０12"])
def test_numbers_as_people_type_them(text: str) -> None:
    assert answers.number(text, 100) == 12


@pytest.mark.parametrize("text", ["", "-1", "1.5", "1e3", "٣", "²", "十二", "12人", "101", "9" * 30])
def test_what_is_no_number(text: str) -> None:
    assert not isinstance(answers.number(text, 100), int)


@pytest.mark.parametrize("name", [*TINY, "2020"])
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(KINDS))
def test_reading_what_was_written_gives_the_answer_again(name: str, seed: int, kind: str) -> None:
    for id, answer in draft_answers(questionnaire(name), kind, Random(seed)).items():
        question = questionnaire(name).question_by_id[id]
        shuffled = list(write(question, answer))
        Random(seed).shuffle(shuffled)
        assert read(question, kind, shuffled) == (answer, [])


def exported(name: str, kind: str, given: dict[str, Any]) -> bytes:
    return answers_file.write(questionnaire(name), [("202037", kind, False, given)])


@pytest.mark.parametrize("name", [*TINY, "2020"])
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(KINDS))
def test_export_import_export_is_the_identity(name: str, seed: int, kind: str) -> None:
    """For answers without contradiction, complete or not: a file with a contradiction is refused."""
    for given_answers in (complete_answers, draft_answers):
        own = applicable(questionnaire(name), kind, given_answers(questionnaire(name), kind, Random(seed)))
        if any(problem.kind != MISSING for problem in all_problems(questionnaire(name), kind, own)):
            continue
        data = exported(name, kind, own)
        found = answers_file.read(data, questionnaire(name), {"202037": kind})
        read_again = found[0].answers if found else {}
        assert read_again == own
        assert exported(name, kind, read_again) == data
