"""個別データ: a line a body, a column a datum; which kind of empty each is; and nothing of what is not open."""

import csv
import io
from typing import Any

import pytest

from aggregation import individual
from aggregation.disclosure import Disclosed
from aggregation.export.individual_form import HEAD_LABELS, PARTS, IndividualFile
from aggregation.export.long_form import to_csv
from aggregation.individual import BUILT_IN, HEAD, KIND, STATE
from aggregation.tables import BodyRow
from surveys.answers import PARTLY, WHOLE, states, write
from tests.aggregation.makers import body, everyone, questionnaire
from tests.machine_readable import check

CITY: dict[str, Any] = {
    "cio": {"value": "yes"},
    "post": {"value": "other", "other_text": {"other": "参与 山田太郎"}},
    "days": {"cells": {"month": 4}},
    "staff": {"cells": {"own": 3, "outside": 2, "resident": 0}},
    "training": {"values": ["course"]},
    "state": {"cells": {"register": "done", "tax": "none", "other": "none"}},
    "history": {"values": ["package"]},
    "shared": {"cells": {"bidding": "used"}},
    "use-school": {
        "cells": {
            "lending": {"exists": "yes", "online": "done", "total": 10, "online_count": "unknown"},
            "booking": {"exists": "no"},
        }
    },
}
BODIES = (
    body("200000", "prefecture", None, name="長野県"),
    body("202037", "city", CITY, name="上田市"),
    body("203041", "village", {"cio": {"value": "no"}}, name="川上村"),
)


def made(bodies: tuple[BodyRow, ...] = BODIES, name: str = "pages", without: str = "") -> IndividualFile:
    found = questionnaire(name)
    rule = Disclosed(found.told_by(frozenset(found.parts.keys() - {without})))
    return IndividualFile(2020, "r1", "reported", found, rule, bodies)


def lines(file: IndividualFile, part: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(PARTS[part](file)).decode("utf-8-sig"))))


def test_the_codes_of_a_body_stand_in_one_line() -> None:
    prefecture, city, village = lines(made(), "answers-codes.csv")
    assert city == {
        **{"year": "2020", "edition": "r1", "body": "202037", "prefecture_code": "20", "prefecture": "長野県"},
        **{"name": "上田市", "kind": "city", "state": "answered", "origin": "reported"},
        **{"cio": "yes", "post": "other", "days.month": "4", "days.office": ""},
        **{"staff.own": "3", "staff.outside": "2", "staff.all": "5", "staff.police": "", "staff.resident": "0"},
        **{"training.course": "1", "training.online": "0", "training.other": "0", "training.none": "0"},
        **{"state_.register": "done", "state_.tax": "none", "state_.police": "", "state_.other": "none"},
        **{"history.package": "1", "history.cloud": "0", "cause.cost": "", "cause.time": ""},
        **{"shared.bidding": "1", "shared.other": "0", "shared.none": "0"},
        **{"use.lending.exists": "yes", "use.lending.online": "done"},
        **{"use.lending.total": "10", "use.lending.online_count": "***"},
        **{"use.booking.exists": "no", "use.booking.online": ""},
        **{"use.booking.total": "", "use.booking.online_count": "", "parking": ""},
    }
    assert [line["state"] for line in (prefecture, village)] == ["no_response", "answered"]
    assert not any(value for name, value in prefecture.items() if name not in HEAD)


def test_the_same_in_words() -> None:
    file = made()
    city = lines(file, "answers-labels.csv")[1]
    heads = dict(zip((field.name for field in file.fields), file.headings, strict=True))
    assert [city[head] for head in HEAD_LABELS[5:]] == ["上田市", "一般市", "回答あり", "団体の回答"]
    assert heads["cio"] == "第１図 CIOの任命" and city[heads["cio"]] == "任命している"
    assert heads["use.lending.total"] == "利用実績：図書の貸出：総件数" and city[heads["use.lending.total"]] == "10"
    assert [city[heads[f"training.{option}"]] for option in ("course", "online")] == ["選択", "非選択"]
    assert city[heads["state_.tax"]] == "予定なし"


def test_kinds_of_empty_stay_apart() -> None:
    prefecture, city, village = lines(made(), "answers-states.csv")
    found = questionnaire("pages")
    assert set(prefecture.values()) >= {"no_response"} and "answered" not in prefecture.values()
    for line, given in ((city, CITY), (village, {"cio": {"value": "no"}})):
        expected = states(found, "city", given)
        assert {id: line[individual.column_name(id)] for id in expected} == expected
    assert {city[id] for id in ("days", "cause", "parking")} == {PARTLY, "not_asked", "not_applicable"}
    assert (village["post"], village["staff"]) == ("not_asked", "blank")


def test_free_texts_are_in_no_file() -> None:
    assert not [part for part in PARTS if "山田" in to_csv(PARTS[part](made())).decode()]


def test_each_datum_of_the_long_form_has_its_place() -> None:
    """Held against the export of answers, over all kinds of bodies and the shipped questionnaire."""
    file = made(tuple(everyone()), "2020")
    codes = lines(file, "answers-codes.csv")
    for line, own in zip(codes, everyone(), strict=True):
        expected: dict[str, str] = {}
        for id, question in file.questionnaire.question_by_id.items():
            for datum in write(question, (own.answers or {}).get(id, {})):
                ticks = question.kind in ("multiple-choice", "tick-matrix")
                column = datum.column if question.kind == "procedures" else WHOLE
                row = datum.value if question.kind == "multiple-choice" else datum.row
                name = ".".join(part for part in (question.public_id, row, column) if part)
                if datum.column != "other_text":
                    expected[name] = "1" if ticks else "***" if datum.value == "unknown" and column else datum.value
        computed = {field.name for field in file.fields if field.row in _computed(field.question)}
        given = {
            name: value for name, value in line.items() if value not in ("", "0") and name not in {*HEAD, *computed}
        }
        assert given == {name: value for name, value in expected.items() if value != "0"}


def _computed(question: Any) -> set[str]:
    return {row.code for row in question.rows if row.computed}


def test_what_is_not_open_is_in_no_file() -> None:
    """Neither the question nor what stands behind its gate."""
    file = made(without="state")
    for part in PARTS:
        text = to_csv(PARTS[part](file)).decode()
        assert not [word for word in ("導入状況", "導入済", "state.", "history", "cause", "経緯") if word in text], part
    assert {field.question.id for field in file.fields} == {
        *("cio", "post", "days", "staff", "training", "shared", "use-school", "parking")
    }


def test_every_column_and_every_code_is_described() -> None:
    file = made(tuple(everyone()), "2020")
    described = {line["field"]: line for line in lines(file, "fields.csv")}
    codes: dict[str, set[str]] = {}
    for line in lines(file, "codes.csv"):
        codes.setdefault(line["codes"], set()).add(line["code"])
    table = lines(file, "answers-codes.csv")
    assert [*table[0]] == [*HEAD, *described]
    for name, field in described.items():
        values = {line[name] for line in table} - {""}
        assert values <= codes[field["codes"]] if field["codes"] else all(map(_is_number, values)), name
        assert field["state_field"] in lines(file, "answers-states.csv")[0]
    assert {line["kind"] for line in table} <= codes[KIND] and codes[STATE] == {code for code, _ in BUILT_IN[STATE]}
    assert [*lines(file, "answers-labels.csv")[0]][len(HEAD) :] == [each["heading"] for each in described.values()]


def _is_number(value: str) -> bool:
    return value == individual.UNAVAILABLE or value.isdigit()


def test_columns_of_one_heading_are_told_apart() -> None:
    file = made()
    file.__dict__["fields"] = [file.fields[0], file.fields[0]]
    assert file.headings == ("第１図 CIOの任命（cio）",) * 2


@pytest.mark.parametrize("part", PARTS)
def test_each_file_is_machine_readable(part: str) -> None:
    """By the rules of the ministry, but for units, which fields.csv tells, and empty fields, which are no answers."""
    file = made(tuple(everyone()), "2020")
    assert [fault for fault in check(part, to_csv(PARTS[part](file))) if fault.item not in ("1-6", "1-9")] == []
