"""Soft checks: each operator by a table of cases, and what holds for all of them."""

import copy
import json
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.definition import parse
from surveys.doubted import Doubt, Doubted, Reason
from surveys.doubts import by_question, doubts, keys, with_reasons
from surveys.past import Past, Range, Ranges
from tests.factories import document, questionnaire
from tests.random_answers import complete_answers

NOW, THEN = questionnaire("doubts", 2021), questionnaire("doubts", 2020)
CALM: dict[str, Any] = {
    "staff": {"cells": {"own": 20, "outside": 3}},
    "chief": {"value": "yes"},
    "deputy": {"value": "yes"},
    "measures": {"values": ["backup"]},
    "system": {"cells": {"register": "done", "tax": "none"}},
    "use-school": {"cells": {"lending": {"exists": "yes", "online": "done", "total": 5000, "online_count": 2000}}},
    "product": {"cells": {"register": "done", "tax": "none"}},
}
PEERS: Ranges = {("staff", "own", "count"): Range(2020, 5, 40, 158, True)}


def found(now: dict[str, Any], then: dict[str, Any] | None = None, ranges: Ranges | None = None) -> list[Doubt]:
    """The doubts about the calm answers after changes; `then`: changes of the round before."""
    past = None if then is None else Past(THEN, {**CALM, **then})
    return doubts(NOW, "city", {**CALM, **now}, past, ranges or {})


def staff(own: int = 20, outside: int = 3) -> dict[str, Any]:
    return {"staff": {"cells": {"own": own, "outside": outside}}}


def lending(total: int | str, online: int | str) -> dict[str, Any]:
    cell = {"exists": "yes", "online": "done", "total": total, "online_count": online}
    return {"use-school": {"cells": {"lending": cell}}}


def system(register: str = "done", tax: str = "none", name: str = "system") -> dict[str, Any]:
    return {name: {"cells": {"register": register, "tax": tax}}}


DRILL: dict[str, Any] = {"measures": {"values": ["drill"]}}

CASES: list[tuple[str, dict[str, Any], dict[str, Any] | None, list[str]]] = [
    ("nothing changed", {}, {}, []),
    ("no round before", staff(outside=3000), None, []),
    # tenfold
    ("ten times", staff(outside=30), {}, ["staff-tenfold.staff.outside.count"]),
    ("nearly ten times", staff(outside=29), {}, []),
    ("ten times of little", staff(outside=10), staff(outside=1), []),
    ("a tenth", staff(own=2), {}, ["staff-tenfold.staff.own.count"]),
    ("from nothing", staff(outside=10), staff(outside=0), ["staff-tenfold.staff.outside.count"]),
    ("to nothing", staff(own=0), {}, ["staff-tenfold.staff.own.count"]),
    ("two numbers", staff(200, 30), {}, ["staff-tenfold.staff.own.count", "staff-tenfold.staff.outside.count"]),
    ("cases", lending(50_000, 2000), {}, ["use-tenfold.use-school.lending.total"]),
    ("cases unknown now", lending("unknown", 2000), {}, []),
    ("cases unknown then", lending(50_000, 2000), lending("unknown", 2000), []),
    # gone
    ("appointed and gone", {"chief": {"value": "no"}}, {}, ["post-gone.chief"]),
    ("appointed and only planned", {"chief": {"value": "planned"}}, {}, ["post-gone.chief"]),
    ("appointed at last", {}, {"chief": {"value": "no"}}, []),
    ("not asked then", {"deputy": {"value": "no"}}, {"chief": {"value": "no"}, "deputy": {}}, []),
    ("row gone", system("planned") | system("none", name="product"), {}, ["system-gone.system.register"]),
    ("measure gone", {"measures": {"values": ["drill"]}}, {}, ["measure-gone.measures.backup"]),
    ("another measure", {"measures": {"values": ["backup", "drill"]}}, {}, []),
    # unplanned
    ("plan gone", {"chief": {"value": "no"}}, {"chief": {"value": "planned"}}, ["chief-unplanned.chief"]),
    ("plan kept", system(tax="planned"), system(tax="planned"), []),
    ("row no longer planned", {}, system(tax="planned"), ["system-unplanned.system.tax"]),
    # implies
    ("product without system", system(tax="done", name="product"), None, ["product-without-system.product.tax"]),
    ("product and system", system(tax="done") | system(tax="done", name="product"), None, []),
    ("drill, no chief", {**DRILL, "chief": {"value": "no"}}, None, ["drill-without-chief.measures"]),
    (
        "two checks at one place",
        system("none") | system("done", name="product"),
        None,
        ["chief-without-register.chief", "product-without-system.product.register"],
    ),
    # what is not complete or not asked is not doubted
    ("not complete", {"staff": {"cells": {"outside": 30}}}, {}, []),
    ("other answer missing", system(tax="done", name="product") | {"system": {}, "chief": {"value": "no"}}, None, []),
    ("hidden", {"chief": {"value": "no"}, "deputy": {"value": "no"}}, {"chief": {"value": "no"}}, []),
    ("contradiction", lending(50_000, 60_000), {}, []),
]  # fmt: skip


@pytest.mark.parametrize(("now", "then", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_operator(now: dict[str, Any], then: dict[str, Any] | None, expected: list[str]) -> None:
    assert [doubt.key for doubt in found(now, then)] == expected


@pytest.mark.parametrize(
    ("own", "asks"),
    [(20, False), (120, False), (121, True), (2, False), (1, False), (0, False)],
)
def test_far_outside_the_peers(own: int, asks: bool) -> None:
    """Three times the upper end, at least ten away; the lower end of 5 is too near to be ten away."""
    assert bool(found(staff(own), None, PEERS)) == asks


def test_far_below_the_peers() -> None:
    ranges = {("staff", "own", "count"): Range(2020, 60, 90, 20, False)}
    assert [bool(found(staff(own), None, ranges)) for own in (19, 20)] == [True, False]
    [doubt] = found(staff(1), None, ranges)
    assert doubt.facts[-1].label.ja == "種別が同じ20団体の範囲（令和2年度、両端の5％を除く）"


def test_a_number_is_asked_about_once_with_all_that_is_known() -> None:
    [doubt] = found(staff(own=200), {}, PEERS)
    assert doubt.check == "staff-tenfold"
    assert [(fact.label.ja, fact.value.ja) for fact in doubt.facts] == [
        ("前回（令和2年度）", "20人"),
        ("今回", "200人"),
        ("種別と人口規模が同じ158団体の範囲（令和2年度、両端の5％を除く）", "5～40人"),
    ]
    assert doubt.facts[2].value.en == "5–40 persons"
    [alone] = found(staff(own=200), None, PEERS)
    assert alone.check == "staff-peers" and [fact.value.en for fact in alone.facts] == ["200 persons", "5–40 persons"]


@pytest.mark.parametrize(
    ("now", "then", "message"),
    [
        (staff(outside=30), {}, "外部が、前回の10倍です。"),
        (staff(outside=32), {}, "外部が、前回の約11倍です。"),
        (staff(outside=30), staff(outside=1000), "外部が、前回の約33分の1です。"),
        (staff(outside=30), staff(outside=300), "外部が、前回の10分の1です。"),
        (staff(outside=30), staff(outside=0), "外部が、前回の0人から30人になっています。"),
        (lending(50_000, 2000), {}, "図書の貸出の総件数が、前回の10倍です。"),
        ({"chief": {"value": "no"}}, {}, "前回は「任命している」でした。"),
        ({}, system(tax="planned"), "「税」は、前回「導入予定」でした。"),
        ({"measures": {"values": ["none"]}}, {}, "前回は「バックアップ」を選んでいました。"),
        (
            system(tax="done", name="product"),
            None,
            "「税」は、「準拠した製品の導入」では「導入済」ですが、「システムの導入」では「予定なし」です。",
        ),
        (
            {"measures": {"values": ["drill"]}, "chief": {"value": "no"}},
            None,
            "「訓練」を選んでいますが、「CIOの任命」は「任命していない」です。",
        ),
        (system("none"), None, "「CIOの任命」は「任命している」ですが、「システムの導入」は「予定なし」です。"),
    ],
)
def test_what_is_said(now: dict[str, Any], then: dict[str, Any] | None, message: str) -> None:
    doubt = found(now, then)[0]
    assert doubt.message.ja == message
    assert not any("{" in text.en for text in (doubt.message, doubt.title, doubt.right, doubt.mend))


def test_the_place_of_another_row_names_the_rows() -> None:
    doubt = found(system("none"), None)[0]
    assert [fact.label.ja for fact in doubt.facts] == ["CIOの任命", "住民基本台帳"]
    assert (doubt.other, doubt.other_row) == ("system", "register")


def test_a_question_of_another_form_then_is_not_held_against() -> None:
    """A choice of several then, a choice of one now."""
    changed = copy.deepcopy(document("doubts"))
    for file in changed.values():
        file.pop("soft", None)
    chief, deputy = changed["01-people.toml"]["question"][1:3]
    chief["kind"], chief["option"][2]["exclusive"] = "multiple-choice", True
    deputy.pop("gate")
    past = Past(parse(changed), {"chief": {"values": ["yes"]}})
    assert doubts(NOW, "city", {**CALM, "chief": {"value": "no"}}, past, {}) == []


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), kind=st.sampled_from(["city", "prefecture", "village"]))
def test_equal_answers_raise_no_doubt_about_the_round_before(seed: int, kind: str) -> None:
    for name in ("doubts", "2020"):
        now, then = questionnaire(name, 2021), questionnaire(name, 2020)
        answers = complete_answers(now, kind, Random(seed))
        raised = doubts(now, kind, answers, Past(then, answers), {})
        assert {doubt.check for doubt in raised if not doubt.other} == set()


@settings(max_examples=30, deadline=None)
@given(seeds=st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)))
def test_every_doubt_has_a_key_of_its_section_and_a_record(seeds: tuple[int, int]) -> None:
    now, then = questionnaire("2020", 2021), questionnaire("2020", 2020)
    answers, earlier = (
        complete_answers(form, "city", Random(seed)) for form, seed in zip((now, then), seeds, strict=True)
    )
    raised = doubts(now, "city", answers, Past(then, earlier), {})
    assert raised, "two sets of random answers are far apart"
    assert len({doubt.key for doubt in raised}) == len(raised)
    order = list(now.question_by_id)
    places = [order.index(doubt.question) for doubt in raised]
    assert places == sorted(places)
    for doubt in raised:
        assert doubt.key in keys(now, now.section_of[doubt.question].id)
        settled = Doubted(doubt, Reason("理由", doubt.fingerprint, 1, "小林", "2021-05-19T10:31:00+09:00"))
        again = Doubted.of(json.loads(json.dumps(settled.record())))
        assert again.is_settled and again.doubt.key == doubt.key and again.doubt.message == doubt.message


def test_a_reason_counts_while_the_facts_are_the_same() -> None:
    [doubt] = found(staff(outside=30), {})
    stored = {
        "text": "委託を始めた。",
        "facts": doubt.fingerprint,
        "by": 1,
        "name": "小林",
        "at": "2021-05-19T10:31:00",
    }
    [settled] = with_reasons([doubt], {doubt.key: stored})
    assert settled.is_settled and by_question([settled]) == {"staff": [settled]}
    [changed] = found(staff(outside=31), {})
    [asked_again] = with_reasons([changed], {doubt.key: stored})
    assert not asked_again.is_settled and asked_again.reason
    [published_anew] = found(staff(outside=30), {}, {("staff", "outside", "count"): Range(2020, 0, 9, 50, True)})
    assert published_anew.fingerprint == doubt.fingerprint, "the range is beside the point of this doubt"
    assert not with_reasons([doubt], {})[0].is_settled
