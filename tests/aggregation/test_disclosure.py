"""What may be public: nothing about a question that is not open leads to a group of fewer than ten bodies."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from aggregation import report
from aggregation.disclosure import LEAST, Disclosed
from aggregation.groups import KIND_LABELS
from aggregation.models import Run
from aggregation.tables import BodyRow, Cell, Series, Table, TableSpec
from aggregation.tabulate import build_all
from surveys.models import Disclosure, Event, Survey
from tests.aggregation.makers import KINDS, body, everyone, questionnaire, table
from tests.factories import make_body, open_round, publish
from tests.random_answers import complete_answers

NOTHING = Disclosed(frozenset())
# The leaves of all groups of the nation and of kinds, as places in a vector.
LEAVES = ("prefecture", *KIND_LABELS)


@st.composite
def nation(draw: st.DrawFn) -> list[BodyRow]:
    """So many bodies of each kind that their numbers lie on both sides of the limit."""
    found: list[BodyRow] = []
    for kind in KINDS:
        for _ in range(draw(st.integers(0, 14))):
            answers = complete_answers(questionnaire("gates"), kind, Random(draw(st.integers(0, 99))))
            found.append(body(f"20{len(found):04}", kind, answers, 10_000))
    return found


def leaves(cell: Cell) -> tuple[str, ...]:
    """Which leaves a group adds up."""
    if cell.breakdown == "kind":
        return (cell.group,)
    return {"prefecture": LEAVES[:1], "municipality": LEAVES[1:], "total": LEAVES}[cell.group]


def places(found: Table) -> Mapping[tuple[str, str], list[Cell]]:
    by_place: dict[tuple[str, str], list[Cell]] = {}
    for cell in found.cells:
        by_place.setdefault((cell.row, cell.column), []).append(cell)
    return by_place


def derivable(cells: list[Cell]) -> Iterator[list[str]]:
    """Every set of leaves whose number somebody can find by adding and subtracting what is public."""
    vectors = {(0,) * len(LEAVES)}
    for cell in cells:
        own = tuple(int(leaf in leaves(cell)) for leaf in LEAVES)
        vectors |= {tuple(a + sign * b for a, b in zip(v, own, strict=True)) for v in vectors for sign in (1, -1)}
    for vector in vectors:
        if any(vector) and set(vector) <= {0, 1}:
            yield [leaf for leaf, part in zip(LEAVES, vector, strict=True) if part]


@given(nation())
def test_nothing_public_can_be_subtracted_down_to_a_small_group(rows: list[BodyRow]) -> None:
    for whole in build_all(questionnaire("gates"), (), rows, (), 2020):
        public = NOTHING.table(whole)
        for place, cells in places(public).items():
            base = {cell.group: cell.base or 0 for cell in places(whole)[place]}
            if base.keys().isdisjoint(KIND_LABELS):  # sums are not broken down by kind: any one stands for all of them
                base[LEAVES[1]] = base.get("municipality", 0)
            for found in derivable(cells):
                assert sum(base.get(leaf, 0) for leaf in found) not in range(1, LEAST), (whole.id, place, found)


def test_what_is_left_out_and_what_stays() -> None:
    """9 special wards are a small group, so that the 12 towns go too; the cities stay."""
    rows = [body(f"13{n:04}", "city", {"colour": {"value": "red"}}, 1_000) for n in range(20)]
    rows += [body(f"13{n:04}", "town", {"colour": {"value": "blue"}}, 1_000) for n in range(20, 32)]
    rows += [body(f"13{n:04}", "special_ward", {"colour": {"value": "blue"}}, 1_000) for n in range(32, 41)]
    whole = table("colour", questionnaire("single"), rows)
    public = NOTHING.table(whole)
    assert {(cell.breakdown, cell.group) for cell in public.cells} == {
        ("national", "municipality"),
        ("national", "total"),
        ("kind", "city"),
    }
    assert [group.code for group in public.groups] == ["municipality", "total", "city"]
    assert Disclosed(frozenset({whole.id})).table(whole) is whole


@pytest.mark.parametrize(
    ("breakdown", "base", "public"),
    [
        ("national", LEAST, True),
        ("kind", LEAST, True),
        ("kind", LEAST - 1, False),
        ("national", None, False),
        ("prefecture", 100, False),
        ("population_band", 100, False),
        ("kind_and_band", 100, False),
    ],
)
def test_the_rule(breakdown: str, base: int | None, public: bool) -> None:
    assert NOTHING.publishable("cio", breakdown, base) is public
    assert Disclosed(frozenset({"cio"})).publishable("cio", breakdown, base)


def test_numbers_of_earlier_years_stay_since_they_are_published() -> None:
    found = {
        made.id: made for made in build_all(questionnaire("2020"), report.specs(), everyone(), report.past(), 2020)
    }
    past = [cell for cell in found["fig-52"].cells if cell.bodies is None]
    assert past and [cell for cell in NOTHING.table(found["fig-52"]).cells if cell.bodies is None] == past


# The switch of a round


@pytest.fixture
def survey(db: None) -> Survey:
    make_body()
    return open_round(name="pages")


def test_a_question_goes_by_its_chapter_unless_the_round_says_otherwise(survey: Survey) -> None:
    today = timezone.localdate()
    everything = frozenset(survey.questionnaire.parts)
    assert Disclosure.objects.open_on(survey, today) == everything
    tomorrow = today + timedelta(days=1)
    Disclosure.objects.decide(survey, {"staff": (False, None), "training": (True, tomorrow)}, by=None)
    assert Disclosure.objects.open_on(survey, today) == everything - {"staff", "training"}
    assert Disclosure.objects.open_on(survey, tomorrow) == everything - {"staff"}
    event = Event.objects.get(kind="survey.disclosed")
    assert (event.before, event.after) == (
        {"staff": "yes", "training": "yes"},
        {"staff": "no", "training": str(tomorrow)},
    )
    Disclosure.objects.decide(survey, {"staff": (False, None)}, by=None)
    assert Event.objects.filter(kind="survey.disclosed").count() == 1


def test_a_question_behind_the_gate_of_a_closed_one_stays_closed(survey: Survey) -> None:
    """Whom a question was asked of tells what its gate looked at; gates behind gates too."""
    today, everything = timezone.localdate(), frozenset(survey.questionnaire.parts)
    Disclosure.objects.decide(survey, {"state": (False, None)}, by=None)
    assert Disclosure.objects.open_on(survey, today) == everything - {"state", "history", "cause"}
    Disclosure.objects.decide(survey, {"state": (True, None), "history": (False, None)}, by=None)
    assert Disclosure.objects.open_on(survey, today) == everything - {"history", "cause"}


def test_what_stands_behind_a_gate_is_no_more_open_than_what_the_gate_looks_at(survey: Survey) -> None:
    """Whether a body was asked for the post says whether it has a CIO."""
    Disclosure.objects.decide(survey, {"cio": (False, None)}, by=None)
    rule = report.disclosed(publish(survey))
    assert (rule.individual("cio"), rule.individual("post"), rule.individual("training")) == (False, False, True)
    Disclosure.objects.decide(survey, {"cio": (True, None), "post": (False, None)}, by=None)
    rule = report.disclosed(Run.objects.get())
    assert (rule.individual("cio"), rule.individual("post")) == (True, False)


def test_the_shipped_questionnaire_keeps_the_chapter_on_security_back() -> None:
    found = questionnaire("2020")
    kept = {id for id, public in found.individual.items() if not public}
    assert {found.section_of[found.parts[id][0].id].chapter for id in kept} == {"4"}
    assert {found.section_of[found.parts[id][0].id].chapter for id in found.parts.keys() - kept} == {"1", "2", "3"}


def test_a_series_goes_by_the_question_it_continues(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    series = TableSpec("cio-years", series=Series("cio", "yes", "survey-year", 0, ("total",)))
    monkeypatch.setattr(report, "specs", lambda: (series,))
    run = publish(survey)
    assert report.disclosed(run).individual("cio-years")
    Disclosure.objects.decide(survey, {"cio": (False, None)}, by=None)
    assert not report.disclosed(run).individual("cio-years")


def test_the_database_refuses_a_day_for_what_stays_closed(survey: Survey) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.create(survey=survey, question="cio", public=False, since=date(2021, 1, 1))
    assert str(Disclosure(survey=survey, question="cio")) == f"{survey} cio"
