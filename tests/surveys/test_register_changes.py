"""Changes of the register: what each leaves behind, what is refused, and what the database refuses."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from surveys.models import Body, ChangedBody, Event, NotAllowed, Population, RegisterChange, User
from surveys.models.proposals import ChangeKind, Proposal
from tests.factories import change_register, make_body, make_prefecture, make_user, open_round

pytestmark = pytest.mark.django_db
DAY = date(2020, 10, 1)
RENAMED = {"name": "新上田市", "name_kana": "しんうえだし"}


@pytest.fixture
def by(db: None) -> User:
    return make_user()


@pytest.fixture
def bodies(db: None) -> dict[str, Body]:
    """A city, two towns, and a city that is not yet."""
    names = {"202037": "上田市", "203254": "東部町", "203262": "北御牧村", "202193": "東御市"}
    found = {code: make_body(code, name, "town" if code[2] == "3" else "city") for code, name in names.items()}
    return {**found, "200000": make_prefecture()}


def propose(bodies: dict[str, Body], kind: str, before: str, after: str = "", **fields: Any) -> Proposal:
    sides = [tuple(bodies[code] for code in side.split()) for side in (before, after)]
    return Proposal(fields.pop("day", DAY), kind, "総務省告示第1号", sides[0], sides[1], **fields)


def test_a_merger_is_one_act_with_its_history(bodies: dict[str, Body], by: User) -> None:
    change = RegisterChange.make(propose(bodies, ChangeKind.MERGER, "203254 203262", "202193"), by=by)
    assert [(part.body.code, part.role) for part in change.parts.all()] == [
        ("202193", "established"),
        ("203254", "abolished"),
        ("203262", "abolished"),
    ]
    dates = Body.objects.exclude(valid_from=None, valid_to=None).values_list("code", "valid_from", "valid_to")
    assert list(dates) == [("202193", DAY, None), ("203254", None, DAY), ("203262", None, DAY)]
    first, *others = Event.objects.filter(actor=by).order_by("id")
    assert (first.kind, first.subject, first.reason) == ("register.changed", change.subject, "総務省告示第1号")
    assert first.after["bodies"] == {"203254": "abolished", "203262": "abolished", "202193": "established"}
    assert [(event.kind, event.subject, event.after) for event in others] == [
        ("body.changed", "body 203254", {"valid_to": "2020-10-01"}),
        ("body.changed", "body 203262", {"valid_to": "2020-10-01"}),
        ("body.changed", "body 202193", {"valid_from": "2020-10-01"}),
    ]
    assert change.in_words == "長野県東部町、長野県北御牧村 → 長野県東御市"
    assert (str(change), str(change.parts.all()[0])) == (
        "2020年10月1日 新設合併",
        "2020年10月1日 新設合併 長野県東御市",
    )


def test_a_new_name_leaves_the_old_one_behind(bodies: dict[str, Body], by: User) -> None:
    change = RegisterChange.make(propose(bodies, ChangeKind.RENAME, "202037", **RENAMED), by=by)
    [part] = change.parts.all()
    assert (part.was, part.became, part.name_kana) == ("長野県上田市", "長野県新上田市", "うえだし")
    assert Body.objects.get(code="202037").name == "新上田市"
    change = RegisterChange.make(propose(bodies, ChangeKind.KIND, "202037", body_kind="core_city"), by=by)
    assert (change.in_words, change.parts.get().became_kind) == ("長野県新上田市", "中核市")


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a merger of one": ({"kind": "merger", "before": "203254", "after": "202193"}, "「前の団体」に書くのは2団体以上"),
    "a merger into none": (
        {"kind": "merger", "before": "203254 203262"},
        "「後の団体」に書くのは1団体です。いまは0団体",
    ),
    "a split into one": ({"kind": "split", "before": "203254", "after": "202193"}, "「後の団体」に書くのは2団体以上"),
    "a body merged into itself": (
        {"kind": "absorption", "before": "203254 202037", "after": "202037"},
        "同じ団体が、前と後の両方にあります。",
    ),
    "the same code": ({"kind": "code", "before": "203254", "after": "203254"}, "同じ団体が、前と後の両方にあります。"),
    "no new name": ({"kind": "rename", "before": "202037", "name": "新市"}, "新しい名称と、そのかなを"),
    "no new kind": ({"kind": "kind", "before": "202037"}, "新しい種別を選んで"),
    "a prefecture": ({"kind": "rename", "before": "200000", **RENAMED}, "市区町村の変更だけ"),
    "to a prefecture": ({"kind": "kind", "before": "202037", "body_kind": "prefecture"}, "市区町村の変更だけ"),
    "the same name": (
        {"kind": "rename", "before": "202037", "name": "上田市", "name_kana": "うえだし"},
        "長野県上田市（202037）は、もうその名称か種別です。",
    ),
    "the same kind": ({"kind": "kind", "before": "202037", "body_kind": "city"}, "もうその名称か種別"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_together_is_refused(bodies: dict[str, Body], case: str) -> None:
    fields, text = REFUSED[case]
    with pytest.raises(NotAllowed, match=text):
        RegisterChange.make(propose(bodies, **fields), by=None)
    assert not RegisterChange.objects.exists() and not Event.objects.filter(kind__startswith="register").exists()


def end(code: str, day: date) -> None:
    Body.objects.filter(code=code).update(valid_to=day)


def begin(code: str, day: date) -> None:
    Body.objects.filter(code=code).update(valid_from=day)


AGAINST: dict[str, tuple[Callable[[], Any], str]] = {
    "a predecessor has been abolished": (lambda: end("203254", date(2020, 5, 1)), "203254）の廃止は、もう登録されて"),
    "a predecessor begins that day": (lambda: begin("203254", DAY), "施行日はそれより後の日"),
    "the successor was there before": (lambda: begin("202193", date(2019, 4, 1)), "より前からある団体です"),
    "the successor has been asked": (open_round, "より前からある団体です"),
    "the successor ends by then": (lambda: end("202193", DAY), "202193）の廃止は、もう登録されて"),
}


@pytest.mark.parametrize("case", AGAINST)
def test_what_the_register_speaks_against_is_refused(bodies: dict[str, Body], case: str) -> None:
    spoil, text = AGAINST[case]
    spoil()
    with pytest.raises(NotAllowed, match=text):
        RegisterChange.make(propose(bodies, ChangeKind.MERGER, "203254 203262", "202193"), by=None)
    assert not RegisterChange.objects.exists()


def test_an_end_that_was_typed_in_before_is_no_fault(bodies: dict[str, Body]) -> None:
    end("203254", DAY)
    begin("202193", DAY)
    assert RegisterChange.make(propose(bodies, ChangeKind.MERGER, "203254 203262", "202193"), by=None)


def test_a_body_that_ends_does_not_go_on(bodies: dict[str, Body]) -> None:
    end("202037", DAY)
    with pytest.raises(NotAllowed, match="廃止は、もう登録されています（廃止日 2020年10月1日）"):
        RegisterChange.make(propose(bodies, ChangeKind.RENAME, "202037", **RENAMED), by=None)


def test_the_same_twice_is_refused(bodies: dict[str, Body]) -> None:
    """A double click finds the register as the first one left it."""
    merger = propose(bodies, ChangeKind.MERGER, "203254 203262", "202193")
    rename = propose(bodies, ChangeKind.RENAME, "202037", **RENAMED)
    for proposal in (merger, rename):
        RegisterChange.make(proposal, by=None)
        with pytest.raises(NotAllowed, match="もう"):
            RegisterChange.make(proposal, by=None)
    assert RegisterChange.objects.count() == 2


def test_changes_of_one_body_are_registered_in_the_order_of_their_days(bodies: dict[str, Body]) -> None:
    change_register(DAY, ChangeKind.RENAME, [bodies["202037"]], **RENAMED)
    with pytest.raises(NotAllowed, match="より後の変更（2020年10月1日 名称の変更）がもう"):
        change_register(date(2020, 9, 30), ChangeKind.KIND, [bodies["202037"]], body_kind="core_city")
    assert change_register(DAY, ChangeKind.KIND, [bodies["202037"]], body_kind="core_city")


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "conquest"},
        {"source": ""},
        {"name": ""},
        {"name_kana": ""},
        {"body_kind": "town"},
        {"kind": "merger"},
        {"kind": "kind", "name": "", "name_kana": ""},
    ],
)
def test_the_database_refuses_impossible_changes(bodies: dict[str, Body], fields: dict[str, Any]) -> None:
    change_register(DAY, ChangeKind.RENAME, [bodies["202037"]], **RENAMED)
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisterChange.objects.update(**fields)


@pytest.mark.parametrize("fields", [{"role": "eaten"}, {"kind": "hamlet"}, {"name": ""}, {"name_kana": ""}])
def test_the_database_refuses_impossible_parts(bodies: dict[str, Body], fields: dict[str, Any]) -> None:
    change_register(DAY, ChangeKind.RENAME, [bodies["202037"]], **RENAMED)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangedBody.objects.update(**fields)


def test_the_database_lets_a_body_begin_and_end_once_and_stand_once_in_a_change(bodies: dict[str, Body]) -> None:
    change = change_register(DAY, ChangeKind.CODE, [bodies["203254"]], [bodies["202193"]])
    other = change_register(DAY, ChangeKind.RENAME, [bodies["202037"]], **RENAMED)
    for code, role, where in (
        ("203254", "abolished", other),
        ("202193", "established", other),
        ("203254", "continuing", change),
    ):
        facts = ChangedBody.facts_of(bodies[code])
        with pytest.raises(IntegrityError), transaction.atomic():
            ChangedBody.objects.create(change=where, role=role, **facts)


def test_the_database_refuses_impossible_populations() -> None:
    body = make_body()
    Population.objects.create(body=body, date=DAY, value=5, source="国勢調査")
    for fields in ({"date": DAY, "source": "国勢調査"}, {"date": date(2021, 1, 1), "source": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Population.objects.create(body=body, value=5, **fields)
    assert str(Population.objects.get()) == "長野県上田市 2020-10-01"
