"""What may be public, held against everything that is public.

Two worlds that differ only in who gave the secret answers: a city of one prefecture, or a town of another one. Whatever
anybody can get must be the same in both, word for word, since all numbers that may be public are: a number by
prefecture, kind, size or body would differ. Nor may a secret word or number stand anywhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from aggregation import report
from aggregation.disclosure import LEAST
from aggregation.export.package import FILES
from aggregation.models import Run
from aggregation.provenance_views import NO_COLUMN
from surveys.models import Correction, Disclosure, Population, Response, Survey, User
from surveys.paper.document import Cover, Paper, labels
from surveys.paper.render import pdf
from tests.factories import answer, make_body, make_ministry, make_prefecture, open_round, publish
from tests.walk import Unknown, Walk, text_of, texts

CITY, TOWN, THIRD = "202037", "103063", "202088"
LATEST = "2020"  # also 2020-r2
OWN, MONTH = 7351, 29
WORDS = ("秘密の役職名", "秘密の研修名", "秘密の訂正理由", "7351", "7,351")
CLOSED = ("cio", "staff", "training")
OPEN_ANSWERS: dict[str, Any] = {
    "state": {"cells": {"register": "done", "tax": "planned", "other": "none"}},
    "history": {"values": ["package"]},
    "shared": {"values": [], "cells": {"bidding": "used"}},
    "use-school": {"cells": {"lending": {"exists": "no"}, "booking": {"exists": "yes", "online": "not_done"}}},
}
PLAIN: dict[str, Any] = {
    "cio": {"value": "no"},
    "staff": {"cells": {"own": 3, "outside": 2, "resident": 1}},
    "training": {"values": ["course"]},
}
SECRET: dict[str, Any] = {
    "cio": {"value": "yes"},
    "post": {"value": "other", "other_text": {"other": WORDS[0]}},
    "days": {"cells": {"month": MONTH, "office": MONTH}},
    "staff": {"cells": {"own": OWN, "outside": 17, "resident": 13}},
    "training": {"values": ["online", "other"], "other_text": {"other": WORDS[1]}},
}


@contextmanager
def world(secretive: str, other: str, closed: tuple[str, ...] = CLOSED) -> Iterator[Survey]:
    """A published round, in which one body gave the secret answers; in the second edition it is the other one."""
    _move_ids_on()
    with transaction.atomic():
        cache.clear()
        survey = _round()
        for response in survey.responses.exclude(kind="prefecture").select_related("body").order_by("body__code"):
            own = SECRET if response.body.code == secretive else PLAIN
            answer(survey, response.body, {**OPEN_ANSWERS, **own}, submit=True)
        Disclosure.objects.decide(survey, dict.fromkeys(closed, (False, None)), by=None)
        manager, reviewer = make_ministry("manager", "manager"), make_ministry("reviewer", "reviewer")
        publish(survey, by=manager)
        shared = {"shared": {"cells": {"none": "used"}}}
        _correct(secretive, {**PLAIN, "post": {}, "days": {}, **shared}, WORDS[2], reviewer)
        _correct(other, {**SECRET, **shared}, WORDS[2], reviewer)
        _correct(THIRD, shared, "数え直しました。", reviewer)
        publish(survey, by=manager)
        day = datetime(2021, 3, 1, tzinfo=UTC)
        Run.objects.update(created_at=day, published_at=day, answers_fingerprint="0" * 64)
        yield survey
        transaction.set_rollback(True)
    cache.clear()


def _move_ids_on() -> None:
    """Let no two worlds have the same ids, as they have not on PostgreSQL: what is kept under one would hide it."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + 1000")


def _round() -> Survey:
    make_prefecture()
    make_body("100005", "群馬県", "prefecture", prefecture="群馬県")
    make_body(CITY, "上田市")
    make_body(THIRD, "小諸市")
    make_body(TOWN, "某町", "town", prefecture="群馬県")
    codes = [f"20{n:04}" for n in range(2200, 2200 + LEAST)]
    for code in codes:
        make_body(code, f"市{code}")
    people = {CITY: 157_000, TOWN: 4_000, THIRD: 42_000, **dict.fromkeys(codes, 60_000)}
    Population.objects.register(people, date(2020, 1, 1), "住民基本台帳", by=None)
    return open_round(name="pages")


def _correct(code: str, answers: dict[str, Any], reason: str, by: User) -> None:
    response = Response.objects.select_related("survey", "body", "submission").get(body__code=code)
    assert response.submission
    Correction.enter(response, answers, reason, seen=response.submission.receipt, by=by)


def walk_of(survey: Survey) -> Walk:
    """Through everything of a round: each argument and filter with all that there is, and with what there is not."""
    questionnaire = survey.questionnaire
    ids = [*questionnaire.parts, "none"]
    sections = list(questionnaire.section_by_id)
    arguments = {
        **{"edition": [LATEST, "2020-r1"], "year": [2020], "table": ids, "question": ids, "id": ids},
        **{"suffix": ["csv", "json", "xlsx", "pdf", "svg", "zip"], "file": FILES, "code": [CITY, TOWN, "200000"]},
        **{"section_id": sections, "item": sections, "token": ["none"]},
        **{name: [1] for name in ("pk", "user", "comment", "query", "correction", "invitation")},
    }
    filters = {
        **{"table": ids, "row": ["yes", "own", "online", "tax"], "column": ["count", "done"], "kind": ["city", "town"]},
        **{"breakdown": ["national", "kind", "prefecture", "population_band"], "prefecture": ["10", "20"]},
        **{"group": ["10", "20", "city", "town", "lt5k", "100k-300k"], "limit": [1], "offset": [1, 20]},
    }
    return Walk(arguments, filters, list(_cells(Run.objects.latest("pk"))), {f"/{LATEST}-r2": f"/{LATEST}"})


def _cells(run: Run) -> Iterator[dict[str, str]]:
    """All numbers of the closed questions, and one for each breakdown of the others."""
    rule = report.disclosed(run)
    for table in report.national(run):
        closed, seen = not rule.individual(table.id), set[str]()
        for cell in table.cells:
            if closed or cell.breakdown not in seen:
                seen.add(cell.breakdown)
                place = {"row": cell.row, "column": cell.column or NO_COLUMN}
                yield {"table": table.id, **place, "breakdown": cell.breakdown, "group": cell.group}


@pytest.mark.django_db
def test_nothing_public_tells_who_gave_a_secret_answer() -> None:
    with world(CITY, TOWN) as survey:
        one = walk_of(survey).all()
    with world(TOWN, CITY) as survey:
        other = walk_of(survey).all()
    assert {url: word for url, text in one.items() for word in WORDS if word in text} == {}
    assert one.keys() == other.keys()
    assert [url for url in one if one[url] != other[url]] == []
    for seen in (
        "/report/2020-r1/staff/",
        "/report/2020/tables.xlsx",
        "/report/2020/data.zip",
        "/report/2020/errata.csv",
    ):
        assert seen in one
    assert len(one) > 500


@pytest.mark.django_db
def test_the_walk_sees_what_is_public() -> None:
    """In archives and workbooks too: with the questions open, the secrets stand where they are to be found."""
    with world(CITY, TOWN, closed=()):
        for url, word in (
            ("/report/2020-r1/data.zip", WORDS[3]),
            ("/report/2020/editions/", WORDS[2]),
            (f"/api/v1/editions/2020-r1/bodies/{CITY}/answers", WORDS[3]),
        ):
            assert word in text_of(Client().get(url)), url
        book = text_of(Client().get("/report/2020/cio.xlsx"))
    with world(TOWN, CITY, closed=()):
        assert text_of(Client().get("/report/2020/cio.xlsx")) != book


def test_the_walk_reads_a_pdf() -> None:
    cover = Cover("ja", "秘密の紙", "", "", "", "", "", datetime(2021, 3, 1, tzinfo=UTC))
    data = pdf(Paper("blank", cover, (), labels("ja")))
    assert any("秘密の紙" in text for text in texts(data))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["edition", "code", "breakdown"])
def test_the_walk_does_not_pass_over_what_it_does_not_know(name: str) -> None:
    with world(CITY, TOWN) as survey:
        whole = walk_of(survey)
        known = [{each: own[each] for each in own if each != name} for own in (whole.arguments, whole.filters)]
        with pytest.raises(Unknown, match=f"no values for .*{name}"):
            Walk(*known, whole.cells).all()
