"""Where the numbers of a question do not go on from one round to the next."""

from dataclasses import replace

import pytest

from aggregation.breaks import Round, changes
from surveys.questionnaire import PREFECTURE, Gate, Question
from tests.aggregation.makers import questionnaire

COLOUR = questionnaire("single").question_by_id["colour"]
STATE = questionnaire("pages").question_by_id["state"]


def reasons(*questions: Question | None) -> list[list[str]]:
    """What is said at each round, in Japanese; None: the round does not ask."""
    rounds = [Round(2019 + n, None, (each,) if each else ()) for n, each in enumerate(questions)]
    return [[why.ja for why in found] for found in changes(rounds)]


def test_a_question_that_stays_goes_on() -> None:
    assert reasons(COLOUR, replace(COLOUR, title=STATE.title, text=STATE.text), COLOUR) == [[], [], []]


def test_a_question_that_is_missing_in_a_round() -> None:
    assert reasons(None, None, COLOUR) == [[], [], []], "nothing comes before what begins"
    fewer = replace(COLOUR, options=COLOUR.options[:-1])
    assert reasons(COLOUR, None, None, fewer) == [
        [],
        ["令和2年度は、この問をたずねていません。"],
        [],
        ["令和4年度から、この問をまたたずねています。", "令和4年度から「otherの名」がなくなりました。"],
    ]


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (replace(COLOUR, options=COLOUR.options[:1]), COLOUR, "「blueの名」「otherの名」が加わりました"),
        (COLOUR, replace(COLOUR, options=COLOUR.options[:1]), "「blueの名」「otherの名」がなくなりました"),
        (STATE, replace(STATE, rows=STATE.rows[1:]), f"「{STATE.rows[0].label}」がなくなりました"),
        (STATE, replace(STATE, columns=STATE.columns[:1]), "「導入予定」「予定なし」がなくなりました"),
        (COLOUR, replace(COLOUR, kind="multiple-choice"), "答え方の形が変わりました"),
        (COLOUR, replace(COLOUR, respondents=PREFECTURE), "うかがう団体の範囲が変わりました"),
        (COLOUR, replace(COLOUR, gate=Gate("is_one_of", ("colour",), ("red",))), "うかがう団体の範囲が変わりました"),
        (
            STATE,
            replace(STATE, rows=(replace(STATE.rows[0], respondents="both"), *STATE.rows[1:])),
            "うかがう団体の範囲が変わりました",
        ),
    ],
)
def test_what_breaks_a_line(before: Question, after: Question, why: str) -> None:
    (found,) = reasons(before, after)[1]
    assert why in found and found.startswith("令和2年度から")


def test_the_words_are_english_too() -> None:
    rounds = [Round(2020, None, (COLOUR,)), Round(2021, None, (replace(COLOUR, options=COLOUR.options[:2]),))]
    assert [why.en for found in changes(rounds) for why in found] == ["From FY2021 on there is no “other”."]
