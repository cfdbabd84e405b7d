"""The shares of the peers that the ministry's review shows beside each answer."""

import re
from random import Random

import pytest

from surveys.models import Body, Response
from tests.conftest import signed_in
from tests.factories import answer, make_body, make_ministry, open_round, publish
from tests.random_answers import complete_answers

pytestmark = pytest.mark.django_db
KNOWN = {"population": 60_000, "population_source": "国勢調査", "population_date": "2020-10-01"}


@pytest.fixture
def bodies() -> list[Body]:
    """Six cities of one size, all of which answered the round of 2020; two of them have no CIO."""
    found = [make_body(f"20{number}018", f"市{number}", **KNOWN) for number in range(6)]
    survey = open_round(2020, "pages")
    given = complete_answers(survey.questionnaire, "city", Random(1))
    without = {id: each for id, each in given.items() if id not in ("post", "days")} | {"cio": {"value": "no"}}
    for number, body in enumerate(found):
        answer(survey, body, without if number < 2 else {**given, "cio": {"value": "yes"}}, submit=True)
    publish(survey)
    return found


def page(body: Body, year: int = 2021) -> str:
    response = Response.objects.get(survey__year=year, body=body)
    found = signed_in(make_ministry("reviewer")).get(f"/admin/surveys/response/{response.pk}/change/")
    return " ".join(re.sub(r"<[^>]+>", " ", found.content.decode()).split())


def test_each_option_stands_with_its_share_in_the_round_before(bodies: list[Body]) -> None:
    survey = open_round(2021, "pages")
    state = Response.objects.get(survey__year=2020, body=bodies[0]).applicable_answers()["state"]
    answer(survey, bodies[0], {"cio": {"value": "yes"}, "state": state})
    found = page(bodies[0])
    assert "種別と人口規模が同じ6団体の割合（令和2年度） 任命している 66.7% 任命していない 33.3%" in found
    words = {"done": "導入済", "planned": "導入予定"}
    assert f"税　{words[state['cells']['tax']]}".replace("　", " ") + " 100.0%" in found, "the state that was chosen"


def test_without_a_size_or_an_earlier_round_there_are_none(bodies: list[Body]) -> None:
    other = make_body("209999", "村", "village")
    open_round(2021, "pages")
    assert "団体の割合" not in page(other)
    assert "団体の割合" not in page(bodies[0], 2020)
