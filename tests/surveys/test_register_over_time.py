"""Each round uses the register of its reference date, and keeps it."""

from datetime import date

import pytest

from aggregation import dataset, report
from surveys.models import Body, Population, RegisterChange, Response, Survey
from surveys.models.proposals import ChangeKind, Proposal
from tests.conftest import signed_in
from tests.factories import (
    COMPLETE,
    answer,
    change_register,
    make_body,
    make_member,
    make_prefecture,
    make_round,
    open_round,
)

pytestmark = pytest.mark.django_db
SPRING = date(2020, 10, 1)  # between the reference dates of the rounds of 2020 and 2021


def asked(survey: Survey) -> list[tuple[str, str, str]]:
    return [(each.body.code, each.name, each.kind) for each in survey.listed()]


def tables(survey: Survey) -> list[str]:
    """The tables of a new run."""
    return list(report.compute(survey).run.tables.values_list("document", flat=True))


@pytest.fixture
def town() -> Body:
    return make_body("203254", "東部町", "town")


@pytest.fixture
def village() -> Body:
    return make_body("203262", "北御牧村", "village")


def test_after_a_merger_the_old_round_keeps_its_bodies_and_the_new_one_asks_the_successor(
    town: Body, village: Body
) -> None:
    old = open_round(2020)
    response = answer(old, town, COMPLETE, submit=True)
    before = tables(old)
    tomi = make_body("202193", "東御市")
    change_register(SPRING, ChangeKind.MERGER, [town, village], [tomi])
    new = open_round(2021)
    assert asked(old) == [("203254", "東部町", "town"), ("203262", "北御牧村", "village")]
    assert asked(new) == [("202193", "東御市", "city")]
    assert tables(old) == before
    assert list(old.responses.filter(state="submitted")) == [response]


def test_last_years_answers_of_predecessors_are_not_those_of_the_successor(town: Body, village: Body) -> None:
    answer(open_round(2020), town, COMPLETE, submit=True)
    tomi = make_body("202193", "東御市")
    change_register(SPRING, ChangeKind.MERGER, [town, village], [tomi])
    response = open_round(2021).responses.get(body=tomi)
    assert response.background().earlier == {}
    page = signed_in(make_member(tomi)).get("/2021/202193/people/")
    assert page.status_code == 200


def test_who_a_body_is_merged_into_goes_on_with_its_answers(town: Body) -> None:
    city = make_body()
    answer(open_round(2020), city, COMPLETE, submit=True)
    change_register(SPRING, ChangeKind.ABSORPTION, [town], [city])
    new = open_round(2021)
    assert asked(new) == [("202037", "上田市", "city")]
    assert list(new.responses.get().background().earlier) == [city.pk]


def test_a_new_name_is_used_from_its_day_on() -> None:
    body = make_body()
    old = open_round(2020)
    change_register(SPRING, ChangeKind.RENAME, [body], name="新上田市", name_kana="しんうえだし")
    new = open_round(2021)
    assert [row.name for survey in (old, new) for row in dataset.register(survey)] == ["上田市", "新上田市"]
    user = make_member(body)
    found = {year: signed_in(user).get(f"/{year}/202037/").content.decode() for year in (2020, 2021)}
    assert ("新上田市" in found[2020], "新上田市" in found[2021]) == (False, True)
    assert str(old.responses.get()) == "令和2年度 長野県上田市"


def test_after_a_change_of_kind_the_tables_of_the_old_round_stay() -> None:
    body = make_body()
    old = open_round(2020)
    answer(old, body, COMPLETE, submit=True)
    before = report.compute(old)
    change_register(SPRING, ChangeKind.KIND, [body], body_kind="core_city")
    assert report.compute(old).run == before.run, "nothing that counts has changed"
    assert old.kinds() == {"202037": "city"} and make_round(2021).kinds() == {"202037": "core_city"}
    new = open_round(2021)
    answer(new, body, COMPLETE, submit=True)
    assert [row.kind for row in dataset.register(new)] == ["core_city"]
    assert "core_city" in "".join(tables(new)) and "core_city" not in "".join(tables(old))


def test_a_round_that_opens_late_asks_who_was_there_on_its_reference_date(town: Body, village: Body) -> None:
    """Also where several changes of one body came since, on one day too."""
    change_register(SPRING, ChangeKind.RENAME, [town], name="新東部町", name_kana="しんとうぶまち")
    change_register(SPRING, ChangeKind.KIND, [town], body_kind="village")
    change_register(date(2020, 12, 1), ChangeKind.ABSORPTION, [town], [village])
    assert asked(make_round(2020)) == [("203254", "東部町", "town"), ("203262", "北御牧村", "village")]
    assert asked(make_round(2021)) == [("203262", "北御牧村", "village")]
    [then] = Body.objects.on(date(2020, 11, 1)).filter(code="203254")
    assert (then.name_then, then.kind_then) == ("新東部町", "village")


def test_a_split_and_a_new_code_end_and_begin_bodies(town: Body) -> None:
    first, second = make_body("203271", "東町", "town"), make_body("203289", "西町", "town")
    change_register(SPRING, ChangeKind.SPLIT, [town], [first, second])
    city = make_body("202193", "東市")
    change_register(date(2020, 11, 1), ChangeKind.CODE, [first], [city])
    days = (date(2020, 4, 1), date(2020, 10, 1), date(2020, 11, 1))
    codes = [sorted(body.code for body in Body.objects.on(day)) for day in days]
    assert codes == [["203254"], ["203271", "203289"], ["202193", "203289"]]


def test_a_merger_may_go_on_under_the_code_of_one_of_them(town: Body) -> None:
    city = make_body()
    change_register(SPRING, ChangeKind.MERGER, [city, town], [city])
    assert [body.code for body in Body.objects.on(SPRING)] == ["202037"]
    assert RegisterChange.objects.get().in_words == "長野県上田市、長野県東部町 → 長野県上田市"


def test_each_round_takes_the_population_of_its_reference_date() -> None:
    body = make_body()
    make_prefecture()
    for day, value in ((date(2019, 1, 1), 5), (date(2021, 1, 1), 7), (date(2020, 1, 1), 6), (date(2022, 1, 1), 8)):
        Population.objects.register({"202037": value}, day, "住民基本台帳", by=None)
    old, new = open_round(2020), open_round(2021)
    assert [[row.population for row in dataset.register(survey)] for survey in (old, new)] == [
        [6, 6],
        [7, 7],
    ]
    found = [response.population() for response in Response.objects.filter(body=body).order_by("survey__year")]
    assert [known.value for known in found if known] == [6, 7]
    assert [dataset.own(survey.responses.get(body=body)).population for survey in (old, new)] == [6, 7]


def test_what_would_happen_is_said_before(town: Body, village: Body) -> None:
    tomi = make_body("202193", "東御市")
    merger = Proposal(SPRING, ChangeKind.MERGER, "告示", (town, village), (tomi,))
    assert [text for _, text in merger.in_words] == ["2020年10月1日に廃止されます。"] * 2 + [
        "2020年10月1日に置かれます。"
    ]
    rename = Proposal(SPRING, ChangeKind.RENAME, "告示", (town,), name="新町", name_kana="しんまち")
    assert [text for _, text in rename.in_words] == ["2020年10月1日から新町（しんまち）になります。"]
    kind = Proposal(SPRING, ChangeKind.KIND, "告示", (town,), body_kind="village")
    assert [text for _, text in kind.in_words] == ["2020年10月1日から村になります。"]
    absorbed = Proposal(SPRING, ChangeKind.ABSORPTION, "告示", (town,), (village,))
    assert [text for _, text in absorbed.in_words] == ["2020年10月1日に廃止されます。", "同じ団体コードで続きます。"]
