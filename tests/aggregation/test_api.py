"""The API: what it answers, that it says no more than may be public, and that it keeps to its own description."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from aggregation import report
from aggregation.models import Run
from surveys.models import Disclosure
from tests.factories import answer, make_body, make_prefecture, open_round, publish
from tests.random_answers import complete_answers

API = "/api/v1"
UNKNOWN_TOTAL = {"exists": "yes", "online": "done", "total": "unknown", "online_count": 3}


@pytest.fixture(autouse=True)
def empty_store() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture
def run(db: None) -> Run:
    """A published run of all kinds of questions: two cities have answered, the prefecture has not."""
    cities = [make_body(), make_body("202088", "小諸市")]
    make_prefecture()
    survey = open_round(name="pages")
    for n, city in enumerate(cities):
        answers = complete_answers(survey.questionnaire, "city", Random(n))
        answers["use-school"]["cells"]["lending"] = UNKNOWN_TOTAL
        answer(survey, city, answers, submit=True)
    return publish(survey)


def get(path: str, **query: Any) -> Any:
    found = Client().get(f"{API}{path}", query)
    assert found.status_code == 200, (path, found.content)
    return json.loads(found.content)


def test_the_way_from_the_index_to_a_number(run: Run) -> None:
    (found,) = get(get("/")["rounds"].removeprefix(API))
    (edition,) = found["editions"]
    facts = ("edition", "run", "fingerprint", "responses", "synthetic", "latest")
    assert [edition[name] for name in facts] == ["2020-r1", str(run), run.answers_fingerprint, 2, False, True]
    tables = get(edition["tables"].removeprefix(API))
    assert [table["id"] for table in tables] == [head["id"] for head in report.heads(run)]
    table = get(tables[0]["url"].removeprefix(API))
    assert table["title"] == {"ja": "CIOの任命", "en": "CIO"} and table["individual"]
    assert table["rows"][0] == {"code": "yes", "label": {"ja": "任命している", "en": "Appointed"}}
    assert {group["code"] for group in table["groups"]} >= {"municipality", "city", "20"}
    path, _, query = table["cells"].partition("?")
    assert query == "table=cio" and get(path.removeprefix(API), table="cio")["items"]


def test_the_cells_are_those_of_the_tables(run: Run) -> None:
    expected = [(table.id, cell) for table in report.public(run) for cell in table.cells]
    found = get("/editions/2020/cells", limit=1000)["items"]
    assert [
        (each["table"], *(each[name] for name in cell[1]._fields[:7]))
        for each, cell in zip(found, expected, strict=True)
    ] == [
        (table, *cell[:6], cell.base if cell.count is not None or cell.percent is not None else None)
        for table, cell in expected
    ]
    assert [(each["count"], each["value"]) for each in found] == [(cell.count, cell.value) for _, cell in expected]
    assert [each["percent"] for each in found] == [
        None if cell.percent is None else float(cell.percent) for _, cell in expected
    ]
    assert {str(each["unit"]) for each in found} > {"None", str({"ja": "人", "en": "persons"})}


def test_cells_are_picked_and_paged(run: Run) -> None:
    query = {"table": "training", "breakdown": "kind", "group": "city"}
    whole = get("/editions/2020-r1/cells", **query)
    assert {(each["table"], each["breakdown"], each["group"]) for each in whole["items"]} == {
        ("training", "kind", "city")
    }
    assert get("/editions/2020/cells", table="state", row="tax", column="done", group="city")["count"] == 1
    items, url = [], f"{API}/editions/2020-r1/cells?table=training&breakdown=kind&group=city&limit=2"
    while url:
        part = json.loads(Client().get(url).content)
        assert part["count"] == whole["count"] and len(part["items"]) <= 2
        items, url = items + part["items"], part["next"]
    assert items == whole["items"] and len(items) > 2


def test_bodies_by_prefecture_and_kind(run: Run) -> None:
    assert [(each["code"], each["state"]) for each in get("/editions/2020/bodies")["items"]] == [
        *(("200000", "no_response"), ("202037", "answered"), ("202088", "answered"))
    ]
    assert get("/editions/2020/bodies", prefecture="20", kind="city")["count"] == 2
    assert get("/editions/2020/bodies", prefecture="01")["count"] == 0


def test_answers_by_body_and_by_question(run: Run) -> None:
    found = {each["part"]: each for each in get("/editions/2020/bodies/202037/answers")}
    assert {*found} == {*run.survey.questionnaire.question_by_id}
    assert found["use-school"]["question"] == "use" and found["parking"]["state"] == "not_applicable"
    assert {each["state"] for each in get("/editions/2020/bodies/200000/answers")} == {"no_response"}
    for question in run.survey.questionnaire.parts:
        by_question = get(f"/editions/2020/questions/{question}/answers")
        mine = [each for each in by_question["items"] if each["body"] == "202037"]
        assert mine == [
            {"body": "202037", **{name: found[each["part"]][name] for name in ("part", "state", "data")}}
            for each in mine
        ]
        assert by_question["count"] == 3
    assert found["cio"]["data"][0]["label"]["ja"] in ("任命している", "任命していない")
    unknown = [each for each in found["use-school"]["data"] if each["value"] == "unknown"]
    assert [(each["row"], each["column"], each["label"]["ja"]) for each in unknown] == [("lending", "total", "不明")]


def test_what_is_closed_is_nowhere(run: Run) -> None:
    Disclosure.objects.decide(run.survey, {"state": (False, None)}, by=None)
    closed = {"state", "history", "cause"}
    assert {table["id"] for table in get("/editions/2020/tables") if not table["individual"]} == closed
    assert closed.isdisjoint(each["table"] for each in get("/editions/2020/cells", limit=1000)["items"])
    assert closed.isdisjoint(each["question"] for each in get("/editions/2020/bodies/202037/answers"))
    for question in closed:
        found = Client().get(f"{API}/editions/2020/questions/{question}/answers")
        assert found.status_code == 404 and "団体ごとには公表していません" in found.content.decode()
        assert get("/editions/2020/cells", table=question)["count"] == 0


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/editions/2021/tables", 404, "/api/v1/rounds"),
        ("/editions/2020-r2/cells", 404, "/api/v1/rounds"),
        ("/editions/2020/tables/none", 404, "/api/v1/editions/2020/tables"),
        ("/editions/2020/cells?table=none", 404, "/api/v1/editions/2020/tables"),
        ("/editions/2020/bodies/999999/answers", 404, "/api/v1/editions/2020/bodies"),
        ("/editions/2020/questions/none/answers", 404, "individual"),
        ("/editions/2020/cells?limit=1001", 422, "limit: "),
        ("/editions/latest/tables", 422, "edition: "),
        ("/nothing", 404, "/api/v1/openapi.json"),
    ],
)
def test_an_error_says_what_to_do(run: Run, path: str, status: int, said: str) -> None:
    found = Client().get(f"{API}{path}")
    assert (found.status_code, found["Content-Type"]) == (status, "application/json")
    document = json.loads(found.content)
    assert said in json.dumps(document) and {*document["message"]} == {"ja", "en"}


def test_before_publication_there_is_nothing(run: Run) -> None:
    Run.objects.update(edition=None, published_at=None, published_by=None)
    assert get("/rounds") == []
    assert Client().get(f"{API}/editions/2020/cells").status_code == 404


PLACES = [
    *("/", "/rounds", "/openapi.json", "/editions/2020/tables", "/editions/2020/tables/cio", "/editions/2020/cells"),
    *("/editions/2020/bodies", "/editions/2020/bodies/202037/answers", "/editions/2020/questions/cio/answers"),
]


@pytest.mark.parametrize("path", PLACES)
def test_what_has_not_changed_is_not_sent_again(run: Run, path: str) -> None:
    client = Client()
    first = client.get(API + path)
    again = {"If-None-Match": first["ETag"]}
    assert first["Cache-Control"] == "public, no-cache"
    assert client.get(API + path, headers=again).status_code == 304
    assert client.get(f"{API}{path}?x=1", headers=again).status_code == 200
    Disclosure.objects.decide(run.survey, {"staff": (False, None)}, by=None)
    assert client.get(API + path, headers=again).status_code == 200


@pytest.mark.parametrize("path", PLACES)
def test_reading_from_anywhere_and_nothing_but_reading(run: Run, path: str) -> None:
    client, origin = Client(enforce_csrf_checks=True), {"Origin": "https://example.jp"}
    assert client.get(API + path, headers=origin)["Access-Control-Allow-Origin"] == "*"
    head = client.head(API + path)
    assert (head.status_code, head.content) == (200, b"")
    asked = client.options(API + path)
    assert (asked.status_code, asked["Allow"]) == (204, "GET, HEAD, OPTIONS")
    before = client.options(API + path, headers={**origin, "Access-Control-Request-Method": "GET"})
    assert "DELETE" not in before["Access-Control-Allow-Methods"]
    refused = client.post(API + path)
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert client.post("/api/nothing").status_code == 404


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/rounds", 3),
        ("/editions/2020/tables", 4),
        ("/editions/2020/cells?table=cio", 4),
        ("/editions/2020/bodies", 3),
        ("/editions/2020/bodies/202037/answers", 5),
        ("/editions/2020/questions/cio/answers", 6),
    ],
)
def test_few_queries(run: Run, path: str, most: int) -> None:
    Client().get(API + path)
    with CaptureQueriesContext(
        connection,
    ) as made:
        Client().get(API + path)
    assert len(made) == most, [query["sql"][:90] for query in made]


@pytest.fixture
def connection_kept() -> Iterator[None]:
    """A server would close the connection, and with it the transaction of the test, after each request."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def test_it_keeps_to_its_own_description(run: Run, connection_kept: None) -> None:
    """Addresses made up from the description, right ones and wrong ones: no 5xx, and every answer as described."""
    schema = schemathesis.openapi.from_wsgi(f"{API}/openapi.json", get_wsgi_application())
    operations = [each.ok() for each in schema.get_all_operations()]
    assert len(operations) == 8
    for operation in operations:
        _hold(operation)


KNOWN = {"edition": ["2020", "2020-r1"], "table": ["cio"], "code": ["202037"], "question": ["cio", "staff"]}


def _hold(operation: Any) -> None:
    right = operation.as_strategy().flatmap(_mostly_there)
    wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    cases = right | wrong if operation.path_parameters or operation.query else right

    @seed(1)
    @settings(max_examples=25, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def held(case: Any) -> None:
        case.call_and_validate()

    held()


@st.composite
def _mostly_there(draw: st.DrawFn, case: Any) -> Any:
    """The case about things that there are, three times out of four."""
    for name in case.path_parameters or {}:
        if draw(st.integers(0, 3)):
            case.path_parameters[name] = draw(st.sampled_from(KNOWN[name]))
    return case
